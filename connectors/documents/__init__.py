# SPDX-License-Identifier: EUPL-1.2
"""Where the content of documents can lie outside the database: in a folder, or in a store that speaks S3."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from connectors.documents.fake import FakeContents
from connectors.documents.folder import FolderContents
from engine.contents import Contents

__all__ = ["FakeContents", "FolderContents", "contents_at"]

_EXAMPLES = "folder:/srv/documents or s3://bucket/prefix?endpoint=https://store.example&region=eu-central-1"


def contents_at(address: str, key: str = "") -> Contents:
    """The store at this address, `key` being `id:secret`. Raises ValueError with a sentence; reaches for nothing."""
    kind, _, place = address.partition(":")
    if kind == "folder" and Path(place).is_absolute():
        return FolderContents(Path(place))
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    if kind != "s3" or not parts.netloc or set(options) - {"endpoint", "region"}:
        raise ValueError(f"write {_EXAMPLES}.")
    if key and ":" not in key:
        raise ValueError("the key must be id:secret.")
    from connectors.documents.s3 import S3Contents  # its library takes a while to load

    return S3Contents(parts.netloc, parts.path.strip("/"), key, options.get("endpoint"), options.get("region"))
