# SPDX-License-Identifier: EUPL-1.2
"""Where variables live, how values are handed over, what data objects and data stores keep."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel.values import YearsMonths
from tests.engine.story import Story

VALUES: dict[str, Any] = {
    "nothing": None,
    "yes": True,
    "whole": 12,
    "money": Decimal("12.50"),
    "text": "Grüße an Łódź 🚲",
    "day": date(2026, 11, 22),
    "moment": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    "clock": time(8, 30),
    "duration": timedelta(days=1, minutes=5),
    "months": YearsMonths(14),
    "list": [1, [Decimal("2.5"), None], []],
    "mapping": {"a": {"b": [date(2026, 1, 1)]}, "": {}},
    "long": "x" * 100_000,
}
#: Names that libraries, serializers and interpreters have stumbled over.
STRANGE: dict[str, Any] = {
    "typename": "datetime",
    "datetime": "a text",
    "__class__": "object",
    "__builtins__": {},
    "self": "me",
    "nested": {"typename": "uuid", "$": "number", "v": "1", "__proto__": {"x": 1}, "constructor": 1},
    "data_objects": [],
    "None": 1,
}


# -- scopes -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("variable", "in the scope of a subprocess", "executed")
def test_a_variable_of_a_subprocess_is_not_one_of_the_case(story: Story):
    story.starts("data/scopes", given=2)
    assert "own" not in story.variables
    assert story.sees("Ask")["own"] == 20


@pytest.mark.shows("variable", "reading from inside out", "executed")
def test_inside_a_subprocess_the_variables_of_the_case_are_seen(story: Story):
    assert story.starts("data/scopes", given=2).sees("Ask")["given"] == 2


@pytest.mark.shows("variable", "writing to the nearest scope that has the name", "executed")
def test_an_answer_goes_to_the_nearest_scope_that_has_the_name(story: Story):
    story.starts("data/scopes", given=2).completes("Ask", own=7)
    assert story.variables == {"given": 2, "taken": 7}


@pytest.mark.shows("variable", "writing a new name", "executed")
def test_an_answer_with_a_new_name_goes_to_the_case(story: Story):
    story.starts("data/scopes", given=2).completes("Ask", fresh=7)
    assert story.variables["fresh"] == 7


@pytest.mark.shows("variable", "end of a scope", "executed")
def test_variables_of_a_subprocess_end_with_it(story: Story):
    story.starts("data/scopes", given=2).completes("Ask")
    assert "own" not in story.sees("After")


@pytest.mark.shows("variable", "nested scopes", "executed")
def test_a_subprocess_in_a_subprocess_sees_all_scopes_around_it(story: Story):
    seen = story.starts("data/nested_scopes", given=2).sees("Ask")
    assert (seen["deep"], seen["held"], seen["given"]) == (1, 0, 2)


@pytest.mark.shows("outputParameter", "to a scope between", "executed")
def test_an_output_goes_to_the_scope_around_that_has_the_name(story: Story):
    story.starts("data/nested_scopes").completes("Ask", deep=5)
    assert story.sees("Look")["held"] == 5
    assert "held" not in story.variables


@pytest.mark.shows("outputParameter", "to the case", "executed")
def test_an_output_with_a_new_name_goes_to_the_case(story: Story):
    story.starts("data/nested_scopes").completes("Ask", deep=5)
    assert story.variables == {"free": 5}


@pytest.mark.shows("inputParameter", "shadowing", "executed")
def test_an_input_hides_the_variable_of_the_same_name(story: Story):
    story.starts("data/shadowing", amount=10)
    assert story.sees("Ask")["amount"] == 20
    assert story.variables["amount"] == 10


@pytest.mark.shows("inputParameter", "shadowing, written to", "executed")
def test_an_answer_to_a_hidden_variable_leaves_that_of_the_case_alone(story: Story):
    story.starts("data/shadowing", amount=10).completes("Ask", amount=99)
    assert story.variables == {"amount": 10}
    assert story.sees("After")["amount"] == 10


@pytest.mark.shows("variable", "in the scope of a multi-instance item", "executed")
def test_each_item_has_its_own_element_variable(story: Story):
    story.starts("data/items", names=["Ada", "Ben"])
    assert "name" not in story.variables
    assert story.open() == ["Ask", "Ask"]


@pytest.mark.shows("variable", "changed from outside", "executed")
def test_a_change_from_outside_is_seen_at_once(story: Story):
    assert story.starts("data/scopes", given=2).changes(given=3).sees("Ask")["given"] == 3


# -- mappings ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("inputParameter", "text, expression, list, map, script", "executed", point="3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "plain text"),
        ("number", 20),
        ("braces", 11),
        ("inserted", "Order 10"),
        ("list", ["a", 10, 10]),
        ("map", {"literal": "a", "computed": 10, "many": ["b", 10]}),
        ("feel", 30),
        ("javascript", 40),
    ],
)
def test_an_input_may_be_written_in_many_ways(story: Story, name: str, value: Any):
    assert story.starts("data/inputs", amount=10).sees("Ask")[name] == value


@pytest.mark.shows("inputParameter", "order", "executed")
def test_an_input_sees_those_before_it(story: Story):
    assert story.starts("data/inputs", amount=10).sees("Ask")["later"] == 21


@pytest.mark.shows("outputParameter", "list, map, script", "executed", point="3")
def test_an_output_may_be_written_in_many_ways(story: Story):
    seen = story.starts("data/outputs", amount=10).completes("Ask").variables
    assert (seen["list"], seen["map"], seen["feel"], seen["javascript"]) == (["a", 10], {"key": 10}, 30, 40)


@pytest.mark.shows("outputParameter", "order", "executed")
def test_an_output_sees_those_before_it(story: Story):
    assert story.starts("data/outputs", amount=10).completes("Ask").variables["later"] == 31


@pytest.mark.shows("scriptTask", "JavaScript, result", "executed", point="1.1")
def test_a_javascript_gives_its_last_value_as_result(story: Story):
    story.starts("data/javascript", amount=10)
    assert story.variables["result"] == {"rest": 1, "list": [10, "a", True, None]}


@pytest.mark.shows("scriptTask", "JavaScript, setVariable", "executed", point="1.1")
def test_a_javascript_sets_variables(story: Story):
    assert story.starts("data/javascript", amount=10).variables["set"] == 20


# -- data objects -----------------------------------------------------------------------------------------------


@pytest.mark.shows("dataObject", "in a process", "executed", point="1.5")
def test_a_data_object_is_a_variable_without_a_value_at_first(story: Story):
    assert story.starts("data/data_object").variables == {"letter": None}


@pytest.mark.shows("dataObject", "without a name", "executed")
def test_a_data_object_without_a_name_is_known_by_its_id(story: Story):
    assert story.starts("data/data_object_unnamed").variables == {"letter": None}


@pytest.mark.shows("dataObject", "given at the start", "executed")
def test_a_data_object_takes_what_the_case_begins_with(story: Story):
    assert story.starts("data/data_object", letter="given").variables == {"letter": "given"}


@pytest.mark.shows("dataObject", "in a subprocess", "executed", point="1.5")
def test_a_data_object_of_a_subprocess_is_its_own(story: Story):
    story.starts("data/data_object_inside").completes("Write", letter="Dear Ada")
    assert story.sees("Read")["letter"] == "Dear Ada"
    assert "letter" not in story.variables
    assert "letter" not in story.completes("Read").sees("After")


@pytest.mark.shows("dataOutputAssociation", "to a data object", "executed", point="1.5")
def test_an_output_association_fills_a_data_object(story: Story):
    assert story.starts("data/data_object").completes("Write", text="Dear Ada").variables["letter"] == "Dear Ada"


@pytest.mark.shows("dataInputAssociation", "from a data object", "executed", point="1.5")
def test_an_input_association_hands_a_data_object_to_an_input_of_another_name(story: Story):
    story.starts("data/data_object").completes("Write", text="Dear Ada")
    assert story.sees("Read")["given"] == "Dear Ada"


@pytest.mark.shows("ioSpecification", "inputs of a task", "executed", point="1.5")
def test_a_declared_input_is_the_activitys_own(story: Story):
    story.starts("data/data_object").completes("Write", text="Dear Ada").completes("Read")
    assert "given" not in story.sees("After")


@pytest.mark.shows("ioSpecification", "other variables", "executed", point="1.5")
def test_declared_outputs_leave_all_other_variables_as_they_were(story: Story):
    story.starts("data/data_object", other=1).completes("Write", text="Dear Ada")
    assert story.variables["other"] == 1
    assert story.sees("Read")["other"] == 1


@pytest.mark.shows("dataOutputAssociation", "output that was never made", "executed", point="1.5")
def test_an_output_that_was_never_made_hands_over_nothing(story: Story):
    story.starts("data/data_object").completes("Write")
    assert (story.open(), story.variables["letter"]) == (["Read"], None)


@pytest.mark.shows("dataInputAssociation", "transformation of several sources", "executed")
def test_an_input_association_may_compute_from_several_sources(story: Story):
    assert story.starts("data/data_transformation", first=1, second=2).sees("Ask")["both"] == 3


@pytest.mark.shows("dataOutputAssociation", "transformation", "executed")
def test_an_output_association_may_compute(story: Story):
    story.starts("data/data_transformation", first=1, second=2).completes("Ask", made=21)
    assert story.variables["sum"] == 42


@pytest.mark.shows("dataInputAssociation", "assignment", "executed")
def test_an_input_association_may_assign_a_part(story: Story):
    assert story.starts("data/data_assignment", person={"name": "Ada"}).sees("Ask")["name"] == "Ada"


@pytest.mark.shows("dataOutputAssociation", "assignment", "executed")
def test_an_output_association_may_assign_what_it_computes(story: Story):
    story.starts("data/data_assignment", person={"name": "Ada"}).completes("Ask", text="Ada")
    assert story.variables["greeting"] == "Dear Ada"


@pytest.mark.shows("dataOutputAssociation", "of a script task", "executed")
def test_the_output_of_a_script_fills_a_data_object(story: Story):
    assert story.starts("data/data_of_script").variables["letter"] == 6


# -- data stores ------------------------------------------------------------------------------------------------


@pytest.mark.shows("dataStore", "read before anything was written", "executed", point="1.5")
def test_a_data_store_is_empty_before_anything_was_written(story: Story):
    assert story.starts("data/data_store_read").sees("Read")["entry"] is None


@pytest.mark.shows("dataStore", "read by another case", "executed", point="1.5")
def test_a_data_store_outlives_the_case_that_wrote_it(story: Story):
    story.starts("data/data_store_write").completes("Write", entry={"plate": "UL-A 1"})
    assert story.info.state == "completed"
    assert story.starts("data/data_store_read").sees("Read")["entry"] == {"plate": "UL-A 1"}


@pytest.mark.shows("dataStore", "written twice", "executed")
def test_a_data_store_keeps_what_was_written_last(story: Story):
    story.starts("data/data_store_write").completes("Write", entry=1)
    story.starts("data/data_store_write").completes("Write", entry=Decimal("2.50"))
    assert story.starts("data/data_store_read").sees("Read")["entry"] == Decimal("2.50")


@pytest.mark.shows("dataStore", "read once", "executed")
def test_what_a_task_has_read_from_a_data_store_does_not_change_under_its_hands(story: Story):
    story.starts("data/data_store_read")
    reader = story.case_id
    story.starts("data/data_store_write").completes("Write", entry=1)
    story.case_id = reader
    assert story.sees("Read")["entry"] is None


# -- values -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("variable", "types after store and load", "executed", point="6")
@pytest.mark.parametrize("name", VALUES)
def test_a_value_keeps_its_type_through_store_and_load(story: Story, name: str):
    story.starts("data/kept", given=VALUES[name])
    story.services.live_cases.clear()
    seen = story.completes("Wait").variables["copied"]
    assert seen == VALUES[name]
    assert isinstance(seen, bool) == isinstance(VALUES[name], bool)


@pytest.mark.shows("variable", "many keys after store and load", "executed", point="B")
def test_the_order_of_keys_has_no_meaning_for_a_stored_case(story: Story):
    given = {f"key {number % 7} {number}": number for number in range(200)}
    story.starts("data/kept", given=given)
    story.services.live_cases.clear()
    assert story.completes("Wait").variables["copied"] == given


@pytest.mark.shows("variable", "names with a meaning elsewhere", "executed", point="J")
@pytest.mark.parametrize("name", STRANGE)
def test_a_variable_may_have_any_name(story: Story, name: str):
    story.starts("data/strange_names", **{name: STRANGE[name]})
    story.services.live_cases.clear()
    assert story.completes("Wait").variables[name] == STRANGE[name]


@pytest.mark.shows("variable", "names with a meaning elsewhere, read", "executed", point="J")
def test_a_script_reads_variables_of_any_name(story: Story):
    story.starts("data/strange_names", **STRANGE).completes("Wait")
    assert story.variables["read"] == {"a": "datetime", "b": "a text", "c": "me", "d": "uuid"}


@pytest.mark.shows("variable", "answer with a name that means something elsewhere", "executed", point="J")
def test_an_answer_may_have_any_name(story: Story):
    story.starts("data/strange_names").completes("Wait", **STRANGE)
    story.services.live_cases.clear()
    assert story.completes("After").info.state == "completed"


@pytest.mark.shows("camunda:entry", "computed key", "executed", point="3")
def test_the_keys_of_a_mapped_map_may_be_computed(story: Story):
    seen = story.starts("data/mapped_keys", dog=120, kind="cat").sees("Ask")
    assert seen["fees"] == {"dog": 120, "cat": "7", "cat-old": ["5", None], "none": None}


@pytest.mark.shows("camunda:inputParameter", "without a value", "executed", point="3")
def test_what_is_mapped_from_nothing_is_null(story: Story):
    assert story.starts("data/mapped_keys", dog=120, kind="cat").sees("Ask")["nothing"] is None
