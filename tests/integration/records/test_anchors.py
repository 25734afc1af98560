"""Checkpoints are kept in places outside, and these tell when the database is not what it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from casework.errors import ChainBroken, FileUnusable, HeardError
from escalation.mail import MailServer
from records import anchors
from records.anchors import GIT_FILE, KeptInFile, KeptInGit, Mailed, Place, read_anchors
from run.outgoing import MAILED, mail_checkpoints
from tests.integration.escalation.providers import FakeMail
from tests.integration.records.archive import Archive, Template


def keep(archive: Archive, *places: Place) -> list[HeardError]:
    return anchors.keep(archive.engine, archive.signer, archive.clock, places)


def git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True)
    return run.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a bare remote, as an organisation sets it up."""
    git("init", "--quiet", "--bare", str(tmp_path / "remote"))
    git("clone", "--quiet", str(tmp_path / "remote"), str(tmp_path / "clone"))
    for name, value in (("user.name", "Heard"), ("user.email", "heard@example.org")):
        git("-C", str(tmp_path / "clone"), "config", name, value)
    git("-C", str(tmp_path / "clone"), "config", "push.autoSetupRemote", "true")
    return tmp_path / "clone"


def test_every_place_gets_every_checkpoint_once(
    archive: Archive, tmp_path: Path, clone: Path
) -> None:
    head = archive.opened()
    places = (KeptInFile(tmp_path / "kept"), KeptInGit(clone))
    for n in range(3):
        archive.write(head, str(n))
        assert keep(archive, *places) == []
        assert keep(archive, *places) == []  # nothing was written since
    assert [one.body for one in read_anchors(tmp_path / "kept")] == [
        one.body for one in archive.anchors()
    ]
    pushed = git("-C", str(tmp_path / "remote"), "show", f"HEAD:{GIT_FILE}")
    assert pushed == (tmp_path / "kept").read_text()
    assert len(pushed.splitlines()) == 3
    assert archive.verdict(places[0].kept()).fault is None


def test_a_place_that_was_away_is_filled_when_it_is_back(
    archive: Archive, tmp_path: Path, clone: Path
) -> None:
    head = archive.opened()
    folder = tmp_path / "mounted"
    places = (KeptInFile(folder / "kept"), KeptInGit(clone))
    remote = (tmp_path / "remote").rename(tmp_path / "away")
    wrong = keep(archive, *places)
    assert [type(one) for one in wrong] == [FileUnusable, FileUnusable]
    folder.mkdir()
    remote.rename(tmp_path / "remote")
    archive.write(head, "meanwhile")
    assert keep(archive, *places) == []
    for place in places:
        assert [one.number for one in place.kept()] == [1, 2]
    assert len(git("-C", str(tmp_path / "remote"), "show", f"HEAD:{GIT_FILE}").splitlines()) == 2


def test_an_older_copy_of_the_database_is_an_alarm_and_adds_nothing(
    archive: Archive, template: Template, tmp_path: Path
) -> None:
    head = archive.opened()
    place = KeptInFile(tmp_path / "kept")
    keep(archive, place)
    older_one = Template(template.kind, archive.url, archive.key_file)
    archive.engine.dispose()
    with older_one.copy(tmp_path / "older") as older:
        archive.write(head, "acknowledged")
        keep(archive, place)
        stands = (tmp_path / "kept").read_text()
        (wrong,) = keep(older, place)
        assert isinstance(wrong, ChainBroken)
        assert "older copy" in str(wrong)
        older.write(head, "another history")
        assert isinstance(keep(older, place)[0], ChainBroken)
        assert (tmp_path / "kept").read_text() == stands


def test_a_broken_chain_is_signed_nowhere(archive: Archive, tmp_path: Path) -> None:
    archive.filled()
    archive.unguarded("UPDATE entries SET by = 'dsl' WHERE position = 7")
    with pytest.raises(ChainBroken):
        keep(archive, KeptInFile(tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


def test_a_line_that_a_full_disk_cut_off_is_left_behind(archive: Archive, tmp_path: Path) -> None:
    head = archive.opened()
    place = KeptInFile(tmp_path / "kept")
    keep(archive, place)
    archive.write(head, "more")
    line = archive.checkpoint().line
    with (tmp_path / "kept").open("a") as file:
        file.write(line[:100])
    assert keep(archive, place) == []
    assert [one.number for one in place.kept()] == [1, 2]


def test_a_mailbox_gets_every_checkpoint_as_a_file_that_verifies(
    archive: Archive, tmp_path: Path
) -> None:
    head = archive.opened()
    with FakeMail().running() as server:
        box = mailbox(server, tmp_path)
        for n in range(2):
            archive.write(head, str(n))
            assert keep(archive, box) == []
            assert keep(archive, box) == []  # nothing was written since
        mails = server.to("trustee@example.org")
    assert len(mails) == 2
    attached = [next(mail.iter_attachments()) for mail in mails]
    assert {one.get_filename() for one in attached} == {MAILED}
    brought = tmp_path / "brought.jsonl"
    brought.write_bytes(b"".join(one.get_payload(decode=True) for one in attached))
    assert archive.verdict(read_anchors(brought)).fault is None


def test_a_mail_that_was_not_taken_is_said_and_goes_out_with_the_next(
    archive: Archive, tmp_path: Path
) -> None:
    head = archive.opened()
    with FakeMail(answer="451 later").running() as server:
        box = mailbox(server, tmp_path)
        wrong = keep(archive, box)
        assert [str(one) for one in wrong] == [
            "Checkpoints were not mailed to trustee@example.org: failed:451."
        ]
        server.answer = "250 OK"
        archive.write(head, "meanwhile")
        assert keep(archive, box) == []
        (mail,) = server.inbox
    sent = next(mail.iter_attachments()).get_payload(decode=True)
    assert len(sent.splitlines()) == 2
    assert [one.number for one in box.kept()] == [1, 2]


def test_without_a_mail_server_a_mailbox_is_refused_with_the_cure(
    archive: Archive, tmp_path: Path
) -> None:
    archive.opened()
    box = Mailed(mail_checkpoints(None, "trustee@example.org"), tmp_path / "mailed" / "list")
    assert [str(one) for one in keep(archive, box)] == [
        "Checkpoints cannot be mailed to trustee@example.org: set HEARD_SMTP."
    ]


def mailbox(server: FakeMail, folder: Path) -> Mailed:
    through = MailServer.read(server.address, "heard@example.org")
    return Mailed(mail_checkpoints(through, "trustee@example.org"), folder / "mailed" / "list")
