"""Makes desk/fonts/ from Debian's font packages: what an export is set in.

    apt-get install fonts-noto-core fonts-droid-fallback fonts-symbola
    python scripts/fonts.py [/usr/share/fonts/truetype]

Hinting is left out (a PDF has no use for it) and `coverage.json` is written: which characters
each font can draw. What none can is named in the text of an export, never drawn as an empty box
(desk/words.py).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "desk" / "fonts"
SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi",
    "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Sinhala", "Tamil", "Telugu",
    "Thai",
)  # fmt: skip
SOURCES = [
    "noto/NotoSans-Regular.ttf",
    "noto/NotoSans-Bold.ttf",
    *(f"noto/NotoSans{script}-Regular.ttf" for script in SCRIPTS),
    "droid/DroidSansFallbackFull.ttf",
    "ancient-scripts/Symbola_hint.ttf",
]
# Of Symbola only what the others lack: arrows, signs, dingbats, emoji, and what joins them.
SYMBOLS = [*range(0x2000, 0x2C00), *range(0xFE00, 0xFE10), *range(0x1F000, 0x1FC00), 0x200D]


def main(source: Path) -> None:
    """Writes every font and what they cover together."""
    covered: dict[str, list[tuple[int, int]]] = {}
    for name in SOURCES:
        font = TTFont(source / name)
        characters = set(font.getBestCmap())
        if "Symbola" in name:
            characters &= set(SYMBOLS)
        options = Options(hinting=False, layout_features=["*"], notdef_outline=True)
        options.name_IDs = ["*"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        file = Path(name).name.replace("_hint", "")
        font.save(FONTS / file)
        covered[file] = list(ranges(set(font.getBestCmap())))
    (FONTS / "coverage.json").write_text(json.dumps(covered) + "\n")


def ranges(characters: set[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of characters."""
    start = last = None
    for character in sorted(characters):
        if last is None or character != last + 1:
            if start is not None and last is not None:
                yield start, last
            start = character
        last = character
    if start is not None and last is not None:
        yield start, last


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype"))
