"""Consents: what each scope stands for, when one holds, and what is refused before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clinic_desktop.domain.refusals import Refusal

Kind = Literal["agree", "restrict"]
State = Literal["draft", "waiting", "active", "expired", "withdrawn", "rejected", "entered_in_error"]

STATES: tuple[State, ...] = ("draft", "waiting", "active", "expired", "withdrawn", "rejected", "entered_in_error")
GRANTORS = ("patient", "guardian", "other")
CHANNELS = ("phone", "sms", "email", "post", "app")
LONGEST_NAME = 200
LONGEST_REASON = 2000

# From when a person signs alone: childhood ends at 18 (UN Convention on the Rights of the Child, art. 1). From when a
# young person's care may be confidential: 16 (Family Law Reform Act 1969, s. 8, England). The law differs from country
# to country: both are settings of the clinic.
SIGNS_ALONE_FROM = 18
CONFIDENTIAL_FROM = 16


@dataclass(frozen=True)
class Scope:
    """One thing a patient may agree to.

    Under an `agree` scope nothing is done until there is consent; under a `restrict` scope everything is, until the
    patient restricts the record, and from then on only with consent. `emergency` says whether breaking the glass stands
    in for it: saving a life may need a record or a copy of it, never a study or a message.
    """

    key: str
    name: str
    kind: Kind
    stands_for: str
    emergency: bool = False
    by_channel: bool = False


SCOPES: tuple[Scope, ...] = (
    Scope("treatment", "Treatment record", "restrict", "Opening a record that the patient has restricted.",
          emergency=True),
    Scope("disclosure", "Sharing outside", "agree", "Giving parts of the record to somebody outside the clinic.",
          emergency=True),
    Scope("research", "Research", "agree", "Taking part in research with a record that bears no name."),
    Scope("telehealth", "Telehealth", "agree", "Being seen by telephone or video."),
    Scope("communication", "Messages", "agree", "Being reminded and written to.", by_channel=True),
    Scope("photography", "Photographs", "agree", "Being photographed for the record."),
    Scope("programmes", "Digital programmes", "agree", "Taking part in a digital health programme."),
    Scope("confidential_care", "Young person's confidential care", "agree",
          "Showing a young person's record to a guardian."),
)  # fmt: skip
BY_KEY = {scope.key: scope for scope in SCOPES}


class ConsentRefusal(Refusal):
    """There is no consent for this; kept apart from other refusals because every one is noted in the access log."""

    def __init__(self, message: str, *, scope: str, patient: str, **facts: object) -> None:
        super().__init__(message, field=None, scope=scope, patient=patient, **facts)
        self.scope = scope
        self.patient = patient


@dataclass(frozen=True)
class Draft:
    """A consent as it is about to be kept."""

    scope: str
    status: str
    granted_on: date | None
    valid_from: date
    valid_until: date | None
    grantor: str
    grantor_name: str
    grantor_relation: str
    is_signed: bool
    channels: Sequence[str] = ()


def state(status: str, valid_from: date, valid_until: date | None, today: date) -> State:
    """What a consent is on a day: one that is active by its row has expired, or is still to begin, by its dates."""
    if status == "active":
        if today < valid_from:
            return "waiting"
        return "expired" if valid_until is not None and today > valid_until else "active"
    return next(one for one in STATES if one == status)


def require_sound(draft: Draft, born_on: date | None, today: date, *, alone_from: int, confidential_from: int) -> None:
    """Refuse a consent that could not have been given so. Raises Refusal naming the field."""
    if draft.scope not in BY_KEY:
        raise Refusal("Choose what this is about.", field="scope")
    if draft.grantor not in GRANTORS:
        raise Refusal("Say who gives this consent.", field="grantor")
    if not draft.grantor_name.strip():
        raise Refusal("Name the person who gives this consent.", field="grantor_name")
    if len(draft.grantor_name) > LONGEST_NAME:
        raise Refusal("This name is too long.", field="grantor_name")
    if draft.grantor != "patient" and not draft.grantor_relation.strip():
        raise Refusal("Say what this person is to the patient.", field="grantor_relation")
    if BY_KEY[draft.scope].by_channel and not set(draft.channels) & set(CHANNELS):
        raise Refusal("Choose at least one way of being written to.", field="channels")
    _require_days(draft, born_on, today)
    if draft.status in {"active", "rejected"} and draft.grantor == "patient":
        _require_age(draft, born_on, today, alone_from, confidential_from)
    if draft.status == "active" and not draft.is_signed:
        raise Refusal("A consent needs a signature, or the signed paper.", field="signature")


def _require_days(draft: Draft, born_on: date | None, today: date) -> None:
    if draft.granted_on is None and draft.status != "draft":
        raise Refusal("Say on which day it was given.", field="granted_on")
    for field, day in (("granted_on", draft.granted_on), ("valid_from", draft.valid_from)):
        if day is not None and born_on is not None and day < born_on:
            raise Refusal("This is before the patient was born.", field=field)
    if draft.granted_on is not None and draft.granted_on > today:
        raise Refusal("A consent cannot be signed on a day that is still to come.", field="granted_on")
    if draft.granted_on is not None and draft.valid_from < draft.granted_on:
        raise Refusal("A consent cannot begin before it was given.", field="valid_from")
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        raise Refusal("A consent cannot end before it begins.", field="valid_until")


def _require_age(draft: Draft, born_on: date | None, today: date, alone_from: int, confidential_from: int) -> None:
    if born_on is None:
        return
    old = years(born_on, draft.granted_on or today)
    if old >= alone_from or (draft.scope == "confidential_care" and old >= confidential_from):
        return
    raise Refusal(
        "The patient is {old} years old and does not sign alone before {age}: a guardian has to sign.",
        field="grantor", old=old, age=alone_from,
    )  # fmt: skip


def years(born_on: date, on: date) -> int:
    """Whole years of age on a day; a birthday of 29 February comes on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_young(born_on: date | None, today: date, *, alone_from: int, confidential_from: int) -> bool:
    """Whether a patient is of the age at which care may be confidential from guardians."""
    return born_on is not None and confidential_from <= years(born_on, today) < alone_from


def refusal(scope: Scope, patient_id: str) -> ConsentRefusal:
    """The words for a person who has no consent: which scope is missing and what can be done."""
    if scope.kind == "restrict":
        words = (
            "The patient has restricted this record ({name}). Ask for a consent on the page Consents; in an emergency,"
            " break the glass there."
        )
    elif scope.emergency:
        words = (
            "There is no consent in force for “{name}”. Record one on the page Consents; in an emergency, break the"
            " glass there."
        )
    else:
        words = "There is no consent in force for “{name}”. Record one on the page Consents first."
    return ConsentRefusal(words, scope=scope.key, patient=patient_id, name=scope.name)
