"""Draws both sides of one case in Slack: `python -m tests.whole.slack_picture FILE.png`.

A real Heard talks to the local Slack; what stands on the picture is what it sent there.
"""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.whole.conftest import cleared_away
from tests.whole.processes import ROOT, Heard, until
from tests.whole.slack import User, by_https, disclose, give_slack_ids, local_slack

WIDTH, HEIGHT = 1280, 1500
STYLE = """
body { font: 15px/1.45 "Noto Sans", "DejaVu Sans", sans-serif; margin: 0; background: #fff;
  color: #1d1c1d; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 24px; padding: 24px; }
h1 { font-size: 17px; margin: 0 0 8px; border-bottom: 1px solid #ddd; padding-bottom: 8px; }
article { padding: 8px 0; border-bottom: 1px solid #f0f0f0; }
article > b { font-size: 15px; } article.me { color: #555; }
p { margin: 2px 0; white-space: pre-wrap; } small { color: #616061; font-size: 12.5px; }
span { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 3px 10px;
  margin: 4px 6px 2px 0; font-weight: bold; font-size: 13.5px; }
span.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
"""


def main(out: Path) -> int:
    """Plays the case and takes the picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        local_slack() as slack,
        cleared_away(Heard(Path(folder))) as heard,
    ):
        heard.environment |= slack.settings() | {"HEARD_ADDRESS": "https://heard.example.org"}
        give_slack_ids(heard)
        heard.start()
        send = by_https(heard)
        reporter, dsl = User(slack, send, "reporter"), User(slack, send, "dsl")
        disclose(reporter, "he comes in my room at nite")
        dsl.answer(0)
        told = len(reporter.seen())
        asked = list(dsl.seen())
        dsl.press("I have this")
        until(lambda: len(slack.server.called("chat.update")) >= 2, "the pings are changed")
        reporter.answer(told)
        changed = [c for c in slack.server.called("chat.update") if c["channel"] == dsl.channel]
        sides = {
            "Family Worker, direct message with Heard": reporter.seen(),
            "Duty DSL, direct message with Heard": asked,
            "The same message after the press": changed,
        }
        page = Path(folder) / "page.html"
        page.write_text(_page(sides), encoding="utf-8")
        return _photograph(page, out)


def _page(sides: dict[str, list[dict[str, Any]]]) -> str:
    (first, mine), *others = sides.items()
    left = f"<section><h1>{first}</h1>{''.join(map(_message, mine))}</section>"
    right = "".join(f"<h1>{name}</h1>{''.join(map(_message, said))}" for name, said in others)
    head = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
    return f"{head}<main>{left}<section>{right}</section></main>"


def _message(message: dict[str, Any]) -> str:
    blocks = "".join(map(_block, message["blocks"]))
    preview = f"<small>Notification: {html.escape(message['text'])}</small>"
    return f"<article><b>Heard</b> {preview}{blocks}</article>"


def _block(block: dict[str, Any]) -> str:
    kind = block["type"]
    if kind == "section":
        return f"<p>{html.escape(block['text']['text'])}</p>"
    if kind == "context":
        return "".join(f"<p><small>{_small(one)}</small></p>" for one in block["elements"])
    assert kind == "actions", f"a block that nobody has drawn yet: {kind}"
    return "".join(map(_button, block["elements"]))


def _small(element: dict[str, Any]) -> str:
    """A number to ring is the one thing with a link in it: only its words are shown."""
    if element["type"] == "plain_text":
        return html.escape(element["text"])
    return html.escape(" ".join(p.partition("|")[2] for p in element["text"].split(">")).strip())


def _button(element: dict[str, Any]) -> str:
    if element["type"] != "button":
        return "<span>More ▾</span>"
    return f'<span class="{element.get("style", "")}">{html.escape(element["text"]["text"])}</span>'


def _photograph(page: Path, out: Path) -> int:
    browser = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars"]
    size = f"--window-size={WIDTH},{HEIGHT}"
    done = subprocess.run([*browser, size, f"--screenshot={out}", f"file://{page}"], check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(ROOT / sys.argv[1]))
