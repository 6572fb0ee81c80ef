"""What stands outside the machine in the vault's tests: a keyring, and a clock that is set."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.vault import KdfParams, NewVault, create_vault, device_secret

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"


class MemoryKeyring:
    """Stands for a desktop's keyring; the tests change its class variables to lock it or switch it off."""

    entries: ClassVar[dict[tuple[str, str], str]] = {}
    locked: ClassVar[bool] = False
    priority: ClassVar[float] = 5

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.entries[service, username] = password

    def _look(self) -> None:
        if self.locked:
            from keyring.errors import KeyringLocked

            raise KeyringLocked("Failed to unlock the collection!")


class OtherKeyring(MemoryKeyring):
    """Another desktop's keyring, which knows nothing of the first one's entries."""

    entries: ClassVar[dict[tuple[str, str], str]] = {}
    priority: ClassVar[float] = 0


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[MemoryKeyring]]:
    """Put the two stand-ins on the list of trusted back ends."""
    # A module of its own: several `conftest` are loaded in one run, and the name of this one may be another's by then.
    here = ModuleType("vault_test_keyrings")
    vars(here).update(MemoryKeyring=MemoryKeyring, OtherKeyring=OtherKeyring)
    monkeypatch.setitem(sys.modules, here.__name__, here)
    names = ("vault_test_keyrings.MemoryKeyring", "vault_test_keyrings.OtherKeyring")
    monkeypatch.setattr(device_secret, "ALLOWED", names)
    monkeypatch.setattr(MemoryKeyring, "locked", False)
    monkeypatch.setattr(MemoryKeyring, "priority", 5)
    monkeypatch.setattr(OtherKeyring, "priority", 0)
    MemoryKeyring.entries.clear()
    OtherKeyring.entries.clear()
    yield MemoryKeyring
    MemoryKeyring.entries.clear()


@pytest.fixture
def clock() -> SetClock:
    """Noon of a day."""
    return SetClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> NewVault:
    """A vault with its device secret in a file and one user, "amina"."""
    new = create_vault(tmp_path / "clinic", device_secret="file", kdf=CHEAP, clock=clock)
    new.vault.add_user(new.data_key, "u-1", "amina", PASSWORD, "OKELLO, Amina")
    return new
