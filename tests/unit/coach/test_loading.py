"""Nothing is built before it is asked for."""

import subprocess
import sys

PROBE = """
import spacy
def refuse(*_, **__): raise AssertionError("built at import")
spacy.blank = refuse
import coach
try:
    coach.load()
except AssertionError:
    print("built by load")
"""


def test_importing_the_coach_builds_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "built by load"
