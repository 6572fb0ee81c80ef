"""A PDF that opens with a password alone: AES-256 as ISO 32000-2:2020 has it (7.6.4, security handler revision 6).

ReportLab's own handler stops at revision 5, whose key derivation was withdrawn, and needs another library for it. Here
it is handed this one: it asks `register`, `encode` and `info` of whatever encrypts.
"""

import hashlib
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7
from reportlab.pdfbase import pdfdoc

# Bits of the permissions, counted from 1 (ISO 32000-2, table 22). A program that opens the file keeps to them of its
# own will: they are wishes, the password is the lock.
_PRINT, _CHANGE, _COPY, _NOTE = 1 << 2, 1 << 3, 1 << 4, 1 << 5
_FILL, _ARRANGE, _PRINT_WELL = 1 << 8, 1 << 10, 1 << 11


@dataclass(frozen=True, repr=False)
class Seal:
    """The password a paper opens with, and what its reader is asked to let be done with it."""

    password: str
    may_print: bool = False
    may_copy: bool = False


class Aes256:
    """What encrypts every string and stream of one document, in the shape in which ReportLab asks for it."""

    def __init__(self, seal: Seal) -> None:
        self._key = os.urandom(32)
        self._permissions = _permissions(seal)
        password = seal.password.encode("ascii")
        # Whoever has the password has no more than the permissions: the owner's password is drawn and forgotten.
        self._user, self._user_key = _locked(password, b"", self._key)
        self._owner, self._owner_key = _locked(os.urandom(24).hex().encode(), self._user, self._key)

    def prepare(self, _document: pdfdoc.PDFDocument) -> None:
        """Nothing waits for the document: at this revision its id is no part of the key."""

    def register(self, _number: int, _version: int) -> None:
        """Nothing depends on the object: every one has a starting block of its own."""

    def encode(self, content: bytes) -> bytes:
        """Encrypt a string or a stream; the random starting block stands before it."""
        start = os.urandom(16)
        padder = PKCS7(128).padder()
        padded = padder.update(content) + padder.finalize()
        return start + _cbc(self._key, start, padded)

    def info(self) -> pdfdoc.PDFObject:
        """The encryption dictionary, which is never encrypted itself."""
        return _Plain(
            pdfdoc.PDFDictionary({
                "Filter": "/Standard", "V": 5, "R": 6, "Length": 256, "P": self._permissions,
                "U": _hex(self._user), "UE": _hex(self._user_key),
                "O": _hex(self._owner), "OE": _hex(self._owner_key),
                "Perms": _hex(self._sealed_permissions()), "EncryptMetadata": "true",
                "StmF": "/StdCF", "StrF": "/StdCF",
                "CF": "<</StdCF <</CFM /AESV3 /AuthEvent /DocOpen /Length 32>>>>",
            })
        )  # fmt: skip

    def _sealed_permissions(self) -> bytes:
        """The permissions once more, encrypted, so that nobody changes them unseen (algorithm 10)."""
        block = self._permissions.to_bytes(4, "little", signed=True) + b"\xff\xff\xff\xff" + b"Tadb" + os.urandom(4)
        encryptor = Cipher(AES(self._key), modes.ECB()).encryptor()  # noqa: S305 - one block, as the standard says
        return encryptor.update(block) + encryptor.finalize()


class _Plain(pdfdoc.PDFObject):
    """An object of its own in the file that is left as it is."""

    __RefOnly__ = 1

    def __init__(self, inner: pdfdoc.PDFDictionary) -> None:
        self._inner = inner

    def format(self, _document: pdfdoc.PDFDocument) -> bytes:
        """The dictionary in clear."""
        return self._inner.format(pdfdoc.DummyDoc())


def _locked(password: bytes, other: bytes, key: bytes) -> tuple[bytes, bytes]:
    """What a password is checked by, and the file's key under it (algorithms 8 and 9)."""
    check, salt = os.urandom(8), os.urandom(8)
    known = _hash(password, check, other) + check + salt
    return known, _cbc(_hash(password, salt, other), bytes(16), key)


def _hash(password: bytes, salt: bytes, other: bytes) -> bytes:
    """Make a password slow to guess (algorithm 2.B)."""
    key = hashlib.sha256(password + salt + other).digest()
    turn, last = 0, 0
    while turn < 64 or last > turn - 32:
        mixed = _cbc(key[:16], key[16:32], (password + key + other) * 64)
        kind = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(mixed[:16]) % 3]
        key, last = kind(mixed).digest(), mixed[-1]
        turn += 1
    return key[:32]


def _cbc(key: bytes, start: bytes, content: bytes) -> bytes:
    encryptor = Cipher(AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(content) + encryptor.finalize()


def _permissions(seal: Seal) -> int:
    refused = _CHANGE | _NOTE | _FILL | _ARRANGE
    if not seal.may_print:
        refused |= _PRINT | _PRINT_WELL
    if not seal.may_copy:
        refused |= _COPY
    # Bits 1 and 2 are nought, bit 10 (reading aloud) and the rest are one.
    return -1 - 0b11 - refused


def _hex(content: bytes) -> str:
    return f"<{content.hex().upper()}>"
