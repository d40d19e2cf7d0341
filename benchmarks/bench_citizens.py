# SPDX-License-Identifier: EUPL-1.2
"""Citizens at once: 200 people report something, each from the front page to the confirmation, against one server.

The server is the product itself (`amt run`, its worker beside it); the people share the machine with it, each in a
thread with a browser of their own. Baseline: one person alone, in the same run. Reports lie apart, so none is merged.
Rate limits are off, since all come from one address.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier

from calls import load, p95, timed
from databases import databases
from serving import Visitor, csrf_token, server

from engine.clock import SystemClock
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.services import Services
from forms import check_form
from processes import FOLDER

CITIZENS = int(os.environ.get("BENCH_CITIZENS", "200"))
#: A hundred metres, in degrees of latitude.
_APART = 0.0009

Taken = dict[str, list[float]]


def report(address: str, number: int, begin: Barrier, taken: Taken) -> None:
    """One person's whole way; raises when any answer is not the expected one."""
    visitor = Visitor(address)
    begin.wait()

    def note(what: str, act: Callable[[], str]) -> str:
        answers: list[str] = []
        taken[what].append(timed(lambda: answers.append(act())))
        return answers[0]

    note("front page", lambda: visitor.get("/"))
    token = csrf_token(note("service page", lambda: visitor.get("/leistung/maengelmelder")))
    place = note("begin", lambda: visitor.post("/leistung/maengelmelder/beginnen", csrf_token=token))
    draft = place.rpartition("/")[0]
    typed = {
        "mangel": {"mangel.kategorie": "strasse", "mangel.beschreibung": f"Schlagloch {number}"},
        "ort": {"ort.position": f"{48 + number * _APART:.6f} 9.451100".replace(".", ",")},
        "kontakt": {"kontakt.email": f"person{number}@example.org"},
    }
    for step, answers in typed.items():
        token = csrf_token(note("step, looked at", lambda step=step: visitor.get(f"{draft}/{step}")))  # type: ignore[misc]  # bound at once
        sent = {**answers, "aktion": "weiter", "csrf_token": token}
        note("step, saved", lambda step=step, sent=sent: visitor.post(f"{draft}/{step}", **sent))  # type: ignore[misc]  # bound at once
    token = csrf_token(note("check page", lambda: visitor.get(f"{draft}/pruefen")))
    done = note("sent: a case begins", lambda: visitor.post(f"{draft}/pruefen", csrf_token=token))
    note("confirmation", lambda: visitor.get(done))
    visitor.close()


def measured(address: str, people: int, first: int) -> tuple[Taken, float, int]:
    """How long each page took in milliseconds, all together in seconds, and how many people met an error."""
    taken: Taken = defaultdict(list)
    begin = Barrier(people)
    begun = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        ways = [pool.submit(report, address, first + number, begin, taken) for number in range(people)]
        failed = [way.exception() for way in ways if way.exception() is not None]
    for error in failed[:3]:
        print(f"  {type(error).__name__}: {str(error)[:150]}")
    return taken, time.perf_counter() - begun, len(failed)


def main() -> None:
    """Measure and print."""
    print(f"{'what':<44}{'calls':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'of alone':>10}   {load()}")
    for name, database in databases():
        services = Services(clock=SystemClock(), connectors={})
        with unit_of_work(database) as session:
            deploy(session, services, Bundle.from_folder(FOLDER / "maengelmelder"), form_check=check_form)
        with server(database.url, AMT_LOG_LEVEL="ERROR") as address:
            measured(address, 1, 0)  # everything is loaded once
            alone, _, _ = measured(address, 1, 1)
            together, seconds, failed = measured(address, CITIZENS, 10)
        for what, calls in together.items():
            ratio = median(calls) / median(alone[what])
            line = f"{name}: {what}"
            print(f"{line:<44}{len(calls):>7}{median(calls):>9.0f}{p95(calls):>9.0f}{max(calls):>9.0f}{ratio:>9.1f}x")
        print(f"{name}: {CITIZENS} people at once, {failed} met an error; {CITIZENS / seconds:.1f} reports per second")


if __name__ == "__main__":
    main()
