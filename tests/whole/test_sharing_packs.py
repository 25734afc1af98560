"""`heard chat --organisation` through a share, a do-not-share and a not-sure case in each pack."""

from __future__ import annotations

from casework.vocabulary import REFERENCE
from tests.whole.chat import Chat, Turn, chat, codes
from tests.whole.processes import Heard

# What to answer where the question leads elsewhere in this pack. Everything else is yes.
NO = dict.fromkeys(
    (
        "harm_concern",
        "about_host",
        "recipient_is_host",
        "telling_raises_risk",
        "telling_spoils_investigation",
    ),
    "no",
)
FREE = {
    "how_much": "still at the same address: yes",
    "shared_with": "housing, to sort out her benefit",
    "why_not_shared": "they have no need of it",
    "advice_outcome": "asked, and they say no",
}
# The clause that each case must show as the decision is made. Source: policy-rules.md section 2.
CLAUSES = {
    "kent_shared_lives": ({"K4", "K6"}, {"K4"}, set()),
    "children_and_families": ({"C4", "C7", "C18"}, {"C4"}, {"C14", "C8"}),
    "crossroads_west_wales": ({"X5", "X11"}, {"X5"}, {"X12", "X9"}),
    "home_start_mid_west_suffolk": ({"H3", "H19"}, {"H2", "H3"}, {"H9"}),
    "manchester_settlement": ({"M13", "M16", "M18"}, {"M13", "M11"}, {"M34", "M20", "M24"}),
}


def until_decided(talk: Chat, asks: str | None, **answers: str) -> Turn:
    for _ in range(30):
        assert asks is not None
        turn = talk.send({**NO, **FREE, **answers}.get(asks, "yes"))
        if turn["outcome"] is not None:
            return turn
        asks = turn["asks"]
    raise AssertionError("nothing is ever decided")


def to_the_end(talk: Chat, turn: Turn, **answers: str) -> None:
    while turn["asks"] is not None:
        turn = talk.send({**NO, **FREE, **answers}.get(turn["asks"], "yes"))
    talk.sign()


def test_each_pack_shares_refuses_and_sends_for_advice(packed: Heard) -> None:
    to_share, to_refuse, to_ask = CLAUSES[packed.pack]
    with chat(packed) as talk:
        begun = talk.send("housing want to know if shes still living there, do i tell them")
        assert (begun["need"], begun["asks"]) == ("share_request", "harm_concern")
        assert codes(begun)
        shared = until_decided(talk, "harm_concern")
        assert shared["outcome"] == "share"
        assert to_share <= codes(shared)
        assert "extract" in [reply["kind"] for reply in shared["replies"]]
        to_the_end(talk, shared)

        begun = talk.send("a neighbour wants her new number, do i give it to him")
        assert begun["asks"] == "harm_concern"
        assert begun["reference"] != shared["reference"]
        refused = until_decided(talk, "harm_concern", legitimate_purpose="no")
        assert refused["outcome"] == "do_not_share"
        assert to_refuse <= codes(refused)
        to_the_end(talk, refused)

        begun = talk.send("the school asks where she lives now, am i allowed to tell them")
        asked = until_decided(talk, "harm_concern", legitimate_purpose="not sure")
        assert asked["outcome"] == "seek_advice"
        assert to_ask <= codes(asked)
        assert asked["asks"] == "advice_outcome"
        again = talk.send("asked, and they say no")
        assert again["asks"] == "legitimate_purpose"
        assert talk.send("no")["outcome"] == "do_not_share"
        assert REFERENCE.fullmatch(begun["reference"])
