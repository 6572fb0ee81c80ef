"""The slots file and its second copy: what is in it, how it is written, how one copy mends the other."""

import base64
import binascii
import hashlib
import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault.durable import write_durably
from clinic_desktop.vault.sealing import KdfParams, Slot

_log = logging.getLogger(__name__)

FORMAT = 1
FILES = ("keyslots", "keyslots.2")

SecretKind = Literal["keyring", "file"]


@dataclass(frozen=True)
class KeySlots:
    """All that stands in the slots file: useless without password and device secret, or the recovery key."""

    database_id: str
    generation: int
    secret_kind: SecretKind
    secret_backend: str
    recovery_confirmed: bool
    key_check: bytes
    slots: tuple[Slot, ...]


class _DamagedError(Exception):
    """This copy cannot be trusted."""


class _NewerError(Exception):
    """This copy was written by a later version of the program."""


def exist(profile: Path) -> bool:
    """Whether a profile has key slots, whole or not."""
    return any((profile / name).exists() for name in FILES)


def load(profile: Path) -> KeySlots:
    """Read the slots, mending a damaged or lagging copy from the other. Raises Trouble."""
    copies = [_read(profile / name) for name in FILES]
    if any(isinstance(copy, _NewerError) for copy in copies):
        raise Trouble(
            N_("The key slots were written by a newer version of Clinic Desktop."),
            remedy=N_("Install that version, or a later one."),
        )
    whole = [copy for copy in copies if isinstance(copy, KeySlots)]
    if not whole:
        raise _none_whole(profile, copies)
    if len({copy.database_id for copy in whole}) > 1:
        raise Trouble(
            N_("The two copies of the key slots in {folder} belong to different clinics; neither was touched."),
            remedy=N_("Take the one away that was put there ({names}), and start again."),
            folder=str(profile),
            names=", ".join(FILES),
        )
    newest = max(whole, key=lambda copy: copy.generation)
    for name, copy in zip(FILES, copies, strict=True):
        if copy != newest:
            _mend(profile / name, newest)
    return newest


def save(profile: Path, slots: KeySlots) -> KeySlots:
    """Write both copies, one after the other, so that one is whole at every moment. Raises Trouble."""
    later = replace(slots, generation=slots.generation + 1)
    data = encode(later)
    try:
        for name in FILES:
            write_durably(profile / name, data)
    except OSError as error:
        raise Trouble(
            N_("The key slots could not be written."),
            remedy=N_("Check that {folder} is not read-only and that the disk is not full."),
            folder=str(profile),
        ) from error
    return later


def encode(slots: KeySlots) -> bytes:
    """Write the slots as versioned JSON under a checksum."""
    body = {"format": FORMAT, **asdict(slots)}
    text = json.dumps(body, default=_to_text, sort_keys=True, indent=1)
    return json.dumps({"body": text, "sha256": _checksum(text)}).encode()


def decode(data: bytes) -> KeySlots:
    """Read what `encode` wrote; raises ValueError when it is damaged or too new."""
    try:
        return _decode(data)
    except (_DamagedError, _NewerError) as error:
        raise ValueError(type(error).__name__) from error


def _decode(data: bytes) -> KeySlots:
    try:
        outer = json.loads(data)
        text = outer["body"]
        if outer["sha256"] != _checksum(text):
            raise _DamagedError
        body = json.loads(text)
        if body.pop("format") > FORMAT:
            raise _NewerError
        return _slots_from(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _DamagedError from error


def _slots_from(body: dict[str, Any]) -> KeySlots:
    if body["secret_kind"] not in {"keyring", "file"} or not isinstance(body["generation"], int):
        raise _DamagedError
    body["key_check"] = _to_bytes(body["key_check"])
    body["slots"] = tuple(_slot_from(slot) for slot in body["slots"])
    return KeySlots(**body)


def _slot_from(slot: dict[str, Any]) -> Slot:
    for name in ("salt", "nonce", "sealed"):
        slot[name] = _to_bytes(slot[name])
    if slot["kdf"] is not None:
        slot["kdf"] = KdfParams(**slot["kdf"])
        if not slot["kdf"].sane():
            raise _DamagedError
    if slot["kind"] not in {"user", "recovery"} or (slot["kind"] == "user") != (slot["kdf"] is not None):
        raise _DamagedError
    return Slot(**slot)


def _read(path: Path) -> KeySlots | Exception:
    try:
        return _decode(path.read_bytes())
    except (OSError, _DamagedError, _NewerError) as error:
        return error


def _none_whole(profile: Path, copies: list[KeySlots | Exception]) -> Trouble:
    if all(isinstance(copy, FileNotFoundError) for copy in copies):
        return Trouble(
            N_("There are no key slots in {folder}."),
            remedy=N_("Choose the clinic's own folder, or restore a backup with the recovery key."),
            folder=str(profile),
        )
    if any(isinstance(copy, PermissionError) for copy in copies):
        return Trouble(
            N_("The key slots in {folder} may not be read by this person."),
            remedy=N_("Sign in to the computer as the person who set the clinic up."),
            folder=str(profile),
        )
    return Trouble(
        N_("Both copies of the key slots in {folder} are damaged."),
        remedy=N_("Restore a backup with the recovery key; the damaged folder is kept."),
        folder=str(profile),
    )


def _mend(path: Path, newest: KeySlots) -> None:
    _log.warning("a copy of the key slots is damaged or behind: %s", path.name)
    try:
        _keep_damaged(path)
        write_durably(path, encode(newest))
    except OSError:
        # One whole copy is enough to open the clinic, for instance from a read-only folder.
        _log.warning("the copy could not be mended: %s", path.name)


def _keep_damaged(path: Path) -> None:
    """Keep what a damaged copy held: something in it may still be of use to somebody."""
    if not path.exists() or isinstance(_read(path), KeySlots):
        return
    data = path.read_bytes()
    kept = path.with_name(f"{path.name}.damaged-{hashlib.sha256(data).hexdigest()[:8]}")
    if not kept.exists():
        write_durably(kept, data)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _to_text(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return base64.b64encode(value).decode()


def _to_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _DamagedError from error
