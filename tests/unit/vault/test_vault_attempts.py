"""Guessing is slowed, remembered over a restart, and never becomes a lock-out."""

import contextlib
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.vault import KdfParams, NewVault, Vault, attempts
from clinic_desktop.vault.attempts import wait_after

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def miss(vault: Vault, username: str = "amina") -> Refusal:
    with pytest.raises(Refusal) as caught:
        vault.unlock(username, "wrong password")
    return caught.value


def test_the_waits_double_from_half_a_minute_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(n) for n in range(13)] == [0] * 5 + [30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_after(10**6) == 900


def test_five_tries_then_a_wait_even_for_the_right_password(made: NewVault, clock: SetClock) -> None:
    for _ in range(5):
        assert "wrong" in str(miss(made.vault))
    assert miss(made.vault).facts["seconds"] == 30
    with pytest.raises(Refusal, match="Wait 30 seconds"):
        made.vault.unlock("amina", PASSWORD)
    clock.advance(timedelta(seconds=29))
    assert miss(made.vault).facts["seconds"] == 1
    clock.advance(timedelta(seconds=1))
    assert made.vault.unlock("amina", PASSWORD).failures == 5


def test_each_further_failure_doubles_the_wait(made: NewVault, clock: SetClock) -> None:
    for _ in range(5):
        miss(made.vault)
    for wait in (30, 60, 120, 240, 480, 900, 900):
        assert miss(made.vault).facts["seconds"] == wait
        clock.advance(timedelta(seconds=wait))
        assert "wrong" in str(miss(made.vault))


def test_success_begins_the_count_again(made: NewVault) -> None:
    for _ in range(4):
        miss(made.vault)
    assert made.vault.failures("amina") == 4
    assert made.vault.unlock("amina", PASSWORD).failures == 4
    assert made.vault.failures("amina") == 0
    assert made.vault.unlock("amina", PASSWORD).failures == 0


def test_a_restart_does_not_forget(made: NewVault, clock: SetClock, tmp_path: Path) -> None:
    for _ in range(5):
        miss(made.vault)
    again = Vault.open(tmp_path / "clinic", clock=clock, kdf=CHEAP)
    assert miss(again).facts["seconds"] == 30


def test_a_try_that_is_killed_midway_counts(made: NewVault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, "_open_user_slot", killed)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            made.vault.unlock("amina", "guess")
    monkeypatch.undo()
    assert "seconds" in miss(made.vault).facts


def test_one_persons_failures_do_not_hold_up_another(made: NewVault) -> None:
    made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD)
    for _ in range(5):
        miss(made.vault)
    assert made.vault.unlock("bela", PASSWORD).user_id == "u-2"


def test_unknown_names_wait_like_known_ones_and_are_not_written_down(made: NewVault, tmp_path: Path) -> None:
    typed_in_the_wrong_box = "my secret password"
    for _ in range(5):
        assert "wrong" in str(miss(made.vault, typed_in_the_wrong_box))
    assert miss(made.vault, typed_in_the_wrong_box).facts["seconds"] == 30
    stored = json.loads((tmp_path / "clinic" / "attempts").read_text())
    assert all(len(who) == 4 for who in stored)


def test_the_clock_moved_back_makes_nobody_wait_for_long(made: NewVault, clock: SetClock) -> None:
    for _ in range(5):
        miss(made.vault)
    clock.advance(timedelta(days=-400))
    assert miss(made.vault).facts["seconds"] == 30
    clock.advance(timedelta(seconds=30))
    assert made.vault.unlock("amina", PASSWORD).user_id == "u-1"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"u-1": 4}', '{"u-1": {"failures": 1, "last_at": "x"}}'])
def test_a_damaged_tally_keeps_nobody_out(made: NewVault, tmp_path: Path, content: str) -> None:
    (tmp_path / "clinic" / "attempts").write_text(content)
    assert made.vault.unlock("amina", PASSWORD).user_id == "u-1"


def test_a_try_that_cannot_be_counted_is_not_made(made: NewVault, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("clinic_desktop.vault.attempts.write_durably", read_only)
    with pytest.raises(Trouble, match="cannot be written"):
        made.vault.unlock("amina", PASSWORD)


def test_guesses_made_side_by_side_are_each_counted(made: NewVault, tmp_path: Path) -> None:
    vaults = [Vault.open(tmp_path / "clinic", kdf=CHEAP, clock=SetClock(NOON)) for _ in range(8)]
    tried: list[str] = []

    def guess(vault: Vault) -> None:
        for n in range(4):
            with contextlib.suppress(Refusal):
                try:
                    vault.unlock("amina", f"wrong password {n}")
                except Refusal as error:
                    tried.append(str(error))
                    raise

    threads = [threading.Thread(target=guess, args=(vault,)) for vault in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 32
    assert sum("wrong" in said for said in tried) - sum("Too many" in said for said in tried) <= 5
    assert sum("Too many" in said for said in tried) == 27


def test_a_full_disk_keeps_nobody_locked_out_of_what_is_open_and_guesses_are_counted_all_the_same(
    made: NewVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attempts, "write_durably", full)
    with pytest.raises(Trouble):
        made.vault.unlock("amina", PASSWORD)
    assert made.vault.unlock("amina", PASSWORD, durable=False).user_id == "u-1"
    for _ in range(5):
        with pytest.raises(Refusal, match="wrong"):
            made.vault.unlock("amina", "wrong password", durable=False)
    with pytest.raises(Refusal, match="Wait 30 seconds"):
        made.vault.unlock("amina", PASSWORD, durable=False)
