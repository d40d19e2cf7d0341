# SPDX-License-Identifier: EUPL-1.2
"""Cases that go over from one version of a model to another: versions made of one file, and the plan between them."""

from collections.abc import Sequence

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy, find_definition
from engine.migration import Mapping, MigrationPlan, migrate_case, plan_migration
from tests.engine.story import BEN, MODELS, Story, no_findings


def newer(story: Story, model: str, *changes: tuple[str, str]) -> None:
    """Deploy a conformance model as it is drawn, but for these replacements in its text."""
    bundle = Bundle.from_file(MODELS / f"{model}.bpmn")
    name = f"{model.rpartition('/')[2]}.bpmn"
    text = bundle.resources[name].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    # Exactly the same files would be no new version.
    resources = {**bundle.resources, name: f"{text}<!-- another version -->".encode()}
    with unit_of_work(story.db) as session:
        deploy(session, story.services, Bundle(bundle.name, resources), form_check=no_findings)


def renaming(old: str, new: str) -> list[tuple[str, str]]:
    """An element gets another id, wherever the model names it."""
    return [(f'"{old}"', f'"{new}"')]


def plan(
    story: Story, key: str, *mappings: Mapping, source: int = 1, target: int = 2, without: Sequence[str] = ()
) -> MigrationPlan:
    """The plan that suggests itself, with some mappings edited."""
    with story.db.reading() as session:
        old = find_definition(session, story.services, key, version=source)
        new = find_definition(session, story.services, key, version=target)
    suggested = plan_migration(old, new)
    for mapping in mappings:
        suggested = suggested.with_mapping(mapping)
    for element in without:
        suggested = suggested.without(element)
    return suggested


def migrated(story: Story, planned: MigrationPlan) -> Story:
    """Ben, an operator, takes the case over."""
    with unit_of_work(story.db) as session:
        migrate_case(session, story.services, planned, story.case_id, BEN)
    return story
