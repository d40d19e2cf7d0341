# SPDX-License-Identifier: EUPL-1.2
"""How many fee notices a town writes: the letter as PDF/UA with its code, by one process and by two at once.

Baseline: making the reference and the code alone, in the same run. Aim: 10,000 yearly notices in under 20 minutes on
two cores, which is 8.3 a second.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent.parent))

from connectors.girocode import Transfer, girocode, svg_data_uri
from connectors.pdf import Letterhead, PdfLetters
from processes import FOLDER
from processes.rechnung.referenz import referenz
from web.settings import Town

NOTICES = int(sys.argv[1]) if len(sys.argv) > 1 else 60
CODES = 2000


def main() -> None:
    """Print the table."""
    begun = time.perf_counter()
    for number in range(CODES):
        code(referenz(f"2026{number:08}"))
    codes = CODES / (time.perf_counter() - begun)
    begun = time.perf_counter()
    write(NOTICES)
    alone = NOTICES / (time.perf_counter() - begun)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write, [2, 2]))  # both have loaded what they need
        begun = time.perf_counter()
        list(pool.map(write, [NOTICES // 2] * 2))
        both = NOTICES // 2 * 2 / (time.perf_counter() - begun)
    print(f"{'what':<36}{'a second':>10}{'ratio':>8}{'10,000 take':>14}")
    rows = (("reference and code (baseline)", codes), ("notice, one process", alone), ("notice, two processes", both))
    for name, rate in rows:
        print(f"{name:<36}{rate:>10.1f}{rate / codes:>8.4f}{10_000 / rate / 60:>10.1f} min")
    print("Aimed at: two processes, 10,000 in under 20 min. Setting the pages is what limits it.")


def write(notices: int) -> None:
    """Write so many notices."""
    town = Town()
    letters = PdfLetters(Letterhead(**asdict(town)), [FOLDER])
    for number in range(notices):
        letters.render("rechnung/letters/rechnung.html", values(number))


def values(number: int) -> dict[str, object]:
    """What stands in a notice of two items."""
    rf = referenz(f"2026{number:08}")
    items = [{"text": "Erster Hund", "betrag": Decimal(108)}, {"text": "Zweiter Hund", "betrag": Decimal(216)}]
    return {
        "person": {
            "vorname": "Erika",
            "nachname": f"Muster {number}",
            "strasse": "Hauptstraße 1",
            "plz": "73230",
            "ort": "Kirchheim unter Teck",
        },
        "auftrag": {"zweck": "Hundesteuer", "posten": items, "oeffentlich_rechtlich": True, "rechtsgrundlage": ""},
        "mahnung": {},
        "titel": "Gebührenbescheid",
        "forderung": {"betrag": Decimal(324), "referenz": rf, "faellig_am": date(2027, 1, 15)},
        "zahlungslink": "https://stadt.example/zahlung/x",
        "girocode": code(rf),
        "stelle": "Stadtkasse",
        "ctx": SimpleNamespace(reference=f"RE-2027-{number:06}"),
        "heute": date(2026, 12, 15),
    }


def code(rf: str) -> str:
    """The code of a transfer of that reference."""
    return svg_data_uri(girocode(Transfer("Stadt", "DE02120300000000202051", Decimal(324), reference=rf)))


if __name__ == "__main__":
    main()
