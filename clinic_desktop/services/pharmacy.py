"""Pharmacy: the queue, preparing, handing out by first expiry, sending back, and taking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import pharmacy as rules
from clinic_desktop.domain import stock as stock_rules
from clinic_desktop.domain.counting import whole
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox, prescribing, prescriptions, stock
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.billing import add_charge, uncharge
from clinic_desktop.services.merges import ids_of, kept_id, kept_of
from clinic_desktop.services.prescriptions import Prescription, alert_key
from clinic_desktop.services.stock import HeldLot
from clinic_desktop.services.stopping import stop_medicines
from clinic_desktop.services.work_orders import (
    Pick,
    WorkOrder,
    alerts_now,
    counted_in,
    lines_of,
    title,
    unanswered_stops,
    wanted,
)
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.pharmacy import dispenses, stock_moves
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class QueueRow:
    """One prescription that waits."""

    prescription_id: str
    number: str
    patient_id: str
    family_name: str
    given_names: str
    mrn: str
    prescriber: str
    signed_at: str
    waiting_minutes: int
    priority: str
    status: str
    lines: int

    def __repr__(self) -> str:
        return f"QueueRow({self.prescription_id}, {self.status})"


@dataclass(frozen=True)
class Dispensed:
    """What handing out answers with."""

    prescription_id: str
    number: str
    status: str
    dispense_ids: tuple[str, ...]


@dataclass(frozen=True)
class TakenBack:
    """What taking back answers with; `invoiced` if the cashier has to refund it."""

    dispense_id: str
    status: str
    invoiced: bool


@query
def queue(read: Read) -> tuple[QueueRow, ...]:
    """Every prescription that waits here, by priority and then by who has waited longest."""
    table = tables.prescriptions
    lines = (
        select(func.count())
        .where(tables.prescription_lines.c.prescription_id == table.c.id)
        .correlate(table)
        .scalar_subquery()
    )
    rows = read.conn.execute(
        select(
            table, patients.c.id.label("person"), patients.c.family_name, patients.c.given_names, patients.c.mrn,
            staff.c.display_name, lines.label("lines"),
        )
        .join_from(table, patients, patients.c.id == kept_of(table.c.patient_id))
        .join(staff, staff.c.id == table.c.prescriber_id)
        .where(table.c.status.in_(rules.WAITING), table.c.pharmacy_id.is_(None))
    )  # fmt: skip
    made = [
        QueueRow(
            row.id, row.number, row.person, row.family_name, row.given_names, row.mrn, row.display_name,
            row.signed_at, max(int((read.now - from_text(row.signed_at)).total_seconds() // 60), 0), row.priority,
            row.status, row.lines,
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda row: (*rules.queue_order(row.priority, row.signed_at), row.number)))


@query(access="chart")
def work_order(read: Read, patient_id: str, prescription_id: str) -> WorkOrder:
    """A prescription with what may fill each line, by first expiry, and what changed in the chart since it."""
    found = prescriptions.read_prescriptions(
        read.conn,
        tables.prescriptions.c.id == prescription_id,
        tables.prescriptions.c.patient_id.in_(ids_of(read.conn, patient_id)),
    )
    if not found:
        raise Refusal(N_("This prescription is not here."))
    today = read.now.astimezone().date()
    person = read.conn.execute(select(patients).where(patients.c.id == kept_id(read.conn, patient_id))).one()
    waits = found[0].status in rules.WAITING
    since = unanswered_stops(alerts_now(read.conn, found[0], (), today), found[0]) if waits else ()
    lines = lines_of(read.conn, found[0], today)
    return WorkOrder(found[0], person.family_name, person.given_names, person.mrn, lines, since)


@command
def start_preparing(act: Act, prescription_id: str) -> int:
    """Say that somebody works on it, so that nobody else begins."""
    return _set_state(act, prescription_id, "prepare", "preparing", "prescription.taken_up")


@command
def prepared(act: Act, prescription_id: str, note: str = "") -> int:
    """Say that it lies ready, labelled, with a word for whoever hands it out."""
    ready = {"ready_at": act.at, "ready_note": clean(note, "ready_note", most=500) or None}
    return _set_state(act, prescription_id, "prepared", "prepared", "prescription.prepared", ready)


@command
def reject(act: Act, prescription_id: str, reason: str) -> int:
    """Send a prescription back to the doctor; what was not handed out is no longer taken."""
    if not reason.strip():
        raise Refusal(N_("Say why it goes back to the doctor."), field="reason")
    found = _found(act, prescription_id)
    rules.check_state("reject", found.status, found.number)
    untouched = frozenset(line.line_id for line in found.lines if not line.dispensed)
    stop_medicines(act, prescription_id, reason, untouched)
    _tell_prescriber(act, found, reason.strip())
    changes = {"status": "rejected", "status_reason": reason.strip()}
    return act.change(
        tables.prescriptions, prescription_id, changes, kind="prescription.rejected", reason=reason.strip()
    )


def _tell_prescriber(act: Act, found: Prescription, reason: str) -> None:
    """Put a prescription that goes back into the inbox of whoever wrote it."""
    prescriber = act.conn.execute(
        select(tables.prescriptions.c.prescriber_id).where(tables.prescriptions.c.id == found.prescription_id)
    ).scalar_one()
    inbox.notify(
        act,
        inbox.Notice(
            "refused_prescription", "high", found.number, prescriber, reason, found.patient_id, "prescription",
            found.prescription_id, "prescribing", (("patient_id", found.patient_id),),
        ),
    )  # fmt: skip


@command
def dispense(
    act: Act,
    prescription_id: str,
    picks: Sequence[Pick],
    *,
    counselled: bool,
    expect: int,
    overrides: Mapping[str, str] | None = None,
    counselling_note: str = "",
) -> Dispensed:
    """Hand out a prescription, all or a part of it, out of the lots picked.

    `expect` is the revision that was looked at: of two desks that hand out the same prescription one is refused. An
    alert that stops and came up after signing needs a reason in `overrides`, by its key.
    """
    found = _found(act, prescription_id)
    rules.check_state("dispense", found.status, found.number)
    if found.revision != expect:
        raise Refusal(
            N_("Prescription {number} was changed at another desk meanwhile. Look at it again."), number=found.number
        )
    if found.pharmacy is not None:
        raise Refusal(
            N_("This prescription goes to {pharmacy}. Have it filled here first, or it may be handed out twice."),
            field="pharmacy", pharmacy=found.pharmacy.name,
        )  # fmt: skip
    if not picks:
        raise Refusal(N_("There is nothing to hand out."), field="quantity")
    today = act.now.astimezone().date()
    if counselling_note.strip() and not counselled:
        raise Refusal(N_("Say that the patient was counselled, or leave the note out."), field="counselling_note")
    counselling = (counselled, clean(counselling_note, "counselling_note", most=2000))
    counted = {line.line_id: wanted(line) for line in found.lines}
    held = {pick.lot_id: stock.lot_of(act.conn, pick.lot_id) for pick in picks}
    _check_safe(act, found, list(held.values()), overrides or {}, today)
    done = tuple(_hand_out(act, found, counted, held[pick.lot_id], pick, today, counselling) for pick in picks)
    status = rules.status_after(counted.values())
    hand_outs = act.conn.execute(
        select(tables.prescriptions.c.hand_outs).where(tables.prescriptions.c.id == prescription_id)
    ).scalar_one()
    changes = {"status": status, "hand_outs": hand_outs + 1}
    act.change(tables.prescriptions, prescription_id, changes, kind="prescription.dispensed", expect=expect)
    return Dispensed(prescription_id, found.number, status, done)


@command
def cancel_dispense(act: Act, dispense_id: str, reason: str) -> TakenBack:
    """Take back what was handed out of one lot: the stock returns by a reversing movement, the charge goes."""
    if not reason.strip():
        raise Refusal(N_("Say why it is taken back."), field="reason")
    row = act.conn.execute(select(dispenses).where(dispenses.c.id == dispense_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This was not handed out here."))
    if row.status != "dispensed":
        raise Refusal(N_("This was taken back already."))
    changes = {"status": "cancelled", "cancelled_reason": reason.strip()}
    act.change(dispenses, dispense_id, changes, kind="dispense.cancelled", reason=reason.strip())
    moved = act.conn.execute(
        select(stock_moves.c.id).where(stock_moves.c.dispense_id == dispense_id, stock_moves.c.kind == "dispense")
    ).scalar_one()
    stock.reverse(act, moved, reason)
    invoiced = uncharge(act, "dispense", dispense_id, reason)
    found = _found(act, row.prescription_id)
    if found.status in {"dispensed", "partly_dispensed"}:
        status = rules.status_after(wanted(line) for line in found.lines)
        act.change(tables.prescriptions, row.prescription_id, {"status": status}, kind="prescription.taken_back")
    return TakenBack(dispense_id, _found(act, row.prescription_id).status, invoiced)


def _hand_out(
    act: Act,
    found: Prescription,
    counted: dict[str, rules.Wanted],
    held: HeldLot,
    pick: Pick,
    today: date,
    counselling: tuple[bool, str],
) -> str:
    line = counted.get(pick.line_id)
    if line is None:
        raise Refusal(N_("This line is not on the prescription."), field="line")
    quantity = whole(pick.quantity, least=1)
    written = next(each for each in found.lines if each.line_id == pick.line_id)
    rules.check_covers(line.name, counted_in(written), rules.Counted(held.strength, held.unit), pick.covers)
    covers = whole(quantity if pick.covers is None else pick.covers, field="covers", least=1)
    rules.check_substitution(line, rules.Stocked(held.medicine_code, held.name), pick.substituted_reason)
    rules.check_outstanding(line, covers)
    stock_rules.check_lot_usable(
        stock_rules.Lot(held.lot_id, held.lot, held.expires_on, held.recalled, quantity), today
    )
    values = {
        "prescription_id": found.prescription_id,
        "line_id": pick.line_id,
        "patient_id": found.patient_id,
        "product_id": held.product_id,
        "lot_id": pick.lot_id,
        "quantity": quantity,
        "covers": covers,
        "dispensed_at": act.at,
        "dispensed_by": act.session.staff_id,
        "counselled": int(counselling[0]),
        "counselling_note": counselling[1] or None,
        "substituted_reason": pick.substituted_reason.strip() or None,
    }
    dispense_id = act.create(dispenses, values, kind="medicine.dispensed")
    stock.move(act, pick.lot_id, "dispense", -quantity, dispense_id=dispense_id)
    add_charge(
        act,
        patient_id=found.patient_id,
        encounter_id=found.encounter_id,
        source_kind="dispense",
        source_id=dispense_id,
        price_code=held.price_code,
        description=title(held.name, held.strength, held.form),
        quantity=quantity,
    )
    counted[pick.line_id] = rules.Wanted(
        line.id, line.medicine_code, line.name, line.quantity, line.dispensed + covers, line.substitution_allowed
    )
    return dispense_id


def _check_safe(
    act: Act, found: Prescription, held: Sequence[HeldLot], reasons: Mapping[str, str], today: date
) -> None:
    """Ask again what stops: the chart may have changed since signing, or another medicine be handed out."""
    alerts = alerts_now(act.conn, found, held, today)
    since = {alert.key: alert for alert in unanswered_stops(alerts, found)}
    unanswered = rules.unanswered(tuple(since), reasons)
    if unanswered:
        first = since[unanswered[0]]
        raise Refusal(
            N_("{drug}: {alert} This came up after signing. Send it back to the doctor, or give a reason to go on."),
            field="reason", drug=first.drug, alert=first.text, key=first.key,
        )  # fmt: skip
    answered = [alert for alert in alerts if alert_key(alert) in since]
    line_ids = [line.line_id for line in found.lines]
    prescribing.record_alerts(act, found.prescription_id, found.patient_id, answered, line_ids, reasons)


def _found(act: Act, prescription_id: str) -> Prescription:
    found = prescriptions.read_prescriptions(act.conn, tables.prescriptions.c.id == prescription_id)
    if not found:
        raise Refusal(N_("This prescription is not here."))
    return found[0]


def _set_state(
    act: Act, prescription_id: str, step: str, status: str, kind: str, also: Mapping[str, object] | None = None
) -> int:
    found = _found(act, prescription_id)
    rules.check_state(step, found.status, found.number)
    return act.change(tables.prescriptions, prescription_id, {"status": status, **(also or {})}, kind=kind)
