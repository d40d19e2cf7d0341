# SPDX-License-Identifier: EUPL-1.2
"""What cannot be executed rightly is refused at deployment, at its element, with a reason and a cure."""

import pytest

from engine.definitions import Bundle, check_bundle
from tests.engine.conformance.refusals import events, structure, texts, work
from tests.engine.conformance.refusals.refusal import ROOTS, Refusal
from tests.engine.drawing import drawn
from tests.engine.story import MODELS, no_findings

REFUSALS = [*structure.REFUSALS, *events.REFUSALS, *work.REFUSALS, *texts.REFUSALS]


def shown(refusal: Refusal):
    """The refusal as a line of the overview."""
    point = {"point": refusal.point} if refusal.point else {}
    mark = pytest.mark.shows(refusal.element, refusal.variant, "refused", **point)
    return pytest.param(refusal, marks=mark, id=f"{refusal.element}, {refusal.variant}")


def bundle_of(refusal: Refusal) -> Bundle:
    """The model, with the root elements that it may refer to, a form and a table."""
    source = drawn("drawn", *refusal.elements, messages=ROOTS + refusal.roots)
    if refusal.process:
        source = source.replace(b'isExecutable="true"', f'isExecutable="true" {refusal.process}'.encode())
    beside = {name: (MODELS / name).read_bytes() for name in ("answer.form", "tables.dmn")}
    return Bundle("drawn", {"drawn.bpmn": source, **beside})


@pytest.mark.parametrize("refusal", [shown(refusal) for refusal in REFUSALS])
def test_a_model_with_one_mistake_is_refused_for_it(refusal: Refusal):
    found = check_bundle(bundle_of(refusal), form_check=no_findings)
    errors = [finding for finding in found if finding.severity == "error"]
    matching = [finding for finding in errors if refusal.reason in finding.reason]
    assert [finding.element_id for finding in matching] == [refusal.at], found
    assert matching[0].cure
    # Nothing else is wrong; only what was not read may be missed as well.
    assert {finding.element_id for finding in errors} == {refusal.at, *refusal.also}, found
