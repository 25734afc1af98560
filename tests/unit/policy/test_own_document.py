"""An organisation's own document: its exact clause is found, and a bad file is refused kindly."""

from __future__ import annotations

import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from policy.own import extract, limits
from policy.own.limits import Refused
from policy.own.passages import passage
from policy.own.reading import read_document
from policy.pack import load_pack

NUMBERED = [
    "Contents",
    "3.1 Sharing 4",
    "3.2 Asking 5",
    "3.1 Do not share.",
    "Not at all.",
    "3.2 Ask.",
]


def pdf_saying(text: str, path: Path) -> None:
    """A PDF of one page with one line of text."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(path)


@pytest.fixture
def word(tmp_path: Path) -> Path:
    document = Document()
    document.add_paragraph("3.1  Do not\tshare.")
    document.add_paragraph("")
    document.add_table(1, 2).cell(0, 1).text = "In a table"
    document.add_paragraph("3.2 Ask first.")
    path = tmp_path / "Our Policy.docx"
    document.save(str(path))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as raised:
        read_document(path)
    return str(raised.value)


def test_a_word_document_is_read_in_order_with_its_tables(word: Path) -> None:
    assert read_document(word) == ("3.1 Do not share.", "In a table", "3.2 Ask first.")


def test_a_pdf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.pdf"
    pdf_saying("3.2 Ask before you tell.", path)
    assert read_document(path) == ("3.2 Ask before you tell.",)


def test_a_markdown_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.MD"
    path.write_text("# Rationale\n\n* The child comes first.\n", encoding="utf-8")
    assert read_document(path) == ("# Rationale", "* The child comes first.")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("policy.exe", b"MZ", "is not a .docx, .pdf or .md file"),
        ("policy.txt", b"3.2 Ask first.", "is not a .docx, .pdf or .md file"),
        ("blank.md", b" \n", "holds no text"),
        ("empty.md", b"", "is empty"),
        ("empty.docx", b"", "is empty"),
        ("empty.pdf", b"", "is empty"),
        ("latin.md", b"caf\xe9", "not UTF-8"),
        ("binary.md", b"\x01\x00\x02 3.2", "is not text"),
        ("broken.docx", b"PK\x03\x04 no more", "is damaged"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "or has a password"),
        ("broken.pdf", b"%PDF-1.7 and then nothing", "is damaged"),
        ("picture.docx", b"\x89PNG\r\n\x1a\n", "is not really a .docx file. Save it as .docx"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", "is not really a .pdf file. Save it as .pdf"),
        ("really_word.pdf", b"PK\x03\x04", "is really a .docx file"),
        ("really_pdf.docx", b"%PDF-1.7", "is really a .pdf file"),
        ("really_pdf.md", b"%PDF-1.7", "is really a .pdf file"),
    ],
)
def test_a_bad_file_is_refused_with_its_cure(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    said = refusal(path)
    assert words in said
    assert said.count(". ") >= 1
    assert str(tmp_path) not in said


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "There is no file nowhere.pdf" in refusal(tmp_path / "nowhere.pdf")


def test_a_file_that_may_not_be_read_is_refused_as_that(tmp_path: Path) -> None:
    # Root may read everything but a process's memory at address nought.
    path = tmp_path / "ours.md"
    path.symlink_to("/proc/self/mem")
    assert "may not be read" in refusal(path)


def test_a_zip_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photos.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("photo.txt", "no document")
    assert "no Word document" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for n in range(7):
            package.writestr(f"word/part{n}.xml", b"\0" * 10 * limits.MEGABYTE)
    assert path.stat().st_size < limits.MEGABYTE
    assert "unpacks to something huge" in refusal(path)


def test_a_zip_bomb_that_lies_about_its_size_ends_its_own_process_only(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    size = 40 * limits.MEGABYTE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"0" * size)
    lie = path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(lie)
    assert "bomb.docx" in refusal(path)


def test_a_word_document_that_swells_as_it_is_read_is_refused(word: Path) -> None:
    """Entities that stand for ten of each other: a kilobyte that would be gigabytes."""
    with zipfile.ZipFile(word) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    parts["word/document.xml"] = (
        f'<!DOCTYPE l [<!ENTITY a "{"a" * 10}">{entities}]><w:document xmlns:w="http://schemas.'
        'openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&j;</w:t></w:r>'
        "</w:p></w:body></w:document>"
    ).encode()
    with zipfile.ZipFile(word, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert "no Word document" in refusal(word)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(limits.MOST_BYTES + 1)
    assert "larger than 10 MB" in refusal(path)


def test_more_text_than_a_policy_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("word " * (limits.MOST_CHARACTERS // 4), encoding="utf-8")
    assert "far more text" in refusal(path)


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="AES-256")
    path = tmp_path / "locked.pdf"
    writer.write(path)
    assert "protected by a password" in refusal(path)


def test_a_scan_without_text_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    path = tmp_path / "scan.pdf"
    writer.write(path)
    assert "holds no text" in refusal(path)


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(limits.MOST_PAGES + 1):
        writer.add_blank_page(10, 10)
    path = tmp_path / "book.pdf"
    writer.write(path)
    with pytest.raises(Refused, match="more than 300 pages"):
        extract.lines_of(path)


def test_a_clause_is_found_by_its_number_and_not_in_the_contents() -> None:
    rule = load_pack("crossroads_west_wales").rule("X11").model_copy(update={"clause": "3.1"})
    assert passage(rule, NUMBERED) == ("3.1 Do not share.", "Not at all.")


def test_a_clause_is_found_by_its_heading() -> None:
    lines = ["# Rationale", "The child.", "# Keeping confidence", "Keep it.", "# Good practice"]
    rule = load_pack("children_and_families").rule("C18")
    assert passage(rule, lines) == ("# Keeping confidence", "Keep it.")


def test_a_clause_that_is_not_there_is_not_made_up() -> None:
    assert passage(load_pack("kent_shared_lives").rule("K9"), NUMBERED) == ()
