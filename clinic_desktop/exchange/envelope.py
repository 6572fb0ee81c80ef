"""Records sealed with a password as a JWE (RFC 7516), which any JOSE library opens.

Key: PBES2-HS512+A256KW (RFC 7518, 4.8) from the password; content: A256GCM (5.3), deflated (RFC 7516, 4.1.3) before.
"""

import base64
import binascii
import json
import os
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

ALGORITHM, ENCRYPTION = "PBES2-HS512+A256KW", "A256GCM"
# The password has 120 random bits and needs no slowing; more rounds than this some libraries refuse.
ROUNDS, MOST_ROUNDS = 16_384, 1_000_000
SALT, KEY, NONCE, TAG = 16, 32, 12, 16
PARTS = 5
# What a record may grow to when it is opened: no patient's is a tenth of it.
LARGEST = 512 << 20
FIRST = b"eyJ"  # {" in base64: how every such file begins


@dataclass(frozen=True, repr=False)
class Opened:
    """What was in a sealed file, and until when it was meant to be used."""

    content: bytes
    until: date | None


def seal(content: bytes, password: str, until: date) -> bytes:
    """Seal a content; the last day on which it is meant to be used stands in the header, readable and protected."""
    salt, key, nonce = os.urandom(SALT), os.urandom(KEY), os.urandom(NONCE)
    ends = datetime.combine(until + timedelta(days=1), time(), UTC)
    head = {
        "alg": ALGORITHM, "enc": ENCRYPTION, "zip": "DEF", "cty": "application/fhir+json",
        "p2s": _text(salt), "p2c": ROUNDS, "exp": int(ends.timestamp()),
    }  # fmt: skip
    protected = _text(json.dumps(head, separators=(",", ":")).encode())
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    closed = AESGCM(key).encrypt(nonce, packed, protected.encode())
    wrapped = aes_key_wrap(_key(password, salt, ROUNDS), key)
    parts = (protected, _text(wrapped), _text(nonce), _text(closed[:-TAG]), _text(closed[-TAG:]))
    return ".".join(parts).encode()


def open_sealed(sealed: bytes, password: str) -> Opened:
    """Open a sealed file. Raises Refusal for another password, another algorithm, and what is broken."""
    try:
        protected, *others = sealed.decode("ascii").strip().split(".")
        head = json.loads(_bytes(protected))
        wrapped, nonce, closed, tag = (_bytes(part) for part in others)
        salt, rounds = _bytes(head["p2s"]), head["p2c"]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise _broken() from None
    if head.get("alg") != ALGORITHM or head.get("enc") != ENCRYPTION or head.get("zip", "DEF") != "DEF":
        raise Refusal(N_("This file is sealed in another way than {way}."), way=f"{ALGORITHM}, {ENCRYPTION}")
    if not isinstance(rounds, int) or not 0 < rounds <= MOST_ROUNDS or len(nonce) != NONCE:
        raise _broken()
    try:
        key = aes_key_unwrap(_key(password.strip().upper(), salt, rounds), wrapped)
    except (InvalidUnwrap, ValueError):
        raise Refusal(N_("This is not the password of this file."), field="password") from None
    try:
        packed = AESGCM(key).decrypt(nonce, closed + tag, protected.encode())
        content = _unpacked(packed) if "zip" in head else packed
    except (InvalidTag, zlib.error, ValueError):
        raise _broken() from None
    ends = head.get("exp")
    until = datetime.fromtimestamp(ends, UTC).date() - timedelta(days=1) if isinstance(ends, int) else None
    return Opened(content, until)


def _unpacked(packed: bytes) -> bytes:
    opener = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    content = opener.decompress(packed, LARGEST)
    if opener.unconsumed_tail or not opener.eof:
        raise ValueError("larger than any record, or half there")
    return content


def _key(password: str, salt: bytes, rounds: int) -> bytes:
    made = PBKDF2HMAC(SHA512(), KEY, ALGORITHM.encode() + b"\0" + salt, rounds)
    return made.derive(password.encode())


def _broken() -> Refusal:
    return Refusal(N_("This sealed file is damaged or only half there."))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
