# SPDX-License-Identifier: EUPL-1.2
"""What operators do with tokens: put them where they want them, take them off, pass over what fails."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.model import Flow, Node, Process
from engine.errors import ModificationRefused
from engine.spiff.gateways import EventGatewaySpec, JoinSpec
from engine.spiff.loops import LoopSpec, MultiInstanceSpec
from engine.spiff.throwing import EndSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow


@dataclass(frozen=True)
class Given:
    """What a token is put down with."""

    #: Written where they are nearest to the place at which the token begins, else into the case.
    variables: Mapping[str, Any] = field(default_factory=dict)
    #: Of the outermost thing that is begun for the token: a subprocess around it, or the activity itself.
    local: Mapping[str, Any] = field(default_factory=dict)
    #: The token of the subprocess or repeated activity that is meant, where there are several; the id of the case for
    #: all scopes to be begun anew.
    ancestor: str | None = None
    #: Of a repeated activity that is to begin one round only: one more if it goes on already, else its first and last.
    one_round: bool = False


@dataclass
class Rearrangement:
    """The tokens of one case while an operator puts them elsewhere. Nothing runs until it is done."""

    workflow: CaseWorkflow
    process: Process

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """While the case is rearranged it does not end with its last token."""
        self.workflow.root.live += 1
        yield
        self.workflow.root.live -= 1

    @property
    def _case_id(self) -> str:
        case_id: str = self.workflow.world.context["processInstanceId"]
        return case_id

    # -- putting tokens down ------------------------------------------------------------------------------------

    def start_before(self, element_id: str, given: Given) -> None:
        """Put a token on an element."""
        node = self.process.nodes.get(element_id)
        if node is None:
            raise ModificationRefused(f"There is no element {element_id} in the process model.")
        if node.for_compensation:
            raise ModificationRefused(f"{element_id} only undoes another activity; a compensation event begins it.")
        if node.is_event_subprocess:
            node = self.process.starts(node.id)[0]
        if node.attached_to:
            self._happen_at_border(node, given)
        elif node.type == "startEvent" and node.parent and self.process.nodes[node.parent].is_event_subprocess:
            self._happen_in_scope(node, given)
        else:
            self._put(node, None, given)

    def start_after(self, element_id: str, given: Given) -> None:
        """Put a token on the one flow that leaves an element."""
        flows = self.process.outgoing.get(element_id)
        if flows is None:
            raise ModificationRefused(f"There is no element {element_id} in the process model.")
        if len(flows) != 1:
            which = ", ".join(f"{flow.id} (to {flow.target})" for flow in flows)
            several = f"Several flows leave {element_id}; start one of them: {which}."
            raise ModificationRefused(several if flows else f"No flow leaves {element_id}.")
        self.start_flow(flows[0].id, given)

    def start_flow(self, flow_id: str, given: Given) -> None:
        """Let a token take a flow."""
        flow = self.process.flows.get(flow_id)
        if flow is None:
            raise ModificationRefused(f"There is no flow {flow_id} in the process model.")
        self._put(self.process.nodes[flow.target], flow, given)

    def _put(self, node: Node, flow: Flow | None, given: Given) -> None:
        at, missing = self._around(node, given.ancestor)
        self.workflow.write(given.variables, at)
        local = dict(given.local)
        if given.one_round and flow is None and not missing and not isinstance(at.task_spec, LoopSpec):
            at, missing = self._round_of(node, at)
        if missing or isinstance(at.task_spec, LoopSpec):
            begun, local = local, {}
            at, arrived = self._begin_scopes(at, missing, node, begun, given.one_round)
            if arrived:
                return
        spec = self.workflow.spec.task_specs[node.id]
        if flow is None and isinstance(spec, JoinSpec):
            flow = spec.free_flow(at)
        marks: dict[str, Any] = {"local": local} if local else {}
        if node.type in ("startEvent", "boundaryEvent"):
            marks["seen"] = {}  # It happens by hand; an event on the way is waited for.
        self.workflow.place(node.id, at, flow, **marks)

    def _happen_at_border(self, node: Node, given: Given) -> None:
        """A boundary event happens by hand: it ends its activity as if it had happened by itself."""
        if node.compensated_by:
            raise ModificationRefused(f"{node.id} is where an activity is undone; a compensation event begins that.")
        hosts = self._hosts(node, given.ancestor)
        if not hosts:
            self._put(node, None, given)
            return
        host = hosts[0]
        self.workflow.write(given.variables, host.parent)
        spec = self.workflow.spec.task_specs[node.id]
        spec.begin(host, {"local": dict(given.local)})
        if node.interrupting:
            spec.interrupt(host)

    def _hosts(self, border: Node, ancestor: str | None) -> list[Token]:
        """The one live activity that a boundary event is attached to, if there is one."""
        host_id = border.attached_to or ""
        if ancestor is not None and ancestor != self._case_id and self.token(ancestor).task_spec.element_id == host_id:
            return [self.token(ancestor)]
        at, missing = self._around(border, ancestor)
        hosts = [] if missing else [each for each in self._instances(host_id, at) if each.parent is at]
        if len(hosts) > 1:
            raise _several(host_id, hosts)
        return hosts

    def _happen_in_scope(self, node: Node, given: Given) -> None:
        """The start of an event subprocess happens by hand."""
        subprocess = self.process.nodes[node.parent]
        host, missing = self._around(subprocess, given.ancestor)
        self.workflow.write(given.variables, host)
        local = dict(given.local)
        if missing or isinstance(host.task_spec, LoopSpec):
            host, _ = self._begin_scopes(host, missing, subprocess, local, given.one_round)
            local = {}
        marks: dict[str, Any] = {"begins": [node.id, {}]} | ({"local": local} if local else {})
        begun = self.workflow.place(subprocess.id, host, **marks)
        if node.interrupting:
            self.workflow.spec.task_specs[node.id].take_over(host, begun)

    # -- finding and making scopes ------------------------------------------------------------------------------

    def _around(self, node: Node, ancestor: str | None) -> tuple[Token, list[str]]:
        """The innermost live scope around a node, and the scopes between that are not there yet."""
        path = [*reversed(list(self.process.path(node.id)))]
        at, rest = self.workflow.root, path
        if ancestor == self._case_id:
            return at, path
        if ancestor is not None:
            at = self.token(ancestor)
            name = at.task_spec.element_id
            if isinstance(at.task_spec, LoopSpec) and name in (*path, node.id):
                return at, path[path.index(name) :] if name in path else []
            if name not in path or not at.task_spec.is_scope:
                raise ModificationRefused(f"{node.id} is not inside of {name}, at which the token {ancestor} stands.")
            rest = path[path.index(name) + 1 :]
        while rest:
            found = [token for token in self._instances(rest[0], at) if token.task_spec.is_scope]
            if len(found) > 1:
                raise _several(rest[0], found)
            if not found:
                break
            at, rest = found[0], rest[1:]
        return at, rest

    def _instances(self, element_id: str, below: Token) -> list[Token]:
        """Live tokens of an activity below another token; of a repeated one the whole and the rounds."""
        return [
            token
            for token in (below, *self.workflow.below(below))
            if token.task_spec.element_id == element_id
            and not token.is_armed
            and ("entered" in token.marks or "inside" in token.marks)
        ]

    def _round_of(self, node: Node, at: Token) -> tuple[Token, list[str]]:
        """Where one round of a repeated activity is begun: in that which goes on, else in one that is begun for it."""
        if not isinstance(self.workflow.spec.task_specs[node.id], MultiInstanceSpec):
            return at, []
        bodies = [token for token in self._instances(node.id, at) if isinstance(token.task_spec, MultiInstanceSpec)]
        if len(bodies) > 1:
            raise _several(node.id, bodies)
        return (bodies[0], []) if bodies else (at, [node.id])

    def _begin_scopes(
        self, at: Token, missing: list[str], node: Node, local: dict[str, Any], one_round: bool
    ) -> tuple[Token, bool]:
        """Begin the scopes around a node, the outer ones first. True when the node itself has been begun with them."""
        if isinstance(at.task_spec, LoopSpec):
            if not missing:
                self._another_round(at, local)
                return at, True
            at, missing, local = self._another_round(at, local, inside=True), missing[1:], {}
        for scope in missing:
            drawn = self.process.nodes[scope]
            spec = self.workflow.spec.task_specs[scope]
            if one_round and isinstance(spec, MultiInstanceSpec):
                inside = {} if scope == node.id else {"inside": True}
                at, local = spec.begin_one_round(at, local, **inside), {}
                continue
            if drawn.loop is not None:
                raise ModificationRefused(
                    f"{scope} is repeated, and {node.id} belongs to one of its rounds. Start {scope} as a whole, "
                    "or name the token of the round that is meant (ancestor)."
                )
            marks: dict[str, Any] = {"inside": True} | ({"local": local} if local else {})
            if drawn.async_before:
                marks["phase"] = "before"  # It begins now, whatever waits for a commit elsewhere.
            begun = self.workflow.place(scope, at, **marks)
            if drawn.is_event_subprocess and self.process.starts(scope)[0].interrupting:
                self.workflow.spec.task_specs[self.process.starts(scope)[0].id].take_over(at, begun)
            at, local = begun, {}
        return at, node.id in missing

    def _another_round(self, body: Token, local: Mapping[str, Any], **marks: Any) -> Token:
        spec = body.task_spec
        if not isinstance(spec, MultiInstanceSpec) or spec.loop.kind != "parallel":
            raise ModificationRefused(f"{spec.element_id} is done one round after the other; no other can be added.")
        return spec.add_item(body, local, **marks)

    # -- taking tokens off --------------------------------------------------------------------------------------

    def cancel_token(self, token_id: str) -> None:
        """Take one token off, with all that goes on below it."""
        token = self.token(token_id)
        if token.is_armed:
            raise ModificationRefused(
                f"The token {token_id} only watches at {token.task_spec.element_id}; it goes with what it watches."
            )
        cancel_upwards(token)

    def cancel_all(self, element_id: str) -> None:
        """Take all tokens off an element."""
        if element_id not in self.process.nodes:
            raise ModificationRefused(f"There is no element {element_id} in the process model.")
        found = [
            token for token in self.workflow.tokens if token.task_spec.element_id == element_id and not token.is_armed
        ]
        if not found:
            raise ModificationRefused(f"The case does not stand at {element_id}.")
        for token in found:
            if not token.is_gone:
                cancel_upwards(token)

    def token(self, token_id: str) -> Token:
        """A live token by its id, or a refusal."""
        found = next((token for token in self.workflow.tokens if token.key == token_id), None)
        if found is None:
            raise ModificationRefused(f"The case has no token {token_id}.")
        return found


def _several(element_id: str, found: list[Token]) -> ModificationRefused:
    keys = ", ".join(token.key for token in found)
    return ModificationRefused(f"{element_id} goes on {len(found)} times; say which is meant (ancestor): {keys}.")


def cancel_upwards(token: Token) -> None:
    """Take a token off, and each scope around it of which it was the last one. The case itself stays."""
    workflow: CaseWorkflow = token.workflow
    parent: Token = token.parent
    is_live = not token.is_armed
    workflow.cancel(token)
    if not is_live:
        return
    while parent is not workflow.root and not parent.live:
        ended, parent = parent, parent.parent
        workflow.cancel(ended)
    if isinstance(parent.task_spec, MultiInstanceSpec):
        parent.task_spec.item_withdrawn(parent)


def pass_over(token: Token, values: Mapping[str, Any]) -> None:
    """Leave an activity as done, with these values in the place of its outputs. Its listeners are not run."""
    workflow: CaseWorkflow = token.workflow
    spec = token.task_spec
    if isinstance(spec, EventGatewaySpec):
        raise ModificationRefused(f"{spec.element_id} waits for one of several events; nothing follows it without.")
    if "entered" in token.marks:
        spec.withdraw(token)
    elif "phase" in token.marks:
        workflow.changes.close_job(token.key)
    workflow.write(values, token.parent)
    spec.disarm(token)
    if isinstance(spec, EndSpec):
        spec.note_end(token)
    spec.keep_undo(token)
    spec.note_done(token)
    token.complete()
