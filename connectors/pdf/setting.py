# SPDX-License-Identifier: EUPL-1.2
"""Setting pages with WeasyPrint, cut off from the network and from files outside the template folders."""

from collections.abc import Mapping, Sequence
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from connectors.pdf.errors import LetterRefused

# WeasyPrint tells Pillow, for the whole process, to accept torn-off pictures; uploads are checked in this process too.
ImageFile.LOAD_TRUNCATED_IMAGES = False

#: Relative addresses in templates are relative to this; the name can never exist, the fetcher knows what is meant.
_TEMPLATES = "templates.invalid"


class OwnFolders(URLFetcher):  # type: ignore[misc]  # the library ships no types
    """Hands out `data:` addresses and files of the template folders, nothing else."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._folders = [folder.resolve() for folder in folders]

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The content of an allowed address; raises ValueError for every other."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        if parts.netloc != _TEMPLATES:
            raise ValueError(f"A letter may not fetch {parts.scheme}://{parts.netloc}")
        path = self._find(unquote(parts.path).lstrip("/"))
        media_type = guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})

    def _find(self, name: str) -> Path:
        for folder in self._folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder) and path.is_file():
                return path
        raise ValueError(f"No template folder holds {name}")


def set_letter(html: str, folders: Sequence[Path], variant: str) -> bytes:
    """The pages of an HTML text as PDF of the given variant. A letter that lacks a picture is refused, not sent."""
    document = HTML(string=html, base_url=f"https://{_TEMPLATES}/", url_fetcher=OwnFolders(folders))
    try:
        written = document.write_pdf(pdf_variant=variant)
    except FatalURLFetchingError as error:
        raise LetterRefused(str(error.__cause__ or error)) from error
    if not isinstance(written, bytes):
        raise TypeError("WeasyPrint gave no bytes")
    return written
