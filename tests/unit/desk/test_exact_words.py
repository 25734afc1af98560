"""Exact words on paper: nothing is changed, nothing leaves the page, nothing is an empty box."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

import desk.printing
from desk.papers.lines import titled
from desk.printing import make_pdf
from desk.words import FONTS, has_marks, set_words
from tests.unit.papers import pages, whole

NOW = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
SAMPLES = {
    "welsh": "Mae o'n brifo ŵyr yn tŷ, ẃ â ŷ Ŵ",
    "polish": "Zażółć gęślą jaźń. Łódź",
    "arabic": "ابي ضربني وقال لا تخبري احدا",
    "urdu": "میرے ابو مجھے مارتے ہیں ۔ ڑ ٹ ڈ ے گھر",
    "bengali": "আমার বাবা আমাকে মারে ক্ষ ত্র স্ত্রী",
    "punjabi": "ਮੇਰਾ ਪਿਤਾ ਮੈਨੂੰ ਮਾਰਦਾ ਹੈ",
    "chinese": "他打我，我很害怕。",
    "hebrew": "אבא מכה אותי",
    "combining": "e\u0301 a\u0308 o\u0302\u0323 n\u0303",
    "emoji": "😀 😭 👨‍👩‍👧 👍🏽 ❤️",
}


def paper(text: str, organisation: str = "Somewhere") -> bytes:
    """A paper with one line of words."""
    line: dict[str, Any] = {
        "seq": 1,
        "kind": "Words",
        "question": None,
        "same_as": None,
        "removed": None,
        "words": set_words(text),
        "quoted": True,
        "by": "Support Worker",
        "happened_at": "-",
        "told_at": "-",
        "written_at": "-",
        "hash": "-",
        "later": [],
    }
    kinds = ("words", "question_asked", "observation", "opinion", "answer", "done", "access")
    facts = ("organisation", "reference", "kind", "status", "opened_at", "reporter", "lines")
    facts += ("exported_by", "exported_at", "reason", "policy", "policy_hash")
    content = {
        "organisation": organisation,
        "reference": "HRD-2026-000001",
        "cover": dict.fromkeys(facts, "-"),
        "proof": dict.fromkeys(("checkpoint", "position", "head", "key"), "-"),
        "marks": False,
        "withheld": 0,
        "sections": {kind: [line] if kind == "words" else [] for kind in kinds},
    }
    return make_pdf("record", content, at=NOW)


def read_back(lines: list[dict[str, Any]]) -> str:
    """The text that was set."""
    return "\n".join(
        "".join(
            chr(int(run["mark"][2:], 16)) if "mark" in run else run.get("text") or run["piece"]
            for run in line["runs"]
        )
        for line in lines
    )


@given(st.text(st.characters(exclude_characters="\n\r\v\f\x85\u2028\u2029"), max_size=300))
def test_not_one_character_is_lost_or_changed(text: str) -> None:
    assert read_back(set_words(text)) == text


@given(st.text(st.sampled_from("ab \u0301\u200d\n\t"), max_size=400))
def test_white_space_and_empty_lines_are_kept(text: str) -> None:
    assert read_back(set_words(text)) == text


@pytest.mark.parametrize("text", ["one\r\ntwo", "one\rtwo", "one\u2028two", "one\vtwo"])
def test_every_way_to_begin_a_line_begins_one(text: str) -> None:
    assert read_back(set_words(text)) == "one\ntwo"


@pytest.mark.parametrize("script", SAMPLES)
def test_every_script_of_the_people_here_is_drawn(script: str) -> None:
    text = SAMPLES[script]
    assert not has_marks(text)
    drawn = set(whole(paper(text)))
    wanted = {one for one in text if one.isalpha() and not 0x300 <= ord(one) <= 0x36F}
    # A letter that is joined to its neighbour may come out as the shape of both.
    assert len(wanted & drawn) >= 0.5 * len(wanted)


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u200b", "U+200B"),
        ("\x00", "U+0000"),
        ("\ud83d", "U+D83D"),
        ("\ue000", "U+E000"),
        ("\u1234\U00012000", "U+12000"),
        ("\uffff", "U+FFFF"),
    ],
)
def test_what_cannot_be_drawn_is_named(sign: str, name: str) -> None:
    assert has_marks(sign)
    assert name in whole(paper(f"before{sign}after"))


# Drawn one by one, and not together by one font: scripts, marks, signs and what joins them.
MIXED = "aé☦🌴⚎❤ب\u05c1\u0316\u08e9\u1de8\u0658\u0952\u200c\u200d\ufe0f\u0301কাक् \n\t"


def test_a_mark_that_no_font_draws_on_its_letter_is_named_beside_it() -> None:
    (line,) = set_words("☦\u0316")
    assert line["runs"] == [{"text": "☦"}, {"mark": "U+0316"}]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=60) | st.text(st.sampled_from(MIXED), max_size=60))
def test_no_text_stops_a_paper(text: str) -> None:
    assert paper(text).startswith(b"%PDF")


def test_a_name_that_cannot_be_drawn_is_named_too() -> None:
    assert "Some[U+12000]where" in whole(paper("words", organisation="Some\U00012000where"))


def test_a_font_that_cannot_draw_a_character_is_an_error_not_an_empty_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk.printing, "drawable", str)
    with pytest.raises(RuntimeError, match="could not be displayed"):
        paper("words", organisation="Some\U00012000where")


def test_a_word_without_end_stays_on_the_page() -> None:
    text = whole(paper("x" * 3_000))
    assert sum(map(len, re.findall(r"x+", text))) >= 3_000
    runs = [run for line in set_words("x" * 3_000) for run in line["runs"]]
    assert max(len(run["piece"]) for run in runs) <= 12


def test_markup_is_set_as_it_was_typed() -> None:
    typed = '#panic() *no* `tick` $x$ <a> @b // c /* d */ \\ #read("/etc/passwd")'
    assert typed in whole(paper(typed))


def test_a_line_starts_from_the_side_of_its_script() -> None:
    first, second = set_words("he said ابي\nابي he said")
    assert (first["rtl"], second["rtl"]) == (False, True)


def test_every_page_says_which_it_is_and_of_what() -> None:
    shown = pages(paper("\n".join(f"line {n}" for n in range(150))))
    assert len(shown) > 2
    for n, page in enumerate(shown, start=1):
        assert f"{n} of {len(shown)}" in page
        assert "HRD-2026-000001" in page


def test_what_each_font_covers_is_what_is_written_down() -> None:
    written = json.loads((FONTS / "coverage.json").read_text())
    assert set(written) == {file.name for file in FONTS.glob("*.ttf")}
    for name, ranges in written.items():
        covered = {one for first, last in ranges for one in range(first, last + 1)}
        assert covered == set(TTFont(FONTS / name).getBestCmap()), name


def test_a_word_of_the_house_reads_as_people_write() -> None:
    assert titled("action_taken") == "Action taken"
