# SPDX-License-Identifier: EUPL-1.2
"""Files that people send: looked into, looked through for malware, and freed of what photos tell about their maker."""

from collections.abc import Iterable

from connectors.scanner import Scanner, ScannerUnavailable
from forms.photos import without_metadata
from forms.uploads import UploadRefused, check_upload
from web.bootstrap import platform

_MALWARE = (
    "In dieser Datei hat unser Virenscanner etwas gefunden. Wir haben sie nicht angenommen. Bitte prüfen Sie Ihr Gerät "
    "und wählen Sie eine andere Datei."
)
_NOT_SCANNED = (
    "Wir können Dateien gerade nicht auf Viren prüfen und nehmen deshalb keine an. Bitte versuchen Sie es in einigen "
    "Minuten noch einmal."
)


def received(filename: str, content: bytes, accept: Iterable[str], max_bytes: int) -> tuple[str, bytes]:
    """Media type and content of a file that may be kept; raises `UploadRefused` with the cure otherwise."""
    media_type = check_upload(filename, content, accept, max_bytes)
    look_through(content)
    return media_type, without_metadata(content, media_type)


def look_through(content: bytes) -> None:
    """Raise `UploadRefused` when the town's scanner finds something, or cannot look. Without a scanner nobody looks."""
    refuse_malware(platform().connectors.get(Scanner), content)


def refuse_malware(scanner: object, content: bytes) -> None:
    """The same with the scanner that is given, for whoever is no page."""
    if not isinstance(scanner, Scanner):
        return
    try:
        found = scanner.finds_malware(content)
    except ScannerUnavailable as unknown:
        raise UploadRefused(_NOT_SCANNED) from unknown
    if found:
        raise UploadRefused(_MALWARE)
