# SPDX-License-Identifier: EUPL-1.2
"""How service tasks find Python: a registry of named functions, loud at import.

What a function asks for decides when it runs. A `Session` means: inside the transaction that moves the token.
A `Connector` means: as a job, after that transaction has been committed. Asking for both is refused.
Everything else that it asks for, except `CaseContext` and `Clock`, is an input mapped by the model.
"""

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.documents import NewDocument, StoredDocument
from engine.errors import AmtsflussError, OperationRefused, OperationUnknown

#: The lines in which jobs wait where a queue tells workers of them. The first is for everything else.
LINES = ("operations", "timers", "mail", "pdf", "payments", "sensors")


class Connector:
    """A neighbour of the town: mail, a payment provider, a PDF renderer. Acts outside our database."""

    #: In which line of a queue the jobs wait that call it.
    line: ClassVar[str] = LINES[0]

    def check(self) -> None:
        """Raise `ConnectorUnavailable` with the reason when the neighbour cannot be reached."""


class Ambient:
    """What the engine itself offers to in-transaction operations beside the session (see `engine.services`)."""


@dataclass(frozen=True)
class CaseContext:
    """For which case an operation runs."""

    case_id: str
    #: The file reference that people know the case by (Aktenzeichen).
    reference: str
    definition_key: str
    element_id: str
    #: Handed to neighbours so that a repeated call has no second effect; empty inside the transaction.
    idempotency_key: str
    now: datetime
    #: The case that people know, where this one was called by another; empty when it is this one.
    outermost_id: str = ""
    outermost_reference: str = ""

    def as_people_know_it(self) -> "CaseContext":
        """The same with the id and the reference of the outermost case: what letters, mails and links name."""
        if not self.outermost_id:
            return self
        return replace(self, case_id=self.outermost_id, reference=self.outermost_reference)


class NotYet(Exception):
    """Raised by a job that has to look again later; does not count as a failure."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again after {after}")
        self.after = after


class InputRefused(AmtsflussError):
    """An operation was given an input that it cannot use."""


_INPUT_TYPES: tuple[Any, ...] = (str, int, Decimal, bool, date, datetime, StoredDocument, Any)


@dataclass(frozen=True)
class Parameter:
    """One input of an operation, as the model must supply it."""

    name: str
    type: Any
    optional: bool
    required: bool


@dataclass(frozen=True)
class Operation:
    """A registered function, with what its signature says about when it runs and what it needs."""

    name: str
    function: Callable[..., Any]
    inputs: Mapping[str, Parameter]
    #: Parameter name → connector class, `Session`, `Services`, `CaseContext` or `Clock`.
    provided: Mapping[str, Any]

    @property
    def is_job(self) -> bool:
        """Whether it runs after the commit, because it acts outside our database."""
        return any(inspect.isclass(kind) and issubclass(kind, Connector) for kind in self.provided.values())

    @property
    def line(self) -> str:
        """In which line of a queue its jobs wait: that of the neighbour it calls."""
        kinds = [kind for kind in self.provided.values() if inspect.isclass(kind) and issubclass(kind, Connector)]
        return next((kind.line for kind in kinds if kind.line != LINES[0]), LINES[0])

    @property
    def title(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or self.name).splitlines()[0]

    def call(self, inputs: Mapping[str, Any], provide: Callable[[Any], Any]) -> Any:
        """Call the function with converted inputs; `provide` gives a session, a connector, …"""
        arguments = {name: provide(kind) for name, kind in self.provided.items()}
        for parameter in self.inputs.values():
            if parameter.name in inputs:
                arguments[parameter.name] = convert(parameter, inputs[parameter.name])
            elif parameter.required:
                raise InputRefused(f"Operation {self.name} needs the input {parameter.name}.")
        result = self.function(**arguments)
        return _plain(result)


F = TypeVar("F", bound=Callable[..., Any])

_registry: dict[str, Operation] = {}


def operation(name: str) -> Callable[[F], F]:
    """Register a function under the topic that models name: `@operation("kita.plaetze_zuteilen")`."""

    def register(function: F) -> F:
        if name in _registry and _registry[name].function is not function:
            raise OperationRefused(f"Two operations are called {name}.")
        _registry[name] = _describe(name, function)
        return function

    return register


def find_operation(name: str) -> Operation:
    """The operation of that name, or `OperationUnknown`."""
    try:
        return _registry[name]
    except KeyError:
        raise OperationUnknown(f"No operation is called {name}.") from None


def has_operation(name: str) -> bool:
    """Whether a topic is served by us (any other waits for an external worker)."""
    return name in _registry


def operations() -> list[Operation]:
    """All registered operations, by name."""
    return [_registry[name] for name in sorted(_registry)]


def _describe(name: str, function: Callable[..., Any]) -> Operation:
    hints = get_type_hints(function)
    inputs: dict[str, Parameter] = {}
    provided: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise OperationRefused(f"Operation {name}: parameter {parameter.name} has no annotation.")
        kind = hints[parameter.name]
        if kind in (Session, CaseContext, Clock) or (inspect.isclass(kind) and issubclass(kind, Connector | Ambient)):
            provided[parameter.name] = kind
        else:
            inputs[parameter.name] = _describe_input(name, parameter, kind)
    described = Operation(name, function, inputs, provided)
    if described.is_job and any(kind is Session or issubclass(kind, Ambient) for kind in provided.values()):
        raise OperationRefused(f"Operation {name} asks for a session and a connector; effects belong after the commit.")
    return described


def _describe_input(operation_name: str, parameter: inspect.Parameter, kind: Any) -> Parameter:
    optional = False
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        optional = len(members) < len(get_args(kind))
        kind = members[0] if len(members) == 1 else None
    if kind not in _INPUT_TYPES and get_origin(kind) not in (dict, list) and kind not in (dict, list):
        raise OperationRefused(
            f"Operation {operation_name}: parameter {parameter.name} has a type that no model can give."
        )
    return Parameter(parameter.name, kind, optional, parameter.default is inspect.Parameter.empty)


def convert(parameter: Parameter, value: Any) -> Any:
    """Turn a FEEL value into what the parameter's annotation asks for, or refuse it with its name."""
    if value is None:
        if parameter.optional:
            return None
        raise InputRefused(f"The input {parameter.name} is empty.")
    kind = parameter.type
    try:
        return _convert(kind, value)
    except (ValueError, TypeError, InvalidOperation) as error:
        wanted = getattr(kind, "__name__", str(kind))
        raise InputRefused(f"The input {parameter.name} is not a {wanted}.") from error


def _convert(kind: Any, value: Any) -> Any:
    if kind is Any:
        return value
    base = get_origin(kind) or kind
    if kind is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind is date:
        return _to_date(value)
    if kind is int:
        return _to_int(value)
    if kind is Decimal and isinstance(value, int | str) and not isinstance(value, bool):
        return Decimal(value)
    if kind is str and isinstance(value, Decimal | int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, base):
        raise TypeError(f"{type(value).__name__} instead of {base.__name__}")
    return value


def _to_date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise TypeError("not a date")


def _to_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise TypeError("not a whole number")
    number = Decimal(value)
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def _plain(result: Any) -> Any:
    if is_dataclass(result) and not isinstance(result, type | NewDocument):
        return {member.name: _plain(getattr(result, member.name)) for member in fields(result)}
    if isinstance(result, list | tuple):
        return [_plain(member) for member in result]
    if isinstance(result, dict):
        return {name: _plain(member) for name, member in result.items()}
    return result
