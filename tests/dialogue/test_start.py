"""How the process starts, what it refuses, and when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support import KEY, PROJECT, ROOT, Dialogue, environment

from bot.main import SETTINGS, fault_in

COMPLETE = {**dict.fromkeys(SETTINGS, "something"), "HEARD_TRACKER_KEY": KEY}


def _start(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.main", *arguments],
        cwd=PROJECT,
        env={**environment("sqlite:///none.db", "http://127.0.0.1:9/"), **changed},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_setting_is_named_with_its_cure(name: str) -> None:
    fault = fault_in({**COMPLETE, name: ""})
    assert fault is not None
    assert fault.startswith(f"{name} is not set")
    assert "heard up" in fault


@pytest.mark.parametrize("key", ["short", "AAAA", "?" * 44])
def test_a_key_of_the_wrong_size_is_refused(key: str) -> None:
    fault = fault_in({**COMPLETE, "HEARD_TRACKER_KEY": key})
    assert fault is not None
    assert key not in fault
    assert fault_in(COMPLETE) is None


def test_wrong_use_exits_2_with_one_sentence(model: Path) -> None:
    missing = _start("--model", str(model), "--port", "0", HEARD_DIALOGUE_TOKEN="")
    nothing = _start("--model", "nowhere.tar.gz", "--port", "0")
    debug = _start("--model", str(model), "--port", "0", "--debug")
    assert [missing.returncode, nothing.returncode, debug.returncode] == [2, 2, 2]
    assert missing.stderr.startswith("HEARD_DIALOGUE_TOKEN is not set")
    assert nothing.stderr.startswith("No model at nowhere.tar.gz")
    assert "--debug" in debug.stderr


def test_a_port_in_use_is_told_before_the_model_loads(model: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _start("--model", str(model), "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} cannot be used: Address already in use.\n"


def test_a_file_that_is_no_model_exits_1(tmp_path: Path) -> None:
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    done = _start("--model", str(tmp_path / "broken.tar.gz"), "--port", "0")
    assert done.returncode == 1
    assert "The model cannot be used: ReadError." in done.stderr


def test_it_listens_on_loopback_only(dialogue: Dialogue) -> None:
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{dialogue.process.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{dialogue.port:04X}") and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F:{dialogue.port:04X}"]


def test_it_ends_when_what_started_it_is_killed(model: Path, tmp_path: Path) -> None:
    program = (
        "import subprocess, sys;"
        f"child = subprocess.Popen([{sys.executable!r}, '-m', 'bot.main', '--model',"
        f" {str(model)!r}, '--port', '0'], stderr=subprocess.STDOUT);"
        "print(child.pid, flush=True); child.wait()"
    )
    variables = environment(f"sqlite:///{tmp_path}/heard.db", "http://127.0.0.1:9/")
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert "ready on port" in parent.stdout.readline()
        os.kill(parent.pid, signal.SIGKILL)
        # The child holds the other end of this pipe: it closes when the child ends.
        assert parent.stdout.read() == ""


@pytest.mark.parametrize(
    ("component", "left_out"),
    [
        ("bot.components.intent_reader.IntentReader", True),
        ("rasa.nlu.classifiers.diet_classifier.DIETClassifier", False),
    ],
)
def test_tensorflow_is_left_out_only_where_the_model_has_none(
    component: str, left_out: bool
) -> None:
    program = (
        "import sys; from bot import lean;"
        f"lean.leave_out_what_serving_never_runs({{{component!r}}});"
        "print('rasa.utils.tensorflow.callback' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{left_out}\n"
