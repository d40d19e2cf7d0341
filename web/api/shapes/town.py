# SPDX-License-Identifier: EUPL-1.2
"""Shapes of people, grants, and of what an installation tells of itself."""

from typing import Any, NotRequired, TypedDict

from web.api.shapes.values import Moment


class User(TypedDict):
    """Somebody who may log in."""

    id: str
    firstName: str | None
    lastName: str | None
    email: str | None


class Group(TypedDict):
    """A group of people."""

    id: str
    name: str
    type: str


class GroupName(TypedDict):
    """The same, short."""

    id: str
    name: str


class GroupMember(TypedDict):
    """Somebody in it."""

    id: str
    firstName: str | None
    lastName: str | None
    displayName: str


class GroupInfo(TypedDict):
    """The groups of somebody, and who else is in them."""

    groups: list[GroupName]
    groupUsers: list[GroupMember]


class Tenant(TypedDict):
    """There are none."""

    id: str
    name: str


class AuthenticationResult(TypedDict):
    """Whether somebody knows their password."""

    authenticatedUser: str
    authenticated: bool


class PasswordRule(TypedDict):
    """What a password must be like."""

    placeholder: str
    parameter: dict[str, str]
    valid: NotRequired[bool]


class PasswordPolicy(TypedDict):
    """All that it must be like; `valid` when one was sent."""

    rules: list[PasswordRule]
    valid: NotRequired[bool]


class Authorization(TypedDict):
    """What an account may do with a thing."""

    id: str
    type: int
    permissions: list[str]
    userId: str | None
    groupId: str | None
    resourceType: int
    resourceId: str
    removalTime: Moment | None
    rootProcessInstanceId: str | None


class AuthorizationCheck(TypedDict):
    """Whether an account may do it."""

    permissionName: str
    resourceName: str | None
    resourceId: str | None
    authorized: bool


class Metric(TypedDict):
    """How often something has happened."""

    timestamp: Moment
    name: str
    reporter: str | None
    value: int


class Sum(TypedDict):
    """The same as one number."""

    result: int


class SchemaLogEntry(TypedDict):
    """A version of the tables."""

    id: str
    timestamp: Moment | None
    version: str


class TelemetryConfiguration(TypedDict):
    """Whether anything is sent."""

    enableTelemetry: bool


class Version(TypedDict):
    """The version of the API."""

    version: str


class Engine(TypedDict):
    """The name of an engine."""

    name: str


class Description(TypedDict):
    """The description of the interface (OpenAPI 3)."""

    openapi: str
    info: dict[str, Any]
    servers: list[dict[str, Any]]
    security: list[dict[str, Any]]
    paths: dict[str, Any]
    components: dict[str, Any]
