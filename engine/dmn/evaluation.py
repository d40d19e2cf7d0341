# SPDX-License-Identifier: EUPL-1.2
"""Walks the requirements of a decision: input data, decisions, and knowledge that becomes functions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.dmn.boxed import LogicFunction, Walk
from engine.dmn.graph import DecisionService, InputData, Key, Knowledge, Requirement
from engine.dmn.model import Unusable
from engine.dmn.session import Session
from engine.dmn.trace import Trace
from engine.feel.errors import Failure
from engine.feel.values import HostFunction, Value, from_python

if TYPE_CHECKING:
    from engine.dmn.decision import Decision


def evaluated(session: Session, key: Key) -> Value:
    """The value of any part of the model, evaluated at most once in a session."""
    if key not in session.values:
        session.values[key] = _evaluate(session, key)
    return session.values[key]


def _evaluate(session: Session, key: Key) -> Value:
    node = session.graph.nodes[key]
    if isinstance(node, InputData):
        walk = Walk(session, node.key, node.name)
        value = walk.fit(from_python(session.given.get(node.variable)), node.declared, node.name)
        if walk.warnings:
            session.tell(Trace(node.key[1], node.name, "input", warnings=tuple(walk.warnings)))
        return value
    if isinstance(node, Knowledge):
        return KnowledgeFunction(session, node)
    if isinstance(node, DecisionService):
        return ServiceFunction(session, node)
    return _decide(session, node)


def _decide(session: Session, decision: "Decision") -> Value:
    scope = scope_of(session, decision.requirements)
    walk = Walk(session, decision.key, decision.name, decision.logic)
    value = walk.fit(walk.run(decision.logic, scope), decision.declared, decision.name)
    trace = walk.trace(decision.logic, scope, value, decision.variable)
    session.traces[decision.key] = trace
    session.told.append(trace)
    return value


def scope_of(session: Session, requirements: Sequence[Requirement]) -> dict[str, Value]:
    """What the arrows of a decision bring; for cases of the town also the variables of the case."""
    scope: dict[str, Value] = {} if session.by_the_norm else dict(session.given)
    imports: dict[str, dict[str, Value]] = {}
    for requirement in requirements:
        node = session.graph.nodes[requirement.key]
        absent = isinstance(node, InputData) and requirement.key not in session.values
        if absent and not session.by_the_norm and requirement.name not in session.given:
            continue
        target = imports.setdefault(requirement.alias, {}) if requirement.alias else scope
        target[requirement.name] = evaluated(session, requirement.key)
    return {**scope, **imports}


class KnowledgeFunction(HostFunction):
    """A business knowledge model as the function that decisions call."""

    def __init__(self, session: Session, node: Knowledge) -> None:
        self.session = session
        self.node = node
        self.parameters = (
            () if isinstance(node.function, Unusable) else tuple(one.name for one in node.function.parameters)
        )

    def call(self, arguments: Sequence[Value]) -> Value:
        """The result of the encapsulated logic; it sees its parameters and the knowledge it requires."""
        node = self.node
        if isinstance(node.function, Unusable):
            raise Failure(node.function.reason)
        # What a function reads does not depend on who calls it, so the variables of the case stay outside.
        scope = scope_of(self.session.inner(self.session.values), node.requirements)
        scope[node.variable] = self
        walk = Walk(self.session, node.key, node.name, node.function.body)
        function = LogicFunction(walk, node.function, scope)
        value = walk.fit(function.call(arguments), node.declared.results, node.name)
        if not self.session.is_told_enough:
            given = dict(zip(self.parameters, arguments, strict=True))
            self.session.tell(walk.trace(node.function.body, given, value, node.variable))
        return value


class ServiceFunction(HostFunction):
    """A decision service as a function: its decisions are evaluated afresh, with the arguments as their inputs."""

    def __init__(self, session: Session, node: DecisionService) -> None:
        self.session = session
        self.node = node
        self.parameters = tuple(parameter.name for parameter in node.parameters)

    def call(self, arguments: Sequence[Value]) -> Value:
        """The value of the output decision, or a context of several."""
        walk = Walk(self.session, self.node.key, self.node.name)
        values: dict[Key, Value] = {}
        for parameter, argument in zip(self.node.parameters, arguments, strict=True):
            declared = self.session.graph.nodes[parameter.key].declared
            fitted = walk.fit(argument, declared, parameter.name)
            if fitted is None and argument is not None:
                raise Failure("; ".join(walk.warnings))
            values[parameter.key] = fitted
        self.session.enter()
        try:
            inner = self.session.inner(values)
            results = {output.name: evaluated(inner, output.key) for output in self.node.outputs}
        finally:
            self.session.leave()
        value = next(iter(results.values())) if len(results) == 1 else results
        return walk.fit(value, self.node.declared.results, self.node.name)
