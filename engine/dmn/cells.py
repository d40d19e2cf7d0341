# SPDX-License-Identifier: EUPL-1.2
"""Reads the FEEL of a document: expressions and unary tests, with the names that each of them may use."""

from engine.dmn.errors import Finding
from engine.dmn.typereading import Types
from engine.dmn.xml import Element, local_name, text_of
from engine.feel import Expression, FeelError, FeelSyntaxError, parse, parse_unary_tests, strip_marker
from engine.feel.names import long_names
from engine.feel.nodes import FunctionOf, Node, Unreadable, children

Names = frozenset[str]


class CellReader:
    """Parses cells; what is wrong is collected in `findings`, never raised."""

    def __init__(self, root: Element) -> None:
        self.findings: list[Finding] = []
        self.types = Types(self.refuse)
        self._entries: Names = frozenset()
        self._everything: Names = frozenset()
        self.check_language(root)

    def know(self, entries: Names, everything: Names) -> None:
        """`entries` are names that may follow a dot, `everything` the variables of the whole document."""
        self._entries = long_names(entries)
        self._everything = long_names(everything | entries)

    def tests(self, element: Element | None, owner: Element, names: Names = frozenset()) -> Expression | None:
        """The unary tests of a cell; None for an empty cell and `-`, which both take anything."""
        if element is None or not self.check_language(element) or text_of(element) in ("", "-"):
            return None
        return self._parsed(element, owner, names, tests=True)

    def expression(self, element: Element | None, owner: Element, names: Names) -> Expression | None:
        """The expression of a cell; None when it is empty or no FEEL."""
        if element is None or not self.check_language(element) or not text_of(element):
            return None
        return self._parsed(element, owner, names, tests=False)

    def _parsed(self, element: Element, owner: Element, names: Names, *, tests: bool) -> Expression | None:
        text = text_of(element)
        try:
            if text.startswith("${"):
                text = strip_marker(text) or text
            try:
                parsed = _parse(text, self._entries | long_names(names), tests)
            except FeelSyntaxError:
                # A name that no arrow leads to: it is read all the same, so that the evaluation can name it.
                parsed = _parse(text, self._everything | long_names(names), tests)
            self._check(parsed.root, element if element.get("id") else owner)
            return parsed
        except FeelError as error:
            cure = f"Expected {error.expected}." if isinstance(error, FeelSyntaxError) else "Make it shorter."
            place = element if element.get("id") else owner
            self.refuse(place, f"{text[:80]!r} is not FEEL ({error}).", cure)
            return None

    def _check(self, node: Node, place: Element) -> None:
        """Refuses what the standard gives null for, but nobody can have meant."""
        if isinstance(node, FunctionOf) and node.external:
            self.refuse(place, "Functions outside of FEEL are not run.", "Write the function in FEEL.")
        elif isinstance(node, Unreadable):
            cure = "Write a date, time, date and time or duration after `@`."
            self.refuse(place, f"This can never have a value: {node.reason}.", cure)
        for child in children(node):
            self._check(child, place)

    def check_language(self, element: Element) -> bool:
        """Whether the element's expressions are FEEL; else a finding is kept."""
        language = element.get("expressionLanguage")
        if language is None or "feel" in language.lower():
            return True
        self.refuse(element, f"The expression language {language} is not supported.", "Write the expression in FEEL.")
        return False

    def refuse(self, element: Element, reason: str, cure: str) -> None:
        """Keeps a finding about the element, or about the nearest one around it that has an id."""
        place: Element | None = element
        while place is not None and not place.get("id"):
            place = place.getparent()
        element_id = local_name(element) if place is None else place.get("id") or ""
        self.findings.append(Finding(element_id, reason, cure, element.get("name") or element.get("label") or ""))


def _parse(text: str, names: Names, tests: bool) -> Expression:
    return parse_unary_tests(text, names) if tests else parse(text, names)
