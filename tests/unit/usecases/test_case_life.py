"""Cases of one person: opened once, found again, begun anew, and never left lying."""

from __future__ import annotations

import pytest

from casework import capture, cases, record
from casework.facts import MessageKind
from casework.vocabulary import EntryKind, RecordKind, Status, Topic, Urgency
from tests.unit.home import Home


def test_a_conversation_has_one_record_whatever_is_asked_of_it(home: Home) -> None:
    talk = home.talk()
    first = cases.open_case(home.house, talk, home.message(talk).id, RecordKind.DISCLOSURE)
    second = cases.open_case(home.house, talk, home.message(talk).id, RecordKind.CONCERN)
    assert first.head == second.head
    assert first.status is Status.DRAFT


def test_a_conversation_without_a_record_has_no_case(home: Home) -> None:
    assert cases.of_conversation(home.house, home.talk()) is None


def test_one_person_can_have_several_open_cases(home: Home) -> None:
    first = home.case()
    home.pass_time(minutes=1)
    second = home.case()
    home.case(person="volunteer")
    found = [case.conversation_id for case in cases.of_person(home.house, "reporter")]
    assert found == [second, first]


def test_a_filed_case_is_not_a_draft_to_carry_on_with(home: Home) -> None:
    talk, draft = home.case(), home.case()
    record.file(home.house, talk, home.message(talk).id)
    drafts = [case.conversation_id for case in cases.open_drafts(home.house, "reporter")]
    assert drafts == [draft]


def test_starting_again_opens_another_conversation_and_keeps_the_first(home: Home) -> None:
    talk = home.case("he hits me")
    other = cases.begin_again(home.house, talk)
    assert home.conversation(other).person == "reporter"
    assert home.conversation(other).record_id is None
    assert home.conversation(talk).capture_strand is None
    assert home.texts(talk, EntryKind.WORDS) == ["he hits me"]


def test_a_draft_left_alone_goes_up_by_itself(home: Home) -> None:
    talk = home.case("he hits me")
    home.pass_time(minutes=16)
    assert cases.escalate_quiet_drafts(home.house) == [talk]
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.URGENT
    assert home.topics(talk)[-2:] == [Topic.LEFT_ALONE, Topic.ESCALATED]


def test_a_draft_left_alone_goes_up_once(home: Home) -> None:
    home.case("he hits me")
    home.pass_time(minutes=16)
    cases.escalate_quiet_drafts(home.house)
    assert cases.escalate_quiet_drafts(home.house) == []


def test_a_draft_that_is_being_written_is_left_in_peace(home: Home) -> None:
    talk = home.case("he hits me")
    home.pass_time(minutes=14)
    home.message(talk, "more", kind=MessageKind.WORDS)
    home.pass_time(minutes=14)
    assert cases.escalate_quiet_drafts(home.house) == []


def test_a_disclosure_without_a_word_in_it_goes_up_too(home: Home) -> None:
    talk = home.case()
    home.pass_time(minutes=16)
    assert cases.escalate_quiet_drafts(home.house) == [talk]


def test_a_report_goes_up_only_when_there_is_something_in_it(home: Home) -> None:
    home.case(kind=RecordKind.CONCERN)
    full = home.case("he hit her", kind=RecordKind.CONCERN)
    home.pass_time(minutes=16)
    assert cases.escalate_quiet_drafts(home.house) == [full]


def test_a_conversation_that_opened_nothing_never_goes_up(home: Home) -> None:
    home.message(home.talk(), "hello")
    home.pass_time(days=3)
    assert cases.escalate_quiet_drafts(home.house) == []


def test_a_draft_left_alone_leaves_out_whoever_its_words_name(home: Home) -> None:
    talk = home.case("the duty dsl hits me")
    home.pass_time(minutes=16)
    cases.escalate_quiet_drafts(home.house)
    assert home.asked_ever(talk) == ["line_manager"]


def test_the_status_says_who_is_asked_and_who_has_it(home: Home) -> None:
    talk = home.told_case()
    asked = cases.of_conversation(home.house, talk)
    assert asked is not None
    assert asked.escalation is not None
    assert cases.asked(home.house, asked.escalation)["told"] == "the Line Manager and the Duty DSL"
    with home.store.work() as work:
        work.escalations.acknowledge(home.head(talk).id, "dsl")
    taken = cases.of_conversation(home.house, talk)
    assert taken is not None
    assert taken.escalation is not None
    assert cases.holder(home.house, taken.escalation)["by"] == "Duty DSL"


def test_somebody_who_has_left_is_still_named(home: Home) -> None:
    assert home.house.title("nobody_here_any_more") == "nobody_here_any_more"


def test_the_draft_of_somebody_who_has_left_goes_up_all_the_same(home: Home) -> None:
    left, stays = home.case("he hits me"), home.case("he hits me", person="volunteer")
    home.leaves("reporter")
    home.pass_time(minutes=16)
    assert set(cases.escalate_quiet_drafts(home.house)) == {left, stays}
    assert home.asked_ever(left) == ["dsl"]


def test_the_case_of_somebody_who_has_left_climbs_on(home: Home) -> None:
    talk = home.told_case()
    home.leaves("reporter")
    home.pass_time(minutes=10)
    assert home.asked_ever(talk)[-1] == "deputy_dsl"
    assert home.said(talk) == ["utter_nobody_yet"]


@pytest.mark.parametrize(
    ("person", "title"), [("dsl", "Duty DSL"), ("trustee", "Chair of Trustees")]
)
def test_people_are_named_by_their_role(home: Home, person: str, title: str) -> None:
    assert home.house.title(person) == title


def test_a_case_remembers_the_policy_it_was_opened_under(home: Home) -> None:
    head = home.head(home.case())
    pack = home.house.pack
    assert (head.pack, head.pack_version) == (pack.name, str(pack.version))
    assert head.pack_hash == pack.sha256


def test_closing_with_nothing_open_changes_nothing(home: Home) -> None:
    talk = home.talk()
    capture.close_capture(home.house, talk)
    assert cases.of_conversation(home.house, talk) is None
