# SPDX-License-Identifier: EUPL-1.2
"""What happens in the scenarios of most services: somebody applies, pays, and reads what they were sent."""

import re

from conftest import Vorgang
from connectors.mail import Mail

#: Who applies, as the forms ask for it.
PERSON = {
    "vorname": "Erika",
    "nachname": "Muster",
    "strasse": "Hindenburgstraße 4",
    "plz": "73230",
    "ort": "Kirchheim unter Teck",
    "email": "erika.muster@example.org",
}


def zahlt(fall: Vorgang, mail: Mail) -> Vorgang:
    """The money arrives under the reference that stands in the mail."""
    gefunden = re.search(r"Verwendungszweck: (RF[\w ]+)", mail.text)
    assert gefunden, mail.text
    referenz = gefunden[1].replace(" ", "").strip()
    return fall.nachricht("zahlung_eingegangen", referenz, referenz=referenz).jobs_laufen()


def brief(mail: Mail) -> str:
    """The words of the letter that came with the mail; blanks that hold words together are plain ones."""
    return (mail.attachments[0].content or b"").decode().replace("\xa0", " ")


def betreffe(postausgang: list[Mail]) -> list[str]:
    """The subjects without their file references."""
    return [mail.subject.split(" (")[0] for mail in postausgang]
