# SPDX-License-Identifier: EUPL-1.2
"""When timers fire: durations, moments, cycles and cron expressions, also where the clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.model import Timer
from engine.clock import FrozenClock
from engine.cron import CronRefused, read_cron
from engine.errors import ExpressionFailed
from engine.feel.values import YearsMonths
from engine.timetable import (
    Due,
    DurationRefused,
    check_timer,
    duration_of,
    first_due,
    following,
    retry_pauses,
)

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> datetime:
    """In the town's zone, where the text names none."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=BERLIN)).astimezone(UTC)


def first(kind, written, now, **scope) -> Due:
    return first_due(Timer(kind, written), scope, FrozenClock(moment(now)))


def firings(written: str, now: str, most: int = 4) -> list[str]:
    """The moments of a cycle in the town's time, when every one is met at once."""
    clock = FrozenClock(moment(now))
    due: Due | None = first_due(Timer("cycle", written), {}, clock)
    found: list[str] = []
    while due is not None and len(found) < most:
        found.append(due.at.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M"))
        clock.set(due.at)
        due = following(due, clock)
    return found


# -- once ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "now", "at"),
    [
        ("PT1H30M", "2026-11-22T12:00", "2026-11-22T13:30"),
        ("P14D", "2026-11-22T12:00", "2026-12-06T12:00"),
        ("P2W", "2026-11-22T12:00", "2026-12-06T12:00"),
        ("P1Y2M3DT4H5M6S", "2026-11-22T12:00", "2028-01-25T16:05:06"),
        ("PT0.5S", "2026-11-22T12:00", "2026-11-22T12:00:00.500"),
        ("PT1,5S", "2026-11-22T12:00", "2026-11-22T12:00:01.500"),
        ("PT0S", "2026-11-22T12:00", "2026-11-22T12:00"),
        (" P1D ", "2026-11-22T12:00", "2026-11-23T12:00"),
        # Months are those of the calendar; a day that a month lacks is its last.
        ("P1M", "2026-02-10T12:00", "2026-03-10T12:00"),
        ("P1M", "2026-01-31T12:00", "2026-02-28T12:00"),
        ("P1Y", "2028-02-29T12:00", "2029-02-28T12:00"),
        ("P13M", "2026-12-15T12:00", "2028-01-15T12:00"),
        # A day keeps the hour when the clocks change, hours are hours.
        ("P1D", "2026-03-28T12:00", "2026-03-29T12:00"),
        ("PT24H", "2026-03-28T12:00", "2026-03-29T13:00"),
        ("P1D", "2026-10-24T12:00", "2026-10-25T12:00"),
        ("PT24H", "2026-10-24T12:00", "2026-10-25T11:00"),
        ("P1D", "2026-03-28T02:30", "2026-03-29T03:30"),
        ("PT1H", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"),
    ],
)
def test_a_duration_ends_by_the_calendar_of_the_town(written, now, at):
    due = first("duration", written, now)
    assert due == Due(moment(at))
    assert due.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-12-24T12:00:00Z", "2026-12-24T12:00Z"),
        ("2026-12-24T12:00:00+05:00", "2026-12-24T07:00Z"),
        ("2026-12-24T12:00:00", "2026-12-24T11:00Z"),
        ("2026-07-24T12:00:00", "2026-07-24T10:00Z"),
        ("2026-12-24", "2026-12-24T22:59:59Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30Z"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00Z"),
    ],
)
def test_a_date_without_a_zone_is_the_towns_and_a_day_ends_in_the_night(written, at):
    assert first("date", written, "2026-11-22T12:00") == Due(moment(at))


@pytest.mark.parametrize(
    ("kind", "written", "value", "at"),
    [
        ("duration", "=frist", timedelta(hours=2), "2026-11-22T14:00"),
        ("duration", "${frist}", "P1D", "2026-11-23T12:00"),
        ("duration", "=frist", YearsMonths(1), "2026-12-22T12:00"),
        ("date", "${frist}", datetime(2026, 12, 1, 8, tzinfo=UTC), "2026-12-01T09:00"),
        ("date", "${frist}", datetime(2026, 12, 1, 8), "2026-12-01T08:00"),
        ("date", "=frist", date(2026, 12, 1), "2026-12-01T23:59:59"),
        ("cycle", "${frist}", "R3/PT1H", "2026-11-22T13:00"),
        ("cycle", "${frist}", "0 0 9 * * ?", "2026-11-23T09:00"),
    ],
)
def test_an_expression_may_give_the_time_in_any_type(kind, written, value, at):
    assert first(kind, written, "2026-11-22T12:00", frist=value).at == moment(at)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("duration", None),
        ("duration", "morgen"),
        ("duration", "-P1D"),
        ("duration", timedelta(hours=-1)),
        ("duration", YearsMonths(-1)),
        ("duration", "P9000Y"),
        ("duration", timedelta.max),
        ("date", "P1D"),
        ("date", "morgen"),
        ("date", 7),
        ("cycle", "PT1H"),
        ("cycle", timedelta(hours=1)),
        ("cycle", "0 0 9 * * ? 2020"),
        ("cycle", None),
    ],
)
def test_what_is_no_time_fails_with_a_sentence(kind, value):
    with pytest.raises(ExpressionFailed) as failed:
        first(kind, "=frist", "2026-11-22T12:00", frist=value)
    assert failed.value.message.endswith(".")


# -- cycles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        ("R3/PT10H", "2026-11-22T10:00", ["2026-11-22 20:00", "2026-11-23 06:00", "2026-11-23 16:00"]),
        ("R1/PT10H", "2026-11-22T10:00", ["2026-11-22 20:00"]),
        ("R2/2026-11-24T08:00:00/PT1H", "2026-11-22T10:00", ["2026-11-24 08:00", "2026-11-24 09:00"]),
        ("R2/2026-11-24T08:00:00Z/PT1H", "2026-11-22T10:00", ["2026-11-24 09:00", "2026-11-24 10:00"]),
        # A cycle that has begun before goes on; one that is over fires once more, at once.
        ("R9/2026-11-22T07:00:00/PT2H", "2026-11-22T20:00", ["2026-11-22 21:00", "2026-11-22 23:00"]),
        ("R3/2026-11-20T07:00:00/PT2H", "2026-11-22T20:00", ["2026-11-20 11:00"]),
        (
            "R3/P1D/2026-12-31T12:00:00",
            "2026-11-22T10:00",
            ["2026-12-29 12:00", "2026-12-30 12:00", "2026-12-31 12:00"],
        ),
        ("R9/P1D/2026-11-23T12:00:00", "2026-11-22T10:00", ["2026-11-22 12:00", "2026-11-23 12:00"]),
        ("R/P1D/2026-11-23", "2026-11-22T10:00", ["2026-11-22 23:59", "2026-11-23 23:59"]),
        ("R2/P1D/2026-11-01", "2026-11-22T10:00", ["2026-11-01 23:59"]),
        ("R2/2026-12-01/2026-12-03", "2026-11-22T10:00", ["2026-12-01 00:00", "2026-12-03 00:00"]),
        ("R2/2026-12-01/P1D", "2026-11-22T10:00", ["2026-12-01 00:00", "2026-12-02 00:00"]),
    ],
)
def test_a_cycle_fires_as_often_as_it_says(written, now, expected):
    assert firings(written, now) == expected


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        ("R/PT1H", "2026-11-22T10:00", ["2026-11-22 11:00", "2026-11-22 12:00", "2026-11-22 13:00"]),
        # From the 31st on, the ends of the months: none of them pulls the next one back.
        ("R/P1M", "2026-12-31T10:00", ["2027-01-31 10:00", "2027-02-28 10:00", "2027-03-31 10:00"]),
        ("R/2027-01-31T10:00:00/P1M", "2026-12-01T10:00", ["2027-01-31 10:00", "2027-02-28 10:00", "2027-03-31 10:00"]),
        # The day on which the clock skips 2:30 does not move the days behind it.
        ("R/P1D", "2026-03-27T02:30", ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30"]),
    ],
)
def test_a_cycle_without_a_number_goes_on(written, now, expected):
    assert firings(written, now, most=3) == expected


def test_a_worker_that_was_away_makes_up_for_intervals_but_not_for_hours_of_the_day():
    clock = FrozenClock(moment("2026-11-22T10:00"))
    hourly = first_due(Timer("cycle", "R/PT1H"), {}, clock)
    daily = first_due(Timer("cycle", "0 0 9 * * ?"), {}, clock)
    clock.advance(timedelta(days=3))
    assert following(hourly, clock) == Due(hourly.at + timedelta(hours=1), "R/PT1H")
    assert following(daily, clock) == Due(moment("2026-11-26T09:00"), "0 0 9 * * ?")


@pytest.mark.parametrize("rule", ["R/PT1M", "R/2026-11-22T10:00:00/PT1M"])
def test_an_endless_cycle_does_not_make_up_for_thousands(rule):
    clock = FrozenClock(moment("2026-11-22T10:00"))
    due = first_due(Timer("cycle", rule), {}, clock)
    clock.set(due.at + timedelta(minutes=90, seconds=5))
    assert following(due, clock) == Due(due.at + timedelta(minutes=1), rule)
    clock.set(due.at + timedelta(minutes=5000, seconds=5))
    assert following(due, clock) == Due(due.at + timedelta(minutes=5001), rule)
    counted = Due(due.at, rule.replace("R/", "R9000/"), 8999)
    assert following(counted, clock) == Due(due.at + timedelta(minutes=1), counted.rule, 8998)


def test_what_fires_once_has_nothing_behind_it():
    clock = FrozenClock(moment("2026-11-22T10:00"))
    assert following(Due(clock.now()), clock) is None
    assert following(Due(clock.now(), "R3/PT1H", 0), clock) is None
    assert following(Due(moment("2027-06-01T00:00"), "0 0 0 1 6 ? 2027"), clock) is None


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
SPANS = st.sampled_from(["PT1S", "PT17M", "PT1H", "PT36H", "P1D", "P1DT1H", "P2W", "P1M", "P7M", "P1Y", "P1M1D"])
CRONS = st.sampled_from(
    [
        "0 0/7 * * * ?",
        "30 15 2 * * ?",
        "0 0 2,3 ? * SUN",
        "0 0 9 L * ?",
        "0 0 9 LW * ?",
        "0 0 0 29 2 ?",
        "0 0 9 ? * 6#5",
    ]
)


@given(now=MOMENTS, span=SPANS, times=st.integers(1, 6), anchor=st.sampled_from(["", "start", "end"]))
def test_cycles_go_forward_and_come_to_their_end(now, span, times, anchor):
    clock = FrozenClock(now)
    near = (now + timedelta(days=3)).isoformat()
    rule = {"": f"R{times}/{span}", "start": f"R{times}/{near}/{span}", "end": f"R{times}/{span}/{near}"}[anchor]
    due = first_due(Timer("cycle", rule), {}, clock)
    seen = [due]
    while (after := following(seen[-1], clock)) is not None:
        seen.append(after)
    assert len(seen) == times if anchor != "end" else 1 <= len(seen) <= times
    assert all(early.at < late.at for early, late in pairwise(seen))
    assert [due.remaining for due in seen] == list(range(len(seen) - 1, -1, -1))
    assert seen[0].at >= now


@given(now=MOMENTS, rule=CRONS)
def test_cron_expressions_go_forward_without_end(now, rule):
    clock = FrozenClock(now)
    due: Due | None = first_due(Timer("cycle", rule), {}, clock)
    for _ in range(4):
        assert due is not None
        assert due.at > clock.now() and due.remaining is None
        clock.set(due.at)
        due = following(due, clock)


# -- cron ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0 0 9 * * ?", ["2026-11-28 09:00", "2026-11-29 09:00"]),
        ("0 0/20 15 * * ?", ["2026-11-27 15:20", "2026-11-27 15:40"]),
        ("0 */20 * * * ?", ["2026-11-27 15:20", "2026-11-27 15:40"]),
        ("0 10-30/10 15 * * ?", ["2026-11-27 15:10", "2026-11-27 15:20"]),
        ("0 0 22-2/2 * * ?", ["2026-11-27 22:00", "2026-11-28 00:00"]),
        ("0 0 9 ? * MON-FRI", ["2026-11-30 09:00", "2026-12-01 09:00"]),
        ("0 0 9 * * MON-FRI", ["2026-11-30 09:00", "2026-12-01 09:00"]),
        ("0 0 9 ? * sat,sun", ["2026-11-28 09:00", "2026-11-29 09:00"]),
        ("0 0 9 ? * FRI-MON", ["2026-11-28 09:00", "2026-11-29 09:00"]),
        ("0 0 9 ? * 2", ["2026-11-30 09:00", "2026-12-07 09:00"]),
        ("0 0 9 ? * 2/2", ["2026-11-30 09:00", "2026-12-02 09:00"]),
        ("0 0 9 ? * L", ["2026-11-28 09:00", "2026-12-05 09:00"]),
        ("0 0 9 ? * 6#3", ["2026-12-18 09:00", "2027-01-15 09:00"]),
        ("0 0 9 ? * FRI#5", ["2027-01-29 09:00", "2027-04-30 09:00"]),
        ("0 0 9 ? * 6L", ["2026-12-25 09:00", "2027-01-29 09:00"]),
        ("0 0 9 ? * FRIL", ["2026-12-25 09:00", "2027-01-29 09:00"]),
        ("0 0 9 1,15 * ?", ["2026-12-01 09:00", "2026-12-15 09:00"]),
        ("0 0 9 31 * ?", ["2026-12-31 09:00", "2027-01-31 09:00"]),
        ("0 0 9 L * ?", ["2026-11-30 09:00", "2026-12-31 09:00"]),
        ("0 0 9 L-3 * ?", ["2026-12-28 09:00", "2027-01-28 09:00"]),
        ("0 0 9 LW * ?", ["2026-11-30 09:00", "2026-12-31 09:00"]),
        ("0 0 9 LW 1 ?", ["2027-01-29 09:00", "2028-01-31 09:00"]),
        ("0 0 9 15W * ?", ["2026-12-15 09:00", "2027-01-15 09:00"]),
        ("0 0 9 16W 1 ?", ["2027-01-15 09:00", "2028-01-17 09:00"]),
        ("0 0 9 1W * ?", ["2026-12-01 09:00", "2027-01-01 09:00"]),
        ("0 0 9 1W 5 ?", ["2027-05-03 09:00", "2028-05-01 09:00"]),
        ("0 0 9 31W 10 ?", ["2027-10-29 09:00", "2028-10-31 09:00"]),
        ("0 0 9 1 JAN,jul ?", ["2027-01-01 09:00", "2027-07-01 09:00"]),
        ("0 0 9 29 2 ?", ["2028-02-29 09:00", "2032-02-29 09:00"]),
        ("0 0 9 1 1 ? 2027-2028", ["2027-01-01 09:00", "2028-01-01 09:00"]),
        ("0 0 9 1 1 ? 2030/5", ["2030-01-01 09:00", "2035-01-01 09:00"]),
    ],
)
def test_cron_expressions_mean_what_they_mean_to_camunda(written, expected):
    assert firings(written, "2026-11-27T15:00", most=2) == expected


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        ("0 30 2 * * ?", "2026-03-28T12:00", ["2026-03-29 03:30", "2026-03-30 02:30"]),
        ("0 30 2 * * ?", "2026-10-24T12:00", ["2026-10-25 02:30", "2026-10-26 02:30"]),
        ("0 0/30 * * * ?", "2026-03-29T01:15", ["2026-03-29 01:30", "2026-03-29 03:00", "2026-03-29 03:30"]),
        ("0 0 2-3 * * ?", "2026-03-29T01:15", ["2026-03-29 03:00", "2026-03-30 02:00"]),
    ],
)
def test_cron_expressions_when_the_clocks_change(written, now, expected):
    assert firings(written, now, most=len(expected)) == expected


def test_an_expression_of_every_hour_fires_in_both_hours_of_autumn():
    at = moment("2026-10-25T02:20+02:00")
    found: list[datetime] = []
    for _ in range(4):
        following_one = read_cron("0 0/30 * * * ?").after(at, BERLIN)
        assert following_one is not None
        at = following_one
        found.append(at)
    assert found == [moment("2026-10-25T00:30Z") + timedelta(minutes=30) * step for step in range(4)]


@given(
    now=MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    hours=st.sets(st.integers(4, 23), min_size=1, max_size=3),
)
def test_no_moment_of_a_cron_expression_is_left_out(now, minutes, hours):
    rule = f"0 {','.join(map(str, minutes))} {','.join(map(str, hours))} * * ?"
    expected = now + timedelta(minutes=1)
    while True:
        local = expected.astimezone(BERLIN)
        if local.hour in hours and local.minute in minutes:
            break
        expected += timedelta(minutes=1)
    assert read_cron(rule).after(now, BERLIN) == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0 9 * * *", "five fields"),
        ("* * *", "six or seven fields"),
        ("", "six or seven fields"),
        ("60 0 9 * * ?", "60 is no seconds"),
        ("0 0 24 * * ?", "24 is no hours"),
        ("0 0 9 0 * ?", "0 is no day of the month"),
        ("0 0 9 32 * ?", "32 is no day of the month"),
        ("0 0 9 32W * ?", "32 is no day of the month"),
        ("0 0 9 L-31 * ?", "L-31 is no day of the month"),
        ("0 0 9 * 13 ?", "13 is no month"),
        ("0 0 9 * FOO ?", "FOO is no month"),
        ("0 0 9 ? * 8", "8 is no day of the week"),
        ("0 0 9 ? * 6#6", "6#6 is no day of the week"),
        ("0 0 9 ? * 0", "0 is no day of the week"),
        ("0 0 9 * * ? 1800", "1800 is no year"),
        ("0 0 9 * * ? 2030-2028", "ends before it begins"),
        ("0 0/0 9 * * ?", "a step that is no step"),
        ("0 0/75 9 * * ?", "a step that is no step"),
        ("0 *-5 9 * * ?", "*-5 is no minutes"),
        ("0 1,,2 9 * * ?", " is no minutes"),
        ("0 0 9 ? * ?", "names no day"),
        ("0 0 9 15 * MON", "one of them must be ?"),
        ("0 0 9 * * 1", "write their names"),
        ("0 ² 9 * * ?", "² is no minutes"),
        ("a b c d e f", "A is no seconds"),
    ],
)
def test_what_is_no_cron_expression_is_refused_with_a_reason(written, reason):
    with pytest.raises(CronRefused) as refused:
        read_cron(written)
    assert reason in refused.value.message


@given(st.text(alphabet="0123456789*?/,-LW# MONFRI", max_size=30))
def test_no_text_breaks_the_reader_of_cron_expressions(text):
    try:
        cron = read_cron(text)
    except CronRefused:
        return
    found = cron.after(datetime(2026, 1, 1, tzinfo=UTC), BERLIN)
    assert found is None or found > datetime(2026, 1, 1, tzinfo=UTC)


# -- literals in models -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("duration", "P14D"),
        ("duration", "=frist"),
        ("duration", "${frist}"),
        ("date", "2026-12-24"),
        ("date", "2020-12-24T12:00:00Z"),
        ("cycle", "R3/PT10H"),
        ("cycle", "R/2026-01-01T00:00:00Z/P1M"),
        ("cycle", "0 0 9 ? * MON-FRI"),
        ("cycle", "#{rhythmus}"),
        ("cycle", "${what is wrong with it is said elsewhere}"),
    ],
)
def test_a_timer_that_can_fire_is_fine(kind, written):
    assert check_timer(Timer(kind, written)) is None


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        ("duration", "14 Tage", "14 Tage is not a duration"),
        ("duration", "P", "P is not a duration"),
        ("duration", "PT", "PT is not a duration"),
        ("duration", "P1DT", "P1DT is not a duration"),
        ("duration", "P1H", "P1H is not a duration"),
        ("duration", "P-1D", "P-1D is not a duration"),
        ("duration", "P٣D", "is not a duration"),
        ("duration", "P99999Y", "lives to see"),
        ("date", "morgen", "morgen is not a date"),
        ("date", "2026-02-30", "2026-02-30 is not a date"),
        ("cycle", "PT10H", "PT10H is no cycle"),
        ("cycle", "R3", "R3 is no cycle"),
        ("cycle", "R3/", "is no cycle"),
        ("cycle", "R3/x/PT1H", "x is neither a moment nor a duration"),
        ("cycle", "R3/PT1H/PT1H", "needs one duration"),
        ("cycle", "R3/2026-12-01T00:00:00Z", "needs one duration"),
        ("cycle", "R0/PT10H", "no number of firings"),
        ("cycle", "Rx/PT10H", "no number of firings"),
        ("cycle", "R99999999999/PT10H", "no number of firings"),
        ("cycle", "R/PT0S", "takes no time"),
        ("cycle", "R/2026-12-02/2026-12-01", "takes no time"),
        ("cycle", "0 0 9 30 2 ?", "names no day that there is"),
        ("cycle", "0 9 * * *", "five fields"),
    ],
)
def test_a_timer_that_can_never_fire_is_found_before_it_runs(kind, written, reason):
    found = check_timer(Timer(kind, written))
    assert found is not None and reason in found


# -- durations and attempts ---------------------------------------------------------------------------------------


def test_durations_of_fixed_length():
    assert duration_of("P1DT2H") == timedelta(days=1, hours=2)
    assert duration_of("P2W") == timedelta(days=14)
    assert duration_of("PT0.25S") == timedelta(milliseconds=250)
    for written in ("P1M", "P1Y", "", "5", "R3/PT1M", "${x}"):
        with pytest.raises(DurationRefused):
            duration_of(written)


def test_pauses_between_attempts():
    minutes = [timedelta(minutes=count) for count in range(11)]
    assert retry_pauses("R3/PT10M") == (minutes[10], minutes[10])
    assert retry_pauses("R1/PT10M") == ()
    assert retry_pauses("PT1M,PT5M") == (minutes[1], minutes[5])
    assert retry_pauses(" PT1M , PT5M ") == (minutes[1], minutes[5])
    assert retry_pauses("PT5M") == (minutes[5],)
    for written in ("R/PT10M", "R0/PT10M", "R3", "R3/P1M", "R1000000/PT1S", "", "PT1M,", "0 0 9 * * ?"):
        with pytest.raises(DurationRefused):
            retry_pauses(written)
