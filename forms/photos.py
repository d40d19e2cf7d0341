# SPDX-License-Identifier: EUPL-1.2
"""What a photo tells besides the picture: where and when it was taken, with which phone. The town needs none of it."""

from io import BytesIO
from typing import Any

from PIL import Image

_ORIENTATION = 0x0112
_QUALITY = 92
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
#: Under these names Pillow keeps what is not the picture itself.
_TELLING = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Software", "Raw profile type exif"})


def without_metadata(content: bytes, media_type: str) -> bytes:
    """A checked picture without place, time and device; which way is up stays. Everything else stays as it is."""
    if media_type not in _FORMATS:
        return content
    with Image.open(BytesIO(content), formats=[_FORMATS[media_type]]) as image:
        exif = image.getexif()
        text = getattr(image, "text", {})
        if not (exif or text or _TELLING & set(image.info)):
            return content
        kept = Image.Exif()
        if _ORIENTATION in exif:
            kept[_ORIENTATION] = exif[_ORIENTATION]
        options: dict[str, Any] = {"exif": kept.tobytes() if kept else b""}
        options["icc_profile"] = image.info.get("icc_profile")
        if media_type == "image/jpeg":
            # With the tables that it was made with, the picture hardly changes. Some phones put several into one file.
            options["quality"] = "keep" if image.format == "JPEG" else _QUALITY
        bare = BytesIO()
        image.load()
        for name in _TELLING:
            image.info.pop(name, None)
        image.save(bare, _FORMATS[media_type], **options)
    return bare.getvalue()
