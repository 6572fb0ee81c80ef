"""How an entry becomes a link: canonical text, keyed digests of content, and the hash over the last link.

The hash covers metadata and keyed digests only, so an export can leave every clinical value out and still be checked
by anybody without a key. The rule in full, for a verifier of your own::

    hash = SHA-256( canonical(["clinic-journal-1", workstation, n, hlc, at, session, act, kind, record, revision,
                               patient, hex(content_mac), hex(previous hash)]) )
    canonical = JSON, UTF-8, no spaces, keys sorted; the previous hash of n = 1 is 32 zero bytes.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

JOURNAL = "clinic-journal-1"
ACCESS = "clinic-access-1"
START = bytes(32)
# Made once: an encoder for every link took as long as writing it.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> bytes:
    """Write a JSON value in its one form."""
    return _ENCODER.encode(value).encode()


def content_mac(key: bytes, content: Mapping[str, object]) -> bytes:
    """Digest what was written (a created row, or a patch and its reason) under a key that never leaves the clinic."""
    return hmac.digest(key, canonical(content), "sha256")


def link_hash(label: str, fields: Sequence[object], mac: bytes, previous: bytes) -> bytes:
    """Hash one link over its metadata, the digest of its content, and the link before it."""
    return hashlib.sha256(canonical([label, *fields, mac.hex(), previous.hex()])).digest()


def created_content(values: Mapping[str, object]) -> dict[str, object]:
    """What a creation's digest covers: every column that holds something, but the row's place and its revision."""
    return {name: value for name, value in values.items() if value is not None and name not in {"rowid_", "revision"}}
