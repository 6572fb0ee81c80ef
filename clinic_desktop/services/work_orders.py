"""A prescription on the pharmacy's desk: what may fill each line, what was handed out, what the chart says now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from clinic_desktop.domain import pharmacy as rules
from clinic_desktop.domain import stock as stock_rules
from clinic_desktop.domain.alerts import Alert, Drug
from clinic_desktop.services import medication, medicines, shelf, stock
from clinic_desktop.services.prescriptions import Prescription, PrescriptionLine, RecordedAlert, alert_key
from clinic_desktop.services.stock import HeldLot
from clinic_desktop.store.tables.pharmacy import dispenses
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("lines_of", "alerts_now", "unanswered_stops", "wanted", "counted_in", "title")


@dataclass(frozen=True)
class Option:
    """A product that a line can be filled from, with the lots that may go out, the first to expire first.

    `alike` says that one unit of it stands for one unit of the line.
    """

    product_id: str
    title: str
    unit: str
    pack_size: int
    substitution: bool
    alike: bool
    lots: tuple[shelf.LotView, ...]


@dataclass(frozen=True)
class HandedOut:
    """What was handed out of one lot for one line."""

    dispense_id: str
    line_id: str
    title: str
    lot: str
    expires_on: date
    quantity: int
    unit: str
    dispensed_at: str
    by: str
    counselled: bool
    substituted_reason: str
    status: str
    cancelled_reason: str
    counselling_note: str = ""


@dataclass(frozen=True)
class Pick:
    """So many units of a lot for a line; `covers` says how much of the line that is, where it is not the same."""

    line_id: str
    lot_id: str
    quantity: int
    covers: int | None = None
    substituted_reason: str = ""


@dataclass(frozen=True)
class LabelOf:
    """What a label is for: a line, and so many units of a lot."""

    line_id: str
    title: str
    quantity: int
    unit: str
    lot: str
    expires_on: date
    dispensed_on: date | None = None  # the day it was handed out; None for what is being handed out now


@dataclass(frozen=True)
class WorkLine:
    """A line at the pharmacy's desk: what is still to be handed out and from which lots."""

    line: PrescriptionLine
    outstanding: int
    options: tuple[Option, ...]
    proposed: tuple[Pick, ...]
    handed_out: tuple[HandedOut, ...]


@dataclass(frozen=True)
class WorkOrder:
    """A prescription on the pharmacy's desk; `since` are stop alerts that came up after it was signed."""

    prescription: Prescription
    family_name: str
    given_names: str
    mrn: str
    lines: tuple[WorkLine, ...]
    since: tuple[RecordedAlert, ...]

    def __repr__(self) -> str:
        return f"WorkOrder({self.prescription.prescription_id})"


def alerts_now(connection: Connection, found: Prescription, held: Sequence[HeldLot], today: date) -> tuple[Alert, ...]:
    """The safety check of a prescription's lines as the chart stands now, with what is handed out instead."""
    facts = medication.facts_of(connection, found.patient_id, today)
    written = {line.medicine_code for line in found.lines if line.medicine_code}
    names = {line.name.casefold() for line in found.lines if not line.medicine_code}
    # What the pack does not know is told apart by its name: two unknown medicines are not one.
    others = [
        lot
        for lot in held
        if (lot.medicine_code not in written if lot.medicine_code else lot.name.casefold() not in names)
    ]
    codes = [code for code in (*written, *(lot.medicine_code for lot in others)) if code]
    known = medicines.medicines_of(connection, codes)
    drugs: list[Drug] = [medicines.drug_of(known, line.medicine_code, line.name, line.dose) for line in found.lines]
    drugs += [medicines.drug_of(known, lot.medicine_code, lot.name) for lot in others]
    own = frozenset(line.line_id for line in found.lines)
    return medication.check(connection, facts, drugs, leave_out=own)[1]


def unanswered_stops(alerts: Sequence[Alert], found: Prescription) -> tuple[RecordedAlert, ...]:
    """The alerts that stop and that nobody has given a reason for yet."""
    answered = {alert.key for alert in found.alerts if alert.reason}
    lines = [line.line_id for line in found.lines]
    return tuple(
        RecordedAlert(
            alert_key(alert), lines[alert.line] if 0 <= alert.line < len(lines) else None, alert.tier.value,
            alert.kind.value, alert.drug, alert.text, alert.source, alert.pack, "",
        )
        for alert in alerts
        if alert.tier == "stop" and alert_key(alert) not in answered
    )  # fmt: skip


def lines_of(connection: Connection, found: Prescription, today: date) -> tuple[WorkLine, ...]:
    """Every line with what may fill it and what was handed out."""
    levels = [
        level for level in shelf.levels_of(connection, today) if any(_may_fill(line, level) for line in found.lines)
    ]
    held = shelf.lots_of(connection, [level.product_id for level in levels], today)
    handed = _handed_out(connection, found.prescription_id)
    return tuple(_work_line(line, levels, held, handed, today) for line in found.lines)


def _work_line(
    line: PrescriptionLine,
    levels: Sequence[shelf.StockLevel],
    held: Sequence[shelf.LotView],
    handed: Sequence[HandedOut],
    today: date,
) -> WorkLine:
    needed = wanted(line)
    options = []
    for level in levels:
        if not _may_fill(line, level):
            continue
        substitution = rules.is_substitution(needed, rules.Stocked(level.medicine_code, level.name))
        usable = tuple(
            lot
            for lot in held
            if lot.product_id == level.product_id and lot.balance > 0 and not lot.recalled and not lot.expired
        )
        words = title(level.name, level.strength, level.form)
        alike = rules.counts_alike(counted_in(line), rules.Counted(level.strength, level.unit))
        options.append(Option(level.product_id, words, level.unit, level.pack_size, substitution, alike, usable))
    options.sort(key=lambda option: (option.substitution, not option.lots))
    # Only the medicine that was written is proposed by itself; another one is somebody's decision.
    lots = [
        stock_rules.Lot(lot.lot_id, lot.lot, lot.expires_on, lot.recalled, lot.balance)
        for option in options
        if option.alike and not option.substitution
        for lot in option.lots
    ]
    proposed = tuple(
        Pick(line.line_id, pick.lot_id, pick.quantity) for pick in stock_rules.propose(lots, needed.outstanding, today)
    )
    return WorkLine(
        line,
        needed.outstanding,
        tuple(options),
        proposed,
        tuple(each for each in handed if each.line_id == line.line_id),
    )


def _may_fill(line: PrescriptionLine, level: shelf.StockLevel) -> bool:
    """Whether a product is offered for a line: the medicine itself, or its substance in another form or strength."""
    same = line.medicine_code is not None and line.medicine_code == level.medicine_code
    return same or line.name.casefold() == level.name.casefold()


def wanted(line: PrescriptionLine) -> rules.Wanted:
    """A line as the pharmacy counts it."""
    return rules.Wanted(
        line.line_id, line.medicine_code, line.name, line.quantity, line.dispensed, line.substitution_allowed
    )


def counted_in(line: PrescriptionLine) -> rules.Counted:
    """What a line is counted in."""
    return rules.Counted(line.strength or "", line.quantity_unit)


def _handed_out(connection: Connection, prescription_id: str) -> tuple[HandedOut, ...]:
    rows = connection.execute(
        select(dispenses, staff.c.display_name)
        .join(staff, staff.c.id == dispenses.c.dispensed_by)
        .where(dispenses.c.prescription_id == prescription_id)
        .order_by(dispenses.c.rowid_)
    ).all()
    made = []
    for row in rows:
        lot = stock.lot_of(connection, row.lot_id)
        made.append(
            HandedOut(
                row.id, row.line_id, title(lot.name, lot.strength, lot.form), lot.lot, lot.expires_on, row.quantity,
                lot.unit, row.dispensed_at, row.display_name, bool(row.counselled), row.substituted_reason or "",
                row.status, row.cancelled_reason or "", row.counselling_note or "",
            )
        )  # fmt: skip
    return tuple(made)


def title(name: str, strength: str, form: str) -> str:
    """A product as it is read out: amoxicillin 500 mg capsule."""
    return " ".join(part for part in (name, strength, form) if part)
