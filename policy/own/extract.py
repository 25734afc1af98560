"""The text of a .docx, .pdf or .md. The file is not trusted: reading.py runs this apart.

Run as `python -m policy.own.extract FILE`: one JSON object on standard output, with "lines" or
with "refused" (the libraries have warnings of their own for standard error).
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from policy.own.limits import (
    MEGABYTE,
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_MEMBERS,
    MOST_MEMORY_BYTES,
    MOST_PAGES,
    MOST_SECONDS,
    MOST_UNPACKED_BYTES,
    SUFFIXES,
    Refused,
)

_KNOWN = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
_BEGINS = {".docx": b"PK", ".pdf": b"%PDF-"}
# Word's format until 2003, and what Word wraps a document with a password in.
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_LONGEST_BEGINNING = 8


def lines_of(path: Path) -> list[str]:
    """Its lines that hold something, in order. Raises Refused."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused(f"{path.name} is not a {_KNOWN} file. Save it as one of these.")
    if not path.is_file():
        raise Refused(f"There is no file {path.name} to read. Check its name and folder.")
    if path.stat().st_size > MOST_BYTES:
        most = MOST_BYTES // MEGABYTE
        raise Refused(f"{path.name} is larger than {most} MB. Take out pictures; text is small.")
    _check_begins_as_named(path, suffix)
    found = list(_within_limits({".docx": _word, ".pdf": _pdf, ".md": _plain}[suffix](path)))
    if not found:
        raise Refused(f"{path.name} holds no text. A scan has to be turned into text first.")
    return found


def _check_begins_as_named(path: Path, suffix: str) -> None:
    """Whoever attaches the wrong file, or under the wrong name, is told what it is."""
    try:
        with path.open("rb") as file:
            begins = file.read(_LONGEST_BEGINNING)
    except OSError as error:
        raise Refused(f"{path.name} may not be read. Copy it to a folder of your own.") from error
    if not begins:
        raise Refused(f"{path.name} is empty. Check that it was saved.")
    if begins.startswith(_OLD_WORD):
        message = f"{path.name} is an old Word file, or has a password."
        raise Refused(f"{message} Save it as .docx, without a password.")
    known = next((one for one, start in _BEGINS.items() if begins.startswith(start)), None)
    if known is not None and known != suffix:
        raise Refused(f"{path.name} is really a {known} file. Give it that ending.")
    if known is None and suffix in _BEGINS:
        raise Refused(f"{path.name} is not really a {suffix} file. Save it as {suffix} first.")


def _within_limits(lines: Iterable[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > MOST_CHARACTERS:
            raise Refused("It holds far more text than a policy. Attach the policy alone.")
        if line.strip():
            yield " ".join(line.split())


def _plain(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
    if "\0" in text:
        raise Refused(f"{path.name} is not text. Save it as .docx, .pdf or UTF-8 text.")
    yield from text.splitlines()


def _word(path: Path) -> Iterator[str]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    _check_unpacked(path)
    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        message = f"{path.name} is damaged, or no Word document. Save it as .docx again."
        raise Refused(message) from error
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            yield from (cell.text for row in part.rows for cell in row.cells)
        else:
            yield part.text


def _check_unpacked(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except zipfile.BadZipFile as error:
        raise Refused(
            f"{path.name} is damaged. Open it, save it again, and attach that."
        ) from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED_BYTES or len(members) > MOST_MEMBERS:
        raise Refused(f"{path.name} unpacks to something huge. Attach the document itself.")


def _pdf(path: Path) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise Refused(f"{path.name} is protected by a password. Save a copy without one.")
        if len(reader.pages) > MOST_PAGES:
            raise Refused(f"{path.name} has more than {MOST_PAGES} pages. Attach the policy alone.")
        for page in reader.pages:
            yield from page.extract_text().splitlines()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        message = f"{path.name} is damaged. Save it as a PDF again, and attach that."
        raise Refused(message) from error


def main() -> int:
    """Under a ceiling of memory and processor time: what goes over it ends this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        found: dict[str, list[str] | str] = {"lines": lines_of(Path(sys.argv[1]))}
    except Refused as refused:
        found = {"refused": str(refused)}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
