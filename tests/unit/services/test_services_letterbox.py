"""The letterbox: durable and in order, bounded in room, and its public key is the clinic's own or that is said."""

import os
import time
from pathlib import Path

import pytest

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import letterbox
from clinic_desktop.services.letterbox import FOLDER, KEY_FILE, LOST, SPARE_BYTES, Letterbox, OtherKeyError
from clinic_desktop.vault import durable
from clinic_desktop.vault.letterbox import OVERHEAD, public_key

KEY = bytes(range(32))
PLENTY = 10 * SPARE_BYTES


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    assert letterbox.is_own_key(tmp_path, KEY)
    return tmp_path


def box(profile: Path, **bounds: int) -> Letterbox:
    return Letterbox(profile, free=lambda _folder: PLENTY, **bounds)


def contents(profile: Path) -> list[bytes]:
    each = box(profile)
    return [each.take(path, KEY) for path in each.waiting()]


def test_what_is_put_in_comes_out_in_its_order_also_over_a_new_start(profile: Path) -> None:
    first = box(profile)
    for number in range(12):
        first.put(b"%d" % number)
    again = box(profile)
    again.put(b"12")
    assert contents(profile) == [b"%d" % number for number in range(13)]
    for path in again.waiting():
        again.remove(path)
    assert contents(profile) == []


def test_it_is_on_the_disk_with_its_name_before_put_returns(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real_fsync, real_sync = os.fsync, durable.sync_folder

    def fsync(handle: int) -> None:
        seen.append("file")
        real_fsync(handle)

    def sync_folder(folder: Path) -> None:
        seen.append("folder")
        real_sync(folder)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(durable, "sync_folder", sync_folder)
    box(profile).put(b"x")
    assert seen[0] == "file"
    assert "folder" in seen[1:]


def test_only_its_owner_may_read_what_lies_in_it(profile: Path) -> None:
    box(profile).put(b"x")
    (path,) = box(profile).waiting()
    assert path.stat().st_mode & 0o077 == 0
    assert (profile / FOLDER).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("bounds", [{"most": 3}, {"most_bytes": 3 * (OVERHEAD + 5)}])
def test_more_than_there_is_room_for_is_refused_and_taken_again_once_some_was_filed(
    profile: Path, bounds: dict[str, int]
) -> None:
    full = box(profile, **bounds)
    for _one in range(3):
        full.put(b"12345")
    with pytest.raises(Trouble, match="used up the room"):
        full.put(b"12345")
    assert len(full.waiting()) == 3
    full.waiting()[0].unlink()  # another process filed it
    full.put(b"12345")


def test_a_disk_that_is_nearly_full_refuses(profile: Path) -> None:
    left = Letterbox(profile, free=lambda _folder: SPARE_BYTES)
    with pytest.raises(Trouble, match="nearly full"):
        left.put(b"x")
    assert left.waiting() == []


@pytest.mark.parametrize("fails", ["fsync", "write"])
def test_a_message_that_could_not_be_written_is_refused_and_leaves_nothing(
    profile: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    if fails == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(os, "open", full)
    with pytest.raises(Trouble, match="could not be kept"):
        box(profile).put(b"x")
    monkeypatch.undo()
    assert [path.name for path in (profile / FOLDER).iterdir()] == [KEY_FILE]


def test_a_clinic_that_has_no_public_key_here_refuses(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="never opened here"):
        box(tmp_path).put(b"x")


@pytest.mark.parametrize("planted", [b"", b"half", bytes(32), b"\x09" * 33])
def test_a_public_key_that_is_none_refuses(profile: Path, planted: bytes) -> None:
    (profile / FOLDER / KEY_FILE).write_bytes(planted)
    with pytest.raises(Trouble, match="cannot be used"):
        box(profile).put(b"x")


def test_a_public_key_that_somebody_exchanged_is_noticed_and_mended_and_what_went_to_it_is_told(profile: Path) -> None:
    (profile / FOLDER / KEY_FILE).write_bytes(public_key(bytes(32)))
    box(profile).put(b"to somebody else")
    assert not letterbox.is_own_key(profile, KEY)
    assert letterbox.is_own_key(profile, KEY)
    (path,) = box(profile).waiting()
    with pytest.raises(OtherKeyError):
        box(profile).take(path, KEY)
    box(profile).set_aside(path)
    assert box(profile).waiting() == []
    assert [each.name for each in (profile / FOLDER / LOST).iterdir()] == [path.name]


def test_what_a_killed_process_left_half_written_is_no_message_and_goes_in_time(profile: Path) -> None:
    left = profile / FOLDER / ".000000000001-0123456789abcdef.sealed.0a1b2c3d"
    left.write_bytes(b"half")
    assert box(profile).waiting() == []
    assert left.exists()
    long_ago = time.time() - 7200
    os.utime(left, (long_ago, long_ago))
    assert box(profile).waiting() == []
    assert not left.exists()


def test_what_waits_comes_along_when_a_backup_takes_the_place_of_the_folder(profile: Path, tmp_path: Path) -> None:
    box(profile).put(b"acknowledged before the restore")
    new = tmp_path / "new"
    new.mkdir()
    assert letterbox.carry_over(profile, new) == 1
    assert contents(new) == [b"acknowledged before the restore"]


def test_a_name_that_is_none_of_ours_is_left_alone(profile: Path) -> None:
    for name in ("note.sealed", "000000000001-xyz.sealed", "1-0123456789abcdef.sealed"):
        (profile / FOLDER / name).write_bytes(b"")
    assert box(profile).waiting() == []


def test_what_another_process_files_while_the_box_is_looked_through_makes_nothing_fail(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box(profile).put(b"x")
    gone = [*box(profile).waiting(), profile / FOLDER / "000000000001-0123456789abcdef.sealed"]
    monkeypatch.setattr(Letterbox, "waiting", lambda _self: gone)
    assert box(profile)._count == 2
