"""Keys made from the data key, one for each purpose, so that none of them opens anything else."""

import hashlib
import hmac


def subkey(key: bytes, purpose: str) -> bytes:
    """Derive 32 bytes by HKDF-SHA256 (RFC 5869) with an empty salt; one block is all that is needed."""
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)
