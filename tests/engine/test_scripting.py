# SPDX-License-Identifier: EUPL-1.2
"""Scripts of a model: what they see, what they give, and that they reach nothing else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.model import Script, Written
from engine.clock import FrozenClock
from engine.errors import BpmnError, ExpressionFailed
from engine.expressions import value_of
from engine.feel import FeelSyntaxError
from engine.feel.values import YearsMonths
from engine.scripting import ScriptFailed, TaskFacts, check_script, holds, run_script

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
SCOPE = {
    "a": 2,
    "preis": Decimal("10.50"),
    "drittel": Decimal(1) / 3,
    "iban": Decimal("12345678901234567890"),
    "name": "Änne \"</'\0\u2028",
    "tag": date(2026, 1, 31),
    "um": datetime(2026, 1, 31, 12, tzinfo=UTC),
    "uhr": time(8, 30),
    "frist": timedelta(days=1, hours=2),
    "laufzeit": YearsMonths(14),
    "leer": None,
    "person": {"alter": 20, "orte": ["Aach", "Berg"], "__proto__": 1},
    "class": "Wort der Sprache",
    "JSON": "Name der Sprache",
    "zwei Worte": 5,
    "execution": {"processBusinessKey": "APA-7", "currentActivityId": "rechnen"},
}


def ran(text, **scope):
    return run_script(Script("javascript", text), SCOPE | scope, CLOCK)


# -- FEEL ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a + 1", "=a + 1", "${a + 1}"])
def test_a_feel_script_gives_its_value(text):
    assert run_script(Script("feel", text), SCOPE, CLOCK).value == 3


def test_a_feel_script_that_is_none_raises_as_every_expression():
    with pytest.raises(FeelSyntaxError):
        run_script(Script("feel", "a +"), SCOPE, CLOCK)


# -- what a JavaScript sees ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", 2),
        ("preis", Decimal("10.5")),
        ("preis * 2", 21),
        ("drittel < 0.34 && drittel > 0.33", True),
        ("iban", 12345678901234567890),
        ("typeof iban", "bigint"),
        ("name", SCOPE["name"]),
        ("tag", "2026-01-31"),
        ("um", "2026-01-31T12:00:00+00:00"),
        ("uhr", "08:30:00"),
        ("frist", "P1DT2H"),
        ("laufzeit", "P1Y2M"),
        ("leer", None),
        ("leer === null", True),
        ("person.orte[1]", "Berg"),
        ("Object.keys(person).join()", "alter,orte,__proto__"),
        ("typeof fehlt", "undefined"),
        ("execution.getVariable('a')", 2),
        ("execution.getVariable('class')", "Wort der Sprache"),
        ("execution.getVariable('JSON')", "Name der Sprache"),
        ("execution.getVariable('zwei Worte')", 5),
        ("execution.getVariable('fehlt')", None),
        ("execution.getVariable('toString')", None),
        ("execution.hasVariable('leer')", True),
        ("execution.hasVariable('fehlt')", False),
        ("execution.getVariables().a", 2),
        ("execution.getVariableNames().includes('class')", True),
        ("JSON.stringify([1])", "[1]"),
        ("execution.processBusinessKey", "APA-7"),
        ("execution.getProcessBusinessKey()", "APA-7"),
        ("execution.getBusinessKey()", "APA-7"),
        ("execution.getProcessInstance().getVariable('a')", 2),
        ("execution.getCurrentActivityId()", "rechnen"),
        ("new Date().toISOString()", "2026-11-22T12:00:00.000Z"),
        ("Date.now()", 1795348800000),
        ("new Date().getHours()", 13),
        ("new Date(2026, 6, 1).toISOString()", "2026-06-30T22:00:00.000Z"),
        ("new Date(0).getTime() + (new Date() instanceof Date ? 1 : 0)", 1),
    ],
)
def test_a_javascript_sees_the_variables_of_the_case_and_the_clock(text, expected):
    assert ran(text).value == expected


def test_a_number_beyond_all_numbers_is_refused():
    with pytest.raises(ScriptFailed, match="too large"):
        ran("1", riese=Decimal("1E400"))


# -- what it gives ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var r = a * 2; r;", 4),
        ("x = 5", 5),
        ("let y = 1; const z = 2; y + z", 3),
        ("function f(n) { return n * 2 } f(a)", 4),
        ("if (a > 1) { 'viel' } else { 'wenig' }", "viel"),
        ("0.1 + 0.2", Decimal("0.30000000000000004")),
        ("5.0", 5),
        ("-0", 0),
        ("1e-7", Decimal("1E-7")),
        ("1e300", Decimal("1E+300")),
        ("5n ** 40n", 5**40),
        ("undefined", None),
        ("({a: undefined, b: [undefined, null, {c: true}]})", {"b": [None, None, {"c": True}]}),
        ("'a\\u0000b'", "a\0b"),
        ("'😀'", "😀"),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("[3, 1, 2].sort()", [1, 2, 3]),
        ("print(a); console.log(a); 1", 1),
        ("function load(n) { return n } load(3)", 3),
        ("var java = 7; java", 7),
    ],
)
def test_the_last_value_is_the_result(text, expected):
    outcome = ran(text)
    assert outcome.value == expected
    assert type(outcome.value) is type(expected)
    assert outcome.written == {} and outcome.local == {}


def test_a_javascript_sets_variables():
    outcome = ran(
        """
        execution.setVariable("summe", a + 1);
        execution.setVariable("a", [summe, {wort: name}]);
        execution.setVariable("class", execution.getVariable("a")[0] + a[0]);
        execution.setVariableLocal("nur hier", true);
        """
    )
    assert outcome.written == {"summe": 3, "a": [3, {"wort": SCOPE["name"]}], "class": 6}
    assert outcome.local == {"nur hier": True}
    assert outcome.value is None


def test_a_javascript_takes_variables_away():
    outcome = ran(
        """
        execution.setVariables({neu: 1, summe: 2});
        execution.removeVariable("neu");
        execution.removeVariable("a");
        execution.removeVariable("name");
        execution.setVariable("name", typeof a);
        """
    )
    assert outcome.written == {"summe": 2, "name": "undefined"}
    assert set(outcome.removed) == {"neu", "a"}


def test_a_listener_of_a_task_asks_the_task():
    task = TaskFacts(name="Prüfen", eventName="create")
    outcome = ran("task.getExecution().setVariable(task.getEventName(), task.name + a)", task=task)
    assert outcome.written == {"create": "Prüfen2"}


def test_any_other_script_may_have_a_variable_called_task():
    assert ran("task.name", task={"name": "mine"}).value == "mine"


def test_a_plain_assignment_changes_no_variable_of_the_case():
    assert ran("a = 9; a").written == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(function () {})", "a function cannot be kept"),
        ("[Symbol.iterator]", "a function cannot be kept"),
        ("a / 0", "gave no number: Infinity"),
        ("({x: [a * undefined]})", "gave no number: NaN"),
        ("new Map([[1, 2]])", "a Map is neither"),
        ("async function f() {} f()", "a Promise is neither"),
        ("var o = {}; o.o = o; o", "circular"),
        ("import('os')", "a Promise is neither"),
        ("var deep = []; for (var i = 0; i < 1e5; i++) deep = [deep]; deep", "Maximum call stack"),
    ],
)
def test_a_result_that_cannot_be_kept_fails_where_it_is_wanted(text, reason):
    outcome = ran(f"execution.setVariable('x', 1); {text}")
    assert outcome.written == {"x": 1}
    with pytest.raises(ScriptFailed, match=reason):
        _ = outcome.value
    with pytest.raises(ScriptFailed, match=reason):
        ran(f"var bad = eval({text!r}); execution.setVariable('x', bad)")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_$ä\"'\\\0\n", max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.lists(JSON_VALUES, max_size=8))
def test_values_come_back_as_they_went(values):
    assert ran("values", values=values).value == values


# -- failing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n\nfehlt()", r"ReferenceError: fehlt is not defined \(line 3\)"),
        ("function f() {\n throw new Error('so nicht')\n}\nf()", r"it threw an error of its own \(line 2\)"),
        ("a b", r"SyntaxError: .* \(line 1\)"),
        ("return 5", "SyntaxError: return not in a function"),
        ("throw 'nur Text'", "it threw something of its own"),
        ("throw new Error('Erika Muster')", "it threw an error of its own"),
        ("throw {toString() { throw 5 }}", "it threw something of its own"),
        ("iban + 1", "TypeError"),
        ("execution.setVariable(5, 1)", r"name of a variable is a text \(line 1\)"),
        ("execution.createIncident('a')", "TypeError: not a function"),
        ("task.complete()", "task is not defined"),
        ("java.lang.System.exit(0)", r"java is not there.*\(line 1\)"),
        ("var D = Java.type('java.util.Date')", "Java is not there"),
        ("load('file.js')", "load is not there"),
        ("require('fs')", "require is not there"),
        ("std.open('/etc/passwd')", "std is not defined"),
        ("os.exec(['ls'])", "os is not defined"),
        ("fetch('http://localhost')", "fetch is not defined"),
        ("setTimeout(f, 1)", "setTimeout is not defined"),
        ("'\\ud800'", "half a character"),
        ("'x'.repeat(1000001)", "longer than a million"),
    ],
)
def test_a_script_that_fails_says_why(text, reason):
    with pytest.raises(ScriptFailed, match=reason):
        _ = ran(text).value


@pytest.mark.parametrize("name", ["BpmnError", "org.camunda.bpm.engine.delegate.BpmnError"])
def test_a_script_may_throw_an_error_of_the_process(name):
    with pytest.raises(BpmnError) as thrown:
        ran(f"execution.setVariable('x', 1); throw new {name}('ABGELEHNT', 'zu alt')")
    assert (thrown.value.code, thrown.value.text, thrown.value.variables) == ("ABGELEHNT", "zu alt", {"x": 1})


# -- the sandbox holds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("while (true);", "longer than a second"),
        ("try { while (true); } finally { while (true); }", "longer than a second"),
        ("/(a+)+$/.test('a'.repeat(40) + 'b')", "longer than a second"),
        ("[].reverse.call({length: 2 ** 53 - 1})", "longer than a second"),
        ("function f() { f() } f()", "Maximum call stack"),
        ("JSON.parse('['.repeat(1e6))", "Maximum call stack"),
        ("'x'.repeat(1e9)", "out of memory"),
        ("var s = 'x'; for (;;) s += s", "string too long"),
        ("var l = []; for (;;) l.push([1])", "more memory"),
        ("new ArrayBuffer(1e9)", "out of memory"),
        ("2n ** 1000000000n", "too large"),
    ],
)
def test_whatever_a_script_does_it_ends(text, reason):
    with pytest.raises(ScriptFailed, match=reason):
        ran(text)


@pytest.mark.parametrize(
    "text",
    [
        "Object.prototype.toJSON = () => 'gefälscht'",
        "Object.defineProperty(Object.prototype, 'value', {set() { throw 1 }, get: () => 'gefälscht'})",
        "Object.defineProperty(Object.prototype, 'failed', {get: () => 'gefälscht'})",
        "JSON.stringify = JSON.rawJSON = () => '{}'",
        "String = Error = Map = Number = undefined",
        "Map.prototype.get = Map.prototype.has = null",
        "__proto__.x = 1; person.__proto__ = null",
        "eval('execution = null')",
        "Function('return this')().execution = null",
    ],
)
def test_what_a_script_bends_is_straight_in_the_next_one(text):
    with suppress(ScriptFailed):
        assert ran(f"{text}; 5").value == 5
    assert ran("execution.getVariable('a') + JSON.stringify({a: [a]})").value == '2{"a":[2]}'


def test_scripts_run_in_threads_beside_each_other():
    with ThreadPoolExecutor(4) as threads:
        slow = threads.submit(ran, "while (true);")
        found = list(threads.map(lambda number: ran("a * n", n=number).value, range(12)))
        assert found == [2 * number for number in range(12)]
        assert isinstance(slow.exception(), ScriptFailed)


# -- values and conditions ----------------------------------------------------------------------------------------


def test_a_mapping_takes_the_value_of_a_script():
    written: Written = {"doppelt": Script("javascript", "a * 2"), "liste": [Script("feel", "a + 1"), "=a", "a"]}
    assert value_of(written, SCOPE, CLOCK) == {"doppelt": 4, "liste": [3, 2, "a"]}


@pytest.mark.parametrize("method", ["setVariable", "setVariableLocal"])
def test_a_script_in_a_mapping_or_a_condition_must_not_set_variables(method):
    script = Script("javascript", f"execution.{method}('a', 3); true")
    with pytest.raises(ScriptFailed, match="must not set variables"):
        value_of(script, SCOPE, CLOCK)
    with pytest.raises(ScriptFailed, match="must not set variables"):
        holds(script, SCOPE, CLOCK)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("=a > 1", True),
        ("${a > 2}", False),
        ("a > 1", True),
        (Script("feel", "a > 1"), True),
        (Script("javascript", "a > 1 && person.alter >= 18"), True),
        (Script("javascript", "var alt = person.alter > 65; alt"), False),
    ],
)
def test_a_condition_holds_or_not(condition, expected):
    assert holds(condition, SCOPE, CLOCK) is expected


@pytest.mark.parametrize("condition", ["=a", "=fehlt > 1", Script("feel", "a"), Script("javascript", "a")])
def test_what_is_neither_true_nor_false_is_no_condition(condition):
    with pytest.raises(ExpressionFailed, match="neither true nor false"):
        holds(condition, SCOPE, CLOCK)


# -- before it runs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("feel", "a + 1"),
        ("javascript", "x = 5"),
        ("javascript", ""),
        ("javascript", "while (true);"),
        ("javascript", "// load('x') and java.util\nvar text = 'java.util.Date'; /* Java.type */ `load(`"),
        ("javascript", "function load(n) { return n } load(3)"),
        ("javascript", "my.load(1); preload(2); x.java.y"),
        ("javascript", "execution.setVariable('x', 1); throw 0;"),
    ],
)
def test_a_script_that_can_be_read_is_fine(language, text):
    assert check_script(Script(language, text)) is None


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("feel", "a +", "line 1"),
        ("javascript", "\nfoo(", "SyntaxError"),
        ("javascript", "let a; let a;", "redefinition"),
        ("javascript", "return 5", "return not in a function"),
        ("javascript", "var D = Java.type('java.util.Date')", "do not reach Java"),
        ("javascript", "new java.util.Date()", "do not reach Java"),
        ("javascript", "new Packages.foo.Bar()", "do not reach Java"),
        ("javascript", "load('x.js')", "reach no files"),
        ("groovy", "println 1", "groovy are not run"),
    ],
)
def test_a_script_that_can_never_run_is_found_before(language, text, reason):
    found = check_script(Script(language, text))
    assert found is not None and reason in found


def test_other_languages_are_not_run():
    with pytest.raises(ScriptFailed, match="groovy are not run"):
        run_script(Script("groovy", "1"), SCOPE, CLOCK)


@pytest.mark.parametrize("text", ["/*", "`", '"\\', "'\"", "//", "'\\", "load", "${"])
def test_looking_at_a_script_takes_time_that_grows_with_its_length_only(text):
    check_script(Script("javascript", text * 60_000))
