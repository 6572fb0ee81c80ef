"""Consents and restrictions as frozen rows, and what several acts about them ask of what was typed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import consents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store.tables.consents import consents
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("consent_shown", "require_audience", "said_why", "day_text", "day_of")


@dataclass(frozen=True)
class Consent:
    """One consent as it stands on a day."""

    id: str
    revision: int
    patient_id: str
    scope: str
    state: rules.State
    covers: tuple[str, ...]
    audience: tuple[str, ...]
    granted_on: date | None
    valid_from: date
    valid_until: date | None
    grantor: str
    grantor_name: str
    grantor_relation: str
    witness: str
    document_id: str | None
    language: str
    wording: str
    wording_version: str
    wording_text: str
    signature: str | None
    signed_at: datetime | None
    source: str
    note: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str

    def __repr__(self) -> str:
        return f"Consent({self.id}, {self.scope})"


@dataclass(frozen=True)
class Restriction:
    """A restricted record: who may open it."""

    id: str
    revision: int
    allowed: tuple[str, ...]
    reason: str
    set_by: str
    set_at: datetime


_WITNESS, _RECORDER = staff.alias("witness"), staff.alias("recorder")
CONSENTS = (
    select(consents, _WITNESS.c.display_name.label("witness"), _RECORDER.c.display_name.label("recorder"))
    .outerjoin(_WITNESS, _WITNESS.c.id == consents.c.witness_id)
    .outerjoin(_RECORDER, _RECORDER.c.id == consents.c.recorded_by)
)


def consent_shown(row: Any, on: date) -> Consent:
    """A row of `CONSENTS` as it stands on a day."""
    until = day_of(row.valid_until)
    begins = date.fromisoformat(row.valid_from)
    return Consent(
        row.id, row.revision, row.patient_id, row.scope, rules.state(row.status, begins, until, on),
        tuple(json.loads(row.covers)), tuple(json.loads(row.audience)), day_of(row.granted_on), begins, until,
        row.grantor, row.grantor_name, row.grantor_relation or "", row.witness or row.witness_name or "",
        row.document_id, row.language, row.wording, row.wording_version, row.wording_text, row.signature,
        None if row.signed_at is None else from_text(row.signed_at), row.source, row.note or "", row.recorder or "",
        from_text(row.recorded_at), None if row.withdrawn_at is None else from_text(row.withdrawn_at),
        row.withdrawal_reason or "",
    )  # fmt: skip


def require_audience(act: Act, named: Sequence[str], field: str = "allowed") -> None:
    """Refuse a role or a person that is not here ("role:nurse", "staff:<id>")."""
    for one in named:
        kind, _colon, who = one.partition(":")
        known = kind == "role" and who in ROLES
        if kind == "staff":
            known = act.conn.execute(select(staff.c.id).where(staff.c.id == who)).first() is not None
        if not known:
            raise Refusal(N_("There is no such role or person here."), field=field)


def said_why(reason: str) -> str:
    """A reason as it is kept; refuses none, and one that is too long."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    if len(reason) > rules.LONGEST_REASON:
        raise Refusal(N_("This is too long."), field="reason")
    return reason.strip()


def day_text(day: date | None) -> str | None:
    """A civil date as it is kept."""
    return None if day is None else day.isoformat()


def day_of(text: str | None) -> date | None:
    """Read a civil date that may be missing."""
    return None if text is None else date.fromisoformat(text)
