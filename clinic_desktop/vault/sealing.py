"""The cryptography of a slot: how a password or a recovery key wraps the data key."""

import json
import secrets
from dataclasses import dataclass
from typing import Literal

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16

SlotKind = Literal["user", "recovery"]


@dataclass(frozen=True)
class KdfParams:
    """The cost of Argon2id: RFC 9106's second recommended option unless told otherwise."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def weaker_than(self, other: "KdfParams") -> bool:
        """Whether a guess costs an attacker less than with the other."""
        return self.memory_kib < other.memory_kib or self.passes < other.passes

    def sane(self) -> bool:
        """Whether a slots file may ask for this much; more would be a trap, less is not Argon2."""
        return 1 <= self.lanes <= 64 and 8 * self.lanes <= self.memory_kib <= 1 << 22 and 1 <= self.passes <= 64


DEFAULT = KdfParams()


@dataclass(frozen=True)
class Slot:
    """One way to the data key: everything but the secret that opens it."""

    slot_id: str
    kind: SlotKind
    user_id: str
    username: str
    label: str
    version: int
    kdf: KdfParams | None
    salt: bytes
    nonce: bytes
    sealed: bytes


def subkey(data_key: bytes, purpose: str) -> bytes:
    """Derive the 32-byte key of one purpose ("journal", "anchor", "drafts", "attachments", "backup" ...)."""
    return _hkdf(data_key, b"", f"clinic-desktop/1/{purpose}")


def random_bytes(count: int = KEY_BYTES) -> bytes:
    """Draw from the system's generator."""
    return secrets.token_bytes(count)


def new_nonce() -> bytes:
    """Draw a nonce; a fresh one for every sealing."""
    return random_bytes(_NONCE_BYTES)


def password_key(password: bytes, device_secret: bytes, slot: Slot, database_id: str) -> bytes:
    """The key of a user's slot: useless to whoever has the files but not the device secret."""
    # Not at the top: the sign-in page must be painted before argon2 is loaded.
    from argon2.low_level import Type, hash_secret_raw

    assert slot.kdf is not None
    stretched = hash_secret_raw(
        password, slot.salt, slot.kdf.passes, slot.kdf.memory_kib, slot.kdf.lanes, KEY_BYTES, Type.ID
    )
    return _hkdf(stretched + device_secret, b"", _words(database_id, slot.user_id, slot.version))


def recovery_slot_key(recovery_key: bytes, slot: Slot, database_id: str) -> bytes:
    """The key of a recovery slot; 256 random bits need no stretching."""
    return _hkdf(recovery_key, slot.salt, _words(database_id, "recovery", slot.version))


def seal(key: bytes, data_key: bytes, slot: Slot, database_id: str) -> bytes:
    """Wrap the data key for a slot."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # as above

    return AESGCM(key).encrypt(slot.nonce, data_key, _aad(slot, database_id))


def unseal(key: bytes, slot: Slot, database_id: str) -> bytes | None:
    """Unwrap the data key, or None when the key is wrong or anything in the slot was touched."""
    from cryptography.exceptions import InvalidTag  # as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(slot.nonce) != _NONCE_BYTES or len(slot.sealed) != KEY_BYTES + _TAG_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(slot.nonce, slot.sealed, _aad(slot, database_id))
    except InvalidTag:
        return None


def _aad(slot: Slot, database_id: str) -> bytes:
    return _words(database_id, slot.slot_id, slot.kind, slot.user_id, slot.version).encode()


def _words(*parts: str | int) -> str:
    # JSON, not a bar between them, so that no two different lists of parts give the same text.
    return json.dumps(parts)


def _hkdf(key: bytes, salt: bytes, info: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt or None, info.encode()).derive(key)
