"""By which routes Heard reaches people, as the environment says. Without any, the desk alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from casework.errors import FileUnusable, WrongSetting
from connectors.slack.api import SlackApi
from connectors.slack.pings import SlackRoute
from connectors.slack.settings import SlackSettings
from escalation.mail import MailRoute, MailServer, hand_in
from escalation.routes import DELIVERED, Route, Routes
from escalation.twilio import Account, TwilioRoute
from records.checkpoints import Checkpoint

MAILED = "heard-checkpoints.jsonl"
TWILIO = "https://api.twilio.com"
TWILIO_SETTINGS = ("HEARD_TWILIO_ACCOUNT", "HEARD_TWILIO_TOKEN", "HEARD_TWILIO_FROM")


@dataclass(frozen=True)
class OutgoingSettings:
    """The mail server, the account for texts and calls, the address that is called while all is
    well, and Slack."""

    mail: MailServer | None = None
    twilio: Account | None = None
    heartbeat: str | None = None
    slack: SlackSettings | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> OutgoingSettings:
        """HEARD_SMTP with HEARD_MAIL_FROM; HEARD_TWILIO_ACCOUNT, _TOKEN and _FROM (and _ADDRESS,
        for a provider that speaks the same); HEARD_HEARTBEAT_URL.

        Raises:
            WrongSetting: One is missing beside another, or is not what it should be.
            SlackSettingsWrong: The same of Slack's (connectors/slack/settings.py).
        """
        return cls(
            _mail(environment),
            _twilio(environment),
            environment.get("HEARD_HEARTBEAT_URL"),
            SlackSettings.read(environment),
        )

    def routes(self) -> Routes:
        """What is set up, ready to send."""
        found: list[Route] = []
        if self.slack is not None:
            found.append(SlackRoute(SlackApi(self.slack)))
        if self.mail is not None:
            found.append(MailRoute(self.mail))
        if self.twilio is not None:
            found += [TwilioRoute(self.twilio, name) for name in ("sms", "voice")]
        return Routes(tuple(found))


NOTHING_SET_UP = OutgoingSettings()


def _mail(environment: Mapping[str, str]) -> MailServer | None:
    address = environment.get("HEARD_SMTP")
    if not address:
        return None
    sender = environment.get("HEARD_MAIL_FROM")
    if not sender or "@" not in sender:
        raise WrongSetting("HEARD_SMTP is set: set HEARD_MAIL_FROM too, such as heard@example.org.")
    try:
        return MailServer.read(address, sender)
    except ValueError as wrong:
        raise WrongSetting(f"HEARD_SMTP cannot be used. {wrong}") from None


def _twilio(environment: Mapping[str, str]) -> Account | None:
    account, token, sender = (environment.get(name, "") for name in TWILIO_SETTINGS)
    if not any((account, token, sender)):
        return None
    if not all((account, token, sender)):
        raise WrongSetting(f"Set all of {', '.join(TWILIO_SETTINGS)}, or none.")
    address = environment.get("HEARD_TWILIO_ADDRESS", TWILIO).rstrip("/")
    return Account(address, account, token, sender)


def mail_checkpoints(server: MailServer | None, to: str) -> Callable[[Sequence[Checkpoint]], None]:
    """Sends checkpoints to a mailbox, as a file that `heard records verify --against` reads."""

    def send(fresh: Sequence[Checkpoint]) -> None:
        if server is None:
            raise FileUnusable(f"Checkpoints cannot be mailed to {to}: set HEARD_SMTP.")
        mail = EmailMessage()
        mail["From"], mail["To"] = server.sender, to
        mail["Subject"] = f"Heard: checkpoint {fresh[-1].number}"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            "Keep this mail. It proves later that no record was changed or removed.\n"
            "It holds no name and no word of a case.\n"
        )
        lines = "".join(f"{one.line}\n" for one in fresh)
        mail.add_attachment(lines.encode(), "application", "jsonl", filename=MAILED)
        outcome = asyncio.run(hand_in(server, mail))
        if outcome.result != DELIVERED:
            raise FileUnusable(f"Checkpoints were not mailed to {to}: {outcome.result}.")

    return send
