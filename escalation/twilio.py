"""Text messages and telephone calls through Twilio's HTTP interface.

Its own library brings two HTTP clients for the four calls that are needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx

from casework.organisation import Person
from escalation.routes import ACCEPTED, DELIVERED, Outcome, Outgoing

TIMEOUT_SECONDS = 9.0
UK_CODE = "+44"

# What its states mean. A call that was answered is "in-progress" and then "completed"; an
# answering machine answers too, so a delivered call is not somebody who heard it.
SMS_STATES = {"delivered": DELIVERED, "read": DELIVERED}
CALL_STATES = {"in-progress": DELIVERED, "completed": DELIVERED}
STILL_GOING = {"accepted", "scheduled", "queued", "sending", "sent", "initiated", "ringing"}


@dataclass(frozen=True)
class Account:
    """An account with Twilio, and the number that it sends from. `repr` hides the token."""

    address: str
    sid: str
    token: str
    sender: str

    def __repr__(self) -> str:
        return f"Account({self.sid})"


class TwilioRoute:
    """One of its two resources. There is no key for repeats in its interface: a repeat says so."""

    updates = False

    def __init__(self, account: Account, name: str) -> None:
        self.name = name
        self._account = account
        self._resource = "Calls" if name == "voice" else "Messages"
        self._states = CALL_STATES if name == "voice" else SMS_STATES

    def reaches(self, person: Person) -> bool:
        return person.phone is not None

    async def send(self, message: Outgoing) -> Outcome:
        content = (
            {"Twiml": f"<Response><Say loop='2'>{escape(message.spoken)}</Say></Response>"}
            if self.name == "voice"
            else {"Body": message.text}
        )
        to = international(message.person.phone or "")
        form = {"To": to, "From": self._account.sender, **content}
        return await self._call("POST", f"{self._resource}.json", form)

    async def check(self, receipt: str) -> Outcome:
        return await self._call("GET", f"{self._resource}/{receipt}.json")

    async def update(self, receipt: str, message: Outgoing) -> None:
        """A text message that was sent stays as it is."""

    async def _call(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Outcome:
        account = self._account
        address = f"{account.address}/2010-04-01/Accounts/{account.sid}/{path}"
        try:
            async with httpx.AsyncClient(
                timeout=TIMEOUT_SECONDS, auth=(account.sid, account.token)
            ) as http:
                answer = await http.request(method, address, data=form)
                body = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, ValueError) as error:
            return Outcome.failed(type(error).__name__)
        return self._outcome(body) if answer.is_success else Outcome.failed(answer.status_code)

    def _outcome(self, body: Any) -> Outcome:
        """A success that names no message, or an error in it, is not a success."""
        if not isinstance(body, dict) or not body.get("sid"):
            return Outcome.failed("no_receipt")
        if body.get("error_code"):
            return Outcome.failed(body["error_code"])
        state = str(body.get("status"))
        if state in self._states:
            return Outcome(self._states[state], str(body["sid"]))
        if state in STILL_GOING:
            return Outcome(ACCEPTED, str(body["sid"]))
        return Outcome.failed(state)


def international(phone: str) -> str:
    """A number as Twilio wants it: 07700 900123 is +447700900123."""
    digits = phone.replace(" ", "")
    return UK_CODE + digits[1:] if digits.startswith("0") else digits
