# SPDX-License-Identifier: EUPL-1.2
"""Every slice is found, its texts are complete, and its models can be deployed."""

import re

import pytest
from lxml import etree

import processes
from engine.definitions import Bundle, check_bundle
from engine.operations import operations
from forms import check_form

SLICES = processes.slices()


def test_slices_are_found():
    names = [found.name for found in SLICES]
    assert "anwohnerparkausweis" in names
    assert names == sorted(names)
    assert "gemeinsam" not in names


def test_loading_registers_operations():
    processes.load()
    assert {"anwohnerparkausweis.ausweis_ausstellen", "rechnung.forderung_anlegen"} <= {
        found.name for found in operations()
    }


@pytest.mark.parametrize("found", SLICES, ids=lambda found: found.name)
def test_models_of_a_slice_can_be_deployed(found):
    processes.load()
    findings = check_bundle(Bundle.from_folder(found.folder), form_check=check_form)
    assert [each for each in findings if not calls_another_slice(each.reason)] == []


def calls_another_slice(reason: str) -> bool:
    """A process of another slice is deployed with that one."""
    called = re.fullmatch(r"The process (\w+) is not deployed together with this one.", reason)
    return called is not None and any(each.folder.joinpath(f"{called[1]}.bpmn").is_file() for each in SLICES)


@pytest.mark.parametrize("found", SLICES, ids=lambda found: found.name)
def test_every_letter_and_mail_that_a_model_names_is_there(found):
    """A model that names a template which is not there would fail only when it is written."""
    for model in found.folder.glob("*.bpmn"):
        for topic, template in templates_named_in(model):
            owner, _, name = template.rpartition("/")
            folder, ending = ("letters", "html") if topic.endswith("schreiben_erstellen") else ("mails", "txt")
            assert (processes.FOLDER / (owner or found.name) / folder / f"{name}.{ending}").is_file(), template


def templates_named_in(model):
    """Topic and template of each task that writes a letter or a mail."""
    tasks = etree.parse(model).iter("{*}serviceTask", "{*}sendTask")
    for task in tasks:
        topic = task.get("{http://camunda.org/schema/1.0/bpmn}topic", "")
        if topic.startswith("gemeinsam."):
            template = task.findtext(".//{*}inputParameter[@name='vorlage']")
            if not (template or "").startswith("="):  # what a model computes its scenarios have to try
                yield topic, template


def test_service_page_has_the_headings_of_the_state_s_portal():
    page = processes.service("anwohnerparkausweis")
    assert page is not None
    assert [section.heading for section in page.sections] == list(processes.HEADINGS.values())
    assert all(section.paragraphs for section in page.sections)


def test_unknown_process_has_no_service_page():
    assert processes.service("unbekannt") is None


def test_incomplete_service_page_is_refused(tmp_path):
    (tmp_path / "leistung.toml").write_text('[abschnitte]\nkosten = "1 €"\nkostn = "2 €"\n', encoding="utf-8")
    with pytest.raises(processes.ServicePageRefused, match="kostn"):
        processes.service_page(tmp_path / "leistung.toml")


def test_lists_and_paragraphs_are_told_apart(tmp_path):
    texts = dict.fromkeys(processes.HEADINGS, "Ein Satz,\nder weitergeht.\n\n- eins\n- zwei")
    lines = ['prozess="p"', 'titel="T"', 'kurz="K"', 'lebenslage="L"', "suchworte=[]", "minuten=5", "[abschnitte]"]
    source = "\n".join([*lines, *(f'{key} = """\n{text}\n"""' for key, text in texts.items())])
    (tmp_path / "leistung.toml").write_text(source, encoding="utf-8")
    page = processes.service_page(tmp_path / "leistung.toml")
    assert page is not None
    assert page.section("kosten").paragraphs == ("Ein Satz, der weitergeht.", "- eins", "- zwei")
