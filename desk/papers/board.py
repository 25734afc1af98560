"""The PDFs for trustees: figures without names, and the process of one case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.organisation import Organisation
from casework.words import name_of
from desk.papers.lines import SHORT_HASH, moment, titled
from desk.printing import make_pdf
from records.exports.board import BoardPaper
from records.exports.evidence import ClockRun, Evidence

_MET = {True: "Yes", False: "No", None: "-"}


def make_board_pdf(paper: BoardPaper, organisation: Organisation) -> bytes:
    """Tables whose small numbers were held back before."""
    content = {
        "organisation": organisation.name,
        "quarter": paper.quarter,
        "by": name_of(organisation, paper.by),
        "at": moment(paper.at),
        "reason": paper.reason,
        "total": paper.total,
        "tables": [
            {"name": one.name, "counts": list(one.counts.items()) if one.counts else None}
            for one in paper.tables
        ],
    }
    return make_pdf("board", content, at=paper.at)


def make_evidence_pdf(evidence: Evidence, organisation: Organisation) -> bytes:
    """Roles, times, hashes; no names and no words."""
    content = {
        "organisation": organisation.name,
        "reference": evidence.reference,
        "kind": titled(evidence.kind),
        "urgency": titled(evidence.urgency) or "-",
        "status": titled(evidence.status),
        "policy": evidence.policy,
        "by": evidence.by,
        "at": moment(evidence.at),
        "reason": evidence.reason,
        "clocks": [_clock(run) for run in evidence.clocks],
        "steps": [_step(step) for step in evidence.steps],
        "lines": [_line(line) for line in evidence.lines],
        "readings": [[role, f"{count} ×"] for role, count in evidence.readings.items()],
        "entries": evidence.verdict.entries,
        "faults": list(evidence.verdict.faults),
        "checkpoint": str(evidence.checkpoint.number),
        "head": evidence.checkpoint.head,
        "key": str(evidence.checkpoint.content["key"]),
    }
    return make_pdf("evidence", content, at=evidence.at)


def _clock(run: ClockRun) -> dict[str, str]:
    return {
        "name": run.name,
        "took": spoken(run.took),
        "allowed": spoken(run.allowed),
        "met": _MET[run.met],
    }


def _step(step: dict[str, Any]) -> dict[str, str]:
    return {
        "rung": str(step["rung"] + 1),
        "role": step["role"],
        "route": titled(step["route"]),
        "result": titled(step["result"]),
        "at": moment(step["at"]),
    }


def _line(line: dict[str, Any]) -> dict[str, str]:
    topic = f": {titled(line['topic']).lower()}" if line["topic"] else ""
    return {
        "seq": str(line["seq"]),
        "what": titled(line["kind"]) + topic,
        "role": line["role"],
        "written_at": moment(line["written_at"]),
        "hash": line["hash"][:SHORT_HASH],
    }


def spoken(duration: timedelta | None) -> str:
    """A time as people say it; "-" for none."""
    if duration is None:
        return "-"
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
