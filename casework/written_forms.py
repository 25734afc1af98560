"""How a time of day, a telephone number, an address and a member id are written in a file."""

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from policy.document import matching, refusal


def _clock(value: object) -> object:
    # Left to itself pydantic reads "9" as nine seconds past midnight.
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", str(value)):
        raise refusal("This is not a time of day.", 'Write it like "09:00".')
    return value


ClockTime = Annotated[time, BeforeValidator(_clock)]
Phone = Annotated[
    str,
    AfterValidator(
        matching(
            r"\+?[0-9][0-9 ]{1,18}[0-9]",
            "A telephone number has digits and spaces only.",
            "Write it like 01632 960123.",
        )
    ),
]
Email = Annotated[
    str,
    AfterValidator(
        matching(
            r"[^@\s]+@[^@\s]+\.[^@\s]+",
            "This is not an e-mail address.",
            "Write it like name@example.org.",
        )
    ),
]
SlackId = Annotated[
    str,
    AfterValidator(
        matching(
            r"[UW][A-Z0-9]+",
            "This is not a Slack member ID.",
            "Copy the member ID, which begins with U or W, from the person's Slack profile.",
        )
    ),
]
