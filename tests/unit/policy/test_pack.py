"""A pack is data: it is read whole, or every fault in it is named with its line and a cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from policy.document import Fault, FaultyFile
from policy.pack import PACKS, SUMMARY_WORDS, URGENCIES, Pack, load_pack, pack_names

SHIPPED = (PACKS / "children_and_families.yml").read_text(encoding="utf-8")
TOPICS_OF_A_DISCLOSURE = {
    "never_promise": ["C10", "C6"],
    "limits": ["C15", "C9"],
    "no_leading": ["C16"],
    "exact_words": ["C17"],
    "who_to_tell": ["C12"],
    "child_first": ["C3"],
    "unsure": ["C14"],
    "keep_confidence": ["C18"],
    "advice_without_naming": ["C8"],
    "need_to_know": ["C4"],
    "consequences": ["C19"],
    "information_governance": ["C21"],
    "follow_procedure": ["C13"],
}

Faults = Callable[[str, str], list[Fault]]


@pytest.fixture
def pack() -> Pack:
    return load_pack("children_and_families")


@pytest.fixture
def faults_of(tmp_path: Path) -> Faults:
    """The faults of the shipped pack with one piece of its text put in place of another."""

    def change(old: str, new: str) -> list[Fault]:
        assert SHIPPED.count(old) >= 1
        path = tmp_path / "changed.yml"
        path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(FaultyFile) as raised:
            load_pack(path)
        return list(raised.value.faults)

    return change


def line_of(text: str) -> int:
    return SHIPPED[: SHIPPED.index(text)].count("\n") + 1


def test_every_pack_that_ships_is_sound() -> None:
    assert "children_and_families" in pack_names()
    for name in pack_names():
        assert load_pack(name).name == name


def test_every_rule_of_the_policy_is_carried_with_its_clause(pack: Pack) -> None:
    carried = [*pack.rules, *pack.owner_notices]
    assert [rule.code for rule in carried] == [f"C{number}" for number in range(1, 23)]
    assert all(rule.clause for rule in carried)


def test_every_summary_fits_a_phone_and_keeps_calm(pack: Pack) -> None:
    for rule in [*pack.rules, *pack.owner_notices]:
        assert 4 <= len(rule.summary.split()) <= SUMMARY_WORDS
        assert rule.summary.endswith(".")
        assert "!" not in rule.summary


@pytest.mark.parametrize(("topic", "codes"), TOPICS_OF_A_DISCLOSURE.items())
def test_a_topic_leads_to_its_rules_in_order(pack: Pack, topic: str, codes: list[str]) -> None:
    assert [rule.code for rule in pack.clauses(topic)] == codes


def test_every_rule_can_be_come_upon(pack: Pack) -> None:
    assert all(pack.topics_of(rule.code) for rule in pack.rules)


def test_the_notice_to_the_owner_is_shown_on_no_topic(pack: Pack) -> None:
    assert pack.topics_of("C22") == ()


def test_a_topic_on_which_the_policy_is_silent_has_no_clause(pack: Pack) -> None:
    assert pack.clauses("gifts") == ()


def test_an_unknown_rule_is_a_key_error(pack: Pack) -> None:
    with pytest.raises(KeyError):
        pack.rule("C99")


def test_the_line_manager_or_the_dsl_decides_a_child_protection_matter(pack: Pack) -> None:
    decider = pack.who_decides["harm"]
    assert (decider.roles, decider.rule) == (("line_manager", "dsl"), "C12")


@pytest.mark.parametrize("urgency", URGENCIES)
def test_every_ladder_starts_with_those_of_c12_and_ends_outside(pack: Pack, urgency: str) -> None:
    rungs = pack.ladders.of(urgency)
    assert rungs[0].roles == ("line_manager", "dsl")
    assert [rung.outside for rung in rungs] == [False, False, False, True]


def test_the_more_urgent_the_ladder_the_sooner_the_next_rung(pack: Pack) -> None:
    waits = [pack.ladders.of(urgency)[0].acknowledge_within for urgency in URGENCIES]
    assert waits == sorted(set(waits))


def test_whether_a_colleague_is_involved_is_asked_first(pack: Pack) -> None:
    assert pack.questions_given({})[0] == "involves_us"


def test_capacity_and_consent_are_asked_about_adults_only(pack: Pack) -> None:
    assert {"consent", "capacity"} <= set(pack.questions_given({"child_or_adult": "adult"}))
    assert not {"consent", "capacity"} & set(pack.questions_given({"child_or_adult": "child"}))


@pytest.mark.rule("C15")
def test_how_they_took_the_limits_is_asked_once_they_were_told(pack: Pack) -> None:
    assert "told_limits" in pack.questions_given({})
    assert "limits_reaction" in pack.questions_given({"told_limits": "yes"})
    assert "limits_reaction" not in pack.questions_given({"told_limits": "no"})


def test_the_fingerprint_does_not_depend_on_comments_or_quotes(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "same.yml"
    same = SHIPPED.replace("clause: Introduction\n", 'clause: "Introduction"  # quoted\n')
    path.write_text(same, encoding="utf-8")
    assert load_pack(path).sha256 == pack.sha256


def test_the_fingerprint_changes_with_one_word(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "other.yml"
    path.write_text(SHIPPED.replace("Nobody can offer", "Nobody may offer"), encoding="utf-8")
    assert load_pack(path).sha256 != pack.sha256


def test_an_unknown_pack_is_refused_with_the_packs_there_are() -> None:
    with pytest.raises(FaultyFile) as raised:
        load_pack("nobodys_policy")
    assert "nobodys_policy" in str(raised.value)
    assert "children_and_families" in str(raised.value)


def test_a_misspelt_setting_is_named_with_its_line(faults_of: Faults) -> None:
    missing, unknown = faults_of("review_due:", "reveiw_due:")
    assert "`review_due` is missing" in missing.message
    assert "`reveiw_due`" in unknown.message
    assert unknown.line == line_of("review_due:")


def test_a_summary_of_too_many_words_is_refused_at_its_line(faults_of: Faults) -> None:
    (fault,) = faults_of("Sharing confidential", "Sharing confidential" + " and private" * 10)
    assert fault.line == line_of("code: C19") + 3
    assert "25 words" in fault.cure


def test_a_rule_that_stands_twice_is_refused(faults_of: Faults) -> None:
    assert "C16 stands here twice." in [f.message for f in faults_of("code: C17", "code: C16")]


def test_a_rule_in_no_topic_is_refused_because_nobody_would_see_it(faults_of: Faults) -> None:
    (fault,) = faults_of("  exact_words: [C17]\n", "")
    assert fault.line < line_of("exact_words:")
    assert "C17 is in no topic" in fault.message


def test_a_topic_that_leads_to_no_rule_is_refused_at_its_line(faults_of: Faults) -> None:
    (fault,) = faults_of("limits: [C15, C9]", "limits: [C15, C9, C77]")
    assert (fault.line, fault.message) == (line_of("  limits:"), "There is no rule C77.")


def test_an_unknown_role_on_a_ladder_is_refused_with_the_roles_there_are(
    faults_of: Faults,
) -> None:
    (fault,) = faults_of("roles: [deputy_dsl]\n", "roles: [deputy]\n")
    assert fault.line == line_of("roles: [deputy_dsl]\n")
    assert "deputy_dsl" in fault.cure


def test_a_ladder_that_ends_inside_the_organisation_is_refused(faults_of: Faults) -> None:
    (fault,) = faults_of("      outside: true\n", "")
    assert "emergency ladder ends inside" in fault.message


def test_a_rung_without_a_time_is_refused(faults_of: Faults) -> None:
    (fault,) = faults_of("      acknowledge_within_minutes: 5\n", "")
    assert "one time" in fault.message
    assert fault.line == line_of("- roles: [line_manager, dsl]\n      ack")


def test_a_rung_with_two_times_is_refused(faults_of: Faults) -> None:
    time = "acknowledge_within_minutes: 5\n"
    (fault,) = faults_of(time, f"{time}      acknowledge_within_seconds: 5\n")
    assert "only one" in fault.message


def test_a_question_that_waits_for_a_later_one_is_refused(faults_of: Faults) -> None:
    (fault,) = faults_of("only_if: {told_limits:", "only_if: {safe_now:")
    assert "`limits_reaction` waits for `safe_now`" in fault.message


def test_a_question_asked_twice_is_refused(faults_of: Faults) -> None:
    (fault,) = faults_of("  - id: present\n", "  - id: present\n  - id: present\n")
    assert "`present` would be asked twice" in fault.message


def test_a_question_heard_cannot_record_is_refused(faults_of: Faults) -> None:
    (fault,) = faults_of("- id: wishes", "- id: star_sign")
    assert fault.line == line_of("- id: wishes")
    assert "safe_now" in fault.cure
