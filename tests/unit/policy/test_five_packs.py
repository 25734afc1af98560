"""Five policies, each carried whole: every rule has its clause, its summary and a place."""

import pytest

from policy.pack import SUMMARY_WORDS, URGENCIES, load_pack, pack_names

RULES = {
    "kent_shared_lives": [f"K{n}" for n in range(15)],
    "children_and_families": [f"C{n}" for n in range(1, 23)],
    "crossroads_west_wales": [f"X{n}" for n in range(1, 22)],
    "home_start_mid_west_suffolk": [f"H{n}" for n in range(1, 34)],
    "manchester_settlement": [f"M{n}" for n in range(1, 47)],
}
# What casework and the guide ask for by name, whatever the organisation.
ROLES = {"line_manager", "dsl", "deputy_dsl", "on_call", "trustee", "dp_trustee"}


def test_five_packs_ship() -> None:
    assert set(pack_names()) == set(RULES)


@pytest.mark.parametrize(("name", "codes"), RULES.items())
def test_every_rule_of_the_policy_is_carried(name: str, codes: list[str]) -> None:
    pack = load_pack(name)
    assert [rule.code for rule in (*pack.rules, *pack.owner_notices)] == codes


@pytest.mark.parametrize("name", RULES)
def test_every_summary_is_short_calm_and_ours(name: str) -> None:
    pack = load_pack(name)
    summaries = [rule.summary for rule in pack.rules]
    assert len(set(summaries)) == len(summaries)
    for summary in summaries:
        assert 4 <= len(summary.split()) <= SUMMARY_WORDS
        assert summary[-1] in ".?"
        assert "!" not in summary


@pytest.mark.parametrize("name", RULES)
def test_every_pack_has_the_roles_that_the_guide_asks_for(name: str) -> None:
    assert set(load_pack(name).roles) >= ROLES


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("urgency", URGENCIES)
def test_the_safeguarding_lead_is_told_on_the_first_rung(name: str, urgency: str) -> None:
    assert "dsl" in load_pack(name).ladders.of(urgency)[0].roles
