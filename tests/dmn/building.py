# SPDX-License-Identifier: EUPL-1.2
"""Decision models written in few words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass
class Column:
    text: str
    label: str = ""
    type: str = ""
    extra: str = ""


@dataclass
class Model:
    """Builds a document; `table` and `literal` add decisions."""

    namespace: str = NAMESPACE
    decisions: list[str] = field(default_factory=list)
    others: str = ""

    def table(
        self,
        key: str,
        inputs: Sequence[Column],
        outputs: Sequence[Column],
        rules: Sequence[str],
        *,
        hit_policy: str = "UNIQUE",
        aggregation: str = "",
        requires: Sequence[str] = (),
        annotations: Sequence[str] = (),
        name: str = "",
    ) -> "Model":
        """A rule is written `condition | condition => result | result # annotation | annotation`."""
        parts = [_input(column, index) for index, column in enumerate(inputs)]
        parts += [_output(column) for column in outputs]
        parts += [f"<annotation name={quoteattr(title)}/>" for title in annotations]
        parts += [_rule(text, number) for number, text in enumerate(rules, start=1)]
        policy = f'hitPolicy="{hit_policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
        table = f'<decisionTable id="{key}_tabelle" {policy}>{"".join(parts)}</decisionTable>'
        return self.decision(key, table, requires, name)

    def literal(self, key: str, text: str, *, requires: Sequence[str] = (), type: str = "") -> "Model":
        variable = f'<variable name="{key}" typeRef="{type}"/>' if type else ""
        body = f'<literalExpression id="{key}_ausdruck"><text>{escape(text)}</text></literalExpression>'
        return self.decision(key, variable + body, requires)

    def decision(self, key: str, body: str, requires: Sequence[str] = (), name: str = "") -> "Model":
        arrows = "".join(
            f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
            for other in requires
        )
        self.decisions.append(f"<decision id={quoteattr(key)} name={quoteattr(name or key)}>{arrows}{body}</decision>")
        return self

    def xml(self) -> bytes:
        body = self.others + "".join(self.decisions)
        return f'<definitions xmlns="{self.namespace}" id="d" name="d" namespace="n">{body}</definitions>'.encode()


def _input(column: Column, index: int) -> str:
    kind = f' typeRef="{column.type}"' if column.type else ""
    return (
        f'<input id="frage_{index + 1}" label={quoteattr(column.label or column.text)}>'
        f"<inputExpression{kind}><text>{escape(column.text)}</text></inputExpression>{column.extra}</input>"
    )


def _output(column: Column) -> str:
    kind = f' typeRef="{column.type}"' if column.type else ""
    label = f" label={quoteattr(column.label)}" if column.label else ""
    return f'<output id="antwort_{column.text}" name="{column.text}"{label}{kind}>{column.extra}</output>'


def _rule(text: str, number: int) -> str:
    row, _, notes = text.partition("#")
    conditions, _, results = row.partition("=>")
    cells = [f"<inputEntry><text>{escape(cell.strip())}</text></inputEntry>" for cell in conditions.split("|")]
    cells += [f"<outputEntry><text>{escape(cell.strip())}</text></outputEntry>" for cell in results.split("|")]
    if notes:
        cells += [
            f"<annotationEntry><text>{escape(note.strip())}</text></annotationEntry>" for note in notes.split("|")
        ]
    return f'<rule id="regel_{number}">{"".join(cells)}</rule>'


def literal(text: str, type: str = "") -> str:
    """A literal expression to put into something else."""
    kind = f' typeRef="{type}"' if type else ""
    return f"<literalExpression{kind}><text>{escape(text)}</text></literalExpression>"


def boxed_context(*entries: tuple[str, str], result: str = "") -> str:
    """A boxed context; an entry is a name (or `name: type`) and its logic."""
    parts = [f"<contextEntry>{_variable(name)}{logic}</contextEntry>" for name, logic in entries]
    last = f"<contextEntry>{result}</contextEntry>" if result else ""
    return f"<context>{''.join(parts)}{last}</context>"


def function(parameters: Sequence[str], body: str, kind: str = "") -> str:
    """A function definition; a parameter is a name or `name: type`."""
    return f"<functionDefinition{_kind(kind)}>{_formal(parameters)}{body}</functionDefinition>"


def knowledge(key: str, parameters: Sequence[str], body: str, *, requires: Sequence[str] = (), type: str = "") -> str:
    """A business knowledge model."""
    arrows = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{other}"/></knowledgeRequirement>' for other in requires
    )
    variable = f'<variable name="{key}"{_type(type)}/>'
    logic = f"<encapsulatedLogic>{_formal(parameters)}{body}</encapsulatedLogic>"
    return f'<businessKnowledgeModel id="{key}" name="{key}">{variable}{logic}{arrows}</businessKnowledgeModel>'


def invocation(called: str, **arguments: str) -> str:
    """A boxed invocation with literal arguments."""
    bindings = "".join(
        f"<binding><parameter name={quoteattr(name)}/>{literal(text)}</binding>" for name, text in arguments.items()
    )
    return f"<invocation>{literal(called)}{bindings}</invocation>"


def needs(*keys: str, kind: str = "knowledge") -> str:
    """Arrows into a decision, from knowledge or from inputs."""
    arrow, target = {
        "knowledge": ("knowledgeRequirement", "requiredKnowledge"),
        "input": ("informationRequirement", "requiredInput"),
        "decision": ("informationRequirement", "requiredDecision"),
    }[kind]
    return "".join(f'<{arrow}><{target} href="{key if "#" in key else "#" + key}"/></{arrow}>' for key in keys)


def input_data(key: str, type: str = "") -> str:
    """A value from outside."""
    name = quoteattr(key)
    return f"<inputData id={name} name={name}><variable name={name}{_type(type)}/></inputData>"


def item(name: str, *parts: str, base: str = "", allowed: str = "", many: bool = False, constraint: str = "") -> str:
    """An item definition; a part is `name: type`."""
    collection = ' isCollection="true"' if many else ""
    named = [part.partition(": ") for part in parts]
    inner = "".join(
        f"<itemComponent name={quoteattr(name)}><typeRef>{kind}</typeRef></itemComponent>" for name, _, kind in named
    )
    inner += f"<typeRef>{base}</typeRef>" if base else ""
    inner += f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    inner += f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    return f"<itemDefinition name={quoteattr(name)}{collection}>{inner}</itemDefinition>"


def _formal(parameters: Sequence[str]) -> str:
    return "".join(
        f"<formalParameter name={quoteattr(name)}{_type(kind)}/>"
        for name, _, kind in (parameter.partition(": ") for parameter in parameters)
    )


def _variable(text: str) -> str:
    name, _, kind = text.partition(": ")
    return f"<variable name={quoteattr(name)}{_type(kind)}/>"


def _type(name: str) -> str:
    return f" typeRef={quoteattr(name)}" if name else ""


def _kind(name: str) -> str:
    return f" kind={quoteattr(name)}" if name else ""
