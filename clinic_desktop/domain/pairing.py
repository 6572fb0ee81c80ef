"""Which devices may be let in, what each kind may ask and tell, and how its code and its token are written."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

from clinic_desktop.domain.refusals import Refusal

# Eight letters of Crockford's base 32 (no I, L, O, U: nobody misreads them) are 40 bits, for five minutes and five
# tries. A token is 256 bits: guessing it is no way in, so its plain hash tells nothing.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 8
CODE_LASTS = timedelta(minutes=5)
CODE_TRIES = 5
TOKEN_BYTES = 32
LONGEST_NAME = 80


@dataclass(frozen=True)
class Kind:
    """One kind of device: what it is, the role its account has, and the scopes of its token."""

    about: str
    role: str
    scopes: frozenset[str]


STATUS = "status"
VITALS, RESULTS, SCANS, DOCUMENTS = "vitals:write", "results:write", "scans:write", "documents:write"
LOOKUP, QUEUE, CALLS, PRINTS = "patients:lookup", "queue:read", "calls:read", "prints:take"


def _kind(about: str, role: str, *scopes: str) -> Kind:
    return Kind(about, role, frozenset({STATUS, *scopes}))


# The one table of kind x scope. The least that the kind needs; two devices are two kinds.
KINDS: dict[str, Kind] = {
    "monitor": _kind("a monitor, scale or thermometer that sends vital signs", "nurse", VITALS, LOOKUP),
    "analyser": _kind("an analyser or laboratory that sends results", "laboratory", RESULTS, LOOKUP),
    "scanner": _kind("a scanner of barcodes, cards and identity documents", "front_desk", SCANS),
    "documents": _kind("a document scanner that sends PDF and pictures", "front_desk", DOCUMENTS, LOOKUP),
    "display": _kind("a public call screen", "front_desk", CALLS),
    "board": _kind("a screen of the staff that shows the queue", "nurse", QUEUE, CALLS),
    "printer": _kind("a print station that takes labels, receipts and PDF", "front_desk", PRINTS),
    "kiosk": _kind("a desk that looks patients up by number and scans", "front_desk", LOOKUP, SCANS, QUEUE),
}


def require_kind(kind: str) -> Kind:
    """The kind of this name. Raises Refusal."""
    if kind not in KINDS:
        raise Refusal("There is no kind “{kind}”. Choose one of: {known}.", field="kind", kind=kind,
                      known=", ".join(KINDS))  # fmt: skip
    return KINDS[kind]


def require_name(name: str) -> str:
    """A name that tells the device from others. Raises Refusal."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("Give the device a name by which people know it.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refusal("A name has at most {most} letters.", field="name", most=LONGEST_NAME)
    return name


def code_hash(typed: str) -> str:
    """The hash of a code, however it was typed: small letters, O for 0, I and L for 1, blanks and hyphens."""
    plain = re.sub(r"[\s-]", "", typed.upper()).translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def token_hash(token: str) -> str:
    """The hash under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
