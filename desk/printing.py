"""Papers: a template of desk/print/ and what to set in it become a PDF, in memory.

The archive form (PDF/A-2u) makes it an error, not an empty box, when a font cannot draw a
character. Nothing is fetched, and no font but ours is used: a paper looks the same anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from desk.words import FONTS, drawable

TEMPLATES = Path(__file__).parent / "print"
ARCHIVE_FORM: typst.PDFStandard = "a-2u"


def make_pdf(template: str, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The paper `template` with `content`, dated `at` (aware)."""
    made = typst.Compiler(root=TEMPLATES, font_paths=_fonts()).compile(
        input=TEMPLATES / f"{template}.typ",
        sys_inputs={"data": json.dumps(_drawable(content))},
        format="pdf",
        pdf_standards=[ARCHIVE_FORM],
        timestamp=at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)  # a PDF is one file
    return made


def _drawable(content: Any) -> Any:
    """A name, a title or a reason with a sign that no font has must not stop a paper."""
    if isinstance(content, str):
        return drawable(content)
    if isinstance(content, Mapping):
        return {key: _drawable(value) for key, value in content.items()}
    if isinstance(content, Sequence):
        return [_drawable(value) for value in content]
    return content


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
