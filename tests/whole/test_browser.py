"""The pages as two people use them: a reporter on a phone and a manager at a desk, in Chromium."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from casework.phrases import Phrasebook
from tests.whole.browser import DESK, PHONE, Open
from tests.whole.conftest import SignIn
from tests.whole.people import begin_capture, begin_questions
from tests.whole.processes import ROOT, Heard, texts, until

ELSEWHERE = "https://www.bbc.co.uk/weather"
REFERENCE = re.compile(r"HRD-\d{4}-\d{6}")
TWO_SPACES = "he comes  in my room at nite"
WITH_SLASH = '/he said\n  "dont tell" 😢 '
LINES = {
    "words": [TWO_SPACES, WITH_SLASH],
    "question_asked": ['what do you mean by  "in my room"'],
    "observation": ["quiet\n\nlooked at  the floor"],
    "opinion": ["i think she is afraid of going home"],
}
# Nothing may be left of a conversation where this finds something.
LEFT_BEHIND = """async () => ({
  local: Object.entries(localStorage), session: Object.entries(sessionStorage),
  cookies: document.cookie, caches: await caches.keys(),
  databases: (await indexedDB.databases()).map(({ name }) => name),
})"""
NOTHING: dict[str, Any] = {
    "local": [],
    "session": [],
    "cookies": "",
    "caches": [],
    "databases": [],
}

# ---- what a reporter does ----


def replies(page: Page, kind: str | None = None) -> Locator:
    found = page.get_by_test_id("reply")
    return found.and_(page.locator(f"[data-kind={kind}]")) if kind else found


def choose(page: Page, title: str) -> None:
    """Presses an answer, under "More" where it stands there."""
    choices = page.get_by_test_id("choices")
    wanted = choices.get_by_test_id("reply-button").and_(choices.get_by_text(title, exact=True))
    expect(wanted).to_have_count(1)
    if not wanted.is_visible():
        choices.get_by_test_id("more").locator("summary").click()
    wanted.click()


def say(page: Page, text: str) -> None:
    page.get_by_test_id("message-box").fill(text)
    page.get_by_test_id("send").click()


def write(page: Page, strand: str, text: str) -> None:
    """A line of the record: it stands there exactly as it was typed."""
    before = page.get_by_test_id("entry").count()
    page.get_by_test_id(f"tab-{strand}").click()
    say(page, text)
    expect(page.get_by_test_id("entry")).to_have_count(before + 1)
    assert page.get_by_test_id("entry-words").last.text_content() == text
    expect(page.get_by_test_id("entry").last).to_have_attribute("data-strand", strand)


def asked(page: Page, question: str) -> None:
    """The question waits, in the words of domain.yml."""
    expect(replies(page).last.locator("[data-slot=text]")).to_have_text(sentence(question))


def sentence(name: str) -> str:
    """A response of domain.yml that has nothing to fill in: a question by its id, or any other."""
    responses = Phrasebook.read(ROOT / "domain.yml").domain["responses"]
    names = (f"utter_ask_{form}_form_{name}" for form in ("danger", "record"))
    found = next((responses[known] for known in names if known in responses), None)
    return str((found or responses[f"utter_{name}"])[0]["text"])


def picture(page: Page, name: str) -> None:
    """For the README, when somebody asks for it."""
    folder = os.environ.get("HEARD_PICTURES")
    if folder:
        page.screenshot(path=Path(ROOT, folder, name))


def test_a_disclosure_is_guided_kept_word_for_word_told_and_picked_up(
    heard: Heard, context_of: Callable[..., BrowserContext], sign_in: SignIn
) -> None:
    other_cases_are_open(sign_in)
    phone = context_of(PHONE).new_page()
    sign_in_once(phone, heard.printed_link("Family Worker"), context_of)
    danger_first_then_what_to_say(phone)
    capture_their_words(phone)
    answer_the_questions(phone)
    danger_is_noticed_once(phone)
    correct_and_file(phone)
    reference = str(phone.get_by_test_id("reference").text_content())
    assert REFERENCE.fullmatch(reference)
    acknowledge_at_the_desk(heard, reference, context_of)
    expect(replies(phone).last).to_contain_text("Line Manager has this")
    sign_out_leaves_nothing(phone)
    record = heard.record(reference)
    assert {kind: texts(record, kind) for kind in LINES} == LINES | {
        "words": [*LINES["words"], "he has a knife", "he has the knife in his hand"]
    }


def other_cases_are_open(sign_in: SignIn) -> None:
    """One that somebody has, and one that is not as urgent."""
    taken = begin_questions(sign_in("volunteer"), "he shouts at him every day")
    taken.press("No")
    token = sign_in("dsl").get("/api/session").json()["csrf_token"]
    address = f"/desk/{taken.reference}/acknowledge"
    assert sign_in("dsl").post(address, data={"csrf_token": token}).status_code == 303
    worry = sign_in("volunteer").begin()
    worry.ask(press="disclosure_report")
    worry.say("no")
    worry.write("no coat again, and it is cold", "observation")
    worry.ask(press="done")
    worry.press("No")


def sign_in_once(page: Page, link: str, context_of: Callable[..., BrowserContext]) -> None:
    page.goto(link)
    assert page.title() == "Notes"
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("start")).not_to_have_count(0)
    again = context_of(DESK).new_page()
    refused = again.goto(link)
    assert refused is not None
    assert refused.status == 410
    expect(again.get_by_role("heading")).to_have_text("This link no longer works")


def danger_first_then_what_to_say(page: Page) -> None:
    starts = page.get_by_test_id("start")
    assert [starts.nth(n).is_visible() for n in range(starts.count())][:4] == [True] * 3 + [False]
    starts.first.click()
    expect(page.get_by_test_id("danger")).to_be_visible()
    asked(page, "danger_now")
    say(page, "no hes at work till 6")
    expect(replies(page, "say").locator("li")).to_have_count(3)
    expect(replies(page, "never").locator("li")).to_have_count(3)
    expect(replies(page, "say").get_by_test_id("clauses")).to_contain_text("C10")
    picture(page, "conversation.png")
    say(page, "can i ask if he touches her")
    expect(replies(page, "never").last).to_contain_text("something they haven't said")
    expect(page.get_by_test_id("clauses").last).to_contain_text("C16")
    choose(page, "Write down their words")
    expect(page.get_by_test_id("capture-done")).to_be_visible()


def capture_their_words(page: Page) -> None:
    for strand, lines in LINES.items():
        for line in lines:
            write(page, strand, line)
    page.get_by_test_id("capture-done").click()
    asked(page, "involves_us")
    expect(page.get_by_test_id("capture-done")).to_be_hidden()


def answer_the_questions(page: Page) -> None:
    choose(page, "No")
    expect(replies(page, "receipt").last).to_contain_text("the Line Manager and the Duty DSL")
    asked(page, "subject")
    say(page, "Jess")
    asked(page, "child_or_adult")
    choose(page, "Under 18")
    asked(page, "told_limits")
    say(page, "yes i did")
    asked(page, "limits_reaction")
    choose(page, "Skip")
    asked(page, "where_told")
    say(page, "  in the kitchen,\nwashing up")
    asked(page, "happened_when")
    choose(page, "Don't know")
    asked(page, "present")
    choose(page, "That's enough")
    asked(page, "safe_now")
    choose(page, "I'm not sure")
    expect(replies(page, "summary")).to_have_count(1)


def danger_is_noticed_once(page: Page) -> None:
    choose(page, "Write down more")
    before = replies(page, "danger").count()
    write(page, "words", "he has a knife")
    expect(replies(page, "danger")).to_have_count(before + 1)
    expect(replies(page, "danger").last.get_by_role("link", name="Call 999")).to_be_visible()
    expect(replies(page, "receipt").last).to_contain_text("the Line Manager and the Duty DSL")
    write(page, "words", "he has the knife in his hand")
    expect(replies(page, "danger")).to_have_count(before + 1)
    page.get_by_test_id("capture-done").click()
    expect(replies(page, "summary")).to_have_count(2)


def correct_and_file(page: Page) -> None:
    line = page.get_by_test_id("summary-line").filter(has_text="Who it is about")
    expect(line.last).to_contain_text("Jess")
    line.last.click()
    asked(page, "subject")
    say(page, "Jess and her brother")
    expect(replies(page, "summary")).to_have_count(3)
    expect(line.last).to_contain_text("Jess and her brother")
    choose(page, "Sign and file")
    expect(replies(page, "receipt").filter(has_text="Filed")).to_contain_text(REFERENCE)


def acknowledge_at_the_desk(
    heard: Heard, reference: str, context_of: Callable[..., BrowserContext]
) -> None:
    page = context_of(DESK).new_page()
    page.goto(heard.printed_link("Line Manager"))
    page.get_by_test_id("sign-in").click()
    page.get_by_role("link", name="Desk").click()
    case = page.get_by_test_id("case").filter(has_text=reference)
    expect(case.get_by_test_id("urgency")).to_have_text("Emergency")
    expect(case.get_by_test_id("whose-turn")).to_contain_text("Line Manager")
    expect(case.get_by_test_id("waiting")).to_have_text(re.compile("under a minute|[0-9]+ min"))
    listed = page.content()
    assert not [word for word in ("Jess", "nite", "knife", "Family") if word in listed]
    picture(page, "desk.png")

    case.get_by_test_id("open").click()
    page.get_by_test_id("open-record").click()
    expect(page.get_by_test_id("record-entry")).to_have_count(0)  # a reason comes first
    page.get_by_test_id("reason").fill("I am her line manager.")
    page.get_by_test_id("open-record").click()
    for strand, lines in LINES.items():
        kept = page.get_by_test_id(f"strand-{strand}").locator("blockquote").all_text_contents()
        assert kept[: len(lines)] == lines
    expect(page.get_by_test_id("access").first).to_contain_text("I am her line manager.")
    expect(page.get_by_test_id("access").first).to_contain_text("Line Manager")

    page.goto(f"{heard.address}/desk")
    case.get_by_test_id("acknowledge").click()
    expect(case.get_by_test_id("acknowledged-by")).to_contain_text("Line Manager")


def sign_out_leaves_nothing(page: Page) -> None:
    conversation = page.url
    page.get_by_role("link", name="All notes").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_role("heading")).to_have_text("You are signed out")
    assert page.evaluate(LEFT_BEHIND) == NOTHING
    assert page.context.cookies() == []
    for _ in range(3):
        page.go_back()
        expect(page.get_by_role("heading")).to_have_text("You are signed out")
        assert "knife" not in page.content()
    page.goto(conversation)
    expect(page.get_by_role("heading")).to_have_text("You are signed out")


# ---- ways in and out ----


def press_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Moves the focus by keyboard alone, until it is where it should be."""
    for _ in range(60):
        page.keyboard.press(key)
        if target.evaluate("there => there === document.activeElement"):
            return
    raise AssertionError(f"the keyboard never comes to {target}")


def test_the_keyboard_alone_is_enough(open_page: Open) -> None:
    page = open_page("volunteer", "/")
    press_to(page, page.get_by_test_id("start").first)
    page.keyboard.press("Enter")
    asked(page, "danger_now")
    press_to(page, page.get_by_role("button", name="No", exact=True))
    page.keyboard.press("Enter")
    asked(page, "listen")
    press_to(page, page.get_by_role("button", name="Write down their words"))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("capture-done")).to_be_visible()
    press_to(page, page.get_by_test_id("message-box"))
    page.keyboard.type("she said  it hurts")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("entry-words")).to_have_text("she said it hurts")
    press_to(page, page.get_by_test_id("tab-words"), "Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("tab-question_asked")).to_be_focused()
    press_to(page, page.get_by_test_id("message-box"))
    page.keyboard.type("where does it hurt")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("entry").last).to_have_attribute("data-strand", "question_asked")
    press_to(page, page.get_by_test_id("capture-done"))
    page.keyboard.press("Enter")
    asked(page, "involves_us")


@pytest.mark.parametrize("by", ["button", "Escape", "Shift"])
def test_leaving_in_a_hurry_keeps_the_words_and_ends_the_session(
    by: str, heard: Heard, context_of: Callable[..., BrowserContext], sign_in: SignIn
) -> None:
    talk = begin_capture(sign_in("reporter"))
    page = context_of(PHONE).new_page()
    page.goto(f"{heard.address}/sign-in/{heard.link('reporter')}")
    page.get_by_test_id("sign-in").click()
    page.goto(f"{heard.address}/notes/{talk.id}")
    expect(page.get_by_test_id("capture-done")).to_be_visible()
    page.get_by_test_id("message-box").fill("he is at the door")
    cookies = page.context.cookies()
    if by == "button":
        page.get_by_test_id("quick-exit").click()
    else:
        for _ in range(3):
            page.keyboard.press(by)
    expect(page).to_have_url(ELSEWHERE)
    until(lambda: "he is at the door" in talk.sent(), "what was in the box is kept")
    page.context.add_cookies(cookies)
    until(
        lambda: page.context.request.get(f"{heard.address}/api/session").status == 401,
        "the session has ended",
    )
    page.go_back()
    assert "at the door" not in page.content()


# ---- what is nobody else's business ----


def test_another_persons_conversation_is_not_there(open_page: Open, sign_in: SignIn) -> None:
    talk = begin_questions(sign_in("reporter"), TWO_SPACES)
    for person in ("volunteer", "dsl"):
        page = open_page(person, "/")
        for path in (f"/notes/{talk.id}", talk.path, f"{talk.path}/events"):
            answer = page.goto(str(page.url).rstrip("/").rsplit("/notes")[0] + path)
            assert answer is not None
            assert answer.status == 404
            page.go_back()
        assert TWO_SPACES not in page.content()


def test_a_dsl_who_is_complained_about_sees_no_case_and_the_others_are_asked(
    open_page: Open, sign_in: SignIn
) -> None:
    talk = begin_questions(sign_in("reporter"), "the lead put his hand on my leg")
    talk.press("Yes")
    told = talk.say("the Duty DSL")
    assert "Line Manager" in "".join(reply["text"] for reply in told["replies"])
    assert "Duty DSL" not in "".join(reply["text"] for reply in told["replies"])
    page = open_page("dsl", "/desk")
    expect(page.get_by_role("heading", name="Open cases")).to_be_visible()
    assert talk.reference not in page.content()
    answer = page.goto(f"{page.url}/{talk.reference}")
    assert answer is not None
    assert answer.status == 404
    never = page.goto(f"{page.url[:-6]}999999")
    assert never is not None
    assert never.status == 404
    for person in ("line_manager", "deputy_dsl"):
        listed = open_page(person, "/desk")
        case = listed.get_by_test_id("case").filter(has_text=talk.reference)
        expect(case.get_by_test_id("whose-turn")).not_to_contain_text("Duty DSL")
