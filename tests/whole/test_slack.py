"""Slack with the real service and the real dialogue: a disclosure to its end, and many at once."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from casework.vocabulary import EntryKind
from tests.unit.slack import payloads
from tests.whole.conftest import cleared_away
from tests.whole.processes import Heard, texts, until
from tests.whole.slack import (
    KEPT,
    Slack,
    User,
    all_at_once,
    by_https,
    by_socket,
    disclose,
    give_slack_ids,
    is_taken,
    lines_of,
    local_slack,
    typed_by,
)
from tests.whole.traces import files_below, found, marker

PEOPLE, COPIES = 200, 20
WRITERS, KILLS = 12, 3
WORDS = '  he comes in my room  at nite\n"dont tell" <@U1> &amp; 😢 {}'


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with local_slack() as slack:
        yield slack


@pytest.fixture(scope="module")
def in_slack(slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """A Heard whose people are in Slack, both over HTTPS and by sockets."""
    made = Heard(tmp_path_factory.mktemp("slack"))
    made.environment |= slack.settings() | {"HEARD_ADDRESS": "https://heard.example.org"}
    give_slack_ids(made, more=PEOPLE)
    with cleared_away(made) as heard:
        yield heard.start()


@pytest.mark.parametrize("way", ["https", "socket"])
def test_a_disclosure_goes_through_the_window_to_somebody_who_takes_it(
    in_slack: Heard, slack: Slack, way: str
) -> None:
    heard = in_slack
    assert "In Slack it is in the workspace Heard, by Socket Mode." in heard.said()
    send = by_https(heard) if way == "https" else by_socket(slack)
    sent_before = len(slack.server.calls)
    mark = marker()
    words = WORDS.format(mark)
    reporter, dsl = User(slack, send, "reporter"), User(slack, send, "dsl")
    manager = User(slack, send, "line_manager")
    asked, managed = len(dsl.seen()), len(manager.seen())
    disclose(reporter, words)
    ping = dsl.answer(asked)
    reference = ping["text"].partition(":")[0]
    assert reference in manager.answer(managed)["text"]

    updates = len(slack.server.called("chat.update"))
    told = len(reporter.seen())
    dsl.press("I have this")
    until(lambda: len(slack.server.called("chat.update")) >= updates + 2, "both are changed")
    changed = {
        one["channel"]: json.dumps(one) for one in slack.server.called("chat.update")[updates:]
    }
    assert f"You have {reference}." in changed[dsl.channel]
    assert f"Duty DSL has had {reference}" in changed[manager.channel]
    until(lambda: "Duty DSL" in json.dumps(reporter.seen()[told:]), "the reporter is told")

    record = heard.record(reference)
    assert texts(record, "words") == [words]
    assert texts(record, "question_asked") == ["what happened then"]
    assert "acknowledgement" in [entry["kind"] for entry in record["entries"]]
    said = [json.dumps(call.body).encode() for call in slack.server.calls[sent_before:]]
    logs = [path.read_bytes() for path in files_below(heard.home / "logs")]
    for written in (*said, *logs):
        assert found([mark], written) == []


def test_two_hundred_people_at_once_lose_nothing_and_are_all_answered(
    in_slack: Heard, slack: Slack
) -> None:
    """First messages, then windows, each in one moment; some come twice, as Slack does it."""
    send = by_https(in_slack)
    crowd = [User(slack, send, f"staff_{n}") for n in range(PEOPLE)]
    messages = [payloads.message("hello", user=one.id, channel=one.channel) for one in crowd]
    copies = messages[:: PEOPLE // COPIES]
    took = all_at_once(in_slack, [json.loads(payloads.event(m)) for m in (*messages, *copies)])
    print(f"{len(took)} messages, the slowest kept in {took[-1]:.1f} s")
    until(lambda: all(one.seen() for one in crowd), "everybody has a greeting", 240)

    opened_before = len(slack.server.called("views.open"))
    presses = {}
    for one, message in zip(crowd, messages, strict=True):
        where = {"user": one.id, "channel": one.channel, "action_id": "heard.write"}
        press = payloads.press("1", message["ts"], **where)
        presses[press["trigger_id"]] = (one, press)
    all_at_once(in_slack, [press for _, press in presses.values()])
    opened = until(
        lambda: _if_all(slack.server.called("views.open")[opened_before:]), "their windows", 240
    )
    sent = []
    for call in opened:
        one, _ = presses[call["trigger_id"]]
        view = {name: call["view"][name] for name in KEPT}
        values = {"words:1": f"words of {one.person}", "question_asked:1": f"asked {one.person}"}
        sent.append(payloads.submission(view, values, user=one.id, view_id=f"V0{one.id}"))
    took = all_at_once(in_slack, [*sent, *sent[:: PEOPLE // COPIES]])
    print(f"{len(took)} windows, the slowest kept in {took[-1]:.1f} s")

    until(lambda: all(_kept(one) >= 2 for one in crowd), "everybody is told so", 240)
    people = [one.person for one in crowd]
    for kind, text in ((EntryKind.WORDS, "words of"), (EntryKind.QUESTION_ASKED, "asked")):
        once = Counter({f"{text} {person}": 1 for person in people})
        assert lines_of(in_slack, people, kind) == once
    assert [_kept(one) for one in crowd] == [2] * PEOPLE
    assert in_slack.verify() >= 2 * PEOPLE


def test_kills_while_people_write_lose_nothing_and_leave_nobody_without_an_answer(
    in_slack: Heard, slack: Slack
) -> None:
    """Slack sends again what had no answer, and never what had one (drill 1)."""
    crowd = [User(slack, by_https(in_slack), f"staff_{n}") for n in range(WRITERS)]
    people = [one.person for one in crowd]
    before, written, threads = typed_by(in_slack, people), Counter[str](), set[str]()
    left: list[dict[str, Any]] = []
    for kill in range(KILLS + 1):
        for one in crowd:
            text = f"{one.person} writes before kill {kill}"
            message = payloads.message(text, user=one.id, channel=one.channel)
            left.append(json.loads(payloads.event(message)))
            written[text] += 1
            threads.add(message["ts"])
        with ThreadPoolExecutor(len(left)) as sending:
            taken = [sending.submit(is_taken, in_slack, one) for one in left]
            if kill < KILLS:
                time.sleep(random.uniform(0.05, 0.6))
                in_slack.kill_everything()
        left = [one for one, done in zip(left, taken, strict=True) if not done.result()]
        print(f"{len(taken) - len(left)} of {len(taken)} were taken, then kill {kill}")
        if kill < KILLS:
            in_slack.start()
    assert left == []
    assert typed_by(in_slack, people) - before == written
    posted = slack.server.posted
    until(lambda: threads <= {one.get("thread_ts") for one in posted}, "all are answered", 240)
    in_slack.verify()


def _if_all(calls: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return calls if len(calls) >= PEOPLE else None


def _kept(one: User) -> int:
    """How many of their lines they were told are kept."""
    return json.dumps(one.seen()).count("exactly as you wrote it")


def test_without_slack_settings_the_door_is_not_there(heard: Heard) -> None:
    """`heard up` starts as it did before there was Slack."""
    body = payloads.event(payloads.message("hello"))
    headers = payloads.signed(body)
    answer = httpx.post(f"{heard.address}/slack/events", content=body, headers=headers)
    assert answer.status_code == 404
    assert "slack" not in (heard.home / "logs" / "service.log").read_text()


def test_a_token_that_slack_refuses_is_named_with_its_cure(idle: Heard, slack: Slack) -> None:
    idle.environment |= slack.settings() | {"SLACK_BOT_TOKEN": "xoxb-another"}
    done = idle.command("up", "--port", "0")
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN is not a token that Slack knows" in done.stderr
    assert "docs/slack.md" in done.stderr
