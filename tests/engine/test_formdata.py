# SPDX-License-Identifier: EUPL-1.2
"""Forms that a model lists itself (`camunda:formData`): each is a form as a .form file has it."""

import json
from datetime import date

import pytest

from engine.bpmn import form_of, typed_default
from engine.bpmn.model import FormField
from forms import check_form, load_form
from tests.engine.reading import drawing, extensions, node, told


def data(fields: str) -> str:
    return f'<userTask id="x">{extensions(f"<camunda:formData>{fields}</camunda:formData>")}</userTask>'


def constraints(**written: str) -> str:
    lines = (f'<camunda:constraint name="{name}" config="{config}"/>' for name, config in written.items())
    return f"<camunda:validation>{''.join(lines)}</camunda:validation>"


def field(attributes: str, inside: str = "") -> str:
    return f'<camunda:formField id="a" label="A?" {attributes}>{inside}</camunda:formField>'


def component(attributes: str, inside: str = "") -> dict[str, object]:
    """The component that a field becomes, without its name; the whole form can be used."""
    form = form_of(node(data(field(attributes, inside))))
    assert check_form(json.dumps(form).encode()) == []
    (found,) = form["components"]
    return {key: value for key, value in found.items() if key not in ("id", "key", "label")}


def test_the_form_is_known_by_process_and_element():
    read = node(data(field('type="string"')))
    assert read.form_key == "formdata:p:x"
    assert form_of(read)["id"] == "formdata:p:x"
    loaded = load_form(form_of(read))
    assert [(each.path, each.label) for each in loaded.fields] == [("a", "A?")]


@pytest.mark.parametrize(
    ("attributes", "inside", "expected"),
    [
        ('type="string"', "", {"type": "textfield"}),
        ('type="string" defaultValue="b"', "", {"type": "textfield", "defaultValue": "b"}),
        (
            'type="string"',
            constraints(required="", minlength="2", maxlength="9"),
            {"type": "textfield", "validate": {"required": True, "minLength": 2, "maxLength": 9}},
        ),
        ('type="string"', constraints(readonly=""), {"type": "textfield", "readonly": True}),
        ('type="string"', constraints(readonly="true", required=""), {"type": "textfield", "readonly": True}),
        ('type="string"', constraints(required="false"), {"type": "textfield"}),
        ('type="long" defaultValue="-3"', "", {"type": "number", "decimalDigits": 0, "defaultValue": -3}),
        (
            'type="long"',
            constraints(min="1", max="5"),
            {"type": "number", "decimalDigits": 0, "validate": {"min": 1, "max": 5}},
        ),
        ('type="boolean" defaultValue="true"', "", {"type": "checkbox", "defaultValue": True}),
        (
            'type="date" defaultValue="24/12/2026"',
            "",
            {"type": "datetime", "subtype": "date", "dateLabel": "A?", "defaultValue": "2026-12-24"},
        ),
        (
            'type="enum" defaultValue="y"',
            '<camunda:value id="y" name="Yes"/><camunda:value id="n"/>',
            {
                "type": "select",
                "values": [{"value": "y", "label": "Yes"}, {"value": "n", "label": "n"}],
                "defaultValue": "y",
            },
        ),
        (
            'type="string" defaultValue="${name}"',
            '<camunda:properties><camunda:property id="amt.autocomplete" value="family-name"/></camunda:properties>',
            {"type": "textfield", "properties": {"amt.autocomplete": "family-name", "amt.default": "=name"}},
        ),
    ],
)
def test_fields(attributes: str, inside: str, expected: dict[str, object]):
    assert component(attributes, inside) == expected


def test_a_label_may_be_left_out():
    read = node(data('<camunda:formField id="a" type="string"/>'))
    assert form_of(read)["components"][0]["label"] == "a"


@pytest.mark.parametrize("default", ["${name", "=1 +", "${a.b()}"])
def test_a_broken_default_is_left_for_the_check_of_the_form(default: str):
    form = form_of(node(data(field(f'type="string" defaultValue="{default}"'))))
    assert len(check_form(json.dumps(form).encode())) == 1


@pytest.mark.parametrize(
    ("kind", "written", "typed"),
    [
        ("string", "7", "7"),
        ("long", "7", 7),
        ("long", "many", "many"),
        ("boolean", "true", True),
        ("boolean", "no", False),
        ("date", "24/12/2026", date(2026, 12, 24)),
        ("date", "24.12.2026", date(2026, 12, 24)),
        ("date", "2026-12-24", date(2026, 12, 24)),
        ("date", "31/02/2026", "2026-02-31"),
        ("date", date(2026, 12, 24), date(2026, 12, 24)),
        ("enum", "y", "y"),
    ],
)
def test_a_default_has_the_type_of_an_answer(kind: str, written: object, typed: object):
    assert typed_default(FormField("a", "A?", kind), written) == typed


MISTAKES = {
    "no name": ('<camunda:formField type="string"/>', "A field of the form cannot be called nothing."),
    "no name of a variable": (
        '<camunda:formField id="a b" type="string"/>',
        "A field of the form cannot be called a b.",
    ),
    "no type": ('<camunda:formField id="a"/>', "The form field a has the type nothing, which is not known."),
    "a type of its own": (
        '<camunda:formField id="a" type="address"/>',
        "The form field a has the type address, which is not known.",
    ),
    "no choice": ('<camunda:formField id="a" type="enum"/>', "The form field a has nothing to choose from."),
    "a choice that is none": (
        field('type="string"', '<camunda:value id="b"/>'),
        "The form field a has values but is no choice.",
    ),
    "a value without an id": (
        field('type="enum"', '<camunda:value name="b"/><camunda:value id="c"/>'),
        "A value of the form field a has no id.",
    ),
    "a check of its own": (
        field('type="string"', constraints(validator="${x}")),
        "The constraint validator of the form field a cannot be checked.",
    ),
    "a bound of a text": (
        field('type="string"', constraints(min="1")),
        "The constraint min means nothing at the form field a of the type string.",
    ),
    "a bound that is no number": (
        field('type="long"', constraints(max="many")),
        "The constraint max of the form field a is no number.",
    ),
    "twice the same": (field('type="string"') * 2, "Two fields of the form are called a."),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_no_form_can_ask_is_refused(mistake: str):
    fields, reason = MISTAKES[mistake]
    assert [(found.element_id, found.severity, found.reason) for found in told(drawing(data(fields)))] == [
        ("x", "error", reason)
    ]


def test_a_field_cannot_name_the_case():
    fields = '<camunda:formData businessKey="a"><camunda:formField id="a" type="string"/></camunda:formData>'
    (found,) = told(drawing(f'<startEvent id="x">{extensions(fields)}</startEvent>'))
    assert found.reason == "A field cannot set the business key."


def test_another_form_goes_first():
    inside = data(field('type="string"')).replace('id="x"', 'id="x" camunda:formRef="other"', 1)
    assert node(inside).form_key == "other"
    (found,) = told(drawing(inside))
    assert (found.severity, found.reason) == ("warning", "The form is shown; the fields of camunda:formData are not.")
