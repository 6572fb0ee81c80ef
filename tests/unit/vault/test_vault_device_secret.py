"""The device secret: only in a keyring that is trusted by name, and never elsewhere in silence."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.vault import KdfParams, NewVault, Vault, create_vault, device_secret, keyslots

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"


@pytest.fixture
def kept(keyring: type, tmp_path: Path) -> NewVault:
    new = create_vault(tmp_path / "clinic", device_secret="keyring", kdf=CHEAP)
    new.vault.add_user(new.data_key, "u-1", "amina", PASSWORD)
    return new


def trouble(tmp_path: Path) -> str:
    with pytest.raises(Trouble) as caught:
        Vault.open(tmp_path / "clinic", kdf=CHEAP).unlock("amina", PASSWORD)
    return str(caught.value)


def still_recovers(kept: NewVault, tmp_path: Path) -> bool:
    return Vault.open(tmp_path / "clinic").unlock_with_recovery(kept.recovery_key) == kept.data_key


def test_the_back_end_is_recorded_and_the_entry_is_named_by_the_database(
    keyring: type, kept: NewVault, tmp_path: Path
) -> None:
    assert keyslots.load(tmp_path / "clinic").secret_backend == "vault_test_keyrings.MemoryKeyring"
    assert kept.vault.device_secret == ("keyring", "vault_test_keyrings.MemoryKeyring")
    name = ("clinic-desktop", f"{kept.vault.database_id}:device-secret")
    assert list(keyring.entries) == [name]  # type: ignore[attr-defined]
    assert not (tmp_path / "clinic" / "device-secret").exists()
    assert Vault.open(tmp_path / "clinic", kdf=CHEAP).unlock("amina", PASSWORD).data_key == kept.data_key


def test_a_deleted_entry_is_named_and_recovery_opens(keyring: type, kept: NewVault, tmp_path: Path) -> None:
    keyring.entries.clear()  # type: ignore[attr-defined]
    words = trouble(tmp_path)
    assert "no longer has" in words
    assert "recovery key" in words
    assert still_recovers(kept, tmp_path)


def test_a_locked_keyring_is_named_and_recovery_opens(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "locked", True)
    assert "locked" in trouble(tmp_path)
    assert still_recovers(kept, tmp_path)


def test_a_changed_back_end_is_named_and_recovery_opens(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "priority", 0)
    monkeypatch.setattr(sys.modules["vault_test_keyrings"].OtherKeyring, "priority", 5)
    words = trouble(tmp_path)
    assert "MemoryKeyring" in words
    assert "OtherKeyring" in words
    assert still_recovers(kept, tmp_path)


def test_a_keyring_that_has_gone_is_named_and_recovery_opens(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "priority", 0)
    assert "no keyring" in trouble(tmp_path)
    assert still_recovers(kept, tmp_path)


def test_a_keyring_in_trouble_does_not_count_as_a_wrong_password(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "locked", True)
    for _ in range(8):
        trouble(tmp_path)
    monkeypatch.setattr(keyring, "locked", False)
    assert Vault.open(tmp_path / "clinic", kdf=CHEAP).unlock("amina", PASSWORD).failures == 0


def test_a_keyring_that_swallows_is_found_out_at_once(
    keyring: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "set_password", lambda *_: None)
    with pytest.raises(Trouble):
        create_vault(tmp_path / "clinic", device_secret="keyring", kdf=CHEAP)
    monkeypatch.setattr(keyring, "get_password", lambda *_: "AAAA" * 10 + "AAA=")
    with pytest.raises(Trouble, match="not what was read back"):
        create_vault(tmp_path / "clinic", device_secret="keyring", kdf=CHEAP)
    assert not keyslots.exist(tmp_path / "clinic")


def test_slots_that_name_an_untrusted_back_end_get_nothing_from_it(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_secret, "ALLOWED", ("vault_test_keyrings.OtherKeyring",))
    assert "no keyring" in trouble(tmp_path)


def test_an_environment_variable_cannot_change_a_back_end(
    keyring: type, kept: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "keyring.backends.SecretService"
    monkeypatch.setenv("KEYRING_PROPERTY_APPID", "elsewhere")
    assert importlib.import_module(name).Keyring().appid == "elsewhere"
    assert device_secret._instance("keyring.backends.SecretService.Keyring").appid != "elsewhere"  # type: ignore[attr-defined]


def test_the_anchor_is_kept_in_the_keyring_and_nowhere_for_a_file(kept: NewVault, tmp_path: Path) -> None:
    assert kept.vault.get_anchor() is None
    assert kept.vault.put_anchor("A7|1234|abcd")
    assert Vault.open(tmp_path / "clinic").get_anchor() == "A7|1234|abcd"
    with pytest.raises(ValueError, match="too long"):
        kept.vault.put_anchor("x" * 1001)
    other = create_vault(tmp_path / "other", device_secret="file", kdf=CHEAP).vault
    assert not other.put_anchor("A7|1|00")
    assert other.get_anchor() is None


def test_a_missing_or_damaged_file_is_named_and_recovery_opens(made: NewVault, tmp_path: Path) -> None:
    secret = tmp_path / "clinic" / "device-secret"
    secret.write_bytes(b"short")
    assert "damaged" in trouble(tmp_path)
    secret.unlink()
    assert "missing" in trouble(tmp_path)
    assert still_recovers(made, tmp_path)


CREATE = """
import sys
from pathlib import Path
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.vault import KdfParams, create_vault
try:
    create_vault(Path(sys.argv[1]), device_secret="keyring", kdf=KdfParams(8, 1, 1))
except Trouble as trouble:
    print("TROUBLE", trouble)
    import keyring
    print("LIBRARY", type(keyring.get_keyring()).__module__)
"""


def headless(tmp_path: Path, **more: str) -> str:
    """Make a clinic in a process of its own that has no desktop."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DBUS_", "XDG_", "KEYRING"))}
    environment |= {"HOME": str(tmp_path / "home"), **more}
    (tmp_path / "home").mkdir(exist_ok=True)
    command = [sys.executable, "-c", CREATE, str(tmp_path / "clinic")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert not (tmp_path / "clinic" / "keyslots").exists()
    assert not (tmp_path / "clinic" / "device-secret").exists()
    return done.stdout


def test_with_no_desktop_it_says_so_and_writes_no_file_in_its_stead(tmp_path: Path) -> None:
    words = headless(tmp_path)
    assert "no keyring that can be trusted" in words
    assert "in a file instead" in words


def test_a_null_back_end_in_the_environment_is_ignored(tmp_path: Path) -> None:
    words = headless(tmp_path, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert "no keyring that can be trusted" in words
    assert "LIBRARY keyring.backends.null" in words


PLAIN = """
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 9
    def _file(self):
        from pathlib import Path
        return Path.home() / "plain.txt"
    def get_password(self, service, username):
        return self._file().read_text() if self._file().exists() else None
    def set_password(self, service, username, password):
        self._file().write_text(password)
"""


def test_a_plaintext_back_end_that_the_library_would_choose_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "plain_keyring.py").write_text(PLAIN)
    configuration = tmp_path / "config" / "python_keyring"
    configuration.mkdir(parents=True)
    (configuration / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=plain_keyring.PlaintextKeyring\nkeyring-path={tmp_path / 'site'}\n"
    )
    words = headless(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert "no keyring that can be trusted" in words
    # The library itself would have taken it: the test would otherwise show nothing.
    assert "LIBRARY plain_keyring" in words
    assert not (tmp_path / "home" / "plain.txt").exists()


def test_no_back_end_in_clear_is_on_the_list() -> None:
    for name in device_secret.ALLOWED:
        for bad in ("alt", "null", "fail", "chainer", "plain", "file"):
            assert bad not in name.lower()


def test_setting_up_anew_keeps_the_keyrings_secret_that_an_older_folder_needs(kept: NewVault, tmp_path: Path) -> None:
    copy = tmp_path / "restored"
    copy.mkdir()
    for name in keyslots.FILES:
        (copy / name).write_bytes((tmp_path / "clinic" / name).read_bytes())
    restored = Vault.open(copy, kdf=CHEAP)
    restored.renew_device_secret(restored.unlock_with_recovery(kept.recovery_key), "keyring")
    assert restored.users == ()
    assert Vault.open(tmp_path / "clinic", kdf=CHEAP).unlock("amina", PASSWORD).data_key == kept.data_key


def test_a_keyring_that_does_not_answer_keeps_nobody_from_opening_by_recovery(
    keyring: type, kept: NewVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "locked", True)
    assert kept.vault.get_anchor() is None
    assert not kept.vault.put_anchor("A7|1|00")
