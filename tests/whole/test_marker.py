"""What a person writes is in the record, and nowhere else: not in a log, an error, a list, a file.

A marker of its own goes through every path; then every byte that was written is searched.
"""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Iterator

import httpx
import pytest

from tests.whole.conftest import SignIn
from tests.whole.people import Person, Talk, begin_capture, begin_questions, failed, says
from tests.whole.processes import Heard
from tests.whole.traces import files_below, forms, found, marker

MANAGERS = ("line_manager", "dsl", "deputy_dsl", "on_call", "trustee")


class Marked:
    """Texts with a marker in each, and every error answer that came back."""

    def __init__(self) -> None:
        self.markers: list[str] = []
        self.errors: list[httpx.Response] = []
        self.complaints: list[str] = []

    def text(self, template: str = "{}") -> str:
        made = marker()
        self.markers.append(made)
        return template.replace("{}", made)

    def refused(self, answer: httpx.Response) -> None:
        """An answer that has to be an error."""
        assert answer.status_code >= 400
        self.errors.append(answer)


@pytest.fixture(scope="module")
def marked(heard: Heard, sign_in: SignIn) -> Marked:
    """Everything has been sent."""
    marked, reporter = Marked(), sign_in("reporter")
    talk = talk_to_the_end(reporter, marked)
    manage(heard, sign_in, talk, marked)
    send_what_is_refused(heard, reporter, marked)
    send_while_it_fails(heard, reporter, marked)
    return marked


def talk_to_the_end(reporter: Person, marked: Marked) -> Talk:
    """One conversation through every place where a person can write."""
    talk = reporter.begin()
    talk.say(marked.text("a girl {} is telling me something right now"))
    talk.say(marked.text("no he is at work {}"))
    talk.say(marked.text("can i ask if {} touches her"))
    talk.say(marked.text("i told her i wont tell anyone {}"))
    talk.say(marked.text("what do i say to {}"))
    talk.ask(press="write_words")
    for strand in ("words", "question_asked", "observation", "opinion"):
        talk.write(marked.text("  {}  😢\n"), strand)
        talk.say(marked.text("he said {}"))
    talk.press("Correct this")
    talk.write(marked.text("he meant {}"))
    talk.press("Add to another list")
    talk.press("What I saw")
    talk.say(marked.text("can i ask her if her brother {} was there when it happened"))
    talk.press("Keep it as their words")
    talk.write(marked.text("he has a knife {}"))
    talk.ask(press="done")
    talk.press("No")
    while talk.state["asks"]:
        talk.say(marked.text("it was {}"))
    talk.press("Who it is about")
    talk.say(marked.text("{} and her brother"))
    assert says(talk.press("Sign and file"), "utter_filed")
    assert found(marked.markers, json.dumps(talk.sent()).encode()) == marked.markers
    return talk


def manage(heard: Heard, sign_in: SignIn, talk: Talk, marked: Marked) -> None:
    """A record is opened, on the page and on the command line, with a reason in words."""
    sign_in("dsl").post(f"/desk/{talk.reference}", data=with_token(sign_in, marked.text()))
    reason = marked.text("because of {}")
    opened = heard.command("records", "show", talk.reference, "--as", "dsl", "--reason", reason)
    marked.complaints.append(opened.stderr)
    for reference in (marked.text("HRD-{}"), marked.text()):
        marked.refused(sign_in("dsl").get(f"/desk/{reference}"))
    reason = marked.text("I am curious about {}")
    refused = heard.command(
        "records", "show", talk.reference, "--as", "volunteer", "--reason", reason
    )
    assert refused.returncode == 1
    marked.complaints.append(refused.stderr)


def with_token(sign_in: SignIn, reason: str) -> dict[str, str]:
    token = sign_in("dsl").get("/api/session").json()["csrf_token"]
    return {"csrf_token": token, "reason": reason}


def send_what_is_refused(heard: Heard, reporter: Person, marked: Marked) -> None:
    """Bad JSON, too long, unknown buttons, addresses, tokens: none of it comes back."""
    talk = begin_capture(reporter)
    text = marked.text
    for body in (
        text("{} is not JSON").encode(),
        text('{"message_id": "m", "text": ["{}"]}').encode(),
        text('{"message_id": "m", "text": "{}", "words": "a"}').encode(),
        text('{"message_id": "m", "words": "a", "strand": "{}"}').encode(),
        text('{"message_id": "m", "words": "{}').encode() + b"a" * 100_001 + b'"}',
        text('{"message_id": "m", "words": "{}').encode() + b"a" * 300_000 + b'"}',
    ):
        marked.refused(talk.post(body))
    assert says(talk.ask(press=text()), "utter_unknown_button")
    talk.say(text('/inform{"involves_us": "{}"}'))
    for path in ("/api/conversations/", "/notes/", "/sign-in/", "/static/", "/"):
        marked.refused(reporter.get(path + text()))
    marked.refused(reporter.get(text("/api/made-up?q={}")))
    marked.refused(reporter.post("/sign-in", data={"token": text()}))
    marked.refused(reporter.post(talk.path, headers={"X-CSRF-Token": text()}))
    marked.refused(httpx.get(f"{heard.address}/desk", cookies={"heard": text()}))
    given = text("{} is not JSON") + "\n"
    wrong = heard.command("chat", "--as", "reporter", "--json", given=given)
    assert wrong.returncode == 2
    marked.complaints.append(wrong.stderr)


def send_while_it_fails(heard: Heard, reporter: Person, marked: Marked) -> None:
    """A failed action, a dead dialogue, a locked database, a full disk."""
    opening, talk = reporter.begin(), begin_questions(reporter, marked.text("he said {}"))
    talk.press("No")
    with heard.failing_actions():
        message = opening.send(text=marked.text("a girl {} is telling me something right now"))
        assert failed(opening.failure_of(message))
    opening.answer_to(message)
    with heard.locked_database():
        body = {"message_id": "locked", "words": marked.text(), "strand": "words"}
        marked.refused(talk.post(body))
    with heard.full_disk():
        body = {"message_id": "full", "words": marked.text(), "strand": "words"}
        marked.refused(talk.post(body))
    heard.kill_dialogue()
    message = talk.send(text=marked.text("her name is {}"))
    assert failed(talk.failure_of(message))
    talk.answer_to(message)


def everything_written(heard: Heard) -> Iterator[tuple[str, bytes]]:
    """Every file but the keys: the database with its -wal and -shm, logs, what was printed."""
    folder = heard.home.parent
    for path in files_below(folder):
        yield str(path.relative_to(folder)), path.read_bytes()


def test_no_file_holds_a_word_in_clear(heard: Heard, marked: Marked) -> None:
    searched = {}
    for name, content in everything_written(heard):
        searched[name] = len(content)
        assert found(marked.markers, content) == [], name
    must_be_there = {"home/heard.db", "home/heard.db-wal", "home/logs/service.log", "printed.log"}
    assert must_be_there <= searched.keys()
    assert searched["home/heard.db"] > 100_000
    assert len(marked.markers) > 40


def test_no_error_says_what_was_sent(marked: Marked) -> None:
    for answer in marked.errors:
        everything = f"{answer.headers}\n{answer.text}".encode()
        assert found(marked.markers, everything) == [], answer.request.url.path[:20]
    for complaint in marked.complaints:
        assert found(marked.markers, complaint.encode()) == []
    assert len(marked.errors) > 15


def test_no_list_of_anybody_elses_shows_a_word(
    heard: Heard, sign_in: SignIn, marked: Marked
) -> None:
    for person in MANAGERS:
        assert found(marked.markers, sign_in(person).desk().encode()) == []
    pages = ("/", "/api/conversations", "/api/session")
    for person in ("volunteer", *MANAGERS):
        for page in pages:
            assert found(marked.markers, sign_in(person).get(page).content) == []
    listed = (
        heard.command_json("escalations", "list"),
        heard.command_json("records", "list", "--as", "dsl"),
    )
    assert found(marked.markers, json.dumps(listed).encode()) == []


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: json.dumps({"é": f"ß{text}\n"}).encode(),
        lambda text: f"ß{text}".encode("utf-16-le"),
        lambda text: f"ß{text}".encode().hex().encode(),
        lambda text: base64.b64encode(f"0{text}0".encode()),
        lambda text: base64.urlsafe_b64encode(f"00{text}0".encode()),
        lambda text: base64.b64encode(pickle.dumps([text])),
        lambda text: pickle.dumps({"text": text}),
    ],
)
def test_the_search_itself_finds_a_word_in_any_form(written) -> None:  # type: ignore[no-untyped-def]
    for text in (marker() for _ in range(50)):
        assert found([text], b"before" + written(text) + b"after") == [text]
        assert len(set(forms(text))) > 6
