"""Users' slots: what opens them, what does not, and what the files say to a thief."""

import base64
import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.vault import DEFAULT, KdfParams, NewVault, Vault, create_vault, keyslots, subkey
from clinic_desktop.vault.sealing import Slot, password_key, unseal

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"


def altered(slot: Slot, name: str, value: object) -> Slot:
    changes: dict[str, Any] = {name: value}
    return replace(slot, **changes)


def opened(profile: Path) -> Vault:
    return Vault.open(profile, kdf=CHEAP)


def test_the_right_password_gives_the_data_key_after_a_restart(made: NewVault, tmp_path: Path) -> None:
    unlocked = opened(tmp_path / "clinic").unlock("amina", PASSWORD)
    assert unlocked.data_key == made.data_key
    assert len(made.data_key) == 32
    assert (unlocked.user_id, unlocked.username, unlocked.failures) == ("u-1", "amina", 0)


def test_a_username_is_found_however_it_is_typed(made: NewVault) -> None:
    assert made.vault.unlock("  AMINA ", PASSWORD).user_id == "u-1"


def test_a_password_is_the_same_however_its_accents_are_composed(made: NewVault) -> None:
    made.vault.add_user(made.data_key, "u-2", "joao", "cora\u00e7\u00e3o-lantern-ferry")
    assert made.vault.unlock("joao", "corac\u0327a\u0303o-lantern-ferry").user_id == "u-2"


def test_wrong_password_and_unknown_user_get_the_same_words(made: NewVault) -> None:
    with pytest.raises(Refusal) as wrong:
        made.vault.unlock("amina", PASSWORD + "x")
    with pytest.raises(Refusal) as unknown:
        made.vault.unlock("nobody", PASSWORD)
    assert str(wrong.value) == str(unknown.value)
    assert wrong.value.facts == unknown.value.facts
    assert "amina" not in str(wrong.value)


def test_an_unknown_user_takes_as_long_as_a_wrong_password(tmp_path: Path) -> None:
    cost = KdfParams(memory_kib=16 * 1024, passes=3, lanes=1)
    new = create_vault(tmp_path / "clinic", device_secret="file", kdf=cost)
    new.vault.add_user(new.data_key, "u-1", "amina", PASSWORD)

    def seconds(username: str) -> float:
        (tmp_path / "clinic" / "attempts").unlink(missing_ok=True)
        begun = time.perf_counter()
        with pytest.raises(Refusal):
            new.vault.unlock(username, "wrong password")
        return time.perf_counter() - begun

    pairs = [(seconds("amina"), seconds("nobody")) for _ in range(9)]
    ratio = statistics.median(known for known, _ in pairs) / statistics.median(other for _, other in pairs)
    assert 0.6 < ratio < 1.6


def test_what_is_shown_of_a_sign_in_holds_neither_key_nor_name(made: NewVault) -> None:
    shown = repr((made, made.vault.unlock("amina", PASSWORD), made.vault.users))
    assert made.recovery_key not in shown
    assert repr(made.data_key) not in shown
    assert "OKELLO" not in shown


def test_users_are_listed_for_the_sign_in_page(made: NewVault) -> None:
    made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD, "ADEYEMI, Bela")
    assert [(u.username, u.label) for u in made.vault.users] == [
        ("bela", "ADEYEMI, Bela"),
        ("amina", "OKELLO, Amina"),
    ]


def test_a_username_belongs_to_one_person(made: NewVault) -> None:
    with pytest.raises(Refusal):
        made.vault.add_user(made.data_key, "u-2", "Amina", PASSWORD)
    with pytest.raises(Refusal):
        made.vault.add_user(made.data_key, "u-2", "  ", PASSWORD)


def test_another_clinics_key_cannot_be_sealed_into_a_slot(made: NewVault) -> None:
    with pytest.raises(ValueError, match="not the data key"):
        made.vault.add_user(bytes(32), "u-2", "bela", PASSWORD)


def test_a_changed_password_opens_and_the_old_one_does_not(made: NewVault, tmp_path: Path) -> None:
    new = "river-cobalt-sandal-17"
    assert made.vault.change_password("amina", PASSWORD, new).data_key == made.data_key
    again = opened(tmp_path / "clinic")
    assert again.unlock("amina", new).data_key == made.data_key
    assert again.users[0].label == "OKELLO, Amina"
    with pytest.raises(Refusal):
        again.unlock("amina", PASSWORD)


def test_changing_a_password_needs_the_old_one(made: NewVault) -> None:
    with pytest.raises(Refusal):
        made.vault.change_password("amina", "not it at all", "river-cobalt-sandal-17")
    assert made.vault.unlock("amina", PASSWORD).data_key == made.data_key


def test_a_removed_user_cannot_sign_in_and_the_others_can(made: NewVault) -> None:
    made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD)
    made.vault.remove_user("u-1")
    with pytest.raises(Refusal):
        made.vault.unlock("amina", PASSWORD)
    assert made.vault.unlock("bela", PASSWORD).data_key == made.data_key


def test_two_windows_do_not_write_over_one_another(made: NewVault, tmp_path: Path) -> None:
    other = opened(tmp_path / "clinic")
    made.vault.add_user(made.data_key, "u-2", "bela", PASSWORD)
    other.add_user(made.data_key, "u-3", "chidi", PASSWORD)
    assert {u.user_id for u in opened(tmp_path / "clinic").users} == {"u-1", "u-2", "u-3"}


def test_stolen_files_without_the_device_secret_cannot_tell_a_known_password(keyring: object, tmp_path: Path) -> None:
    new = create_vault(tmp_path / "clinic", device_secret="keyring", kdf=CHEAP)
    new.vault.add_user(new.data_key, "u-1", "amina", PASSWORD)
    stolen = keyslots.load(tmp_path / "clinic")
    slot = next(s for s in stolen.slots if s.kind == "user")
    for guess in (b"", bytes(32), stolen.key_check, slot.salt, stolen.database_id.encode()):
        key = password_key(PASSWORD.encode(), guess, slot, stolen.database_id)
        assert unseal(key, slot, stolen.database_id) is None
    assert not (tmp_path / "clinic" / "device-secret").exists()
    with_secret = new.vault._secret().read(stolen.database_id)
    key = password_key(PASSWORD.encode(), with_secret, slot, stolen.database_id)
    assert unseal(key, slot, stolen.database_id) == new.data_key


def test_no_key_lies_in_any_file(made: NewVault, tmp_path: Path) -> None:
    made.vault.unlock("amina", PASSWORD)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "clinic").iterdir())
    for secret in (made.data_key, PASSWORD.encode(), made.recovery_key.encode()):
        for form in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert form not in everything
    assert made.recovery_key.split()[0].encode() not in everything


def test_the_files_are_their_owners_alone(made: NewVault, tmp_path: Path) -> None:
    for name in ("keyslots", "keyslots.2", "device-secret"):
        assert (tmp_path / "clinic" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "clinic").stat().st_mode & 0o777 == 0o700


def test_every_flipped_bit_of_a_slot_keeps_it_shut(made: NewVault, tmp_path: Path) -> None:
    stored = keyslots.load(tmp_path / "clinic")
    slot = next(s for s in stored.slots if s.kind == "user")
    secret = (tmp_path / "clinic" / "device-secret").read_bytes()

    def opens(other: Slot) -> bool:
        key = password_key(PASSWORD.encode(), secret, other, stored.database_id)
        return unseal(key, other, stored.database_id) is not None

    assert opens(slot)
    for name in ("salt", "nonce", "sealed"):
        whole: bytes = getattr(slot, name)
        for bit in range(len(whole) * 8):
            touched = bytearray(whole)
            touched[bit // 8] ^= 1 << bit % 8
            assert not opens(altered(slot, name, bytes(touched))), (name, bit)
        assert not opens(altered(slot, name, whole[:-1] + b"?"))
    changes: list[tuple[str, object]] = [("version", slot.version + 1), ("user_id", "u-2"), ("slot_id", "other")]
    for name, value in [*changes, ("kind", "recovery"), ("kdf", KdfParams(16, 1, 1)), ("sealed", b""), ("nonce", b"")]:
        assert not opens(altered(slot, name, value)), name


def test_a_slot_does_not_open_in_another_clinic(made: NewVault, tmp_path: Path) -> None:
    stored = keyslots.load(tmp_path / "clinic")
    secret = (tmp_path / "clinic" / "device-secret").read_bytes()
    slot = next(s for s in stored.slots if s.kind == "user")
    elsewhere = "00000000-0000-4000-8000-000000000000"
    key = password_key(PASSWORD.encode(), secret, slot, elsewhere)
    assert unseal(key, slot, elsewhere) is None


def test_a_cheap_slot_is_sealed_again_at_todays_cost(made: NewVault, tmp_path: Path) -> None:
    dearer = KdfParams(memory_kib=64, passes=2, lanes=1)
    Vault.open(tmp_path / "clinic", kdf=dearer).unlock("amina", PASSWORD)
    slot = next(s for s in keyslots.load(tmp_path / "clinic").slots if s.kind == "user")
    assert slot.kdf == dearer
    assert opened(tmp_path / "clinic").unlock("amina", PASSWORD).data_key == made.data_key


def test_the_cost_by_default_is_the_second_choice_of_rfc_9106() -> None:
    assert KdfParams(memory_kib=65536, passes=3, lanes=4) == DEFAULT


def test_a_second_clinic_is_not_made_over_the_first(made: NewVault, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="already"):
        create_vault(tmp_path / "clinic", device_secret="file", kdf=CHEAP)
    assert opened(tmp_path / "clinic").unlock("amina", PASSWORD).data_key == made.data_key


def test_each_purpose_has_a_key_of_its_own(made: NewVault) -> None:
    keys = {subkey(made.data_key, p) for p in ("journal", "anchor", "drafts", "attachments", "backup")}
    assert len(keys) == 5
    assert made.data_key not in keys
    assert subkey(made.data_key, "journal") == subkey(made.data_key, "journal")


def test_nothing_heavy_is_loaded_before_the_sign_in_is_painted() -> None:
    code = (
        "import sys, json, clinic_desktop.vault;"
        "print(json.dumps([m for m in ('cryptography', 'argon2', 'keyring', 'zxcvbn') if m in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == []


def test_a_password_of_broken_text_is_refused_not_a_bug(made: NewVault, clock: SetClock) -> None:
    for odd in ("\ud800" * 12, "\x00" * 12, "x" * 100_000):
        with pytest.raises(Refusal):
            made.vault.unlock("amina", odd)
        with pytest.raises(Refusal):
            made.vault.unlock(odd, PASSWORD)


def test_a_password_given_anew_elsewhere_counts_here_at_once(made: NewVault, tmp_path: Path) -> None:
    opened(tmp_path / "clinic").add_user(made.data_key, "u-1", "amina", "another-lantern-ferry-17")
    with pytest.raises(Refusal):
        made.vault.unlock("amina", PASSWORD)
    assert made.vault.unlock("amina", "another-lantern-ferry-17").user_id == "u-1"


def test_a_slot_taken_away_elsewhere_opens_nothing_here(made: NewVault, tmp_path: Path) -> None:
    opened(tmp_path / "clinic").remove_user("u-1")
    with pytest.raises(Refusal):
        made.vault.unlock("amina", PASSWORD)


def test_ones_own_password_is_changed_with_the_present_one_only(made: NewVault) -> None:
    with pytest.raises(Refusal) as wrong:
        made.vault.change_password("amina", "not this one", "another-lantern-ferry-17")
    assert wrong.value.field == "old"
    with pytest.raises(Refusal) as weak:
        made.vault.change_password("amina", PASSWORD, "12345")
    assert weak.value.field == "password"
    made.vault.change_password("amina", PASSWORD, "another-lantern-ferry-17")
    assert made.vault.unlock("amina", "another-lantern-ferry-17").user_id == "u-1"
