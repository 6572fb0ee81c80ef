"""Sharing a record with somebody outside: made, copied, withdrawn, and every copy on a list."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import sharing as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows, health_rows, outside_results
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.chart import Visit, visits_of
from clinic_desktop.services.chart_rows import (
    AllergyShown,
    ChartPatient,
    MedicineTaken,
    Problem,
    ResultShown,
    VitalShown,
)
from clinic_desktop.services.consent_rows import said_why
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.outside_results import Elsewhere
from clinic_desktop.services.patients import require_patient, today
from clinic_desktop.store.tables.sharing import share_copies, shares
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("new_password",)

# No I, L, O or U: nothing read out or written down is taken for something else.
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, IN_GROUP = 6, 4  # 120 random bits


def new_password() -> str:
    """Draw a password of six groups of four letters and digits: ``7K3P-0QZN-...``."""
    groups = ("".join(secrets.choice(LETTERS) for _letter in range(IN_GROUP)) for _group in range(GROUPS))
    return "-".join(groups)


@dataclass(frozen=True, repr=False)
class SealedCopy:
    """A copy for somebody outside and the password it opens with, which is kept nowhere."""

    number: str
    content: bytes
    password: str


@dataclass(frozen=True)
class NewShare:
    """What is to be given, to whom, for what and until when."""

    recipient_name: str
    recipient_type: str
    purpose: str
    sections: tuple[str, ...]
    expires_on: date | None
    permissions: tuple[str, ...] = ("view",)
    recipient_organisation: str = ""
    recipient_email: str = ""
    message: str = ""
    form: str = "pdf"

    def __repr__(self) -> str:
        return "NewShare()"


@dataclass(frozen=True)
class Made:
    """A share just made."""

    share_id: str
    number: str


@dataclass(frozen=True)
class ToCopy:
    """What a copy holds, and under which row it is noted."""

    copy_id: str
    patient_id: str
    number: str
    recipient: str
    purpose: str
    sections: tuple[str, ...]
    permissions: tuple[str, ...]
    expires_on: date
    form: str

    def __repr__(self) -> str:
        return f"ToCopy({self.copy_id})"


@dataclass(frozen=True)
class Copied:
    """One copy that was made."""

    made_at: datetime
    made_by: str
    sha256: str
    in_emergency: bool


@dataclass(frozen=True)
class Share:
    """One share as it stands today."""

    id: str
    revision: int
    number: str
    state: rules.State
    recipient_name: str
    recipient_type: str
    recipient_organisation: str
    recipient_email: str
    purpose: str
    message: str
    sections: tuple[str, ...]
    permissions: tuple[str, ...]
    expires_on: date
    created_at: datetime
    created_by: str
    in_emergency: bool
    withdrawal_reason: str
    form: str
    copies: tuple[Copied, ...]

    def __repr__(self) -> str:
        return f"Share({self.id})"


@dataclass(frozen=True)
class HealthSummary:
    """What is known of a patient, part by part; a part that was not asked for is empty."""

    patient: ChartPatient
    allergies: tuple[AllergyShown, ...]
    problems: tuple[Problem, ...]
    medicines: tuple[MedicineTaken, ...]
    vitals: tuple[VitalShown, ...]
    results: tuple[ResultShown, ...]
    visits: tuple[Visit, ...]
    contact: tuple[tuple[str, str], ...] = ()  # how the patient is reached, in words
    doses: tuple[health_rows.Dose, ...] = ()
    procedures: tuple[health_rows.Procedure, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()  # results of others

    def __repr__(self) -> str:
        return f"HealthSummary({self.patient.id})"


@command
def share_record(act: Act, patient_id: str, new: NewShare) -> Made:
    """Share parts of a record with somebody outside; needs the consent to do so, or a broken glass."""
    require_patient(act.conn, patient_id)
    rules.require_sound(
        rules.Asked(
            new.recipient_name, new.recipient_type, new.recipient_email, new.purpose, new.sections, new.permissions,
            new.expires_on, new.form,
            (("message", new.message), ("recipient_organisation", new.recipient_organisation)),
        ),
        today(act),
    )  # fmt: skip
    number = act.number("SH")
    values = {
        "number": number,
        "patient_id": patient_id,
        "consent_id": None if act.passage is None else act.passage.consent_id,
        "break_glass_id": None if act.passage is None else act.passage.break_glass_id,
        "recipient_name": new.recipient_name.strip(),
        "recipient_type": new.recipient_type,
        "recipient_organisation": new.recipient_organisation.strip() or None,
        "recipient_email": new.recipient_email.strip() or None,
        "purpose": new.purpose.strip(),
        "message": new.message.strip() or None,
        "sections": json.dumps([one for one in rules.SECTIONS if one in new.sections]),
        "permissions": json.dumps([one for one in rules.PERMISSIONS if one in new.permissions]),
        "format": new.form,
        "expires_at": None if new.expires_on is None else new.expires_on.isoformat(),
        "status": "active",
        "created_by": act.session.staff_id,
        "created_at": act.at,
    }
    return Made(act.create(shares, values, kind="share.made", reason=new.purpose.strip()), number)


@command
def make_copy(act: Act, share_id: str) -> ToCopy:
    """Note that a copy is made, before anything of it is read; refused once it has expired or was withdrawn."""
    row = act.conn.execute(select(shares).where(shares.c.id == share_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This share is not here."), record=share_id)
    expires_on = date.fromisoformat(row.expires_at)
    rules.require_standing(row.status, expires_on, today(act))
    act.accessed("report", patient=row.patient_id, subject=f"share {row.number}")
    values = {
        "share_id": share_id,
        "patient_id": row.patient_id,
        "made_by": act.session.staff_id,
        "made_at": act.at,
        "break_glass_id": None if act.passage is None else act.passage.break_glass_id,
    }
    recipient = ", ".join(filter(None, (row.recipient_name, row.recipient_organisation)))
    return ToCopy(
        act.create(share_copies, values, kind="share.copied"), row.patient_id, row.number, recipient, row.purpose,
        tuple(json.loads(row.sections)), tuple(json.loads(row.permissions)), expires_on,
        row.format,
    )  # fmt: skip


@command
def copy_made(act: Act, copy_id: str, sha256: str, size: int) -> int:
    """Note which file came of a copy, so that it can be told from any other. Returns the new revision."""
    return act.change(share_copies, copy_id, {"sha256": sha256, "bytes": size}, kind="share.copy_made")


@command
def withdraw_share(act: Act, share_id: str, reason: str, *, expect: int) -> int:
    """Withdraw a share: no copy is made of it from now on. Returns the new revision."""
    row = act.conn.execute(select(shares.c.status).where(shares.c.id == share_id)).one_or_none()
    if row is None or row.status != "active":
        raise Refusal(N_("This share was withdrawn already."), record=share_id)
    changes = {
        "status": "withdrawn",
        "withdrawn_at": act.at,
        "withdrawn_by": act.session.staff_id,
        "withdrawal_reason": said_why(reason),
    }
    return act.change(shares, share_id, changes, kind="share.withdrawn", reason=said_why(reason), expect=expect)


@query(access="chart")
def shares_of(read: Read, patient_id: str) -> tuple[Share, ...]:
    """Everything of a person that was shared, the newest first, with every copy that was made."""
    everyone = ids_of(read.conn, patient_id)
    copies: dict[str, list[Copied]] = {}
    for row in read.conn.execute(
        select(share_copies, staff.c.display_name)
        .join(staff, staff.c.id == share_copies.c.made_by)
        .where(share_copies.c.patient_id.in_(everyone))
        .order_by(share_copies.c.rowid_)
    ):
        copies.setdefault(row.share_id, []).append(
            Copied(from_text(row.made_at), row.display_name, row.sha256 or "", row.break_glass_id is not None)
        )
    rows = read.conn.execute(
        select(shares, staff.c.display_name)
        .join(staff, staff.c.id == shares.c.created_by)
        .where(shares.c.patient_id.in_(everyone))
        .order_by(shares.c.rowid_.desc())
    )
    return tuple(_share(row, today(read), tuple(copies.get(row.id, ()))) for row in rows)


@query(access="report")
def health_summary_facts(
    read: Read, patient_id: str, sections: tuple[str, ...] = tuple(rules.SECTIONS)
) -> HealthSummary:
    """The parts of a patient's record that go onto a health summary."""
    conn = read.conn
    people = ids_of(conn, patient_id)

    def wanted(section: str) -> bool:
        return section in sections

    return HealthSummary(
        chart_rows.patient_of(conn, patient_id),
        chart_rows.allergies_of(conn, patient_id) if wanted("allergies") else (),
        chart_rows.problems_of(conn, patient_id) if wanted("problems") else (),
        chart_rows.medicines_of(conn, patient_id) if wanted("medicines") else (),
        chart_rows.latest_vitals(conn, patient_id) if wanted("vitals") else (),
        chart_rows.recent_results(conn, patient_id) if wanted("results") else (),
        visits_of(read, patient_id) if wanted("visits") else (),
        _contact(read, patient_id) if wanted("contact") else (),
        health_rows.doses_of(conn, people) if wanted("immunizations") else (),
        health_rows.procedures_of(conn, people) if wanted("procedures") else (),
        outside_results.newest(conn, patient_id) if wanted("results") else (),
    )


def _contact(read: Read, patient_id: str) -> tuple[tuple[str, str], ...]:
    row = require_patient(read.conn, patient_id)
    address = ", ".join(part for part in (row.address, row.city, row.country) if part)
    named = ((N_("Telephone"), row.phone), (N_("Other telephone"), row.other_phone), (N_("E-mail"), row.email),
             (N_("Address"), address))  # fmt: skip
    return tuple((name, words) for name, words in named if words)


def _share(row: Any, on: date, copies: tuple[Copied, ...]) -> Share:
    expires_on = date.fromisoformat(row.expires_at)
    return Share(
        row.id, row.revision, row.number, rules.state(row.status, expires_on, on), row.recipient_name,
        row.recipient_type, row.recipient_organisation or "", row.recipient_email or "", row.purpose,
        row.message or "", tuple(json.loads(row.sections)), tuple(json.loads(row.permissions)), expires_on,
        from_text(row.created_at), row.display_name, row.break_glass_id is not None, row.withdrawal_reason or "",
        row.format, copies,
    )  # fmt: skip
