"""Calls the service's actions, and stops the turn when one of them fails.

Rasa itself logs a failed action, drops its events and goes on to the next sentence, which may
then claim what never happened (reliability.md finding 1).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import aiohttp
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

REJECTED = 400


class ActionFailed(BaseException):
    """An action gave no usable answer. The turn ends here: unsaved, so it can be repeated.

    Not an Exception, because MessageProcessor._run_action swallows every Exception.
    """


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint with a time limit, and no way for a failure to pass unnoticed."""

    @classmethod
    def of(cls, config: EndpointConfig) -> ActionEndpoint:
        """Takes over what endpoints.yml says; its `timeout_seconds` limits each call."""
        # Rasa checks each answer with a schema that it compiles anew: 40 ms of a turn, each
        # time. `request` checks with the same schema, compiled once.
        RemoteAction._validate_action_result = lambda _action, _answer: True
        return cls(config.url, headers=config.headers, **config.kwargs)

    async def request(self, method: str = "post", **call: Any) -> dict[str, Any]:
        """Returns the action's events and responses.

        Raises:
            ActionFailed: refused, failed, too late, or not an answer of rasa-sdk.
            ClientResponseError: the action rejects a form step, which Rasa handles.
        """
        limit = aiohttp.ClientTimeout(total=self.kwargs["timeout_seconds"])
        try:
            answer = await super().request(method, **{**call, "timeout": limit})
        except ClientResponseError as error:
            if _is_rejection(error):
                raise
            raise ActionFailed from error
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise ActionFailed from error
        if not _checker().is_valid(answer):
            raise ActionFailed
        return answer


def _is_rejection(error: ClientResponseError) -> bool:
    try:
        return error.status == REJECTED and "action_name" in json.loads(error.text)
    except ValueError:
        return False


@cache
def _checker() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    return validator_for(schema)(schema)
