"""Bolt and Slack's own library log what they are sent: bodies, texts, tokens. Here they do not."""

from __future__ import annotations

import logging


def silent() -> logging.Logger:
    """A logger that says nothing. Bolt makes its own after the pattern of the one it is given."""
    logger = logging.getLogger("slack_silent")
    logger.disabled = True
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)
    return logger
