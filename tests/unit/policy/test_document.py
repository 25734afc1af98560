"""A file somebody wrote by hand is read, or refused with a line and a cure; it never breaks us."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.document import FaultyFile, Model, read


class Telephone(Model):
    name: str
    number: str | None = None
    floor: int = 0
    also: tuple[str, ...] = ()


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "telephone.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_telephone_number_without_quotes_keeps_its_zero(tmp_path: Path) -> None:
    document = read(written(tmp_path, "name: Office\nnumber: 01632960123\n"), Telephone)
    assert document.sound().number == "01632960123"


def test_a_word_that_yaml_takes_for_a_truth_value_stays_a_word(tmp_path: Path) -> None:
    document = read(written(tmp_path, "name: no\nnumber: 2026-13-45\n"), Telephone)
    assert document.sound() == Telephone(name="no", number="2026-13-45")


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    document = read(written(tmp_path, "floor: high\nalso: one\nnmae: Office\n"), Telephone)
    assert [fault.line for fault in document.faults] == [1, 1, 2, 3]
    with pytest.raises(FaultyFile) as raised:
        document.sound()
    assert raised.value.faults == document.faults


def test_an_empty_value_is_called_empty(tmp_path: Path) -> None:
    (fault,) = read(written(tmp_path, "name:\n"), Telephone).faults
    assert fault.message == "`name` is empty."


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("name: Office\nname: Desk\n", 2, "twice"),
        ("name: Office\n  number: 1\n", 2, "YAML cannot read this"),
        ("name: &one Office\nnumber: *one\n", 1, "aliases"),
        ("name: Office\nalso: &all [one, *all]\n", 2, "aliases"),
        ("? [a, b]\n: c\n", 1, "not plain text"),
        ("- Office\n", 1, "no `name: value` lines"),
        ("", 1, "no `name: value` lines"),
        ("name: Office\n---\nname: Desk\n", 2, "YAML cannot read this"),
        ("name: " + "[" * 5000, 1, "too deep"),
        (b"name: \xff\n", 1, "UTF-8"),
        (b"name: \x00\n", 1, "character"),
    ],
)
def test_what_is_not_a_plain_list_of_names_and_values_is_refused(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    (fault,) = read(written(tmp_path, content), Telephone).faults
    assert fault.line == line
    assert words in fault.message
    assert fault.cure


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.yml", tmp_path):
        (fault,) = read(path, Telephone).faults
        assert "cannot be opened" in fault.message
        assert str(fault).startswith(f"{path}:1: ")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text("{}[]:-?&*!#\"' \n\tab01", max_size=60))
def test_no_content_whatever_breaks_the_reader(tmp_path: Path, content: str | bytes) -> None:
    document = read(written(tmp_path, content), Telephone)
    assert document.faults or document.model is not None
    assert all(fault.line >= 1 and fault.cure for fault in document.faults)
