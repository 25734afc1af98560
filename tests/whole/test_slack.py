"""Slack with the real service and the real dialogue: a disclosure to its end, and many at once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.unit.slack import payloads
from tests.whole.conftest import cleared_away
from tests.whole.processes import Heard, texts, until
from tests.whole.slack import (
    Slack,
    User,
    by_https,
    by_socket,
    disclose,
    give_slack_ids,
    local_slack,
)
from tests.whole.traces import files_below, found, marker

PEOPLE = 200
WORDS = '  he comes in my room  at nite\n"dont tell" <@U1> &amp; 😢 {}'


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with local_slack() as slack:
        yield slack


@pytest.fixture(scope="module")
def heard(slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """A Heard whose people are in Slack, both over HTTPS and by sockets."""
    made = Heard(tmp_path_factory.mktemp("slack"))
    made.environment |= slack.settings() | {"HEARD_ADDRESS": "https://heard.example.org"}
    give_slack_ids(made, more=PEOPLE)
    with cleared_away(made) as heard:
        yield heard.start()


@pytest.mark.parametrize("way", ["https", "socket"])
def test_a_disclosure_goes_through_the_window_to_somebody_who_takes_it(
    heard: Heard, slack: Slack, way: str
) -> None:
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


def test_without_slack_settings_the_door_is_not_there(idle: Heard) -> None:
    """`heard up` starts as it did before there was Slack."""
    idle.start()
    body = payloads.event(payloads.message("hello"))
    answer = httpx.post(f"{idle.address}/slack/events", content=body, headers=payloads.signed(body))
    assert answer.status_code == 404
    assert "slack" not in idle.logs()


def test_a_token_that_slack_refuses_is_named_with_its_cure(idle: Heard, slack: Slack) -> None:
    idle.environment |= slack.settings() | {"SLACK_BOT_TOKEN": "xoxb-another"}
    done = idle.command("up", "--port", "0")
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN is not a token that Slack knows" in done.stderr
    assert "docs/slack.md" in done.stderr
