# SPDX-License-Identifier: EUPL-1.2
"""Which decision a business rule task asks, and what its mappings and listeners may know of the result."""

import pytest

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import DefinitionNotFound, StepFailed
from tests.engine.story import MODELS, Story, no_findings

DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:camunda="http://camunda.org/schema/1.0/dmn"
             id="fees" name="Fees" namespace="urn:amtsfluss:conformance">
  <decision id="dog_fee" name="Fee for a dog" camunda:versionTag="{tag}">
    <decisionTable id="table">
      <output id="fee" name="fee" typeRef="number"/>
      <rule id="any"><outputEntry id="given"><text>{fee}</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def decided(story: Story, fee: int, tag: str = "") -> None:
    """A decision is deployed on its own."""
    content = DECISION.format(fee=fee, tag=tag).encode()
    with unit_of_work(story.db) as session:
        bundle = Bundle(f"fees{fee}", {"fees.dmn": content})
        deploy(session, story.services, bundle, form_check=no_findings)


def with_decision(story: Story, model: str, fee: int) -> None:
    """A model is deployed with a decision beside it."""
    files = {f"{model}.bpmn": (MODELS / f"decisions/{model}.bpmn").read_bytes()}
    files["fees.dmn"] = DECISION.format(fee=fee, tag="").encode()
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle(model, files), form_check=no_findings)


@pytest.mark.shows("businessRuleTask", "decisionRef, expression", "executed", point="3")
def test_a_variable_says_which_decision_is_asked(story: Story):
    with_decision(story, "by_expression", 12)
    assert story.starts_deployed("by_expression", kind="dog").variables["fee"] == 12


@pytest.mark.shows("businessRuleTask", "decision deployed elsewhere", "executed", point="3")
def test_a_decision_that_lies_elsewhere_is_the_newest_when_it_is_asked(story: Story):
    decided(story, 10)
    decided(story, 12)
    assert story.starts("decisions/elsewhere").variables["fee"] == 12
    decided(story, 15)
    assert story.starts_deployed("elsewhere").variables["fee"] == 15


@pytest.mark.shows("businessRuleTask", "decision of the bundle", "executed", point="3")
def test_the_decision_of_the_bundle_goes_before_a_newer_one_elsewhere(story: Story):
    with_decision(story, "elsewhere", 10)
    decided(story, 12)
    assert story.starts_deployed("elsewhere").variables["fee"] == 10


@pytest.mark.shows("businessRuleTask", "decision that is nowhere", "executed")
def test_the_step_fails_while_the_decision_is_not_deployed(story: Story):
    with pytest.raises(StepFailed) as failed:
        story.starts("decisions/elsewhere")
    assert isinstance(failed.value.cause, DefinitionNotFound)


@pytest.mark.shows("businessRuleTask", "decisionRefVersion", "executed", point="3")
def test_a_decision_of_a_certain_version_is_asked(story: Story):
    decided(story, 10)
    decided(story, 12)
    assert story.starts("decisions/by_version", version=1).variables["fee"] == 10
    with pytest.raises(StepFailed):
        story.starts_deployed("by_version", version=3)


@pytest.mark.shows("businessRuleTask", "decisionRefVersionTag", "executed", point="3")
def test_a_decision_of_a_certain_tag_is_asked(story: Story):
    decided(story, 10, "spring")
    decided(story, 12, "autumn")
    assert story.starts("decisions/by_tag").variables["fee"] == 10


@pytest.mark.shows("businessRuleTask", "decisionResult", "executed", point="3")
def test_mappings_and_listeners_know_all_that_a_decision_gave(story: Story):
    with_decision(story, "all_results", 10)
    assert story.starts_deployed("all_results").variables == {"single": 10, "entry": 10, "all": [10], "rows": 1}
