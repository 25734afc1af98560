"""`heard chat` in each pack: somebody official asks, information got out, told in confidence, and
a colleague. Every question is answered, every wait is come back from, and all of it is signed."""

from __future__ import annotations

from typing import Any

from tests.whole.chat import Chat, Turn, buttons, chat, lines
from tests.whole.people import said, says
from tests.whole.processes import Heard

# The clauses that each conversation must have shown. Source: policy-rules.md section 2.
OFFICIAL = {
    "kent_shared_lives": {"K0", "K4", "K6"},
    "children_and_families": {"C4", "C18", "C21"},
    "crossroads_west_wales": {"X5", "X11", "X12", "X13"},
    "home_start_mid_west_suffolk": {"H3", "H11", "H24"},
    "manchester_settlement": {"M13", "M36", "M40"},
}
BREACH = {
    "kent_shared_lives": {"K11", "K12"},
    "children_and_families": {"C2", "C19", "C21"},
    "crossroads_west_wales": {"X16", "X17"},
    "home_start_mid_west_suffolk": {"H7", "H31", "H32", "H33"},
    "manchester_settlement": {"M32", "M38"},
}
WORRY = {
    "kent_shared_lives": {"K6"},
    "children_and_families": {"C8", "C14"},
    "crossroads_west_wales": {"X9", "X10", "X12"},
    "home_start_mid_west_suffolk": {"H9"},
    "manchester_settlement": {"M20", "M24", "M34"},
}
# Who decides about a breach, by name and by role. Source: policy-rules H31, C21.
TRUSTEE = ("Data Protection Trustee", "Data Protection Trustee")
DECIDES = {
    "kent_shared_lives": ("Data Protection Lead", "Data protection lead"),
    "children_and_families": ("Data Protection Trustee", "Company Secretary"),
}
FREE = {
    "what_is_asked": "where he lives now",
    "under_what_power": "they didn't say",
    "what_happened": "her file went to the wrong family",
    "breach_when": "this morning, i saw it just now",
    "whose": "one mum and her two children",
}


def answer_all(talk: Chat, turn: Turn, **answers: Any) -> Turn:
    """Answers what is asked, with yes where nothing is given, until nothing is."""
    for _ in range(20):
        if turn["asks"] is None:
            return turn
        turn = talk.send({**FREE, **answers}.get(turn["asks"], "yes"))
    raise AssertionError(f"there is no end to it: {turn}")


def test_a_caller_is_checked_and_what_is_asked_is_answered_by_others(packed: Heard) -> None:
    with chat(packed) as talk:
        begun = talk.send("someone from the council rang, wants to know if tom is one of ours")
        # How they ask and who they are has been said.
        assert (begun["need"], begun["asks"]) == ("official_request", "identity")
        assert says(begun, "utter_begin_official_request")
        waits = talk.send("no")
        assert says(waits, "utter_caller_unchecked")
        assert buttons(waits) == ["It's done", "They won't say", "Go back"]
        back = talk.send("done")
        assert back["asks"] == "entitlement"
        ask = talk.send("not sure")
        assert says(ask, "utter_caller_not_entitled")
        assert [reply["links"] for reply in ask["replies"]] != [[]]
        found = talk.press("They may have it")
        assert found["asks"] == "number_found_independently"
        talk.send("yes, off their website")
        asked = talk.send("rung them back")
        assert asked["asks"] == "what_is_asked"
        told = talk.send("where he lives now")
        assert says(told, "utter_told")
        ended = answer_all(talk, told)
        statement = packed.pack == "home_start_mid_west_suffolk"
        assert says(ended, "utter_request_statement" if statement else "utter_request_plan")
        assert lines(ended)["What exactly do they ask for?"] == "where he lives now"
        assert OFFICIAL[packed.pack] <= talk.codes()
        talk.sign()

        # Another one, who will not be checked.
        talk.press("Someone official is asking")
        assert talk.press("They rang")["asks"] == "identity"
        talk.send("no")
        gone = talk.send("he put the phone down")
        assert says(gone, "utter_caller_gone")
        assert says(gone, "utter_told")
        talk.sign()


def test_a_breach_is_kept_and_whoever_decides_hears_first(packed: Heard) -> None:
    with chat(packed) as talk:
        begun = talk.send("i sent her file to the wrong family by email")
        assert (begun["need"], begun["asks"]) == ("breach", "what_happened")
        told = talk.send(FREE["what_happened"])
        name, role = DECIDES.get(packed.pack, TRUSTEE)
        assert f"I've told the {name} that" in said(told)
        ended = answer_all(talk, told, may_affect_people="not sure")
        assert f"The {role} decides" in said(ended)
        assert says(ended, "utter_breach_clock")
        assert says(ended, "utter_breach_tell_people")
        assert "Someone may be harmed" in buttons(ended)
        assert lines(ended)["What got out, and how?"] == FREE["what_happened"]
        assert BREACH[packed.pack] <= talk.codes()
        # Tapping a line asks it again, and what follows from it is worked out anew.
        again = talk.press("Go back")
        assert again["asks"] == "may_affect_people"
        assert not says(talk.send("no"), "utter_breach_tell_people")
        talk.sign()


def test_told_in_confidence_leads_to_advice_or_goes_up(packed: Heard) -> None:
    with chat(packed) as talk:
        begun = talk.send("one of my ladies told me something in confidence and it worries me")
        assert (begun["need"], begun["asks"]) == ("worry_in_confidence", "harm_concern")
        assert talk.send("no")["asks"] == "involves_us"
        ask = talk.send("no")
        assert ask["asks"] == "advice_outcome"
        assert [reply["links"] for reply in ask["replies"]] != [[]]
        assert says(talk.send("can you remind me on friday"), "utter_no_reminder_here")
        ended = talk.send("asked without a name, she says let it rest")
        assert says(ended, "utter_guide_read_back")
        assert WORRY[packed.pack] <= talk.codes()
        talk.sign()

        talk.press("Something told in confidence")
        doubt = talk.send("not sure")
        assert says(doubt, "utter_worry_harm")
        assert not says(doubt, "utter_told_nobody_left")
        up = talk.send("no")
        assert says(up, "utter_told")
        assert says(up, "utter_worry_write")
        talk.press("Write down their words")
        talk.send({"words": "he shouts at me something terrible"})
        assert talk.press("Done")["asks"] == "subject"
        talk.press("That's enough")
        back = lines(talk.send("yes"))
        assert back["Their words"] == "1 line"
        talk.sign()


def test_a_worry_about_a_colleague_goes_past_them(packed: Heard) -> None:
    with chat(packed) as talk:
        begun = talk.send("im worried about how my line manager talks to the kids")
        assert (begun["need"], begun["asks"]) == ("colleague_concern", "danger_now")
        assert says(begun, "utter_begin_colleague")
        assert says(begun, "utter_told")
        assert "the Line Manager" not in said(begun)
        saw = talk.send("no")
        assert "What I saw" in buttons(saw) or "Done" in buttons(saw)
        talk.send({"words": "shouted at two of them in the hall"})
        talk.press("Done")
        talk.press("That's enough")
        talk.send("yes")
        talk.sign()
