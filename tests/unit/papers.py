"""What stands in a PDF: its pages as a reader sees them, and every byte that could hold text."""

from __future__ import annotations

import io
import re
import unicodedata
import zlib

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def whole(pdf: bytes) -> str:
    """The text of all pages."""
    return squeezed(" ".join(pages(pdf)))


def squeezed(text: str) -> str:
    """Ligatures taken apart, white space made one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))


def everything(pdf: bytes) -> bytes:
    """The file, every stream of it unpacked, every string: fonts, metadata and page content."""
    reader = PdfReader(io.BytesIO(pdf))
    found = [pdf]
    for number in range(1, int(reader.trailer["/Size"])):
        thing = reader.get_object(IndirectObject(number, 0, reader))
        found.append(repr(thing).encode("utf-8", "surrogatepass"))
        if isinstance(thing, StreamObject):
            found.append(thing.get_data())
    found += [zlib.decompressobj().decompress(raw) for raw in _packed(pdf)]
    return b"\n".join(found)


def _packed(pdf: bytes) -> list[bytes]:
    """Streams as they lie in the file, whether or not the index of the file knows of them."""
    return [
        raw
        for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
        if raw[:1] == b"\x78"
    ]


def drawn_text(pdf: bytes) -> str:
    """Every character that a font of the file can be asked for, by its ToUnicode table."""
    reader = PdfReader(io.BytesIO(pdf))
    tables = [
        thing["/ToUnicode"].get_object().get_data().decode("latin-1")
        for number in range(1, int(reader.trailer["/Size"]))
        if isinstance(
            thing := reader.get_object(IndirectObject(number, 0, reader)), DictionaryObject
        )
        and "/ToUnicode" in thing
    ]
    targets = re.findall(r"<[0-9A-Fa-f]{2,4}>\s*<([0-9A-Fa-f]+)>", "\n".join(tables))
    return "".join(bytes.fromhex(one).decode("utf-16-be", "replace") for one in targets)
