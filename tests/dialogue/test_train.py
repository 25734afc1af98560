"""When a model is trained, and when training is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import PROJECT, ROOT

from bot.fingerprint import cache_path, fingerprint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the test project that may be changed."""
    return Path(shutil.copytree(PROJECT, tmp_path / "project"))


def _train(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.train", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/nlu.yml", "data/new.yml"])
def test_the_fingerprint_follows_what_a_model_learns_from(project: Path, name: str) -> None:
    before = fingerprint(project)
    with (project / name).open("a") as file:
        file.write("# changed\n")
    assert (fingerprint(project) != before) == (name != "data/new.yml")


def test_our_own_components_get_a_new_model_and_a_new_cache(project: Path) -> None:
    before, cache = fingerprint(project), cache_path(project, Path("models"))
    (project / "bot/components").mkdir(parents=True)
    (project / "bot/components/words.txt").write_text("frightened\n")
    assert fingerprint(project) != before
    assert cache_path(project, Path("models")) != cache


def test_the_fingerprint_is_printed_without_importing_rasa(project: Path) -> None:
    imports = "import bot.train, sys; sys.exit('rasa' in sys.modules)"
    subprocess.run([sys.executable, "-c", imports], cwd=ROOT, check=True)
    assert _train(project, "--print-fingerprint").stdout == f"{fingerprint(project)}\n"


def test_a_trained_model_is_not_trained_again(model: Path) -> None:
    before = model.stat()
    done = _train(PROJECT, "--out", str(model.parent))
    assert done.stdout == f"{model}\n"
    assert done.stderr == ""
    assert model.stat() == before


def test_data_at_fault_is_refused_with_the_reason(project: Path) -> None:
    rules = project / "data/rules/rules.yml"
    rules.write_text(rules.read_text().replace("utter_help", "action_nobody_knows"))
    done = _train(project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "action_nobody_knows" in done.stderr
    assert not list((project / "models").glob("*.tar.gz"))


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    done = _train(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Not here: config.yml")
