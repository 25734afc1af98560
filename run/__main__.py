"""`python -m run` is `heard`."""

from run.cli import app

app()
