# SPDX-License-Identifier: EUPL-1.2
"""Reading a statement, whichever of the formats it has."""

from connectors.bank.camt import read_camt
from connectors.bank.mt940 import read_mt940
from connectors.bank.statements import Statement, StatementRefused

MOST_BYTES = 200_000_000


def read_statements(content: bytes) -> list[Statement]:
    """The statements in a file. Raises StatementRefused for what is none, or does not add up."""
    if len(content) > MOST_BYTES:
        raise StatementRefused(f"Die Datei ist größer als {MOST_BYTES // 1_000_000} MB. Bitte teilen Sie sie auf.")
    start = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"<"):
        statements = read_camt(content)
    elif b":20:" in content[:2000]:
        statements = read_mt940(content)
    else:
        raise StatementRefused("Das ist kein Kontoauszug. Möglich sind camt.053, camt.052, camt.054 und MT940.")
    if not statements:
        raise StatementRefused("In der Datei steht kein Kontoauszug.")
    for statement in statements:
        if not statement.adds_up:
            raise StatementRefused(
                f"Der Auszug {statement.number} geht nicht auf: Anfangssaldo und Buchungen ergeben nicht den Endsaldo."
                " Bitte laden Sie ihn bei der Bank neu herunter."
            )
    return statements
