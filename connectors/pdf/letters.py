# SPDX-License-Identifier: EUPL-1.2
"""The port `Letters`, WeasyPrint behind it, and the fake.

A template is HTML (Jinja2, everything escaped) and extends `brief.html` (DIN 5008 form B) or `blatt.html`. It sees the
letterhead as `stadt`. Pictures and style sheets come from the template folders or as `data:` addresses; nothing is
ever fetched from the network.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, Undefined, select_autoescape

from connectors.pdf import formats
from connectors.pdf.errors import LetterRefused
from engine.errors import ConnectorUnavailable
from engine.operations import Connector

_OWN_TEMPLATES = Path(__file__).parent / "templates"
#: Tagged, titled, with language: readable by a screen reader (ISO 14289-1).
PDF_VARIANT = "pdf/ua-1"
#: As well, and fit to carry data inside and to be kept (ISO 19005-3).
PDF_ARCHIVE = "pdf/a-3a"


@dataclass(frozen=True)
class Letterhead:
    """Who writes: the fields of the town's settings that stand on letters and in mails."""

    name: str
    authority: str
    street: str
    postcode: str
    phone: str
    email: str
    website: str
    department: str
    court: str
    iban: str
    bic: str
    creditor: str
    #: A line above every letter, for towns that only try things out.
    note: str = ""
    #: USt-IdNr., on invoices for what VAT is due on.
    vat_id: str = ""

    @property
    def place(self) -> str:
        """Postcode and name of the town, as in an address."""
        return f"{self.postcode} {self.name}"

    @property
    def address(self) -> str:
        """The authority's address in one line, as the remedy notice must give it."""
        return f"{self.authority}, {self.street}, {self.place}"


class Letters(Connector, ABC):
    """Writes letters. Templates are named by their path below the template folders: `slice/letters/name.html`."""

    line = "pdf"

    def __init__(self, letterhead: Letterhead, folders: Sequence[Path] = ()) -> None:
        self.letterhead = letterhead
        self.folders = (_OWN_TEMPLATES, *(folder.resolve() for folder in folders))
        self._templates = Environment(
            loader=FileSystemLoader(self.folders),
            autoescape=select_autoescape(("html", "svg")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._templates.globals["stadt"] = letterhead
        for write in (formats.euro, formats.datum, formats.viererblock, formats.jahre, formats.prozent):
            self._templates.filters[write.__name__] = _of_a_value(write)

    @abstractmethod
    def render(self, template: str, context: Mapping[str, Any], variant: str = PDF_VARIANT) -> bytes:
        """The letter as PDF, of the variant that WeasyPrint knows by this name. Raises LetterRefused."""

    def text(self, template: str, context: Mapping[str, Any]) -> str:
        """A plain text, such as a mail. Raises LetterRefused."""
        return self._fill(template, context).strip() + "\n"

    def _fill(self, template: str, context: Mapping[str, Any]) -> str:
        try:
            return formats.hold_together(self._templates.get_template(template).render(context))
        except TemplateError as error:
            # The library's message names the template and the missing value's name, never a value.
            raise LetterRefused(f"{template}: {error}") from error
        except (TypeError, ValueError, ArithmeticError) as error:
            # Such messages may quote the value.
            raise LetterRefused(f"{template}: a value is of the wrong kind ({type(error).__name__})") from None


def _of_a_value(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """A filter that says which value is missing, instead of failing on nothing."""

    def write_value(value: Any) -> str:
        if isinstance(value, Undefined):
            return str(value)
        return write(value)

    return write_value


class PdfLetters(Letters):
    """Real letters, set by WeasyPrint."""

    def render(self, template: str, context: Mapping[str, Any], variant: str = PDF_VARIANT) -> bytes:
        from connectors.pdf.setting import set_letter  # WeasyPrint takes a second to load; a town's start need not wait

        return set_letter(self._fill(template, context), self.folders, variant)

    def check(self) -> None:
        """Raise `ConnectorUnavailable` when WeasyPrint or a library that it needs is missing."""
        if find_spec("weasyprint") is None:
            raise ConnectorUnavailable("WeasyPrint is not installed")
        try:
            from connectors.pdf.setting import set_letter

            set_letter("<html lang='de'><title>Probe</title><p>Probe</p></html>", self.folders, PDF_VARIANT)
        except OSError as error:
            raise ConnectorUnavailable(f"WeasyPrint misses a system library: {error}") from error


class FakeLetters(Letters):
    """Fills the templates but sets no pages: the bytes are the HTML behind a PDF signature. Remembers in `written`."""

    def __init__(self, letterhead: Letterhead | None = None, folders: Sequence[Path] = ()) -> None:
        super().__init__(letterhead or EXAMPLE_LETTERHEAD, folders)
        self.written: list[str] = []
        self.unreachable = False

    def render(self, template: str, context: Mapping[str, Any], variant: str = PDF_VARIANT) -> bytes:
        self.check()
        self.written.append(template)
        return b"%PDF-1.7\n" + self._fill(template, context).encode()

    def check(self) -> None:
        if self.unreachable:
            raise ConnectorUnavailable("the fake letter writer is switched off")


EXAMPLE_LETTERHEAD = Letterhead(
    name="Musterstadt",
    authority="Stadt Musterstadt",
    street="Rathausplatz 1",
    postcode="12345",
    phone="01234 56-0",
    email="buergerbuero@musterstadt.example",
    website="https://musterstadt.example",
    department="Bürgerbüro",
    court="Verwaltungsgericht Musterstadt",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    creditor="Stadtkasse Musterstadt",
    note="Muster: Personen, Beträge und Bankverbindung sind erfunden.",
)
