"""Consents: recorded, signed, withdrawn; and a patient's wish that the record be opened by few."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import consents as rules
from clinic_desktop.domain import signatures
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consent_gate
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.consent_gate import Asked, Passage
from clinic_desktop.services.consent_rows import (
    CONSENTS,
    Consent,
    Restriction,
    consent_shown,
    day_of,
    day_text,
    require_audience,
    said_why,
)
from clinic_desktop.services.consent_wording import Wording, wording_of
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patients import require_patient, shown_name, today
from clinic_desktop.store.tables.consents import consents, record_restrictions
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("require", "keep_outside_consent")


@dataclass(frozen=True)
class NewConsent:
    """A consent as it is filled in; nothing typed for a name means the patient's own."""

    scope: str
    status: str = "active"
    granted_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    grantor: str = "patient"
    grantor_name: str = ""
    grantor_relation: str = ""
    witness_id: str | None = None
    witness_name: str = ""
    channels: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    document_id: str | None = None
    language: str = "en"
    signature: str | None = None
    note: str = ""

    def __repr__(self) -> str:
        return f"NewConsent({self.scope})"


@dataclass(frozen=True)
class OutsideConsent:
    """A consent that was given elsewhere: its scope is kept as it is said there, known here or not."""

    scope: str
    status: str
    granted_on: date | None
    valid_from: date
    valid_until: date | None
    grantor: str
    grantor_name: str
    covers: tuple[str, ...] = ()
    grantor_relation: str = ""
    witness_name: str = ""
    document_id: str | None = None
    language: str = "en"
    wording_text: str = ""
    note: str = ""

    def __repr__(self) -> str:
        return f"OutsideConsent({self.scope})"


@dataclass(frozen=True)
class ConsentPage:
    """What the page Consents shows of a patient."""

    patient_name: str
    born_on: date | None
    consents: tuple[Consent, ...]
    restriction: Restriction | None
    signs_alone_from: int


@command
def record_consent(act: Act, patient_id: str, new: NewConsent) -> str:
    """Keep a consent, or its refusal, or a draft still to be signed; returns its id."""
    person = require_patient(act.conn, patient_id)
    if new.status not in {"draft", "active", "rejected"}:
        raise Refusal(N_("A consent begins as a draft, signed, or rejected."), field="status")
    signature = signatures.require_signed(new.signature) if new.status != "rejected" else None
    name = new.grantor_name.strip() or (
        shown_name(person.family_name, person.given_names) if new.grantor == "patient" else ""
    )
    granted_on = new.granted_on or (today(act) if new.status != "draft" else None)
    valid_from = new.valid_from or granted_on or today(act)
    draft = rules.Draft(
        new.scope, new.status, granted_on, valid_from, new.valid_until, new.grantor, name, new.grantor_relation,
        signature is not None or new.document_id is not None, new.channels,
    )  # fmt: skip
    _require_sound(act, draft, person.born_on)
    _require_people(act, new)
    worded = wording_of(new.scope, new.language)
    values = {
        "patient_id": patient_id,
        "scope": new.scope,
        "covers": json.dumps([one for one in rules.CHANNELS if one in new.channels]),
        "audience": json.dumps(list(new.audience)),
        "status": new.status,
        "granted_on": day_text(granted_on),
        "valid_from": valid_from.isoformat(),
        "valid_until": day_text(new.valid_until),
        "grantor": new.grantor,
        "grantor_name": name,
        "grantor_relation": new.grantor_relation.strip() or None,
        "witness_id": new.witness_id,
        "witness_name": new.witness_name.strip() or None,
        "document_id": new.document_id,
        "language": worded.language,
        "wording": worded.title,
        "wording_version": worded.version,
        "wording_text": worded.text.format(clinic=_clinic(act)),
        "signature": signature,
        "signed_at": act.at if signature and new.status == "active" else None,
        "note": new.note.strip() or None,
        "recorded_by": act.session.staff_id,
        "recorded_at": act.at,
    }
    return act.create(consents, values, kind=f"consent.{_KINDS[new.status]}")


@command
def sign_consent(act: Act, consent_id: str, signature: str, granted_on: date | None = None, *, expect: int) -> int:
    """Sign a draft: it is in force from the day it was given for. Returns the new revision."""
    row = _standing(act, consent_id, ("draft",))
    person = require_patient(act.conn, row.patient_id)
    signed = signatures.require_signed(signature)
    given = granted_on or today(act)
    begins = max(date.fromisoformat(row.valid_from), given)
    draft = rules.Draft(
        row.scope, "active", given, begins, day_of(row.valid_until), row.grantor, row.grantor_name,
        row.grantor_relation or "", signed is not None, json.loads(row.covers),
    )  # fmt: skip
    _require_sound(act, draft, person.born_on)
    changes = {
        "status": "active",
        "granted_on": given.isoformat(),
        "valid_from": begins.isoformat(),
        "signature": signed,
        "signed_at": act.at,
    }
    return act.change(consents, consent_id, changes, kind="consent.signed", expect=expect)


@command
def withdraw_consent(act: Act, consent_id: str, reason: str, *, expect: int) -> int:
    """Withdraw a consent: from this moment nothing is done on the strength of it. Returns the new revision."""
    _standing(act, consent_id, ("active", "draft"))
    changes = {
        "status": "withdrawn",
        "withdrawn_at": act.at,
        "withdrawn_by": act.session.staff_id,
        "withdrawal_reason": said_why(reason),
    }
    return act.change(consents, consent_id, changes, kind="consent.withdrawn", reason=said_why(reason), expect=expect)


@command
def consent_entered_in_error(act: Act, consent_id: str, reason: str, *, expect: int) -> int:
    """Say that a consent was never given so; the row stays. Returns the new revision."""
    _standing(act, consent_id, ("draft", "active", "rejected", "expired"))
    changes = {"status": "entered_in_error"}
    return act.change(
        consents, consent_id, changes, kind="consent.entered_in_error", reason=said_why(reason), expect=expect
    )


@query(access="chart")
def consents_of(read: Read, patient_id: str) -> ConsentPage:
    """A person's consents, the newest first, and the restriction of the record."""
    person = require_patient(read.conn, patient_id)
    everyone = ids_of(read.conn, patient_id)
    rows = read.conn.execute(CONSENTS.where(consents.c.patient_id.in_(everyone)).order_by(consents.c.rowid_.desc()))
    limit = read.conn.execute(
        select(record_restrictions, staff.c.display_name)
        .join(staff, staff.c.id == record_restrictions.c.set_by)
        .where(record_restrictions.c.patient_id.in_(everyone), record_restrictions.c.status == "active")
        .order_by(record_restrictions.c.rowid_.desc())
        .limit(1)
    ).one_or_none()
    return ConsentPage(
        shown_name(person.family_name, person.given_names),
        day_of(person.born_on),
        tuple(consent_shown(row, today(read)) for row in rows),
        None if limit is None else Restriction(
            limit.id, limit.revision, tuple(json.loads(limit.allowed)), limit.reason, limit.display_name,
            from_text(limit.set_at),
        ),
        consent_gate.ages_of(read.conn)[0],
    )  # fmt: skip


@query
def consent_wording(read: Read, scope: str, language: str = "en") -> Wording:
    """What a patient agrees to under a scope, as the form will say it."""
    worded = wording_of(scope, language)
    return Wording(scope, worded.language, worded.version, worded.title, worded.text.format(clinic=_clinic(read)))


# What runs inside somebody else's act. ---------------------------------------------------------------


def require(at: Act | Read, patient_id: str, scope: str, *, channel: str | None = None) -> Passage:
    """Refuse unless a consent of this patient is in force now for a scope (and a channel of messages).

    To be called inside an act or a query that learns only while it works whose consent it needs, such as an export of
    many patients: ``consents.require(act, patient_id, "research")``. Ask before the first value is read. Raises
    `ConsentRefusal`, which names the scope and is noted in the access log by the act it ends; ask for each patient and
    catch it to leave somebody out. Returns the consent that was found, to be kept with what is done on the strength
    of it.
    """
    return consent_gate.require(at.conn, Asked(at.session, at.now, at.steady), patient_id, scope, channel=channel)


def keep_outside_consent(act: Act, patient_id: str, outside: OutsideConsent) -> str:
    """Keep a consent that was given elsewhere, inside an act of import; returns its id. Its signature stays there."""
    values = {
        "patient_id": patient_id,
        "scope": outside.scope,
        "covers": json.dumps(list(outside.covers)),
        "status": outside.status,
        "granted_on": day_text(outside.granted_on),
        "valid_from": outside.valid_from.isoformat(),
        "valid_until": day_text(outside.valid_until),
        "grantor": outside.grantor if outside.grantor in rules.GRANTORS else "other",
        "grantor_name": outside.grantor_name,
        "grantor_relation": outside.grantor_relation or None,
        "witness_name": outside.witness_name or None,
        "document_id": outside.document_id,
        "language": outside.language,
        "wording": outside.scope,
        "wording_version": "",
        "wording_text": outside.wording_text,
        "source": "outside",
        "note": outside.note or None,
        "recorded_by": act.session.staff_id,
        "recorded_at": act.at,
    }
    return act.create(consents, values, kind="consent.imported")


_KINDS: Mapping[str, str] = {"draft": "drafted", "active": "signed", "rejected": "rejected"}


def _require_sound(act: Act, draft: rules.Draft, born_on: str | None) -> None:
    alone, confidential = consent_gate.ages_of(act.conn)
    rules.require_sound(draft, day_of(born_on), today(act), alone_from=alone, confidential_from=confidential)


def _require_people(act: Act, new: NewConsent) -> None:
    for field, words in (("witness_name", new.witness_name), ("grantor_relation", new.grantor_relation)):
        if len(words) > rules.LONGEST_NAME:
            raise Refusal(N_("This is too long."), field=field)
    if new.witness_id is not None:
        require_audience(act, [f"staff:{new.witness_id}"], field="witness_id")
    require_audience(act, new.audience)


def _standing(act: Act, consent_id: str, among: Sequence[str]) -> Any:
    row = act.conn.execute(select(consents).where(consents.c.id == consent_id)).one_or_none()
    if row is None or row.status not in among:
        raise Refusal(N_("This consent does not stand any more."), record=consent_id)
    return row


def _clinic(at: Act | Read) -> str:
    return at.conn.execute(select(settings.c.value).where(settings.c.name == "clinic_name")).scalar() or ""
