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


def lines_of(path: Path) -> list[str]:
    """Its lines that hold something, in order. Raises Refused."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused(f"{path.name} is none of {', '.join(SUFFIXES)}. Save it as one of them.")
    if not path.is_file():
        raise Refused(f"{path.name} is not a file that can be read. Check its name.")
    if path.stat().st_size > MOST_BYTES:
        raise Refused(f"{path.name} is too large. Take out pictures; the text alone is small.")
    found = list(_within_limits({".docx": _word, ".pdf": _pdf, ".md": _plain}[suffix](path)))
    if not found:
        raise Refused(f"{path.name} holds no text. A scan has to be turned into text first.")
    return found


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
        yield from path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error


def _word(path: Path) -> Iterator[str]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    _check_unpacked(path)
    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        raise Refused(f"{path.name} is damaged, or no Word document. Save it anew.") from error
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
        message = f"{path.name} is damaged or protected by a password. Save it anew, without one."
        raise Refused(message) from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED_BYTES or len(members) > MOST_MEMBERS:
        raise Refused(f"{path.name} unpacks to something huge. Attach the document itself.")


def _pdf(path: Path) -> Iterator[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise Refused(f"{path.name} is protected by a password. Save it without one.")
        if len(reader.pages) > MOST_PAGES:
            raise Refused(f"{path.name} has more than {MOST_PAGES} pages. Attach the policy alone.")
        for page in reader.pages:
            yield from page.extract_text().splitlines()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Refused(f"{path.name} is damaged, or no PDF. Save it anew.") from error


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
