# SPDX-License-Identifier: EUPL-1.2
"""A photo from a phone says where somebody lives. It is kept without that, and the right way up."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from forms.photos import without_metadata

GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112


def photo(*, orientation: int | None = None, telling: bool = True, kind: str = "JPEG") -> bytes:
    """A picture as a phone makes it."""
    image = Image.radial_gradient("L").convert("RGB")
    exif = Image.Exif()
    if telling:
        exif[MAKER] = "Phone of Erika"
        exif.get_ifd(GPS)[2] = (48.0, 38.0, 54.0)
    if orientation:
        exif[ORIENTATION] = orientation
    content = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(content, kind, exif=exif.tobytes() if exif else b"", icc_profile=profile)
    return content.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_place_and_device_are_gone_and_the_picture_stays(kind: str, media_type: str) -> None:
    before = photo(kind=kind, orientation=6)
    after = without_metadata(before, media_type)
    assert b"Phone of Erika" in before and b"Phone of Erika" not in after
    assert dict(opened(after).getexif()) == {ORIENTATION: 6}
    assert opened(after).info.get("icc_profile")
    difference = ImageChops.difference(opened(before).convert("RGB"), opened(after).convert("RGB"))
    assert max(high for _, high in difference.getextrema()) <= 3  # type: ignore[misc]  # three bands, a pair each


def test_words_in_a_png_are_gone() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Erika Beispiel")
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG", pnginfo=told)
    after = without_metadata(content.getvalue(), "image/png")
    assert b"Erika" not in after
    assert opened(after).size == (8, 8)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (photo(telling=False), "image/jpeg"),
        (photo(telling=False, kind="PNG"), "image/png"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_what_tells_nothing_stays_byte_by_byte(content: bytes, media_type: str) -> None:
    assert without_metadata(content, media_type) == content


def test_of_several_pictures_in_one_file_the_first_is_kept() -> None:
    """As some phones make them: a picture, and a small one for the gallery behind it."""
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (8, 6), "blue")
    content, exif = BytesIO(), Image.Exif()
    exif[MAKER] = "Phone of Erika"
    first.save(content, "MPO", save_all=True, append_images=[second], exif=exif.tobytes())
    after = without_metadata(content.getvalue(), "image/jpeg")
    assert b"Erika" not in after
    assert (opened(after).format, opened(after).size) == ("JPEG", (40, 30))
