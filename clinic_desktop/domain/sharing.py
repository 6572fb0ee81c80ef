"""Giving a record to somebody outside: what may be given, to whom, until when, and in which state a share is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clinic_desktop.domain.refusals import Refusal

State = Literal["active", "expired", "withdrawn"]

# The parts of a health summary that can be given, in the order of the paper.
SECTIONS = {
    "allergies": "Allergies",
    "problems": "Problems",
    "medicines": "Medicines",
    "vitals": "Vital signs",
    "results": "Laboratory results",
    "immunizations": "Immunizations",
    "procedures": "Procedures",
    "visits": "Visits",
    "contact": "Contact details",
}
RECIPIENTS = {
    "healthcare_provider": "Doctor, hospital or laboratory",
    "patient": "The patient",
    "guardian": "Parent or guardian",
    "insurer": "Insurer",
    "other": "Somebody else",
}
# A paper to be read, or records that another system takes over.
FORMS = {"pdf": "A paper to read (PDF)", "fhir": "Records for another system (FHIR)"}
PERMISSIONS = {"view": "Read it", "print": "Print it", "keep": "Copy words out of it"}
LONGEST = timedelta(days=366)
LONGEST_NAME = 200
LONGEST_TEXT = 2000
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+")


@dataclass(frozen=True)
class Asked:
    """A share as it is about to be made."""

    recipient_name: str
    recipient_type: str
    recipient_email: str
    purpose: str
    sections: Sequence[str]
    permissions: Sequence[str]
    expires_on: date | None
    form: str = "pdf"
    texts: Sequence[tuple[str, str]] = ()  # field and words of what is only looked at for its length


def state(status: str, expires_on: date, today: date) -> State:
    """What a share is on a day; its last day counts."""
    if status == "withdrawn":
        return "withdrawn"
    return "expired" if today > expires_on else "active"


def require_sound(asked: Asked, today: date) -> None:
    """Refuse a share that says not enough, or too much. Raises Refusal naming the field."""
    if not asked.recipient_name.strip():
        raise Refusal("Name who is to have it.", field="recipient_name")
    if asked.recipient_type not in RECIPIENTS:
        raise Refusal("Say what this recipient is.", field="recipient_type")
    if asked.recipient_email.strip() and not _EMAIL.fullmatch(asked.recipient_email.strip()):
        raise Refusal("This is no e-mail address.", field="recipient_email")
    if not asked.purpose.strip():
        raise Refusal("Say what it is for.", field="purpose")
    if not asked.sections or not set(asked.sections) <= set(SECTIONS):
        raise Refusal("Choose at least one part of the record.", field="sections")
    if "view" not in asked.permissions or not set(asked.permissions) <= set(PERMISSIONS):
        raise Refusal("What is shared can at least be read.", field="permissions")
    if asked.form not in FORMS:
        raise Refusal("Choose a paper or records.", field="form")
    if asked.form == "fhir" and "keep" not in asked.permissions:
        # Records are there to be taken over: to forbid it would be a wish that no program keeps.
        raise Refusal("Records can always be copied: allow that too, or choose the paper.", field="permission_keep")
    _require_end(asked.expires_on, today)
    for field, words in (("recipient_name", asked.recipient_name), ("recipient_email", asked.recipient_email)):
        if len(words) > LONGEST_NAME:
            raise Refusal("This is too long.", field=field)
    for field, words in (("purpose", asked.purpose), *asked.texts):
        if len(words) > LONGEST_TEXT:
            raise Refusal("This is too long.", field=field)


def _require_end(expires_on: date | None, today: date) -> None:
    if expires_on is None:
        raise Refusal("Say until when.", field="expires_on")
    if expires_on < today:
        raise Refusal("This day is past.", field="expires_on")
    if expires_on > today + LONGEST:
        raise Refusal("A share lasts a year at most.", field="expires_on")


def require_standing(status: str, expires_on: date, today: date) -> None:
    """Refuse to make another copy of what has expired or was withdrawn."""
    now = state(status, expires_on, today)
    if now == "withdrawn":
        raise Refusal("This share was withdrawn: no copy can be made of it any more.")
    if now == "expired":
        raise Refusal("This share has expired: no copy can be made of it any more.")
