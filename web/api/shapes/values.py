# SPDX-License-Identifier: EUPL-1.2
"""Shapes that others are made of: moments, typed values, links, counts, and what is said when something is refused."""

from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, TypedDict


@dataclass(frozen=True)
class Written:
    """How a text is written."""

    pattern: str
    example: str


#: A moment as answers write it.
Moment = Annotated[str, Written(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$", "2026-11-22T18:00:00.000+0000")]


class TypedValue(TypedDict):
    """A value with its type; `valueInfo` says more of objects and files."""

    type: str
    value: Any
    valueInfo: dict[str, Any]


Variables = dict[str, TypedValue]


class SentValue(TypedDict, total=False):
    """A value as it may be sent: without a type it is what JSON says."""

    value: Any
    type: str | None
    valueInfo: dict[str, Any] | None


class Link(TypedDict):
    """Where something else can be asked for."""

    method: str
    href: str
    rel: str


class Count(TypedDict):
    """How many there are."""

    count: int


class MissingAuthorization(TypedDict):
    """What an account would need."""

    permissionName: str
    resourceName: str
    resourceId: str


class Problem(TypedDict):
    """Why something was refused or failed."""

    type: str
    message: str
    code: int
    #: Of models that cannot be read: findings by file.
    details: NotRequired[dict[str, Any]]
    #: Of migrations that cannot be done.
    validationReport: NotRequired[dict[str, Any]]
    userId: NotRequired[str]
    missingAuthorizations: NotRequired[list[MissingAuthorization]]
    permissionName: NotRequired[str]
    resourceName: NotRequired[str]
    resourceId: NotRequired[str]


class FormReference(TypedDict):
    """A form that is deployed with the model."""

    key: str
    binding: str
    version: int | None


class Form(TypedDict):
    """Which form something has."""

    key: str | None
    camundaFormRef: FormReference | None
    contextPath: str | None
