# SPDX-License-Identifier: EUPL-1.2
"""What expressions of Camunda 7 may ask the engine itself, and do to it."""


class OfJuel(str):
    """FEEL that was JUEL: when it reads a variable that does not exist, that is a mistake and no null."""

    __slots__ = ("written",)
    #: The expression as it stands in the model.
    written: str

    def __new__(cls, feel: str, written: str) -> "OfJuel":
        """The translation of what is written."""
        made = super().__new__(cls, feel)
        made.written = written
        return made


#: Objects of Camunda that no variable of a case stands for.
OBJECTS = frozenset(["execution", "caseExecution", "connector"])
#: What the runtime tells about the running step, under the names of Camunda's two objects.
FACTS = {
    "execution": frozenset(
        ["id", "processInstanceId", "processBusinessKey", "processDefinitionId", "processDefinitionKey"]
        + ["currentActivityId", "currentActivityName", "eventName"]
    ),
    "task": frozenset(["id", "name", "assignee", "taskDefinitionKey", "description", "priority", "eventName"]),
}

#: Functions of Camunda that take nothing.
GIVEN = {"dateTime": "now()", "currentUser": "execution.currentUser"}
#: Names of Camunda's own that stand for a value.
KNOWN = {"authenticatedUserId": "execution.currentUser"}
#: Methods that change a variable: how many arguments they take, and whether they mean the innermost scope only.
CHANGES = {"setVariable": (2, False), "setVariableLocal": (2, True), "removeVariable": (1, False)}
