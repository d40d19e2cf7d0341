# SPDX-License-Identifier: EUPL-1.2
"""Names, paths, lists, filters, loops, contexts and functions."""

from decimal import Decimal

import pytest

from engine.feel import variables_of


def test_a_path_reads_into_the_case(value, antrag):
    assert value("person.vorname", **antrag) == "Änne"


def test_whole_numbers_of_the_case_are_decimals(value, antrag):
    result = value("parken.laufzeit_monate", **antrag)
    assert (result, type(result)) == (Decimal(12), Decimal)


def test_names_may_have_umlauts(value):
    assert value("gebühr + größe", gebühr=1, größe=2) == 3


def test_names_of_several_words_come_from_the_scope(value):
    assert value("Monthly Salary * 12", **{"Monthly Salary": 1000}) == 12000


def test_a_name_that_nobody_knows_is_null_and_said_so(value, warnings):
    assert value("unbekannt") is None
    assert warnings("unbekannt") == ("line 1, column 1: `unbekannt` is not known here",)


def test_a_variable_does_not_hide_the_function_of_its_name(value):
    assert value("count(count)", count=[1, 2]) == 2


def test_python_attributes_are_out_of_reach(value):
    assert value("x.__class__", x="text") is None


def test_python_objects_are_out_of_reach(value):
    assert value("x", x=object()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[{a: 1}, {a: 2}][a = 2]", [{"a": 2}]),
        ("[{a: 1}, {a: 2}].a", [1, 2]),
        ("5[1]", 5),
        ("null[1]", None),
        ("[][item > 1]", []),
    ],
)
def test_filter(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [i, 10] return i * j", [1, 10, 4, 20]),
        ("for i in 1..3 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6]),
        ("for i in (1..4) return i", [2, 3]),
        ("some i in [1, 2] satisfies i > 1", True),
        ("every i in [1, 2] satisfies i > 1", False),
        ("every i in [] satisfies i > 1", True),
    ],
)
def test_loops(value, text, expected):
    assert value(text) == expected


def test_entries_of_a_context_see_earlier_ones(value):
    assert value('{vor name: "A", gruß: "Hallo " + vor name}.gruß') == "Hallo A"


def test_a_function_remembers_its_scope(value):
    assert value("{f: function(x) x * faktor, r: f(3)}.r", faktor=2) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is defined(person.vorname)", True),
        ("is defined(person.fehlt)", False),
        ("is defined(fehlt.ganz)", False),
        ('get value(person, "vorname")', "Änne"),
        ("get or else(person.fehlt, 1)", 1),
        ("count(get entries(person))", 2),
    ],
)
def test_asking_for_what_may_be_missing(value, antrag, text, expected):
    assert value(text, **antrag) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b.c", {"a", "b"}),
        ("for i in liste return i + offset", {"liste", "offset"}),
        ("some x in xs satisfies x = y", {"xs", "y"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("function(x) x + y", {"y"}),
        ("count(liste[item > grenze])", {"liste", "grenze"}),
        ("date and time(a) > now()", {"a"}),
        ("if a then b else c", {"a", "b", "c"}),
        ("x in (< y)", {"x", "y"}),
    ],
)
def test_variables_are_the_names_read_from_outside(text, expected):
    assert variables_of(text) == expected
