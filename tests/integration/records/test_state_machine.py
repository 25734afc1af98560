"""The store against a model in plain Python, whatever order things happen in."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from casework.facts import RecordHead
from casework.vocabulary import EntryKind
from records.checkpoints import Checkpoint
from records.keyring import KeyRing
from records.rotation import rotate
from records.standalone import verify_export
from tests.integration.records.archive import Archive, Template, line

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
PEOPLE = st.sampled_from(["manager", "dsl", "deputy_dsl"])
EXAMPLES, STEPS = 6, 25


@dataclass
class Known:
    """What a record should be: its lines (None: destroyed), and who is left out."""

    head: RecordHead
    lines: list[str | None] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    destroyed: bool = False


class StoreMachine(RuleBasedStateMachine):
    """Each rule does one thing to the store and the same to the model."""

    template: Template
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.archive = self.stack.enter_context(self.template.copy(Path(folder)))
        self.known: list[Known] = []
        self.anchors: list[Checkpoint] = []
        self.rows = 0

    def teardown(self) -> None:
        self.stack.close()

    @rule(target=cases)
    def open_one(self) -> Known:
        known = Known(self.archive.opened())
        self.known.append(known)
        self.rows += 1
        return known

    @rule(case=cases, text=ANY_TEXT, key=st.integers(0, 30))
    def append(self, case: Known, text: str, key: int) -> None:
        """The same key again is the line that stands."""
        entry = self.archive.write(case.head, text, source_key=f"message-{key}")
        seq = case.keys.get(f"message-{key}")
        if seq is None:
            seq = case.keys[f"message-{key}"] = len(case.lines) + 1
            case.lines.append(text)
            self.rows += 1
        assert entry.seq == seq

    @precondition(lambda self: any(case.lines for case in self.known))
    @rule(text=ANY_TEXT, data=st.data())
    def amend(self, text: str, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from([case for case in self.known if case.lines]))
        seq = data.draw(st.integers(1, len(case.lines)))
        more = {"kind": EntryKind.AMENDMENT, "links_to": seq, "relation": "amends"}
        assert self.archive.write(case.head, text, **more).links_to == seq
        case.lines.append(text)
        self.rows += 1

    @rule(case=cases, person=PEOPLE)
    def leave_out(self, case: Known, person: str) -> None:
        with self.archive.store.work() as work:
            work.records.add_conflict(case.head.id, person)
        self.rows += person not in case.left_out
        case.left_out.add(person)

    @rule(case=cases, text=ANY_TEXT)
    def fail_in_the_middle(self, case: Known, text: str) -> None:
        try:
            with self.archive.store.work() as work:
                work.records.append(case.head.id, line(text))
                work.records.add_conflict(case.head.id, "never")
                raise KeyError
        except KeyError:
            pass

    @rule(case=cases)
    def destroy(self, case: Known) -> None:
        with self.archive.store.work() as work:
            work.records.destroy(case.head.id, by="dsl", agreed_by="trustee", ground="over")
        if not case.destroyed:
            case.destroyed = True
            case.lines = [None] * len(case.lines)
            self.rows += 1

    @precondition(lambda self: self.known)
    @rule()
    def checkpoint(self) -> None:
        made = self.archive.checkpoint()
        assert made.position == self.rows
        if made not in self.anchors:
            self.anchors.append(made)

    @rule()
    def rotate(self) -> None:
        ring = KeyRing.open(self.archive.key_file, may_make=False, environment={})
        rotate(self.archive.engine, ring, lambda said: None)

    @rule()
    def start_again(self) -> None:
        clock = self.archive.clock
        self.archive.close()
        self.archive = Archive(self.archive.url, self.archive.key_file, clock)
        self.stack.callback(self.archive.close)

    @precondition(lambda self: self.anchors)
    @rule(data=st.data())
    def export(self, data: st.DataObject) -> None:
        """Any record that the newest checkpoint holds proves itself to who has that checkpoint."""
        self.checkpoint()
        case = data.draw(st.sampled_from(self.known))
        kept = verify_export.read_checkpoints("\n".join(one.line for one in self.anchors))
        verdict = verify_export.check(self.archive.export(case.head), kept, None)
        assert (verdict["faults"], verdict["kept_outside"]) == ([], True)

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        verdict = self.archive.verdict(self.anchors)
        assert (verdict.entries, verdict.faults) == (self.rows, ())
        with self.archive.store.read() as work:
            for case in self.known:
                lines = work.records.entries(case.head.id)
                assert [None if one.destroyed else str(one.text) for one in lines] == case.lines
                assert work.records.conflicted(case.head.id) == case.left_out


def test_the_store_does_what_a_list_in_memory_would_do(template: Template) -> None:
    class Machine(StoreMachine):
        pass

    Machine.template = template
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
