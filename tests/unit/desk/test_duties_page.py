"""What has to be done, on the desk: late stands out; begun, answered, decided and closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework import consent_reminder, duties, duty_guide
from casework.duties import Own
from casework.facts import Duty
from casework.vocabulary import EntryKind, RecordKind
from tests.unit.home import Home, Known
from tests.unit.usecases.walk import PACKS, Walk, known_of
from tests.unit.website import make_site, signed_in

KENT, CHILDREN, CROSSROADS, HOME_START, MANCHESTER = PACKS


@pytest.fixture
def crossroads(known: Known, template: Path, tmp_path: Path) -> Iterator[Home]:
    home = Home(known_of(CROSSROADS, known.coach, known.phrases), template, tmp_path)
    yield home
    home.engine.dispose()


def asked(page: str) -> str | None:
    found = re.search(r'data-ask="(\w+)"', page)
    return found.group(1) if found else None


def standing(home: Home, duty: Duty) -> Duty:
    with home.store.read() as work:
        return work.duties.get(duty.id)


def begun(home: Home, person: str) -> Duty:
    with home.store.work() as work:
        (duty,) = duties.begin(home.house, work, person, "policy_changed", work.now().date())
    return duty


@pytest.mark.rule("X19")
async def test_a_manager_directs_it_and_sees_what_is_late(crossroads: Home) -> None:
    site = make_site(crossroads)
    async with signed_in(crossroads, site, "line_manager") as manager:
        form = {"person": "reporter", "event": "policy_changed"}
        assert (await manager.submit("/desk/duties", **form)).status_code == 303
        page = (await manager.get("/desk/duties")).text
        assert "Sign the confidentiality guidance" in page
        assert 'data-testid="late"' not in page
        crossroads.clock.now += timedelta(days=31)
    async with signed_in(crossroads, site, "line_manager") as manager:
        assert 'data-testid="late"' in (await manager.get("/desk/duties")).text
        for wrong in ({"person": "dsl", "event": "leaving"}, {"person": "reporter", "event": "x"}):
            assert (await manager.submit("/desk/duties", **wrong)).status_code == 422


@pytest.mark.rule("X19", "X20")
async def test_it_is_answered_on_the_desk_and_kept_as_in_the_conversation(
    crossroads: Home,
) -> None:
    duty = begun(crossroads, "line_manager")
    crossroads.clock.now += timedelta(days=31)
    async with signed_in(crossroads, make_site(crossroads), "line_manager") as manager:
        assert 'data-testid="late-duties"' in (await manager.get("/desk")).text
        page = (await manager.get(f"/desk/duties/{duty.id}")).text
        assert asked(page) is None
        assert (await manager.submit(f"/desk/duties/{duty.id}/begin")).status_code == 303
        page = (await manager.get(f"/desk/duties/{duty.id}")).text
        assert asked(page) == "read"
        assert "X19" in page
        stale = {"ask": "sign_duty", "answer": "yes"}
        assert (await manager.submit(f"/desk/duties/{duty.id}/answer", **stale)).status_code == 422
        for name in ("read", "questions", "sign_duty"):
            form = {"ask": name, "answer": "yes"}
            kept = await manager.submit(f"/desk/duties/{duty.id}/answer", **form)
            assert kept.status_code == 303
        assert "Done in the last 30 days" in (await manager.get("/desk/duties")).text
        # A second press changes nothing.
        again = await manager.submit(f"/desk/duties/{duty.id}/answer", ask="sign_duty", answer="no")
        assert again.status_code == 422
    assert standing(crossroads, duty).done_by == "line_manager"
    (talk,) = [t for t in crossroads.conversations_of("line_manager") if t.channel == "desk"]
    said = [one.value for one in crossroads.entries(talk.id) if one.kind is EntryKind.ANSWER]
    assert said == ["yes", "yes", "yes"]


@pytest.mark.rule("X20")
async def test_a_question_is_answered_by_whom_it_was_put_to(crossroads: Home) -> None:
    duty = begun(crossroads, "reporter")
    walk = Walk(crossroads, duty_guide.begin(crossroads.house, crossroads.talk(), duty.id))
    walk.until("questions")
    walk.say("no")
    walk.say("may i tell <her> sister")
    with crossroads.store.read() as work:
        (raised,) = work.duties.of_record(crossroads.head(walk.talk).id)
    site = make_site(crossroads)
    path = f"/desk/duties/{raised.id}"
    async with signed_in(crossroads, site, "dsl") as dsl:
        assert (await dsl.get(path)).status_code == 404
        assert (await dsl.submit(f"{path}/begin")).status_code == 404
    async with signed_in(crossroads, site, "line_manager") as manager:
        assert "her" not in (await manager.get(path)).text.split("<main")[-1].split("Open it")[0]
        await manager.submit(f"{path}/begin")
        page = (await manager.get(path)).text
        assert "may i tell &lt;her&gt; sister" in page
        for empty in (" ", "x" * 501):
            refused = await manager.submit(f"{path}/answer", ask="answer_question", text=empty)
            assert refused.status_code == 422
        answer = {"ask": "answer_question", "text": "only if she agrees"}
        assert (await manager.submit(f"{path}/answer", **answer)).status_code == 303
    assert crossroads.said(walk.talk)[-1] == "utter_duty_question_answered"
    read = [e.by for e in crossroads.entries(walk.talk) if e.kind is EntryKind.ACCESS]
    assert read == ["line_manager"]


async def test_it_is_closed_with_a_reason_by_whoever_directs_it(crossroads: Home) -> None:
    duty = begun(crossroads, "reporter")
    site = make_site(crossroads)
    path = f"/desk/duties/{duty.id}/close"
    async with signed_in(crossroads, site, "dp_trustee") as trustee:
        assert "Sign the confidentiality guidance" in (await trustee.get("/desk/duties")).text
        assert (await trustee.submit(path, reason="no")).status_code == 409
    async with signed_in(crossroads, site, "line_manager") as manager:
        assert (await manager.submit(path, reason=" ")).status_code == 409
        assert (await manager.submit(path, reason="has left")).status_code == 303
    assert standing(crossroads, duty).done_by == "line_manager"


@pytest.mark.rule("H31")
async def test_a_decision_about_a_record_is_on_the_deciders_desk(crossroads: Home) -> None:
    walk = Walk.begin(crossroads, "i sent it to the wrong address", kind=RecordKind.BREACH)
    walk.until(None)
    with crossroads.store.read() as work:
        (duty,) = work.duties.of_record(crossroads.head(walk.talk).id)
    assert duty.kind == Own.BREACH_DECISION
    site = make_site(crossroads)
    async with signed_in(crossroads, site, "trustee") as other:
        assert duty.id not in (await other.get("/desk/duties")).text
        assert (await other.get(f"/desk/duties/{duty.id}")).status_code == 404
        assert (await other.get("/desk/duties/nothing")).status_code == 404
    async with signed_in(crossroads, site, "dp_trustee") as trustee:
        assert crossroads.head(walk.talk).reference in (await trustee.get("/desk/duties")).text
        await trustee.submit(f"/desk/duties/{duty.id}/begin")
        for name, said in (
            ("tell_regulator", {"answer": "no"}),
            ("why_not_regulator", {"text": "x"}),
        ):
            form = {"ask": name, **said}
            assert (
                await trustee.submit(f"/desk/duties/{duty.id}/answer", **form)
            ).status_code == 303
    assert standing(crossroads, duty).done_by == "dp_trustee"


async def test_a_reminder_to_ask_for_consent_leads_back_to_where_it_waits(
    crossroads: Home,
) -> None:
    walk = Walk.begin(crossroads, person="line_manager")
    walk.until("consent", harm_concern="no", inside="no")
    walk.say("not sure")
    walk.say("i'll ask")
    message = crossroads.message(walk.talk, "remind me")
    consent_reminder.set_one(crossroads.house, walk.talk, message.id, "tomorrow")
    with crossroads.store.read() as work:
        (duty,) = work.duties.of_record(crossroads.head(walk.talk).id)
    async with signed_in(crossroads, make_site(crossroads), "line_manager") as manager:
        page = (await manager.get(f"/desk/duties/{duty.id}")).text
        assert f'href="/notes/{walk.talk}"' in page
        assert 'data-testid="begin"' not in page
        refused = await manager.submit(f"/desk/duties/{duty.id}/begin")
        assert refused.status_code == 422
    async with signed_in(crossroads, make_site(crossroads), "dsl") as dsl:
        assert (await dsl.get(f"/desk/duties/{duty.id}")).status_code == 404
