# SPDX-License-Identifier: EUPL-1.2
"""What a form shows between its questions, and what follows from the answers."""

import base64
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image as Picture

from engine.clock import FrozenClock
from forms import Form, Visibility, answer_at, check_form, read_step, settled, summary, validate, visible_steps
from forms.summary import NO_ANSWER
from tests.forms.examples import field, form, group, source
from tests.forms.test_formview import assert_accessible, page, texts
from web.formview import render_step

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def picture(kind: str = "PNG", size: int = 4) -> str:
    """A small picture as it lies in a form."""
    content = io.BytesIO()
    Picture.new("RGB", (size, size)).save(content, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(content.getvalue()).decode()}"


def rendered(of: Form, answers: dict[str, Any], **more: Any) -> str:
    """The first step as it is shown."""
    return str(render_step(of, of.steps[0], answers, clock=CLOCK, **more))


def computed(key: str, expression: str, **properties: str) -> dict[str, Any]:
    """A value that follows from answers."""
    return {"type": "expression", "key": key, "expression": expression, "properties": properties}


# -- computed values ------------------------------------------------------------------------------------------------

TAX = form(
    group(
        "Ihre Hunde",
        "steuer",
        field("number", "hunde", decimalDigits=0),
        field("checkbox", "ermaessigt"),
        computed("voll", "=hunde * 108"),
        computed("jahr", "=if ermaessigt then voll / 2 else voll", **{"amt.label": "Steuer im Jahr",
                                                                       "amt.suffix": "€", "amt.decimals": "2"}),
    ),
    group("Viele Hunde", "viele", field("textarea", "grund"), conditional={"hide": "=steuer.voll < 500"}),
)  # fmt: skip


def test_what_follows_from_the_answers_is_an_answer() -> None:
    answers = read_step(TAX, TAX.steps[0], {"steuer.hunde": ["2"], "steuer.ermaessigt": ["true"]}, {}, clock=CLOCK)
    assert answers["steuer"] == {"hunde": 2, "ermaessigt": True, "voll": 216, "jahr": 108}


def test_it_cannot_be_sent() -> None:
    answers = read_step(TAX, TAX.steps[0], {"steuer.hunde": ["2"], "steuer.jahr": ["1"]}, {}, clock=CLOCK)
    assert answers["steuer"]["jahr"] == 216


def test_it_is_reckoned_anew_when_an_answer_changes() -> None:
    before = {"steuer": {"hunde": Decimal(2), "voll": Decimal(216), "jahr": Decimal(216)}}
    after = read_step(TAX, TAX.steps[0], {"steuer.hunde": ["3"]}, before, clock=CLOCK)
    assert after["steuer"]["jahr"] == 324


def test_screen_and_summary_say_the_same() -> None:
    answers = {"steuer": {"hunde": Decimal(20), "ermaessigt": True}}
    assert "1.080,00 €" in texts(page(rendered(TAX, answers)))
    lines = {line.label: line.value for line in summary(TAX, answers, clock=CLOCK)[0].lines}
    assert lines == {"Hunde": "20", "Ermaessigt": "Ja", "Steuer im Jahr": "1.080,00 €"}


def test_conditions_see_it() -> None:
    def steps(number: int) -> list[str]:
        return [step.key for step in visible_steps(TAX, {"steuer": {"hunde": Decimal(number)}}, clock=CLOCK)]

    assert (steps(4), steps(5)) == (["steuer"], ["steuer", "viele"])


def test_before_there_are_answers_nothing_follows() -> None:
    assert f"Steuer im Jahr {NO_ANSWER}" in texts(page(rendered(TAX, {})))
    assert validate(TAX, {}, clock=CLOCK) == []


def test_values_may_follow_from_values_that_come_later_in_the_form() -> None:
    later = form(computed("doppelt", "=einfach * 2"), computed("einfach", "=zahl + 1"), field("number", "zahl"))
    assert settled(later, {"zahl": Decimal(4)}, clock=CLOCK) == {"zahl": 4, "einfach": 5, "doppelt": 10}


def test_values_that_chase_each_other_come_to_an_end() -> None:
    chasing = form(computed("a", "=if b = null then 1 else b + 1"), computed("b", "=a"), field("textfield", "c"))
    assert isinstance(settled(chasing, {"c": "x"}, clock=CLOCK)["a"], Decimal)


@pytest.mark.parametrize("expression", ["=[1..3]", "=function(x) x", "=fehlt.ganz.und.gar", "=1/0"])
def test_what_cannot_be_kept_is_nothing(expression: str) -> None:
    odd = form(computed("wert", expression), field("textfield", "name"))
    assert settled(odd, {"name": "x"}, clock=CLOCK) == {"name": "x", "wert": None}


def test_of_a_hidden_value_nothing_is_kept() -> None:
    hidden = form(field("number", "zahl"), computed("doppelt", "=zahl * 2") | {"conditional": {"hide": "=zahl > 5"}})
    assert settled(hidden, {"zahl": Decimal(7)}, clock=CLOCK) == {"zahl": 7}


def test_each_item_of_a_list_has_its_own() -> None:
    listed = form(
        {
            "type": "dynamiclist",
            "path": "stand",
            "label": "Stände",
            "components": [field("number", "meter"), computed("preis", "=meter * 3", **{"amt.label": "Preis"})],
        },
        computed("summe", "=sum(stand.preis)", **{"amt.label": "Summe"}),
    )
    answers = settled(listed, {"stand": [{"meter": Decimal(2)}, {"meter": Decimal(5)}]}, clock=CLOCK)
    assert [item["preis"] for item in answers["stand"]] == [6, 15]
    assert answers["summe"] == 21
    assert "Preis" in summary(listed, answers, clock=CLOCK)[0].lines[1].label


# -- words, pictures, tables ----------------------------------------------------------------------------------------


def test_html_is_shown_with_values_set_in_as_text() -> None:
    shown = form(
        {"type": "html", "content": '<h3>Hallo {{name}}</h3><p lang="en"><b>Hi</b> <a href="https://x.de">x</a></p>'},
        field("textfield", "name"),
    )
    html = rendered(shown, {"name": "<script>alert(1)</script>"})
    page(html)
    assert "Hallo &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<p class="kern-body" lang="en"><b>Hi</b>' in html


def test_a_picture_lies_in_the_form() -> None:
    of = form({"type": "image", "source": picture(), "alt": "Lageplan"}, field("textfield", "name"))
    (image,) = page(rendered(of, {})).iter("img")
    assert (image.get("alt"), image.get("src")) == ("Lageplan", picture())


def test_a_table_shows_the_rows_of_a_list() -> None:
    columns = [{"key": "was", "label": "Was"}, {"key": "betrag", "label": "Betrag"}]
    of = form(
        {"type": "table", "label": "Posten", "dataSource": "=posten", "columns": columns}, field("textfield", "name")
    )
    rows = [{"was": "Miete <b>", "betrag": Decimal("12.5")}, {"was": "Strom"}, "Unsinn"]
    tree = page(rendered(of, {}, context={"posten": rows}))
    assert_accessible(tree)
    assert [texts(cell) for cell in tree.iter("td")] == ["Miete <b>", "12,5", "Strom", ""]
    assert "Noch keine Einträge" in rendered(of, {}, context={"posten": None})


def test_documents_can_be_opened() -> None:
    of = form({"type": "documentPreview", "label": "Ihre Nachweise", "dataSource": "=belege"}, field("textfield", "x"))
    files = [{"document_id": "7", "name": "<a>.pdf", "media_type": "application/pdf", "size": 1200}]
    html = rendered(of, {}, context={"belege": files}, file_url=lambda file: f"/dokument/{file['document_id']}")
    assert '<a class="kern-link" href="/dokument/7">&lt;a&gt;.pdf</a>' in html
    assert "Keine Dateien" in rendered(of, {}, context={"belege": None})


def test_the_button_says_what_the_form_says() -> None:
    assert form(field("textfield", "a"), {"type": "button", "label": "Freigeben"}).submit_label == "Freigeben"


def test_a_spacer_is_room() -> None:
    assert 'class="amt-room"' in rendered(form(field("textfield", "a"), {"type": "spacer", "height": 60}), {})


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "html", "content": "<script>alert(1)</script>"}, ["script", "Absätze"]),
        ({"type": "html", "content": '<p onclick="x()">a</p>'}, ["onclick"]),
        ({"type": "html", "content": '<p style="color:red">a</p>'}, ["style", "KERN"]),
        ({"type": "html", "content": '<img src="https://x.de/a.png">'}, ["img"]),
        ({"type": "html", "content": '<a href="{{ziel}}">a</a>'}, ["{{Ausdruck}}"]),
        ({"type": "html", "content": "{{#if a}}x{{/if}}"}, ["FEEL"]),
        ({"type": "image", "source": "https://example.org/a.png", "alt": "x"}, ["fremden Adressen"]),
        ({"type": "image", "source": "data:image/png;base64,AAAA", "alt": "x"}, ["nicht zeigen"]),
        ({"type": "image", "source": "data:image/svg+xml;base64,AAAA", "alt": "x"}, ["nicht im Formular"]),
        ({"type": "image", "source": picture("JPEG", 3000), "alt": ""}, ["Beschreibung"]),
        ({"type": "table", "label": "T", "dataSource": "=x", "columns": [{"key": "a"}]}, ["Spalte", "keine Spalten"]),
        ({"type": "table", "label": "T", "dataSource": "=x", "columnsExpression": "=y"}, ["columnsExpression"]),
        ({"type": "table", "label": "T", "columns": [{"key": "a", "label": "A"}]}, ["dataSource"]),
        ({"type": "documentPreview", "dataSource": "=x"}, ["Beschriftung"]),
        ({"type": "expression", "key": "a", "expression": "=1 +"}, ["FEEL"]),
        ({"type": "expression", "key": "a"}, ["Ausdruck", "leer"]),
        (computed("a", "=1", **{"amt.decimals": "viele"}), ["amt.decimals"]),
        (computed("a", "=1", **{"amt.farbe": "rot"}), ["amt.farbe", "amt.label"]),
        ({"type": "button", "label": "Löschen", "action": "reset"}, ["alles löschen"]),
        ({"type": "button"}, ["Beschriftung"]),
    ],
)
def test_what_would_do_harm_or_nothing_is_refused(part: dict[str, Any], words: list[str]) -> None:
    findings = check_form(json.dumps(source(field("textfield", "z"), part)).encode())
    assert findings
    assert all(word in " ".join(findings) for word in words), findings


def test_a_computed_value_and_a_question_must_not_share_a_place() -> None:
    findings = check_form(json.dumps(source(field("textfield", "a"), computed("a", "=1"))).encode())
    assert "derselben Stelle" in findings[0]


# -- times ----------------------------------------------------------------------------------------------------------

TIMES = form(
    field("datetime", "von", subtype="time", timeLabel="Beginn", validate={"required": True}),
    field("datetime", "fest", subtype="datetime", timeLabel="Ab", timeInterval=15, use24h=True),
)


def filled(**raw: str) -> dict[str, Any]:
    return read_step(TIMES, TIMES.steps[0], {k.replace("__", "."): [v] for k, v in raw.items()}, {}, clock=CLOCK)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("9:05", "09:05 Uhr"), ("14.30", "14:30 Uhr"), ("7 Uhr", "07:00 Uhr"), ("0:00 Uhr", "00:00 Uhr")],
)
def test_a_time_is_read_as_people_type_it(typed: str, shown: str) -> None:
    answers = filled(von=typed)
    assert validate(TIMES, answers, clock=CLOCK) == []
    assert summary(TIMES, answers, clock=CLOCK)[0].lines[0].value == shown


@pytest.mark.parametrize("typed", ["24:00", "9:60", "mittags", "9:5", "-1"])
def test_a_time_that_does_not_exist_stays_and_is_named(typed: str) -> None:
    answers = filled(von=typed)
    assert answers["von"] == typed
    assert [error.path for error in validate(TIMES, answers, clock=CLOCK)] == ["von"]
    assert f'value="{typed}"' in rendered(TIMES, answers)


def test_a_missing_time_is_asked_for_by_its_name() -> None:
    (wrong,) = validate(TIMES, {}, clock=CLOCK)
    assert "14:30" in wrong.message


def test_a_moment_is_by_the_clocks_of_the_town() -> None:
    answers = filled(von="9", fest__tag="1", fest__monat="7", fest__jahr="2027", fest__uhrzeit="18:30")
    assert answers["fest"] == datetime(2027, 7, 1, 16, 30, tzinfo=UTC)
    assert summary(TIMES, answers, clock=CLOCK)[0].lines[1].value == "01.07.2027, 18:30 Uhr"
    html = rendered(TIMES, {"fest": answers["fest"].astimezone(UTC)})
    assert 'name="fest.uhrzeit" value="18:30"' in html


@pytest.mark.parametrize(
    "typed", [("28", "3", "2027", "2:30"), ("31", "2", "2027", "9"), ("1", "1", "2027", ""), ("1", "1", "27", "9")]
)
def test_a_moment_that_does_not_exist_stays_and_is_named(typed: tuple[str, ...]) -> None:
    parts = dict(zip(("tag", "monat", "jahr", "uhrzeit"), typed, strict=True))
    answers = filled(von="9", **{f"fest__{part}": text for part, text in parts.items()})
    assert answers["fest"] == parts
    assert [error.path for error in validate(TIMES, answers, clock=CLOCK)] == ["fest"]
    assert_accessible(page(rendered(TIMES, answers)))


def test_tags_are_boxes_to_tick() -> None:
    values = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    tags = form(field("taglist", "themen", values=values))
    answers = read_step(tags, tags.steps[0], {"themen": ["a", "b"]}, {}, clock=CLOCK)
    assert answers == {"themen": ["a", "b"]}
    assert rendered(tags, answers).count('type="checkbox"') == 2


def test_everything_is_hidden_by_a_condition() -> None:
    hide = {"conditional": {"hide": "=weg = true"}}
    parts: list[dict[str, Any]] = [
        {"type": "html", "content": "<p>wort</p>"},
        {"type": "image", "source": picture(), "alt": "bild"},
        {"type": "table", "label": "tafel", "dataSource": "=x", "columns": [{"key": "a", "label": "A"}]},
        {"type": "documentPreview", "label": "akte", "dataSource": "=x"},
        {"type": "separator"},
        computed("folge", "=1", **{"amt.label": "folge"}),
    ]
    of = form(field("checkbox", "weg"), *(part | hide for part in parts))
    shown, hidden = (Visibility(of, {"weg": weg}, clock=CLOCK).shown(of.steps[0].components) for weg in (False, True))
    assert (len(list(shown)), len(list(hidden))) == (7, 1)
    assert answer_at(settled(of, {"weg": True}, clock=CLOCK), "folge") is None


# -- what is typed twice, and what needs not be typed ---------------------------------------------------------------

CONTACT = form(
    group(
        "Kontakt",
        "kontakt",
        field("textfield", "email", properties={"amt.type": "email", "amt.confirm": "true"}),
        field("textfield", "plz", properties={"amt.type": "postcode"}),
        field("textfield", "ort", validate={"required": True}, properties={"amt.townOf": "plz"}),
    )
)


def contact(**raw: str) -> dict[str, Any]:
    typed = {f"kontakt.{name.replace('__', '.')}": [text] for name, text in raw.items()}
    answers = read_step(CONTACT, CONTACT.steps[0], typed, {}, clock=CLOCK)
    held: dict[str, Any] = answers["kontakt"]
    return held


def test_an_address_typed_twice_is_one_answer_when_both_are_the_same() -> None:
    assert contact(email="ada@Example.org ", email__wiederholung="ada@example.ORG")["email"] == "ada@example.org"


def test_two_different_addresses_stay_as_they_were_typed_and_are_named() -> None:
    typed = contact(email="ada@example.org", email__wiederholung="ade@example.org", ort="Owen")
    answers = {"kontakt": typed}
    assert [error.path for error in validate(CONTACT, answers, clock=CLOCK)] == ["kontakt.email"]
    html = rendered(CONTACT, answers, errors=validate(CONTACT, answers, clock=CLOCK))
    assert_accessible(page(html))
    assert 'value="ada@example.org"' in html
    assert 'value="ade@example.org"' in html


def test_the_town_of_a_known_postcode_is_put_in() -> None:
    assert contact(plz="73230", ort="")["ort"] == "Kirchheim unter Teck"


@pytest.mark.parametrize(
    ("plz", "ort", "kept"), [("73230", "Jesingen", "Jesingen"), ("10115", "", None), ("x", "", None)]
)
def test_what_was_typed_stays_and_what_is_unknown_is_asked_for(plz: str, ort: str, kept: str | None) -> None:
    assert contact(plz=plz, ort=ort)["ort"] == kept
