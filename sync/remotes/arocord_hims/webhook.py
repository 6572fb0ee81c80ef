"""Events that AROCORD-HIMS sends: with whole records in them, and a signature inside the body that it signs.

How the signed body is written is not documented, so that three ways are tried; one that none of them proves is an
unproved hint. A hint leads to a read; laboratory results cannot be read, and are kept as evidence for a clinician.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.port import Kind
from sync.telling.hints import Hint
from sync.telling.notices import Notice, UnprovedError, event_of, instant_of, is_recent
from sync.transport.decoding import read_json

_KINDS = {
    "appointment.created": (Kind.APPOINTMENT, "appointment"),
    "appointment.updated": (Kind.APPOINTMENT, "appointment"),
    "prescription.ready": (Kind.PRESCRIPTION, "prescription"),
    "lab.results": (Kind.LAB_RESULT, "lab_results"),
    "billing.invoice": (Kind.INVOICE, "invoice"),
}
# Nothing reads these there: what the event says is all that there is.
_UNREADABLE = frozenset({Kind.LAB_RESULT, Kind.INVOICE})
_MEMBER = re.compile(rb',?\s*"signature"\s*:\s*"[^"\\]*"')
LARGEST = 1024 * 1024


def heard(raw: bytes, headers: Mapping[str, str], secret: str | None, now: float) -> Notice:  # noqa: ARG001 - in the body
    """What a call says to look at. Raises UnprovedError where its signature or its instant is not good."""
    event = event_of(raw)
    if not is_signed(raw, event, secret):
        raise UnprovedError("no good signature" if secret else "no secret")
    if not is_recent(instant_of(event.get("timestamp")), now):
        raise UnprovedError("not of these minutes")
    # The signature, not the body: the same event in another spelling is the same event.
    return Notice(hashlib.sha256(str(event["signature"]).encode()).hexdigest(), hint_of(raw, secret))


def hint_of(raw: bytes, secret: str | None) -> Hint | None:
    """What an event says to look at; None for what is no event of theirs."""
    if len(raw) > LARGEST:
        return None
    try:
        event = read_json(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    known, data = _KINDS.get(str(event.get("event"))), event.get("data")
    if known is None or not isinstance(data, dict):
        return None
    kind, name = known
    record = data.get(name) if isinstance(data.get(name), dict) else data
    found = record.get("id") or record.get("order_id") if isinstance(record, dict) else None
    remote_id = str(found) if isinstance(found, (str, int)) and str(found) else None
    parent = record.get("patient_id") if isinstance(record, dict) else None
    return Hint(
        kind,
        remote_id,
        signed=is_signed(raw, event, secret),
        evidence=record if kind in _UNREADABLE else None,
        parent=parent if isinstance(parent, str) else None,
    )


def is_signed(raw: bytes, event: dict[str, Any], secret: str | None) -> bool:
    """Whether the event proves that its sender knows the secret."""
    signature = event.get("signature")
    if not secret or not isinstance(signature, str) or not signature.startswith("sha256="):
        return False
    given = signature.removeprefix("sha256=").encode()
    return any(hmac.compare_digest(_digest(secret, each), given) for each in _signed(raw, event))


def _signed(raw: bytes, event: dict[str, Any]) -> Iterator[bytes]:
    """What may have been signed: the body without its signature, `data` alone, the body with an empty signature."""
    yield _MEMBER.sub(b"", raw, count=1)
    bare = {name: value for name, value in event.items() if name != "signature"}
    for document in (bare, event.get("data"), event | {"signature": ""}):
        yield json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        yield json.dumps(document, ensure_ascii=False).encode()


def _digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode()
