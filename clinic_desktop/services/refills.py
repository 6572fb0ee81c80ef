"""Refills: a patient asks for a medicine again, a prescriber approves or refuses; an approval is a new prescription."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox, prescribing
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.inbox import Notice
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patients import require_patient, shown_name
from clinic_desktop.services.prescribing import SignedPrescription
from clinic_desktop.services.prescription_lines import LineDraft, again
from clinic_desktop.services.prescriptions import read_prescriptions
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.inbox import refill_requests
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

HOW = ("in_person", "telephone", "pharmacy", "letter", "remote")


@dataclass(frozen=True)
class Refill:
    """One request for a medicine again."""

    id: str
    revision: int
    patient_id: str
    patient: str
    mrn: str
    line_id: str
    medicine: str
    asked_by: str
    asked_how: str
    note: str
    asked_at: datetime
    status: str
    decided_at: datetime | None
    decided_by: str
    reason: str

    def __repr__(self) -> str:
        return f"Refill({self.id})"


@dataclass(frozen=True)
class Refillable:
    """One line of an earlier prescription that may be asked for again; `waiting` says that it was."""

    line_id: str
    title: str
    sig: str
    quantity: str
    number: str
    signed_at: str
    prescriber: str
    waiting: bool


@command
def ask_refill(
    act: Act, patient_id: str, line_id: str, *, asked_by: str, asked_how: str = "in_person", note: str = ""
) -> str:
    """Note that a medicine of an earlier prescription is asked for again, and tell its prescriber; returns the id."""
    row = require_patient(act.conn, patient_id)
    if asked_how not in HOW:
        raise Refusal(N_("Say how it was asked for."), field="asked_how")
    if not asked_by.strip():
        raise Refusal(N_("Say who asks: the patient, a relative, a pharmacy."), field="asked_by")
    line = act.conn.execute(
        select(tables.prescription_lines, tables.prescriptions.c.prescriber_id, tables.prescriptions.c.status)
        .join(tables.prescriptions, tables.prescriptions.c.id == tables.prescription_lines.c.prescription_id)
        .where(
            tables.prescription_lines.c.id == line_id,
            tables.prescription_lines.c.patient_id.in_(ids_of(act.conn, patient_id)),
        )
    ).one_or_none()
    if line is None:
        raise Refusal(N_("This was never prescribed to this patient here."), field="line_id")
    if line.status in {"cancelled", "rejected"}:
        raise Refusal(N_("This prescription was taken back: the prescriber has to write a new one."), field="line_id")
    if _open(act.conn, line_id) is not None:
        raise Refusal(N_("A refill of this is waiting for the prescriber already."), field="line_id")
    medicine = " ".join(part for part in (line.name, line.strength, line.form) if part)
    made = act.create(
        refill_requests,
        {
            "patient_id": patient_id,
            "line_id": line_id,
            "medicine": medicine,
            "asked_by": asked_by.strip(),
            "asked_how": asked_how,
            "note": note.strip() or None,
            "asked_at": act.at,
            "taken_by": act.session.staff_id,
            "status": "asked",
        },
        kind="refill.asked",
    )
    name = shown_name(row.family_name, row.given_names)
    for to in _prescribers(act.conn, line.prescriber_id):
        notice = Notice(
            "refill", "normal", f"{medicine}: {name}", to, note.strip(), patient_id, "refill", made, "refills",
            (("patient_id", patient_id),),
        )  # fmt: skip
        inbox.notify(act, notice)
    return made


@command
def approve_refill(
    act: Act, request_id: str, *, expect: int, overrides: Mapping[str, str] | None = None
) -> SignedPrescription:
    """Sign the same line again after the safety check; what it stops needs a reason, as in any prescription."""
    row = _waiting(act, request_id)
    line = _line(act.conn, row.line_id)
    patient_id = row.patient_id
    signed = prescribing.sign_prescription.inside(act, patient_id, None, [line], overrides)
    changes = {
        "status": "approved",
        "decided_at": act.at,
        "decided_by": act.session.staff_id,
        "prescription_id": signed.prescription_id,
    }
    act.change(refill_requests, request_id, changes, kind="refill.approved", expect=expect)
    inbox.answer_about(act, "refill", request_id, signed.number)
    return signed


@command
def refuse_refill(act: Act, request_id: str, reason: str, *, expect: int) -> int:
    """Refuse it with the reason that the patient is told; whoever took the request down is told too."""
    row = _waiting(act, request_id)
    if len(reason.strip()) < 3:
        raise Refusal(N_("Say why it is refused; the patient will ask."), field="reason")
    changes = {"status": "refused", "reason": reason.strip()}
    changes |= {"decided_at": act.at, "decided_by": act.session.staff_id}
    revision = act.change(
        refill_requests, request_id, changes, kind="refill.refused", reason=reason.strip(), expect=expect
    )
    inbox.answer_about(act, "refill", request_id, reason)
    title = N_("A refill was refused") + f": {row.medicine}"
    about = (("patient_id", str(row.patient_id)),)
    inbox.notify(
        act,
        Notice("message", "normal", title, row.taken_by, reason.strip(), row.patient_id, None, None, "refills", about),
    )
    return revision


@command
def cancel_refill(act: Act, request_id: str, reason: str, *, expect: int) -> int:
    """Take a request back that nobody decided on."""
    _waiting(act, request_id)
    if len(reason.strip()) < 3:
        raise Refusal(N_("Say why."), field="reason")
    changes = {"status": "cancelled", "reason": reason.strip(), "decided_at": act.at}
    changes["decided_by"] = act.session.staff_id
    revision = act.change(
        refill_requests, request_id, changes, kind="refill.cancelled", reason=reason.strip(), expect=expect
    )
    inbox.answer_about(act, "refill", request_id, reason)
    return revision


@query(access="chart")
def refills_of(read: Read, patient_id: str) -> tuple[Refill, ...]:
    """A patient's requests, the waiting ones first, then the newest."""
    found = _refills(read, refill_requests.c.patient_id.in_(ids_of(read.conn, patient_id)))
    return tuple(sorted(found, key=lambda one: (one.status != "asked", -one.asked_at.timestamp())))


@query
def waiting_refills(read: Read) -> tuple[Refill, ...]:
    """Every request that waits for a prescriber, the oldest first."""
    return _refills(read, refill_requests.c.status == "asked")


@query(access="chart")
def refillable(read: Read, patient_id: str) -> tuple[Refillable, ...]:
    """What was prescribed here and may be asked for again: each medicine once, by its newest prescription."""
    found: dict[tuple[str | None, str], Refillable] = {}
    for one in prescribing.last_prescriptions.inside(read, patient_id):
        if one.status in {"cancelled", "rejected"}:
            continue
        for line in one.lines:
            key = (line.medicine_code, line.name)
            if key not in found:
                waiting = _open(read.conn, line.line_id) is not None
                found[key] = Refillable(
                    line.line_id, line.title, line.sig, line.quantity_text, one.number, one.signed_at, one.prescriber,
                    waiting,
                )  # fmt: skip
    return tuple(found.values())


def _waiting(act: Act, request_id: str) -> Row[tuple[object, ...]]:
    row = act.conn.execute(select(refill_requests).where(refill_requests.c.id == request_id)).one_or_none()
    if row is None or row.status != "asked":
        raise Refusal(N_("Somebody has decided on this meanwhile."), record=request_id)
    return row


def _open(conn: Connection, line_id: str) -> str | None:
    found: str | None = conn.execute(
        select(refill_requests.c.id).where(refill_requests.c.line_id == line_id, refill_requests.c.status == "asked")
    ).scalar()
    return found


def _prescribers(conn: Connection, prescriber_id: str) -> tuple[str, ...]:
    """The prescriber while they work here, else every doctor."""
    works = conn.execute(select(staff.c.id).where(staff.c.id == prescriber_id, staff.c.active == 1)).first()
    return (prescriber_id,) if works is not None else ("doctor",)


def _line(conn: Connection, line_id: str) -> LineDraft:
    owner = select(tables.prescription_lines.c.prescription_id).where(tables.prescription_lines.c.id == line_id)
    (found,) = read_prescriptions(conn, tables.prescriptions.c.id.in_(owner))
    return again(next(line for line in found.lines if line.line_id == line_id))


def _refills(read: Read, *wanted: object) -> tuple[Refill, ...]:
    rows = read.conn.execute(
        select(refill_requests, patients.c.family_name, patients.c.given_names, patients.c.mrn, staff.c.display_name)
        .join(patients, patients.c.id == refill_requests.c.patient_id)
        .outerjoin(staff, staff.c.id == refill_requests.c.decided_by)
        .where(*wanted)  # type: ignore[arg-type]
        .order_by(refill_requests.c.asked_at)
    )
    return tuple(
        Refill(
            row.id, row.revision, row.patient_id, shown_name(row.family_name, row.given_names), row.mrn, row.line_id,
            row.medicine, row.asked_by, row.asked_how, row.note or "", from_text(row.asked_at), row.status,
            None if row.decided_at is None else from_text(row.decided_at), row.display_name or "", row.reason or "",
        )
        for row in rows
    )  # fmt: skip
