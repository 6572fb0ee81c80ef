"""The device secret: 32 bytes that bind passwords to a workstation, in the keyring or, by choice, a file."""

import base64
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault.durable import write_durably
from clinic_desktop.vault.keyslots import SecretKind
from clinic_desktop.vault.sealing import KEY_BYTES, random_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

# Named one by one: the library's own search may pick a file in clear, a null, or what a variable says.
ALLOWED = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
SERVICE = "clinic-desktop"
FILE = "device-secret"
# Windows holds 2,560 bytes of UTF-16 in one credential.
_MOST_TEXT = 1000

_OTHERWISE = N_("Open the clinic with the recovery key and set new passwords on this machine.")

_T = TypeVar("_T")


class DeviceSecret(Protocol):
    """Where one clinic's device secret lies."""

    kind: SecretKind
    backend: str

    def make(self, database_id: str) -> bytes:
        """Draw, keep and read back a new secret. Raises Trouble."""
        ...

    def has(self, database_id: str) -> bool:
        """Whether a sound secret of this clinic is there already. Raises Trouble."""
        ...

    def read(self, database_id: str) -> bytes:
        """Fetch the secret. Raises Trouble."""
        ...

    def put_text(self, database_id: str, name: str, text: str) -> bool:
        """Keep a small text outside the profile folder, where that is possible."""
        ...

    def get_text(self, database_id: str, name: str) -> str | None:
        """Fetch such a text."""
        ...


def choose(kind: SecretKind, profile: Path) -> DeviceSecret:
    """The place a person chose for a new clinic; never another one in its stead. Raises Trouble."""
    if kind == "file":
        return FileSecret(profile)
    backend = next((name for name in ALLOWED if _usable(name)), None)
    if backend is None:
        raise Trouble(
            N_("This machine has no keyring that can be trusted with the clinic's device secret."),
            remedy=N_("Start the desktop's keyring, or choose to keep the device secret in a file instead."),
        )
    return KeyringSecret(backend)


def reopen(kind: SecretKind, backend: str, profile: Path) -> DeviceSecret:
    """The place that the slots file names."""
    return FileSecret(profile) if kind == "file" else KeyringSecret(backend)


class FileSecret:
    """A file only its owner may read, in the profile folder: no help once the whole folder is taken."""

    kind: SecretKind = "file"
    backend = ""

    def __init__(self, profile: Path) -> None:
        self._path = profile / FILE

    def make(self, database_id: str) -> bytes:  # noqa: ARG002 - the folder says which clinic
        """Draw, keep and read back a new secret."""
        secret = random_bytes()
        try:
            write_durably(self._path, secret)
            kept = self._path.read_bytes()
        except OSError as error:
            raise Trouble(
                N_("The device secret could not be written."),
                remedy=N_("Check that {folder} is not read-only and that the disk is not full."),
                folder=str(self._path.parent),
            ) from error
        return _same(kept, secret)

    def has(self, database_id: str) -> bool:  # noqa: ARG002 - the folder says which clinic
        """Never: a folder that is set up anew gets a secret of its own."""
        return False

    def read(self, database_id: str) -> bytes:  # noqa: ARG002 - the folder says which clinic
        """Fetch the secret."""
        try:
            secret = self._path.read_bytes()
        except OSError as error:
            raise _gone(N_("The file with the device secret is missing or may not be read.")) from error
        if len(secret) != KEY_BYTES:
            raise _gone(N_("The file with the device secret is damaged."))
        return secret

    def put_text(self, database_id: str, name: str, text: str) -> bool:  # noqa: ARG002 - nowhere to put it
        """Refuse quietly: a text beside the database would be swapped together with it."""
        return False

    def get_text(self, database_id: str, name: str) -> str | None:  # noqa: ARG002 - never kept
        """Nothing is ever kept."""
        return None


class KeyringSecret:
    """An entry of the desktop's keyring, named by the database's id."""

    kind: SecretKind = "keyring"

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def make(self, database_id: str) -> bytes:
        """Draw, keep and read back a new secret."""
        secret = random_bytes()
        self._set(database_id, "device-secret", base64.b64encode(secret).decode())
        return _same(self.read(database_id), secret)

    def has(self, database_id: str) -> bool:
        """Whether the keyring has a sound secret of this clinic."""
        return _decoded(self._get(database_id, "device-secret") or "") is not None

    def read(self, database_id: str) -> bytes:
        """Fetch the secret."""
        kept = self._get(database_id, "device-secret")
        if kept is None:
            raise _gone(N_("The keyring no longer has this clinic's device secret."))
        secret = _decoded(kept)
        if secret is None:
            raise _gone(N_("The keyring's entry for this clinic's device secret is damaged."))
        return secret

    def put_text(self, database_id: str, name: str, text: str) -> bool:
        """Keep a small text beside the secret."""
        if len(text) > _MOST_TEXT:
            raise ValueError("too long for every keyring")
        self._set(database_id, name, text)
        return True

    def get_text(self, database_id: str, name: str) -> str | None:
        """Fetch such a text."""
        return self._get(database_id, name)

    def _set(self, database_id: str, name: str, text: str) -> None:
        def store(backend: "KeyringBackend") -> None:
            backend.set_password(SERVICE, f"{database_id}:{name}", text)

        self._ask(store)

    def _get(self, database_id: str, name: str) -> str | None:
        return self._ask(lambda backend: backend.get_password(SERVICE, f"{database_id}:{name}"))

    def _ask(self, question: "Callable[[KeyringBackend], _T]") -> _T:
        from keyring.errors import InitError, KeyringLocked  # not at the top: loaded after the first paint

        if self.backend not in ALLOWED or not _usable(self.backend):
            raise self._not_there()
        try:
            return question(_instance(self.backend))
        except (KeyringLocked, InitError) as error:
            raise Trouble(
                N_("The keyring is locked."),
                remedy=N_("Unlock it and try again, or open the clinic with the recovery key."),
            ) from error
        except Exception as error:
            # Back ends raise their own systems' errors (D-Bus, pywin32 ...), none a bug of ours.
            raise Trouble(
                N_("The keyring did not answer ({error})."),
                remedy=N_("Start it again and try once more, or open the clinic with the recovery key."),
                error=type(error).__name__,
            ) from error

    def _not_there(self) -> Trouble:
        others = [name for name in ALLOWED if name != self.backend and _usable(name)]
        if others:
            return Trouble(
                N_("The device secret is kept in {kept}, but this desktop now uses {now}."),
                remedy=N_("Use the desktop that was used before, or open the clinic with the recovery key."),
                kept=self.backend,
                now=others[0],
            )
        return Trouble(
            N_("The device secret is kept in {kept}, and this session has no keyring."),
            remedy=N_("Start the desktop's keyring, or open the clinic with the recovery key."),
            kept=self.backend,
        )


def _usable(name: str) -> bool:
    module, _, cls = name.rpartition(".")
    try:
        return bool(getattr(importlib.import_module(module), cls).priority > 0)
    except Exception:  # noqa: BLE001 - a back end says "not here" with whatever its system raises
        return False


def _instance(name: str) -> "KeyringBackend":
    module, _, cls = name.rpartition(".")
    backend: KeyringBackend = getattr(importlib.import_module(module), cls)()
    # The library lets KEYRING_PROPERTY_... variables change a back end; a variable has no say here.
    for variable in os.environ:
        before, is_property, prop = variable.partition("KEYRING_PROPERTY_")
        if is_property and not before:
            vars(backend).pop(prop.lower(), None)
    return backend


def _decoded(kept: str) -> bytes | None:
    try:
        secret = base64.b64decode(kept, validate=True)
    except ValueError:
        return None
    return secret if len(secret) == KEY_BYTES else None


def _same(kept: bytes, secret: bytes) -> bytes:
    if kept != secret:
        raise Trouble(
            N_("What was written as the device secret was not what was read back."),
            remedy=N_("Choose another place for the device secret."),
        )
    return secret


def _gone(message: str) -> Trouble:
    return Trouble(message, remedy=_OTHERWISE)
