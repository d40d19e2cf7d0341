# SPDX-License-Identifier: EUPL-1.2
"""The names of several words that the expressions of one document may use, such as `Monthly Salary`."""

from engine.dmn.xml import Element, first_child, own_children
from engine.feel.names import long_names


def names_in(root: Element) -> frozenset[str]:
    """Names of input data, decisions and the parts of item definitions that the parser must be told about."""
    names: set[str] = set()
    for element in own_children(root, "inputData", "decision"):
        variable = first_child(element, "variable")
        names.update(filter(None, [element.get("name"), None if variable is None else variable.get("name")]))
    pending = list(own_children(root, "itemDefinition"))
    while pending:
        for component in own_children(pending.pop(), "itemComponent"):
            names.add(component.get("name") or "")
            pending.append(component)
    return long_names(names - {""})
