"""Step 4 of 7: policy. The small words of a pack: ids, codes, summaries."""

from typing import Annotated

from pydantic import AfterValidator, Field

from policy.document import matching, refusal

SUMMARY_WORDS = 25


def _short(summary: str) -> str:
    words = len(summary.split())
    if words > SUMMARY_WORDS:
        message = f"{words} words are too many to read on a phone."
        raise refusal(message, f"Say it in {SUMMARY_WORDS} words or fewer.")
    return summary


Id = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z][a-z0-9_]*",
            "An id has small letters, digits and _ only.",
            "Write it like duty_dsl.",
        )
    ),
]
Code = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Z]{1,3}[0-9]{1,3}",
            "A rule's code is capitals and a number.",
            "Write it like C10.",
        )
    ),
]
Text = Annotated[str, Field(min_length=1)]
Summary = Annotated[Text, AfterValidator(_short)]
