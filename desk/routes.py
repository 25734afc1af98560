"""Step 7 of 7: manager. The case desk: what waits, one record behind a reason.

One file a page. A person who may not know of a record is answered as if there were none.
"""

from __future__ import annotations

from fastapi import APIRouter

from desk import (
    cases,
    decisions,
    duties,
    emergency,
    figures,
    handover,
    keeping,
    ladder,
    notices,
    process,
    proving,
    record,
    reviewing,
    rota,
    search,
    sharing,
    takeout,
)
from desk.frame import Desk, Pages

__all__ = ["Desk", "Pages", "make_router"]

# `record` last: its path takes any word.
PAGES = (
    cases,
    decisions,
    duties,
    rota,
    ladder,
    process,
    notices,
    handover,
    keeping,
    search,
    emergency,
    proving,
    sharing,
    figures,
    takeout,
    reviewing,
    record,
)


def make_router(desk: Desk) -> APIRouter:
    """The desk's pages."""
    router = APIRouter(prefix="/desk")
    for page in PAGES:
        page.add_routes(router, desk)
    return router
