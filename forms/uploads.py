# SPDX-License-Identifier: EUPL-1.2
"""Looking into uploaded files before anyone opens them: what they are, not what they are called."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath

import filetype
import pikepdf
from PIL import Image

from engine.errors import AmtsflussError

from .language import say
from .values import clean_text

FILE_KINDS: Mapping[str, str] = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
"""The kinds of files that can be checked, and their media types."""

MAX_PIXELS = 64_000_000
MAX_PDF_OBJECTS = 200_000
_MAX_NAME = 120
_ENDINGS: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({"pdf"}),
    "jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    "png": frozenset({"png"}),
}
_NAMES = {"pdf": "PDF", "jpeg": "JPEG (Foto)", "png": "PNG"}
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"})
_HARMLESS_ATTACHMENTS = frozenset({"xml", "pdf", "txt", "csv", "png", "jpg", "jpeg"})
_EXECUTABLE_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"PK\x03\x04")
_LONGEST_START = 16


class UploadRefused(AmtsflussError):
    """The file is not taken; the message is a German sentence with the cure, fit to be shown."""


def check_upload(filename: str, content: bytes, accept: Iterable[str], max_bytes: int) -> str:
    """The media type of a file that may be taken; raises UploadRefused otherwise.

    ``accept`` holds keys of FILE_KINDS; ``filename`` is the name the browser sent, its ending must fit the content.
    """
    kinds = tuple(accept)
    if not content:
        raise UploadRefused("Die Datei ist leer. Bitte wählen Sie eine andere Datei.")
    if len(content) > max_bytes:
        raise UploadRefused(
            say(
                "Die Datei ist %(size)s groß, erlaubt sind %(max_bytes)s. "
                "Bitte verkleinern Sie die Datei, zum Beispiel indem Sie mit geringerer Auflösung scannen.",
                size=german_size(len(content)),
                max_bytes=german_size(max_bytes),
            )
        )
    kind = _kind_of(content)
    if kind is None or kind not in kinds:
        raise UploadRefused(
            say("Diese Art von Datei können wir nicht annehmen. Möglich sind: %(kinds)s.", kinds=kind_names(kinds))
        )
    if PurePosixPath(tidy_filename(filename)).suffix.lower().removeprefix(".") not in _ENDINGS[kind]:
        raise UploadRefused(
            say(
                "Der Name der Datei passt nicht zu ihrem Inhalt: Es ist eine Datei der Art %(kind)s. "
                "Bitte benennen Sie sie so um, dass sie auf .%(ending)s endet.",
                kind=_NAMES[kind],
                ending=min(_ENDINGS[kind] & {"pdf", "jpg", "png"}),
            )
        )
    if kind == "pdf":
        _check_pdf(content)
    else:
        _check_image(content, kind)
    return FILE_KINDS[kind]


def tidy_filename(filename: str) -> str:
    """The last part of a file name as a browser sends it, without signs that any system gives a meaning to."""
    name = clean_text(filename.replace("\\", "/").rsplit("/", 1)[-1])
    name = re.sub(r'[<>:"|?*%;]', "_", name).strip(". ") or "datei"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:_MAX_NAME]
    return f"{stem[: _MAX_NAME - len(ending[:10]) - 1]}.{ending[:10]}"


def german_size(size: int) -> str:
    """A size in bytes, in words, counted as computers show it: ``1,2 MB``."""
    if size < 1024:
        return f"{size} Byte"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / (1024 * 1024):.1f}".replace(".", ",").removesuffix(",0") + " MB"


def kind_names(kinds: Iterable[str]) -> str:
    """The kinds of files, for people: ``PDF, JPEG (Foto), PNG``."""
    return ", ".join(_NAMES.get(kind, kind) for kind in kinds)


def _kind_of(content: bytes) -> str | None:
    guess = filetype.guess(content[:8192])
    found = guess.mime if guess else None
    return next((kind for kind, media_type in FILE_KINDS.items() if media_type == found), None)


def _check_image(content: bytes, kind: str) -> None:
    try:
        with Image.open(BytesIO(content), formats=[kind.upper()]) as image:
            too_large = image.width * image.height > MAX_PIXELS
            if not too_large:
                image.verify()
                _decode(content, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        too_large = True
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as reason:
        raise UploadRefused(
            "Das Bild lässt sich nicht öffnen. Bitte fotografieren oder scannen Sie das Dokument noch einmal."
        ) from reason
    if too_large:
        raise UploadRefused(
            say(
                "Das Bild hat zu viele Bildpunkte, erlaubt sind %(megapixels)s Megapixel. "
                "Bitte fotografieren oder scannen Sie mit geringerer Auflösung.",
                megapixels=MAX_PIXELS // 1_000_000,
            )
        )


def _decode(content: bytes, kind: str) -> None:
    """Read to the end, so that a torn-off upload is noticed; photos at an eighth of the size, to save memory."""
    with Image.open(BytesIO(content), formats=[kind.upper()]) as image:
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()


def _check_pdf(content: bytes) -> None:
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise UploadRefused(_PROTECTED)
            if len(pdf.pages) == 0:
                raise UploadRefused("Das PDF hat keine Seiten. Bitte speichern Sie es neu.")
            for item in _dictionaries(pdf):
                _check_dictionary(item)
    except pikepdf.PasswordError as reason:
        raise UploadRefused(_PROTECTED) from reason
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError) as reason:
        raise UploadRefused(_BROKEN_PDF) from reason


_PROTECTED = "Das PDF ist mit einem Passwort geschützt. Bitte laden Sie es ohne Schutz noch einmal hoch."
_BROKEN_PDF = "Das PDF lässt sich nicht öffnen. Bitte speichern oder scannen Sie es neu."
_ACTIVE = (
    "Das PDF enthält Programmcode oder startet Aktionen, das nehmen wir zum Schutz vor Schadsoftware nicht an. "
    "Bitte drucken Sie es in eine neue PDF-Datei und laden Sie diese hoch."
)
_ATTACHED = (
    "In dem PDF steckt eine weitere Datei, die wir nicht annehmen können. "
    "Bitte drucken Sie es in eine neue PDF-Datei und laden Sie diese hoch."
)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, also those written inside others."""
    if len(pdf.objects) > MAX_PDF_OBJECTS:
        raise UploadRefused(_BROKEN_PDF)
    for start in pdf.objects:
        waiting = [start]
        while waiting:
            item = waiting.pop()
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                yield item
                inner = [item.get(key) for key in item.keys()]  # noqa: SIM118 - a stream iterates only by keys()
            elif isinstance(item, pikepdf.Array):
                inner = list(item.as_list())
            else:
                continue
            waiting.extend(part for part in inner if isinstance(part, pikepdf.Object) and not part.is_indirect)


def _check_dictionary(item: pikepdf.Object) -> None:
    if "/JS" in item or "/XFA" in item or ("/S" in item and str(item.get("/S")) in _ACTIVE_ACTIONS):
        raise UploadRefused(_ACTIVE)
    if str(item.get("/Subtype")) in ("/RichMedia", "/Movie", "/Screen", "/3D"):
        raise UploadRefused(_ACTIVE)
    if "/EF" in item:
        _check_attachment(item)


def _check_attachment(item: pikepdf.Object) -> None:
    """Invoices carry XML inside; programs and archives have no business there."""
    name = str(item.get("/UF") or item.get("/F") or "")
    if name.rpartition(".")[2].lower() not in _HARMLESS_ATTACHMENTS:
        raise UploadRefused(_ATTACHED)
    for stream in item["/EF"].as_dict().values():
        if isinstance(stream, pikepdf.Stream) and _beginning(stream).startswith(_EXECUTABLE_STARTS):
            raise UploadRefused(_ATTACHED)


def _beginning(stream: pikepdf.Stream) -> bytes:
    """The first bytes of a file in a PDF. It is not unpacked as a whole: a few kilobytes may unpack to gigabytes."""
    raw = stream.read_raw_bytes()
    if "/Filter" not in stream:
        return raw[:_LONGEST_START]
    try:
        return zlib.decompressobj().decompress(raw, _LONGEST_START)
    except zlib.error:
        # Packed in another way than usual: nothing that an invoice needs.
        raise UploadRefused(_ATTACHED) from None
