# SPDX-License-Identifier: EUPL-1.2
"""What the expressions of Camunda 7 models mean, told in values; and what of them is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import FeelError, FeelLimitExceeded, FeelSyntaxError, UnknownName, evaluate, parse, strip_marker
from engine.feel.juel import NotTranslatable

SCOPE = {
    "a": 7,
    "b": True,
    "c": False,
    "i": 1,
    "minus": -7,
    "name": "Änne",
    "leer": None,
    "nichts": "",
    "person": {"alter": 20, "orte": ["Aach", "Berg"], "vor name": "Jo"},
    "liste": [10, 20, 30],
    "leute": [{"alter": 5, "i": 3}, {"alter": 6, "i": 3}],
    "schluessel": "alter",
    "tag": date(2026, 1, 31),
    "ziffern": "07",
    "ja": "True",
    "execution": {
        "id": "5",
        "processBusinessKey": "APA-7",
        "currentActivityId": "pruefen",
        "processDefinitionKey": "apa",
        "currentUser": "anna",
    },
    "task": {"assignee": "anna", "name": "Prüfen"},
}


def value_of(written):
    text = strip_marker(written)
    assert text is not None
    return evaluate(text, SCOPE).value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        # comparisons and their names
        ("${a == 7}", True),
        ("${a eq 7 and a ne 8}", True),
        ("${a lt 8 && a le 7 && a gt 6 && a ge 7}", True),
        ("${a < 7 || a > 6}", True),
        ("${a <= 6 or !(a >= 8)}", True),
        ("${a < 8 == b}", True),
        ("${name == 'Änne'}", True),
        ('${name != "Bea"}', True),
        ("${leer == null}", True),
        # logic: && binds tighter than ||, ! tightest
        ("${b || c && c}", True),
        ("${(b || c) && c}", False),
        ("${!c && !(a == 1)}", True),
        ("${not c and not not b}", True),
        ("${!b == c}", True),
        # arithmetic
        ("${a + 2 * 3 - 1}", 12),
        ("${(a + 2) * 3}", 27),
        ("${a - (2 - 1)}", 6),
        ("${a / 2}", Decimal("3.5")),
        ("${a div 2}", Decimal("3.5")),
        ("${a % 4}", 3),
        ("${a mod 4}", 3),
        ("${minus % 4}", -3),
        ("${minus % -4}", -3),
        ("${7 % -4}", 3),
        ("${-a + 1}", -6),
        ("${2 * -a}", -14),
        ("${1e2 + .5}", Decimal("100.5")),
        # choices
        ("${a > 5 ? 'viel' : 'wenig'}", "viel"),
        ("${a > 9 ? 1 : b ? 2 : 3}", 2),
        ("${(b ? 1 : 2) + 1}", 2),
        ("${b ? c ? 1 : 2 : 3}", 2),
        ("${name == 'Änne' ? 'b' : 'c'}", "b"),
        ("${a == '7' ? 'b' : 'c'}", "b"),
        # a number that is written as a text counts as both
        ("${a == '7'}", True),
        ("${'7' eq a}", True),
        ("${a != '8'}", True),
        ("${a < '10' && '6.5' <= a}", True),
        ("${minus == '-7'}", True),
        ("${ziffern == '7'}", False),
        ("${ziffern == '07'}", True),
        ("${a == '07'}", True),
        ("${leer == '7'}", False),
        ("${!(a == '7')}", False),
        # and so does a text beside a number, or beside true
        ("${ziffern == 7 && ziffern > 6.5 && 8 >= ziffern}", True),
        ("${ziffern != 7}", False),
        ("${ziffern + 1}", 8),
        ("${2 * ziffern - ziffern % 4}", 11),
        ("${name == 7}", False),
        ("${ja == true && !(ja != true)}", True),
        ("${name == false}", True),
        ("${b == 'true' && c != 'true'}", True),
        # nothing is more or less than null, and not equal to a number
        ("${leer > 7 || leer <= 7 || 7 < leer}", False),
        ("${leer != 7}", True),
        # + joins texts, as soon as one of them is no number
        ("${'Zone ' + name}", "Zone Änne"),
        ("${'Nr. ' + a}", "Nr. 7"),
        ("${a + '. Stock'}", "7. Stock"),
        ("${1 + a + ' von ' + a + 1}", "8 von 71"),
        ("${'Nr. ' + (a + 1)}", "Nr. 8"),
        ("${a + '1'}", 8),
        ("${'3' + '4'}", 7),
        ("${'1.5' * 2}", 3),
        ("${leer + 1}", 1),
        ("${10 - leer}", 10),
        ("${'am ' + tag}", "am 2026-01-31"),
        # emptiness
        ("${empty leer}", True),
        ("${empty nichts && empty leer}", True),
        ("${not empty name}", True),
        ("${!empty liste}", True),
        ("${empty a}", False),
        # properties, entries of lists from 0, entries of maps by name
        ("${person.alter}", 20),
        ("${person['alter']}", 20),
        ('${person["vor name"]}', "Jo"),
        ("${person[schluessel]}", 20),
        ("${liste[0]}", 10),
        ("${liste[i]}", 20),
        ("${liste[i + 1]}", 30),
        ("${liste[9]}", None),
        ("${liste[minus]}", None),
        ("${leute[i].alter}", 6),
        ("${person.orte[1]}", "Berg"),
        ("${liste.get(0)}", 10),
        ("${person.get('alter')}", 20),
        # methods
        ("${liste.size()}", 3),
        ("${liste.size() > 2 && b}", True),
        ("${person.size()}", 3),
        ("${name.length()}", 4),
        ("${liste.isEmpty()}", False),
        ("${nichts.isEmpty()}", True),
        ("${leer.isEmpty()}", None),
        ("${name.contains('nn')}", True),
        ("${liste.contains(20)}", True),
        ("${!liste.contains(99)}", True),
        ("${person.containsKey('alter')}", True),
        ("${person.containsValue(21)}", False),
        ("${person.keySet().size()}", 3),
        ("${name.startsWith('Ä')}", True),
        ("${name.endsWith('Ä')}", False),
        ("${name.equals('Änne')}", True),
        ("${name.equals(5)}", False),
        ("${name.equalsIgnoreCase('ÄNNE')}", True),
        ("${name.toLowerCase()}", "änne"),
        ("${name.toUpperCase().length()}", 4),
        ("${' x '.trim()}", "x"),
        ("${'a.b.c'.replace('.', '-')}", "a-b-c"),
        ("${name.replace('Ä', 'A')}", "Anne"),
        ("${name.concat(a)}", "Änne7"),
        ("${name.substring(0)}", "Änne"),
        ("${name.substring(1)}", "nne"),
        ("${name.substring(4)}", ""),
        ("${name.substring(i)}", "nne"),
        ("${name.substring(minus)}", None),
        ("${name.substring(1, 3)}", "nn"),
        ("${name.substring(2, 2)}", ""),
        ("${name.substring(i, i + 1)}", "n"),
        ("${name.charAt(0)}", "Ä"),
        ("${name.indexOf('n')}", 1),
        ("${name.indexOf('z')}", -1),
        ("${liste.indexOf(30)}", 2),
        ("${name.matches('[A-ZÄ].*')}", True),
        ("${name.matches('nn')}", False),
        ("${a.toString()}", "7"),
        ("${tag.plusMonths(1)}", date(2026, 2, 28)),
        ("${tag.minusDays(i)}", date(2026, 1, 30)),
        ("${tag.isBefore(tag.plusDays(1))}", True),
        # Camunda's own objects, where they stand for a variable or for what the runtime tells
        ("${execution.getVariable('a') > 5}", True),
        ("${execution.hasVariable('leer')}", True),
        ("${execution.hasVariable('unbekannt') ? 1 : 2}", 2),
        ("${execution.processBusinessKey}", "APA-7"),
        ("${execution.getProcessBusinessKey()}", "APA-7"),
        ("${execution.businessKey == 'APA-7'}", True),
        ("${currentUser()}", "anna"),
        ("${authenticatedUserId}", "anna"),
        ("Vorgang ${execution.id}: ${execution.getCurrentActivityId()}", "Vorgang 5: pruefen"),
        ("${execution.processDefinitionKey.toUpperCase()}", "APA"),
        ("${execution.currentActivityName}", None),
        ("${task.assignee}", "anna"),
        ("${task.getAssignee() == 'anna' && task.name != null}", True),
        ("${task.getVariable('a')}", 7),
        ("${task.size()}", 2),
        ("#{a > 5}", True),
        # strings
        ("${'it\\'s'}", "it's"),
        ("${'say \"x\"'}", 'say "x"'),
        ('${"it\'s"}', "it's"),
        # text around expressions
        ("Hallo ${name}!", "Hallo Änne!"),
        ("${name}: ${a + 1}", "Änne: 8"),
        ("Zahl #{a}, fehlt ${leer}.", "Zahl 7, fehlt ."),
        ('Ein "Zitat" und \\ von ${name}', 'Ein "Zitat" und \\ von Änne'),
        ("${'}'}${name}", "}Änne"),
        ("\\${name} kostet \\#{a}", "${name} kostet #{a}"),
    ],
)
def test_an_expression_means_what_it_means_to_java(written, expected):
    assert value_of(written) == expected


@pytest.mark.parametrize("written", ["${fehlt}", "${fehlt + 1}", "${fehlt > 7}", "${empty fehlt}", "Hallo ${fehlt}!"])
def test_an_expression_that_reads_what_is_not_there_is_a_mistake(written):
    with pytest.raises(UnknownName, match="Cannot resolve identifier 'fehlt'"):
        value_of(written)


@pytest.mark.parametrize(
    ("written", "expected"), [("${execution.getVariable('fehlt')}", None), ("${execution.hasVariable('fehlt')}", False)]
)
def test_an_expression_may_ask_whether_something_is_there(written, expected):
    assert value_of(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${if b then 1 else 2}", 1),
        ("${a = 7}", True),
        ("${a in [1..9]}", True),
        ("${liste[item > 10]}", [20, 30]),
        ("${liste[-1]}", 30),
        ("${some x in liste satisfies x > 20}", True),
        ('${date and time("2026-01-31T10:00:00").day + 1}', 32),
        ('${string length("abc") == 3 && b}', True),
        ('${@"2026-01-31" == tag}', True),
        ("${ {x: 1}.x }", 1),
        ("${not(b)}", False),
    ],
)
def test_feel_within_the_marker_stays_feel(written, expected):
    assert value_of(written) == expected


@pytest.mark.parametrize(
    ("written", "place", "reason"),
    [
        ("${execution.setVariable('a', 1)}", (1, 3), "execution.setVariable cannot be translated"),
        ("${execution.getVariable(name)}", (1, 3), "execution.getVariable cannot be translated"),
        ("${b && execution.tenantId == 'x'}", (1, 8), "execution.tenantId cannot be translated"),
        ("${execution.getId(1)}", (1, 3), "execution.getId cannot be translated"),
        ("${execution.getTenantId()}", (1, 3), "execution.getTenantId cannot be translated"),
        ("${execution.hasVariable(name)}", (1, 3), "execution.hasVariable cannot be translated"),
        ("${execution}", (1, 3), "the object execution"),
        ("${task.complete()}", (1, 8), "the method .complete() has no equal"),
        ("${task.getVariable(name)}", (1, 3), "task.getVariable cannot be translated"),
        ("${bean.call()}", (1, 8), "the method .call() has no equal"),
        ("${name.replace(ziffern, 'b')}", (1, 8), "the method .replace(...) has no equal"),
        ("${name.replace('a', '$1')}", (1, 8), "the method .replace(...) has no equal"),
        ("${name.split('a')}", (1, 8), "the method .split(...) has no equal"),
        ("${name.matches(muster)}", (1, 8), "the method .matches(...) has no equal"),
        ("${currentUserGroups()}", (1, 3), "there is no function currentUserGroups"),
        ("${S(x).prop('y')}", (1, 3), "there is no function S"),
        ("${kosten$}", (1, 3), "the name kosten$"),
    ],
)
def test_what_feel_has_no_equal_for_is_refused_with_place_and_reason(written, place, reason):
    with pytest.raises(NotTranslatable) as refused:
        strip_marker(written)
    assert (refused.value.line, refused.value.column) == place
    assert reason in str(refused.value)
    assert refused.value.expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${}", "an expression"),
        ("${a ? 1}", "`:`"),
        ("${(a}", "`)`"),
        ("${'offen}", "`}`"),
        ("${a = 1 && b}", "`==`"),
        ("${a b}", "an operator"),
        ("${a +}", "a value"),
        ("${fn:length(a)}", "an operator"),
        ("Hallo ${name", "a `}` for this `${`"),
    ],
)
def test_what_is_neither_juel_nor_feel_is_a_syntax_error(written, expected):
    with pytest.raises(FeelSyntaxError) as refused:
        strip_marker(written)
    assert expected in refused.value.expected


@pytest.mark.parametrize(
    "written",
    [
        "${" + "empty " * 5000 + "a}",
        "${" + "(" * 5000 + "a" + ")" * 5000 + "}",
        "${" + "a[" * 50 + "i" + "]" * 50 + "}",
        "${a" + ".trim()" * 2000 + "}",
        "${a" + ".isEmpty()" * 50 + "}",
        "${" + "a" * 30_000 + "}",
    ],
    ids=["signs", "brackets", "entries", "methods", "doubling", "length"],
)
def test_hostile_expressions_cost_a_clear_error(written):
    with pytest.raises(FeelLimitExceeded):
        parse(strip_marker(written) or "")


WORDS = ["a", "name", "1", "'x'", "==", "&&", "!", "?", ":", "(", ")", "[", "]", ".", "size()", "empty", "-", "%", " "]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_what_is_translated_is_feel(inner):
    try:
        text = strip_marker("${" + inner + "}")
    except FeelError:
        return
    parse(text or "")


@given(st.text(max_size=40))
def test_no_text_breaks_the_translator(text):
    try:
        strip_marker("${" + text + "}")
        strip_marker(text)
    except FeelError:
        return
