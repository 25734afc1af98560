"""Where Rasa's action calls come in: loopback, with a token, and no text in any answer or log.

The stock rasa-sdk server has no authentication and echoes the whole tracker in its 500 answer
and its log (reliability.md finding 7); only its executor is used here. A failed action answers
500 with an empty body: the dialogue then drops the whole turn, so that it can be tried again
(bot/action_endpoint.py), and the person is told by the channel.
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor

log = logging.getLogger("heard.actions")
BODY_LIMIT = 512 * 1024


def make_app(executor: ActionExecutor, domain: dict[str, Any], token: str) -> FastAPI:
    """The edge. It answers /webhook and nothing else, to nobody without the token."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    expected = f"Bearer {token}"

    @app.post("/webhook")
    async def webhook(request: Request) -> Response:
        if not hmac.compare_digest(
            request.headers.get("authorization", "").encode(), expected.encode()
        ):
            return Response(status_code=401)
        if int(request.headers.get("content-length", BODY_LIMIT + 1)) > BODY_LIMIT:
            return Response(status_code=413)
        if request.headers.get("content-encoding", "identity") != "identity":
            return Response(status_code=415)  # a small deflate body can hold gigabytes
        return await _run(executor, domain, await request.body())

    return app


async def _run(executor: ActionExecutor, domain: dict[str, Any], body: bytes) -> Response:
    """Runs one action. Whatever it raises stays here; only its class is logged.

    The executor refuses a call without a domain, which is what Rasa sends with
    `enable_selective_domain`; it is handed the one we loaded.
    """
    action = None
    try:
        call = json.loads(body)
        action = call["next_action"]
        result = await executor.run({**call, "domain": call.get("domain") or domain})
        if result is None:
            raise LookupError("no action was named")
    except Exception as error:  # the edge: nothing may pass, nothing may be lost silently
        log.error("action failed: %s (%s)", action, type(error).__name__)
        return Response(status_code=500)
    return JSONResponse(result.model_dump())
