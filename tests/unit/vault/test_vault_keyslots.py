"""The slots file: two copies, each mending the other, and clear words when neither can be trusted."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.vault import KdfParams, NewVault, Vault, create_vault, durable, keyslots
from clinic_desktop.vault.keyslots import FILES

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"


def test_both_copies_are_written(made: NewVault, tmp_path: Path) -> None:
    first, second = (tmp_path / "clinic" / name for name in FILES)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_copy_is_mended_from_the_other(made: NewVault, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "clinic" / name
    whole = copy.read_bytes()
    step = max(1, len(whole) // 97)
    for at in range(0, len(whole), step):
        copy.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        vault = Vault.open(tmp_path / "clinic", kdf=CHEAP)
        assert vault.database_id == made.vault.database_id
        assert copy.read_bytes() == whole, at


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"\x00" * 900, b"[]", b'{"body": 7}', None])
def test_an_empty_or_missing_copy_is_mended(made: NewVault, tmp_path: Path, name: str, content: bytes | None) -> None:
    copy = tmp_path / "clinic" / name
    whole = copy.read_bytes()
    copy.unlink() if content is None else copy.write_bytes(content)
    assert Vault.open(tmp_path / "clinic", kdf=CHEAP).unlock("amina", PASSWORD).data_key == made.data_key
    assert copy.read_bytes() == whole


def test_every_flipped_bit_in_both_copies_is_found(made: NewVault, tmp_path: Path) -> None:
    whole = (tmp_path / "clinic" / FILES[0]).read_bytes()
    as_made = keyslots.decode(whole)
    for bit in range(len(whole) * 8):
        touched = bytearray(whole)
        touched[bit // 8] ^= 1 << bit % 8
        try:
            read = keyslots.decode(bytes(touched))
        except ValueError:
            continue
        assert read == as_made, bit


def test_missing_slots_are_told_from_damaged_ones(made: NewVault, tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / "clinic" / name).write_bytes(b"{")
    with pytest.raises(Trouble, match="damaged") as damaged:
        Vault.open(tmp_path / "clinic")
    assert "recovery key" in str(damaged.value)
    (tmp_path / "clinic" / FILES[0]).unlink()
    with pytest.raises(Trouble, match="damaged"):
        Vault.open(tmp_path / "clinic")
    (tmp_path / "clinic" / FILES[1]).unlink()
    with pytest.raises(Trouble, match="There are no key slots"):
        Vault.open(tmp_path / "clinic")


def test_damaged_slots_are_left_as_they_are(made: NewVault, tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / "clinic" / name).write_bytes(b"{half")
    with pytest.raises(Trouble):
        Vault.open(tmp_path / "clinic")
    assert [(tmp_path / "clinic" / name).read_bytes() for name in FILES] == [b"{half", b"{half"]


def test_the_later_copy_wins_after_a_power_cut_between_the_two(made: NewVault, tmp_path: Path) -> None:
    second = tmp_path / "clinic" / FILES[1]
    before = second.read_bytes()
    made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD)
    second.write_bytes(before)
    assert {u.username for u in Vault.open(tmp_path / "clinic").users} == {"amina", "bela"}
    assert second.read_bytes() == (tmp_path / "clinic" / FILES[0]).read_bytes()


def test_a_newer_format_is_named_and_not_written_over(
    made: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = keyslots.load(tmp_path / "clinic")
    monkeypatch.setattr(keyslots, "FORMAT", keyslots.FORMAT + 1)
    newer = keyslots.encode(replace(slots, generation=slots.generation + 1))
    monkeypatch.undo()
    (tmp_path / "clinic" / FILES[0]).write_bytes(newer)
    with pytest.raises(Trouble, match="newer version"):
        Vault.open(tmp_path / "clinic")
    assert (tmp_path / "clinic" / FILES[0]).read_bytes() == newer


def test_the_format_of_today_is_read_for_ever() -> None:
    """A file as this version writes it, kept letter for letter: a later version must still read it."""
    body = {
        "database_id": "6f0f6f0e-0000-4000-8000-000000000001",
        "format": 1,
        "generation": 3,
        "key_check": "AAEC",
        "recovery_confirmed": True,
        "secret_backend": "",
        "secret_kind": "file",
        "slots": [
            {
                "kdf": {"lanes": 4, "memory_kib": 65536, "passes": 3},
                "kind": "user",
                "label": "OKELLO, Amina",
                "nonce": "AAAA",
                "salt": "AQID",
                "sealed": "BAUG",
                "slot_id": "s-1",
                "user_id": "u-1",
                "username": "amina",
                "version": 1,
            }
        ],
    }
    import hashlib

    text = json.dumps(body)
    read = keyslots.decode(json.dumps({"body": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}).encode())
    assert read.slots[0].kdf == KdfParams(65536, 3, 4)
    assert read.slots[0].sealed == b"\x04\x05\x06"
    assert read.recovery_confirmed


def test_an_absurd_cost_is_damage_not_a_trap(made: NewVault, tmp_path: Path) -> None:
    slots = keyslots.load(tmp_path / "clinic")
    trap = tuple(replace(s, kdf=KdfParams(1 << 40, 3, 4)) if s.kdf else s for s in slots.slots)
    with pytest.raises(ValueError, match="Damaged"):
        keyslots.decode(keyslots.encode(replace(slots, slots=trap)))


def test_a_write_that_fails_leaves_the_old_slots(
    made: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = (tmp_path / "clinic" / FILES[0]).read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Trouble, match="could not be written"):
        made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD)
    monkeypatch.undo()
    assert (tmp_path / "clinic" / FILES[0]).read_bytes() == before
    assert not list((tmp_path / "clinic").glob(".*"))


def test_a_file_is_synced_before_it_is_renamed_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        steps.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        real_sync(handle)

    def rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", rename)
    durable.write_durably(tmp_path / "f", b"x")
    assert steps == ["file", "rename", "folder"]


def test_a_copy_of_another_clinic_is_named_and_neither_is_touched(made: NewVault, tmp_path: Path) -> None:
    create_vault(tmp_path / "other", device_secret="file")
    ours, theirs = (tmp_path / "clinic" / "keyslots").read_bytes(), (tmp_path / "other" / "keyslots").read_bytes()
    (tmp_path / "clinic" / "keyslots.2").write_bytes(theirs)
    with pytest.raises(Trouble, match="different clinics"):
        keyslots.load(tmp_path / "clinic")
    assert (tmp_path / "clinic" / "keyslots").read_bytes() == ours
    assert (tmp_path / "clinic" / "keyslots.2").read_bytes() == theirs


def test_what_a_damaged_copy_held_is_kept_before_it_is_mended(made: NewVault, tmp_path: Path) -> None:
    second = tmp_path / "clinic" / "keyslots.2"
    second.write_bytes(b"half of something")
    keyslots.load(tmp_path / "clinic")
    assert second.read_bytes() == (tmp_path / "clinic" / "keyslots").read_bytes()
    assert [one.read_bytes() for one in (tmp_path / "clinic").glob("keyslots.2.damaged-*")] == [b"half of something"]


def test_what_a_killed_process_left_is_swept_after_an_hour(tmp_path: Path) -> None:
    for name, age in ((".keyslots.0a1b2c3d", 7200), (".attempts.0a1b2c3d", 60), ("keyslots", 7200)):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    durable.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".attempts.0a1b2c3d", "keyslots"]
