# SPDX-License-Identifier: EUPL-1.2
"""Translates the expressions of Camunda 7 models (`${a == 1 && !b}`, a Java dialect called JUEL) to FEEL.

What an expression means to Java is kept: `list[0]` is the first entry, `%` has the sign of its left side, methods
become the FEEL function that gives the same. What has no such twin is refused with its place, never guessed.
The dialect of the platform writes FEEL inside `${...}` too: text that is not JUEL but FEEL stays as it is.
"""

import re

from engine.feel.builtins import BUILTIN_NAMES
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.juel_methods import (
    ATOM,
    CONDITIONAL,
    METHODS,
    NEGATED,
    RESULTS,
    Feel,
    NotTranslatable,
    call,
    item,
    quoted,
)  # fmt: skip
from engine.feel.juel_objects import CHANGES, FACTS, GIVEN, KNOWN, OBJECTS, OfJuel
from engine.feel.juel_operators import NUMERAL, asked, joined
from engine.feel.limits import MAX_EXPRESSION_LENGTH, MAX_NESTING
from engine.feel.parser import Parser
from engine.feel.tokens import KEYWORDS, position

__all__ = ["NotTranslatable", "change_of", "quoted", "to_feel"]

#: Functions of FEEL whose names are several words, the longest first: they are one word here.
_LONG_FUNCTIONS = "|".join(
    name.replace(" ", r"\s+") for name in sorted(BUILTIN_NAMES, key=len, reverse=True) if " " in name
)
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<string>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
      | (?P<moment>@"[^"\\]*")
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<function>(?:{_LONG_FUNCTIONS})(?=\s*\())
      | (?P<name>[^\W\d][\w$]*)
      | (?P<operator>== | != | <= | >= | && | \|\| | [-+*/%<>!?:().,\[\]])""",
    re.VERBOSE | re.DOTALL,
)
#: Operators from the loosest to the tightest: what they are in FEEL, and how tight its operands must be.
_LEVELS: tuple[dict[str, str], ...] = (
    {"||": "or", "or": "or"},
    {"&&": "and", "and": "and"},
    {"==": "=", "eq": "=", "!=": "!=", "ne": "!="},
    {"<": "<", "lt": "<", ">": ">", "gt": ">", "<=": "<=", "le": "<=", ">=": ">=", "ge": ">="},
    {"+": "+", "-": "-"},
    {"*": "*", "/": "/", "div": "/", "%": "%", "mod": "%"},
)
_RESERVED = frozenset(["and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "empty", "div", "mod", "instanceof"])


def to_feel(source: str, start: int = 0, end: int | None = None) -> str:
    """The FEEL (`OfJuel`, unless it was FEEL) for the JUEL expression between `start` and `end` (without `${` and `}`).

    Raises FeelSyntaxError with the place in `source`, NotTranslatable for what FEEL cannot express,
    FeelLimitExceeded.
    """
    stop = len(source) if end is None else end
    if stop - start > MAX_EXPRESSION_LENGTH:
        raise FeelLimitExceeded(f"the expression is longer than {MAX_EXPRESSION_LENGTH} characters")
    try:
        return OfJuel(_Translation(source, start, stop).whole(), source)
    except NotTranslatable:
        raise
    except FeelSyntaxError as no_juel:
        inner = source[start:stop].strip()
        try:
            Parser(inner, frozenset()).whole_expression()
        except FeelSyntaxError:
            raise no_juel from None
        return inner


def change_of(source: str, start: int, end: int) -> tuple[str, str | None, bool] | None:
    """What an expression that is one call of `execution.setVariable` does; None for any other expression.

    The FEEL for the name and for the value of the variable (None: it is taken away), and whether only the innermost
    scope is meant. Raises like `to_feel`.
    """
    return _Translation(source, start, end).change()


class _Translation:
    def __init__(self, source: str, start: int, end: int) -> None:
        self._source = source
        self._end = end
        self._tokens = self._split(start)
        self._index = 0
        self._depth = 0

    def _split(self, offset: int) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        while offset < self._end:
            match = _TOKEN.match(self._source, offset, self._end)
            if match is None or match.lastgroup is None:
                raise self._error(offset, self._hint(offset))
            if match.lastgroup != "space":
                tokens.append((match.lastgroup, match.group(), offset))
            offset = match.end()
        return [*tokens, ("end", "", self._end)]

    def _hint(self, offset: int) -> str:
        hints = {"=": "`==`", "'": "a closing '", '"': 'a closing "', "&": "`&&`", "|": "`||`"}
        character = self._source[offset]
        return hints.get(character, f"no character {character!r} in an expression")

    def _error(self, offset: int, expected: str) -> FeelSyntaxError:
        return FeelSyntaxError(*position(self._source, offset), expected)

    def _refused(self, offset: int, reason: str, cure: str) -> NotTranslatable:
        return NotTranslatable(*position(self._source, offset), reason, cure)

    # -- tokens ---------------------------------------------------------------------------------------------------

    @property
    def _text(self) -> str:
        kind, text, _ = self._tokens[self._index]
        return "" if kind == "string" else text

    @property
    def _offset(self) -> int:
        return self._tokens[self._index][2]

    def _take(self, *wanted: str) -> str | None:
        """Steps over the next token if it is one of those wanted."""
        text = self._text
        if text and text in wanted:
            self._index += 1
            return text
        return None

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise self._error(self._offset, f"`{wanted}`")

    # -- grammar --------------------------------------------------------------------------------------------------

    def whole(self) -> str:
        if self._tokens[0][0] == "end":
            raise self._error(self._offset, "an expression")
        result = self._expression()
        if self._tokens[self._index][0] != "end":
            raise self._error(self._offset, "an operator")
        return result.text

    def change(self) -> tuple[str, str | None, bool] | None:
        words = [text for _, text, _ in self._tokens[:4]]
        method = CHANGES.get(words[2]) if len(words) == 4 and words[0] in FACTS else None
        if method is None or (words[1], words[3]) != (".", "("):
            return None
        number, is_local = method
        self._index = 3
        arguments = [part.text for part in self._arguments()]
        if len(arguments) != number or self._tokens[self._index][0] != "end":
            return None
        return arguments[0], arguments[1] if number == 2 else None, is_local

    def _expression(self) -> Feel:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FeelLimitExceeded(f"the expression is nested deeper than {MAX_NESTING} levels")
        result = self._binary(0)
        if self._take("?"):
            then = self._expression()
            self._expect(":")
            otherwise = self._expression()
            result = Feel(f"if {result.text} then {then.text} else {otherwise.text}", CONDITIONAL)
        self._depth -= 1
        return result

    def _binary(self, level: int) -> Feel:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while written := self._take(*_LEVELS[level]):
            right = self._binary(level + 1)
            left = joined(left, _LEVELS[level][written], right)
        return left

    def _unary(self) -> Feel:
        signs: list[str] = []
        while sign := self._take("!", "not", "empty", "-"):
            signs.append(sign)
        if len(signs) > MAX_NESTING:
            raise FeelLimitExceeded(f"the expression is nested deeper than {MAX_NESTING} levels")
        result = self._postfix()
        for sign in reversed(signs):
            if sign == "-":
                result = Feel(f"-{result.within(ATOM)}", NEGATED)
            elif sign == "empty":
                result = Feel(call("list contains", '[null, "", [], {}]', result.text), is_test=True)
            else:
                result = Feel(call("not", result.text), is_test=True)
        return result

    def _postfix(self) -> Feel:
        at = self._offset
        if self._tokens[self._index][0] == "name" and (self._text in OBJECTS or self._asks_task()):
            result = self._of_camunda(at)
        else:
            result = self._primary()
        while True:
            at = self._offset
            if self._take("["):
                index = self._expression()
                if index.is_test or index.level == NEGATED:
                    raise self._error(at, "the number or the name of an entry")
                self._expect("]")
                result = item(result, index)
            elif self._take("."):
                result = self._member(result)
            else:
                return result

    def _member(self, owner: Feel) -> Feel:
        at = self._offset
        name = self._name()
        if self._text == "(":
            return self._method(owner, name, at)
        if owner.text == "decisionResult" and name in RESULTS:
            return RESULTS[name](owner)
        if name in KEYWORDS:
            return Feel(call("get value", owner.text, quoted(name)))
        return Feel(f"{owner.within(ATOM)}.{name}")

    def _method(self, owner: Feel, name: str, at: int) -> Feel:
        arguments = self._arguments()
        translate = METHODS.get((name, len(arguments)))
        result = translate(owner, *arguments) if translate else None
        if result is None:
            given = "..." if arguments else ""
            reason = f"the method .{name}({given}) has no equal in FEEL"
            raise self._refused(at, reason, "Use a function of FEEL behind =, or a service task.")
        if len(result.text) > MAX_EXPRESSION_LENGTH:
            raise FeelLimitExceeded(f"the expression is longer than {MAX_EXPRESSION_LENGTH} characters")
        return result

    def _arguments(self) -> list[Feel]:
        self._expect("(")
        arguments: list[Feel] = []
        if self._take(")"):
            return arguments
        arguments.append(self._expression())
        while self._take(","):
            arguments.append(self._expression())
        self._expect(")")
        return arguments

    def _name(self) -> str:
        kind, text, at = self._tokens[self._index]
        if kind != "name":
            raise self._error(at, "a name")
        if "$" in text:
            raise self._refused(at, f"the name {text} cannot be written in FEEL", "Choose a name without $.")
        self._index += 1
        return text

    def _primary(self) -> Feel:
        kind, text, at = self._tokens[self._index]
        if kind == "string":
            self._index += 1
            written = _string(text)
            return Feel(written, is_text=True, in_text=not NUMERAL.fullmatch(written))
        if kind in ("number", "moment"):
            self._index += 1
            return Feel(text, number=int(text) if text.isdigit() else None)
        if self._take("("):
            inner = self._expression()
            self._expect(")")
            return inner
        if kind == "function":
            self._index += 1
            return Feel(call(" ".join(text.split()), *(part.text for part in self._arguments())))
        if kind == "name" and text in ("true", "false", "null"):
            self._index += 1
            return Feel(text)
        if kind != "name" or text in _RESERVED or text in KEYWORDS:
            raise self._error(at, "a value")
        name = self._name()
        return self._function(name, at) if self._text == "(" else Feel(KNOWN.get(name, name))

    def _function(self, name: str, at: int) -> Feel:
        arguments = self._arguments()
        if not arguments and name in GIVEN:
            return Feel(GIVEN[name])
        if name not in BUILTIN_NAMES:
            raise self._refused(at, f"there is no function {name} in FEEL", "Use a function of FEEL or a service task.")
        return Feel(call(name, *(part.text for part in arguments)))

    def _asks_task(self) -> bool:
        """Whether a method of Camunda's own follows on `task`; a variable may have that name too."""
        if self._text != "task" or len(self._tokens) - self._index < 4:
            return False
        (_, dot, _), (_, method, _), (_, bracket, _) = self._tokens[self._index + 1 : self._index + 4]
        known = method in ("getVariable", "hasVariable") or _property(method) in FACTS["task"]
        return dot == "." and bracket == "(" and known

    def _of_camunda(self, at: int) -> Feel:
        """`execution.getVariable('x')` is the variable x, `execution.id` what the runtime tells; no more is known."""
        owner = self._name()
        cure = "Name the variable itself; what a case knows are its variables."
        if owner not in FACTS or not self._take("."):
            raise self._refused(at, f"the object {owner} of Camunda is not known here", cure)
        name = self._name()
        arguments = self._arguments() if self._text == "(" else None
        if name in ("getVariable", "hasVariable") and arguments and len(arguments) == 1 and arguments[0].is_text:
            variable = arguments[0].text[1:-1]
            if variable.isidentifier() and variable not in KEYWORDS:
                defined = call("is defined", variable)
                return Feel(asked(variable)) if name == "getVariable" else Feel(defined, is_test=True)
        fact = name if arguments is None else _property(name) if not arguments else ""
        fact = "processBusinessKey" if fact == "businessKey" else fact
        if fact in FACTS[owner]:
            return Feel(f"{owner}.{fact}")
        if name.startswith(("set", "remove")):
            cure = "Use an output mapping or a script to change variables; an expression only reads."
        raise self._refused(at, f"{owner}.{name} cannot be translated", cure)


def _property(method: str) -> str:
    """The property that a method such as `getName` reads, or no text."""
    return method[3].lower() + method[4:] if method.startswith("get") and len(method) > 3 else ""


def _string(written: str) -> str:
    """A string of JUEL as one of FEEL: `\\'` needs no escape there, `\"` does."""
    inner = written[1:-1].replace("\\'", "'")
    if written[0] == "'":
        inner = re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', inner, flags=re.DOTALL)
    return f'"{inner}"'
