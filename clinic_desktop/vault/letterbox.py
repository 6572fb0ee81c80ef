"""The cryptography of the letterbox: anybody on this machine can put a message in, only the data key takes it out.

Each message is sealed alone, as in the base mode of RFC 9180: an X25519 key made for this one message, HKDF-SHA256 over
what both ends share, ChaCha20-Poly1305. The private key of the clinic is made from its data key and is kept nowhere.
"""

import hmac
from typing import TYPE_CHECKING

from clinic_desktop.vault.sealing import subkey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"CLBOX\x00\x001"
PUBLIC_BYTES = 32
# The mark, whom it is sealed to, the key made for it, and the tag at the end.
OVERHEAD = len(MAGIC) + 2 * PUBLIC_BYTES + 16
_INFO = b"clinic-desktop/1/letterbox"


class OtherKeyError(ValueError):
    """It was sealed to a public key that is not this clinic's."""


class DamagedError(ValueError):
    """It is no whole sealed message: cut off, or changed by somebody."""


def public_key(data_key: bytes) -> bytes:
    """The public key of the clinic that has this data key."""
    return _private(data_key).public_key().public_bytes_raw()


def seal(public: bytes, content: bytes) -> bytes:
    """Seal a message to a public key. Raises ValueError for what is no public key."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey  # at first use

    once = X25519PrivateKey.generate()
    head = MAGIC + public + once.public_key().public_bytes_raw()
    cipher, nonce = _cipher(once.exchange(X25519PublicKey.from_public_bytes(public)), head)
    return head + cipher.encrypt(nonce, content, head)


def unseal(data_key: bytes, sealed: bytes) -> bytes:
    """Open a sealed message. Raises OtherKeyError and DamagedError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    if len(sealed) < OVERHEAD or not sealed.startswith(MAGIC):
        raise DamagedError("no sealed message")
    private, at = _private(data_key), len(MAGIC)
    if not hmac.compare_digest(sealed[at : at + PUBLIC_BYTES], private.public_key().public_bytes_raw()):
        raise OtherKeyError("sealed to another key")
    head = sealed[: at + 2 * PUBLIC_BYTES]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(head[-PUBLIC_BYTES:]))
        cipher, nonce = _cipher(shared, head)
        return cipher.decrypt(nonce, sealed[len(head) :], head)
    except (InvalidTag, ValueError) as error:
        raise DamagedError("changed since it was sealed") from error


def _private(data_key: bytes) -> "X25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(subkey(data_key, "letterbox"))


def _cipher(shared: bytes, head: bytes) -> "tuple[ChaCha20Poly1305, bytes]":
    """The cipher and the nonce of one message: both keys stand in the salt, so that neither can be exchanged."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(SHA256(), 32 + 12, head, _INFO).derive(shared)
    return ChaCha20Poly1305(made[:32]), made[32:]
