# SPDX-License-Identifier: EUPL-1.2
"""Somebody uploads a file: good ones pass, dangerous and broken ones are refused with a cure."""

from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from forms.uploads import MAX_PIXELS, UploadRefused, check_upload, german_size, tidy_filename

ALL = ("pdf", "jpeg", "png")


def pdf_of(pdf: Pdf, **how: object) -> bytes:
    out = BytesIO()
    pdf.save(out, **how)  # type: ignore[arg-type]  # options are passed through as they are
    return out.getvalue()


def blank() -> Pdf:
    pdf = Pdf.new()
    pdf.add_blank_page()
    return pdf


def image(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 50).save(out, kind)
    return out.getvalue()


def refusal(name: str, content: bytes, accept: tuple[str, ...] = ALL, max_bytes: int = 1_000_000) -> str:
    with pytest.raises(UploadRefused) as refused:
        check_upload(name, content, accept, max_bytes)
    assert "Bitte" in str(refused.value) or "Möglich sind" in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Fahrzeugschein.PDF", pdf_of(blank()), "application/pdf"),
        ("foto.jpg", image("JPEG"), "image/jpeg"),
        ("C:\\Bilder\\foto.jpeg", image("JPEG"), "image/jpeg"),
        ("scan.png", image("PNG"), "image/png"),
    ],
)
def test_good_files_pass(name: str, content: bytes, media_type: str) -> None:
    assert check_upload(name, content, ALL, 1_000_000) == media_type


def test_an_invoice_with_xml_inside_passes() -> None:
    pdf = blank()
    pdf.attachments["factur-x.xml"] = b"<Invoice/>"
    assert check_upload("rechnung.pdf", pdf_of(pdf), ALL, 1_000_000) == "application/pdf"


def test_name_and_content_must_fit() -> None:
    assert "endet" in refusal("foto.jpg", pdf_of(blank()))
    assert "auf .jpg endet" in refusal("foto", image("JPEG"))
    assert "Möglich sind: PDF." in refusal("foto.png", image("PNG"), accept=("pdf",))
    assert "Art von Datei" in refusal("schein.pdf", b"MZ\x90\x00" + bytes(200))
    assert "Art von Datei" in refusal("seite.pdf", b"<html><script>alert(1)</script></html>")
    assert "leer" in refusal("schein.pdf", b"")


def test_size_is_limited() -> None:
    assert "10 KB groß, erlaubt sind 5 KB" in refusal("schein.pdf", bytes(10_000), max_bytes=5_000)


def test_a_pdf_with_a_password_is_refused() -> None:
    assert "Passwort" in refusal("x.pdf", pdf_of(blank(), encryption=pikepdf.Encryption(owner="a", user="b")))
    assert "Passwort" in refusal("x.pdf", pdf_of(blank(), encryption=pikepdf.Encryption(owner="a", user="")))


def active_pdfs() -> dict[str, Pdf]:
    on_open, in_page, hidden, launching = blank(), blank(), blank(), blank()
    on_open.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    in_page.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=in_page.make_stream(b"app.alert(1)")))
    hidden.Root.Names = Dictionary(JavaScript=Dictionary(Names=["x", Dictionary(JS="app.alert(1)", S=Name.JavaScript)]))
    launching.pages[0].obj.Annots = [Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe"))]
    media = blank()
    media.pages[0].obj.Annots = [Dictionary(Subtype=Name.RichMedia)]
    dynamic = blank()
    dynamic.Root.AcroForm = Dictionary(Fields=[], XFA=dynamic.make_stream(b"<xdp/>"))
    return {
        "dynamic": dynamic,
        "on open": on_open,
        "in a page": in_page,
        "by name": hidden,
        "launching": launching,
        "media": media,
    }


@pytest.mark.parametrize("where", active_pdfs())
def test_a_pdf_that_does_something_is_refused(where: str) -> None:
    compressed = pdf_of(active_pdfs()[where], object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert "Programmcode" in refusal("x.pdf", compressed)


@pytest.mark.parametrize(
    ("name", "content"), [("setup.exe", b"MZ"), ("rechnung.xml", b"MZ\x90\x00"), ("makro.docm", b"PK\x03\x04")]
)
def test_a_pdf_that_carries_a_program_is_refused(name: str, content: bytes) -> None:
    pdf = blank()
    pdf.attachments[name] = content
    assert "weitere Datei" in refusal("x.pdf", pdf_of(pdf))


def test_broken_files_are_refused() -> None:
    assert "öffnen" in refusal("x.pdf", b"%PDF-1.7\n" + bytes(300))
    assert "öffnen" in refusal("x.png", image("PNG")[:200])
    assert "öffnen" in refusal("x.jpg", image("JPEG", (200, 200))[:900])
    assert "keine Seiten" in refusal("x.pdf", pdf_of(Pdf.new()))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_picture_that_would_fill_the_memory_is_refused(times: int) -> None:
    out = BytesIO()
    Image.new("1", (times * MAX_PIXELS // 1000 + 1, 1000)).save(out, "PNG")
    assert "Megapixel" in refusal("x.png", out.getvalue())


@given(
    st.sampled_from(["x.pdf", "x.png", "x.jpg"]),
    st.sampled_from([b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]),
    st.binary(max_size=300),
)
def test_any_content_passes_or_is_refused(name: str, start: bytes, rest: bytes) -> None:
    try:
        check_upload(name, start + rest, ALL, 1_000_000)
    except UploadRefused as refused:
        assert str(refused)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Führerschein (Kopie).pdf", "Führerschein (Kopie).pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\scan.png", "scan.png"),
        ("a\x00b\n\u202egnp.exe", "ab gnp.exe"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("...", "datei"),
        ("", "datei"),
    ],
)
def test_file_names_become_harmless(sent: str, kept: str) -> None:
    assert tidy_filename(sent) == kept


@given(st.text(max_size=400))
def test_any_file_name_becomes_one_that_fits(sent: str) -> None:
    name = tidy_filename(sent)
    assert 0 < len(name) <= 120
    assert "/" not in name
    assert tidy_filename(name) == name


def test_sizes_are_shown_for_people() -> None:
    assert [german_size(size) for size in (12, 1_200, 999_499, 1_250_000, 10_485_760)] == [
        "12 Byte",
        "1 KB",
        "976 KB",
        "1,2 MB",
        "10 MB",
    ]
