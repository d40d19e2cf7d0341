# SPDX-License-Identifier: EUPL-1.2
"""A data schema of FIM becomes a draft of a service, and what could not be carried over is named."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import read_process
from engine.definitions import Bundle, check_bundle
from forms import check_form, load_form
from forms.xdf import CodeList, Draft, Group, Schema, XdfField, XdfRefused, draft, read_code_list, read_schema
from web.cli import main

HERE = Path(__file__).parent
LISTS = {"urn:de:beispiel:fundart": read_code_list((HERE / "fundart.xml").read_bytes())}


def schema(name: str) -> Schema:
    return read_schema((HERE / name).read_bytes())


def drafted(name: str, lists: dict[str, CodeList] | None = None) -> Draft:
    return draft(schema(name), lists)


def form_source(made: Draft) -> dict[str, Any]:
    source: dict[str, Any] = json.loads(made.files["antrag.form"])
    return source


def component(made: Draft, fim_id: str) -> dict[str, Any]:
    """The component that comes from this element."""

    def below(parts: list[dict[str, Any]]) -> dict[str, Any] | None:
        for part in parts:
            if part.get("properties", {}).get("fim.id") == fim_id:
                return part
            if found := below(part.get("components", [])):
                return found
        return None

    found = below(form_source(made)["components"])
    assert found, fim_id
    return found


# -- both versions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fund.xdf2.xml", "fund.xdf3.xml"])
def test_what_comes_out_can_be_deployed(name: str) -> None:
    made = drafted(name, LISTS)
    assert made.name == "fundanzeige_uebung"
    assert check_form(made.files["antrag.form"]) == []
    bundle = Bundle(made.name, {k: v for k, v in made.files.items() if k.endswith((".form", ".bpmn"))})
    assert check_bundle(bundle, form_check=check_form) == []
    assert read_process(made.files[f"{made.name}.bpmn"], "x").id == made.name


@pytest.mark.parametrize("name", ["fund.xdf2.xml", "fund.xdf3.xml"])
def test_every_question_says_where_it_comes_from(name: str) -> None:
    made = drafted(name, LISTS)
    for _, element in schema(name).elements():
        if not (isinstance(element, XdfField) and element.art in ("label", "hidden")):
            part = component(made, element.id)
            assert (part["label"], part["properties"]["fim.version"]) == (element.label, element.version)


# -- version 2 ------------------------------------------------------------------------------------------------------


def test_limits_written_as_json_are_limits() -> None:
    part = component(drafted("fund.xdf2.xml", LISTS), "F99000001")
    assert part["validate"] == {"minLength": 1, "maxLength": 120, "required": True}
    assert part["description"] == "Wie im Ausweis"
    assert part["properties"]["fim.bezug"] == "§ 965 Abs. 2 BGB"


def test_limits_written_as_prose_are_an_open_point() -> None:
    assert any("nur deutsche Orte" in point for point in drafted("fund.xdf2.xml", LISTS).open_points)


def test_a_group_that_may_come_often_is_a_list() -> None:
    (part,) = component(drafted("fund.xdf2.xml", LISTS), "G99000003")["components"]
    assert part["type"] == "dynamiclist"
    assert part["properties"]["amt.minItems"] == "1"


def test_a_group_that_may_be_left_out_is_asked_for() -> None:
    form = load_form(form_source(drafted("fund.xdf2.xml", LISTS)))
    toggle = form.field("finder.anschrift_angeben")
    assert toggle.label == "Angaben machen: Anschrift"
    assert [rule.text for rule in form.field("finder.anschrift.ort").hide] == ["not(anschrift_angeben = true)"]


def test_a_code_list_gives_the_choices() -> None:
    part = component(drafted("fund.xdf2.xml", LISTS), "F99000003")
    assert part["values"] == [{"value": "001", "label": "Schlüssel"}, {"value": "002", "label": "Schmuck"}]


def test_a_code_list_that_is_missing_is_named_with_its_version() -> None:
    made = drafted("fund.xdf2.xml")
    assert component(made, "F99000003")["type"] == "textfield"
    assert any("urn:de:beispiel:fundart 2026-01 fehlt" in point for point in made.open_points)


def test_rules_are_open_points_and_their_scripts_are_nowhere() -> None:
    made = drafted("fund.xdf2.xml", LISTS)
    assert any("WENN F99000003" in point for point in made.open_points)
    assert "WENN F99000003" in made.files["fundanzeige_uebung.bpmn"].decode()
    assert not [name for name, content in made.files.items() if b"while (true)" in content]


# -- version 3 ------------------------------------------------------------------------------------------------------


def test_limits_written_as_attributes_and_values_written_inline() -> None:
    made = drafted("fund.xdf3.xml")
    assert component(made, "F99000000002")["validate"] == {
        "minLength": 2, "maxLength": 10, "pattern": "^(?:[A-Z]+)$", "required": True,
    }  # fmt: skip
    chosen = component(made, "F99000000001")
    assert (chosen["type"], chosen["defaultValue"]) == ("radio", "001")


def test_files_have_their_kinds_size_and_number() -> None:
    part = component(drafted("fund.xdf3.xml"), "F99000000003")
    assert (part["multiple"], part["properties"]["amt.accept"], part["properties"]["amt.maxBytes"]) == (
        True, "jpeg", "2000000",
    )  # fmt: skip
    assert any("video/mp4" in point for point in drafted("fund.xdf3.xml").open_points)


def test_what_is_hidden_or_can_be_filled_in_beforehand_is_named() -> None:
    points = " ".join(drafted("fund.xdf3.xml").open_points)
    assert "Kanal (F99000000005): ist verborgen" in points
    assert "Gravur (F99000000002): kann vorbefüllt werden" in points


# -- the other files ------------------------------------------------------------------------------------------------


def test_the_json_schema_takes_what_the_schema_asks_for_and_nothing_else() -> None:
    validator = jsonschema_rs.validator_for(json.loads(drafted("fund.xdf2.xml", LISTS).files["antrag.schema.json"]))
    data = {"G99000001": {"F99000001": "Vogt"}, "G99000003": [{"F99000003": "001"}], "F99000006": "2026-11-01"}
    assert validator.is_valid(data)
    assert not validator.is_valid(data | {"G99000003": []})
    assert not validator.is_valid(data | {"G99000001": {"F99000001": ""}})
    assert not validator.is_valid(data | {"rolle": "admin"})


def test_the_record_names_data_and_law_and_leaves_the_rest_open() -> None:
    record = drafted("fund.xdf2.xml", LISTS).files["verarbeitung.md"].decode()
    assert "| Rechtsgrundlage | § 965 BGB; § 965 Abs. 2 BGB |" in record
    assert "| Wer hat gefunden? / Familienname | F99000001 | ja | § 965 Abs. 2 BGB |" in record
    assert "| Wer hat gefunden? / Anschrift / Ort | F99000002 | nein | – |" in record
    assert "| Löschfrist | *offen* |" in record


# -- bad files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kein XML"),
        (b"<a/>", "kein XDatenfelder"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "kein XML"),
        (b'<x xmlns="urn:xoev-de:fim:standard:xdatenfelder_2"/>', "kein Datenschema"),
        (
            b'<x xmlns="urn:xoev-de:fim:standard:xdatenfelder_2"><stammdatenschema><struktur><anzahl>viele</anzahl>'
            b"</struktur></stammdatenschema></x>",
            "0:1, 1:1 oder 1:",
        ),
    ],
)
def test_what_is_no_data_schema_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(XdfRefused, match=words):
        read_schema(content)


# -- whatever a schema holds ----------------------------------------------------------------------------------------

_WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip()) and not text.strip().startswith("=") and "{{" not in text
)
_BASE = {
    "id": st.from_regex(r"[GF][0-9]{8}", fullmatch=True),
    "version": st.just("1.0"),
    "name": _WORDS,
    "label": _WORDS.map(str.strip),
    "help": st.just(""),
    "minimum": st.integers(0, 2),
    "maximum": st.sampled_from([1, 3, None]),
    "law": st.just(()),
    "status": st.just("aktiv"),
    "rules": st.just(()),
}
_FIELD = st.builds(
    XdfField,
    **_BASE,
    art=st.sampled_from(["input", "select", "label", "hidden", "locked"]),
    type=st.sampled_from(
        ["text", "text_latin", "date", "time", "datetime", "bool", "num", "num_int", "file", "obj", "?"]
    ),
    content=st.sampled_from(["", "1", "wahr", "2026-01-01"]),
    limits=st.dictionaries(
        st.sampled_from(["minLength", "maxLength", "minValue", "maxValue", "pattern"]),
        st.sampled_from(["5", "x", "(", "7"]),
    ),
    loose_limits=st.just(""),
    codes=st.none() | st.builds(CodeList, codes=st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=8).map(tuple)),
    prefill=st.just(""),
    media_types=st.just(()),
    max_bytes=st.none(),
)
_ELEMENT = st.recursive(
    _FIELD, lambda inner: st.builds(Group, **_BASE, children=st.lists(inner, max_size=3).map(tuple)), max_leaves=12
)


@settings(max_examples=60)
@given(st.lists(_ELEMENT, min_size=1, max_size=4))
def test_any_schema_becomes_a_form_that_loads(elements: list[Any]) -> None:
    made = draft(Schema("S1", "1", "Übung", "Übung", "", "", "", (), (), tuple(elements), 2))
    assert check_form(made.files["antrag.form"]) == []
    jsonschema_rs.meta.validate(json.loads(made.files["antrag.schema.json"]))


# -- on the command line --------------------------------------------------------------------------------------------


def test_files_that_are_there_are_not_replaced_unless_told_so(tmp_path: Path) -> None:
    asked = ["import-xdf", str(HERE / "fund.xdf3.xml"), "--to", str(tmp_path / "fund")]
    first = CliRunner().invoke(main, asked)
    assert (first.exit_code, "4 open points" in first.output) == (0, True)
    (tmp_path / "fund" / "antrag.form").write_text("mine")
    refused = CliRunner().invoke(main, asked)
    assert (refused.exit_code, "antrag.form" in refused.output) == (1, True)
    assert (tmp_path / "fund" / "antrag.form").read_text() == "mine"
    assert CliRunner().invoke(main, [*asked, "--force"]).exit_code == 0


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<a/>")
    refused = CliRunner().invoke(main, ["import-xdf", str(tmp_path / "x.xml")])
    assert (refused.exit_code, "kein XDatenfelder" in refused.output) == (1, True)
