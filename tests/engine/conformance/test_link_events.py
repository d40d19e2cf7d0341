# SPDX-License-Identifier: EUPL-1.2
"""Links: jumps within one scope, from a throwing event to the catching event of the same name."""

import pytest

from tests.engine.story import Story


@pytest.mark.shows("linkEventDefinition", "intermediate throw and catch", "executed", point="F")
def test_a_link_leads_to_the_place_of_its_name(story: Story):
    assert story.starts("link_events/link").open() == ["Read"]


@pytest.mark.shows("linkEventDefinition", "intermediate throw and catch", "executed", point="1.3")
def test_a_process_does_not_end_at_a_link(story: Story):
    story.starts("link_events/link")
    assert story.info.state == "active"
    assert story.completes("Read").ended_with == "Over"


@pytest.mark.shows("linkEventDefinition", "intermediate throw, several", "executed", point="1.3")
@pytest.mark.parametrize(("side", "task"), [("left", "Left"), ("right", "Right")])
def test_several_links_lead_to_the_same_place(story: Story, side: str, task: str):
    assert story.starts("link_events/two_links_to_one_place", side=side).completes(task).open() == ["Read"]


@pytest.mark.shows("linkEventDefinition", "intermediate catch, several", "executed", point="1.3")
def test_links_of_different_names_lead_to_different_places(story: Story):
    assert story.starts("link_events/two_links_to_two_places").open() == ["Read A", "Read B"]


@pytest.mark.shows("linkEventDefinition", "backwards", "executed")
def test_a_link_may_lead_back(story: Story):
    story.starts("link_events/link_backwards").completes("Ask", enough=False)
    assert story.open() == ["Ask"]
    assert story.completes("Ask", enough=True).ended_with == "Over"


@pytest.mark.shows("linkEventDefinition", "in a subprocess", "executed", point="1.3")
def test_a_link_in_a_subprocess_stays_in_it(story: Story):
    assert story.starts("link_events/link_in_subprocess").open() == ["One"]


@pytest.mark.shows("linkEventDefinition", "in a subprocess", "executed", point="1.3")
def test_a_link_outside_does_not_lead_into_a_subprocess(story: Story):
    assert story.starts("link_events/link_in_subprocess").completes("One").open() == ["Two"]
