"""The recovery key: on paper, typed back, used when everything else is gone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.vault import KdfParams, NewVault, Vault, create_vault, keyslots
from clinic_desktop.vault.recovery_key import from_paper, new_recovery_key, to_paper
from clinic_desktop.vault.sealing import recovery_slot_key, unseal

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"


def test_paper_and_back_for_many_keys() -> None:
    for key in (bytes(32), b"\xff" * 32, *(new_recovery_key() for _ in range(300))):
        assert from_paper(to_paper(key)) == key


def test_it_stands_in_four_lines_of_three_groups_without_letters_that_look_alike() -> None:
    lines = to_paper(new_recovery_key()).split("\n")
    assert [[len(group) for group in line.split(" ")] for line in lines] == [[5, 5, 5]] * 4
    for _ in range(50):
        assert not set(to_paper(new_recovery_key())) & set("ILOU")


def test_it_may_be_typed_as_a_person_types() -> None:
    for _ in range(50):
        key = new_recovery_key()
        paper = to_paper(key)
        assert from_paper(paper.lower().replace(" ", "-")) == key
        assert from_paper(paper.replace("\n", "").replace(" ", "")) == key
        assert from_paper(f"  {paper}\n\n") == key
        assert from_paper(paper.replace("0", "o").replace("1", "I")) == key
        assert from_paper(paper.replace("0", "O").replace("1", "l")) == key


def test_a_slip_is_named_by_its_line() -> None:
    paper = to_paper(bytes(range(32)))
    letters = paper.replace(" ", "").replace("\n", "")
    for at in range(60):
        slipped = letters[:at] + ("7" if letters[at] != "7" else "8") + letters[at + 1 :]
        with pytest.raises(Refusal) as refusal:
            from_paper(slipped)
        assert refusal.value.facts["line"] == at // 15 + 1


def test_lines_in_the_wrong_order_are_noticed() -> None:
    lines = to_paper(bytes(32)).split("\n")
    with pytest.raises(Refusal, match="Line 1"):
        from_paper("\n".join([lines[1], lines[0], *lines[2:]]))


@pytest.mark.parametrize("text", ["", "AAAAA", "U" * 60, "?" * 60, "é" * 60, "٣" * 60, "A" * 61])
def test_what_is_no_key_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal):
        from_paper(text)


def test_it_opens_when_the_keyring_has_gone(keyring: type, tmp_path: Path) -> None:
    new = create_vault(tmp_path / "clinic", device_secret="keyring", kdf=CHEAP)
    new.vault.add_user(new.data_key, "u-1", "amina", PASSWORD)
    keyring.entries.clear()  # type: ignore[attr-defined]
    again = Vault.open(tmp_path / "clinic", kdf=CHEAP)
    with pytest.raises(Trouble):
        again.unlock("amina", PASSWORD)
    assert again.unlock_with_recovery(new.recovery_key) == new.data_key


def test_another_clinics_recovery_key_is_refused(made: NewVault, tmp_path: Path) -> None:
    other = create_vault(tmp_path / "other", device_secret="file", kdf=CHEAP)
    with pytest.raises(Refusal, match="not the recovery key of this clinic"):
        made.vault.unlock_with_recovery(other.recovery_key)
    assert not made.vault.verify_recovery(other.recovery_key)
    assert not made.vault.recovery_confirmed


def test_it_counts_as_confirmed_once_typed_back_and_stays_so(made: NewVault, tmp_path: Path) -> None:
    assert not made.vault.recovery_confirmed
    assert made.vault.verify_recovery(made.recovery_key.lower())
    assert Vault.open(tmp_path / "clinic").recovery_confirmed


def test_the_old_key_opens_until_the_new_one_was_typed_back(made: NewVault, tmp_path: Path) -> None:
    made.vault.verify_recovery(made.recovery_key)
    new = made.vault.replace_recovery(made.data_key)
    assert not made.vault.recovery_confirmed
    assert made.vault.unlock_with_recovery(made.recovery_key) == made.data_key
    assert not made.vault.verify_recovery(made.recovery_key)
    assert made.vault.verify_recovery(new)
    again = Vault.open(tmp_path / "clinic", kdf=CHEAP)
    assert again.unlock_with_recovery(new) == made.data_key
    with pytest.raises(Refusal):
        again.unlock_with_recovery(made.recovery_key)
    assert again.unlock("amina", PASSWORD).data_key == made.data_key


def test_every_flipped_bit_of_the_recovery_slot_keeps_it_shut(made: NewVault, tmp_path: Path) -> None:
    stored = keyslots.load(tmp_path / "clinic")
    slot = next(s for s in stored.slots if s.kind == "recovery")
    typed = from_paper(made.recovery_key)
    assert unseal(recovery_slot_key(typed, slot, stored.database_id), slot, stored.database_id)
    for name in ("salt", "nonce", "sealed"):
        whole: bytes = getattr(slot, name)
        for bit in range(len(whole) * 8):
            touched = bytearray(whole)
            touched[bit // 8] ^= 1 << bit % 8
            changes: dict[str, Any] = {name: bytes(touched)}
            other = replace(slot, **changes)
            key = recovery_slot_key(typed, other, stored.database_id)
            assert unseal(key, other, stored.database_id) is None


def test_after_recovery_the_machine_gets_a_new_secret_and_new_passwords(made: NewVault, tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    old_secret = (folder / "device-secret").read_bytes()
    (folder / "device-secret").unlink()
    vault = Vault.open(folder, kdf=CHEAP)
    key = vault.unlock_with_recovery(made.recovery_key)
    vault.renew_device_secret(key, "file")
    assert (folder / "device-secret").read_bytes() != old_secret
    assert vault.users == ()
    vault.add_user(key, "u-1", "amina", "river-cobalt-sandal-17")
    again = Vault.open(folder, kdf=CHEAP)
    assert again.unlock("amina", "river-cobalt-sandal-17").data_key == made.data_key
    assert again.unlock_with_recovery(made.recovery_key) == made.data_key
    (folder / "device-secret").write_bytes(old_secret)
    with pytest.raises(Refusal):
        again.unlock("amina", PASSWORD)
