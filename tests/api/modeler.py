# SPDX-License-Identifier: EUPL-1.2
"""What the Camunda Modeler puts onto the wire, byte for byte: form data as its fetch writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MODELS = Path(__file__).parent / "models"
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
HEADERS = {
    "Accept": "application/json",
    "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    "Origin": "file://",
    "User-Agent": "Camunda-Modeler/5.50.1",
}


def deployment(
    *names: str, name: str = "antrag", tenant_id: str | None = None, files: Mapping[str, bytes] | None = None
) -> bytes:
    """The body of Deploy: the diagram and what is attached to it."""
    fields = {
        "deployment-name": name,
        "deployment-source": "Camunda Modeler",
        "enable-duplicate-filtering": "true",
    }
    if tenant_id is not None:
        fields["tenant-id"] = tenant_id
    parts = [_field(key, value) for key, value in fields.items()]
    contents = {each: (MODELS / each).read_bytes() for each in names}
    parts += [_file(each, content) for each, content in {**contents, **(files or {})}.items()]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def form(fields: dict[str, str], files: dict[str, bytes]) -> bytes:
    """Any other form."""
    parts = [_field(*each) for each in fields.items()] + [_file(*each) for each in files.items()]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _file(name: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
    return head.encode() + b"Content-Type: text/xml\r\n\r\n" + content + b"\r\n"
