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
        requires: Sequence[str] = (),
        annotations: Sequence[str] = (),
        name: str = "",
    ) -> "Model":
        """A rule is written `condition | condition => result | result # annotation | annotation`."""
        parts = [_input(column, index) for index, column in enumerate(inputs)]
        parts += [_output(column) for column in outputs]
        parts += [f"<annotation name={quoteattr(title)}/>" for title in annotations]
        parts += [_rule(text, number) for number, text in enumerate(rules, start=1)]
        table = f'<decisionTable id="{key}_tabelle" hitPolicy="{hit_policy}">{"".join(parts)}</decisionTable>'
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
