"""Step 2 of 7: the seam to the dialogue (bot/channel.py), with its token, over loopback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from casework.errors import DialogueFailed, DialogueTooSlow, DialogueUnavailable

# A guided turn takes 60 ms; a person is told after this that something is wrong.
TIMEOUT_SECONDS = 8.0
# It took the message and failed, or will not take it: it is this message that is at fault.
FAILED_ON_IT = (httpx.codes.INTERNAL_SERVER_ERROR, httpx.codes.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True)
class DialogueTurn:
    """What the dialogue answered: its replies in its own shape, and where it stands now."""

    replies: list[dict[str, Any]]
    intent: str | None
    asks: str | None


class Dialogue:
    """Speaks to Rasa. A failure is DialogueUnavailable or DialogueFailed: try again."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=address, headers=headers, timeout=TIMEOUT_SECONDS)

    async def turn(self, conversation_id: str, message_id: str, text: str) -> DialogueTurn:
        """One turn. The same message id again answers the same, and nothing runs twice."""
        body = {"conversation": conversation_id, "message_id": message_id, "text": text}
        answer = await self._call("POST", "/webhooks/heard/turn", body)
        intent = answer["intent"].get("name")
        return DialogueTurn(answer["replies"], intent, answer["asks"])

    async def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """What each text would be understood as; nothing is kept."""
        answer = await self._call("POST", "/webhooks/heard/parse", {"texts": texts})
        results: list[dict[str, Any]] = answer["results"]
        return results

    async def is_up(self) -> bool:
        """Whether it can answer and keep its trackers."""
        try:
            await self._call("GET", "/webhooks/heard/health", None)
        except DialogueUnavailable:
            return False
        return True

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, json=body)
            if response.status_code in FAILED_ON_IT:
                raise DialogueFailed
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
        except httpx.TimeoutException:
            raise DialogueTooSlow from None
        except (httpx.HTTPError, ValueError) as error:
            # The error's own text is left out: it can hold the request.
            raise DialogueUnavailable(type(error).__name__) from None
        return answer
