"""Prescribing: medicines are found, checked and signed as one prescription of several lines."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from clinic_desktop.domain.alerts import Alert
from clinic_desktop.domain.pharmacy import PRIORITIES, WAITING, check_state, unanswered
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import medication, medicines, prescriptions, shelf
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.directory import pharmacy_of
from clinic_desktop.services.medication import CurrentMedicine, MedicationFacts
from clinic_desktop.services.medicines import Medicine
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patients import require_patient
from clinic_desktop.services.prescribers import HERE, Outside, signed_under
from clinic_desktop.services.prescription_lines import (
    LineDraft,
    codes_of,
    drugs_of,
    ready,
    write_line,
)
from clinic_desktop.services.prescriptions import Prescription, alert_key
from clinic_desktop.services.stopping import stop_medicines
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.pharmacy import dispenses

IN_ACT = ("record_alerts",)

REPEATABLE = 12


@dataclass(frozen=True)
class FoundMedicine:
    """A medicine that can be prescribed, with what the pharmacy has of it and what a unit costs."""

    medicine: Medicine
    on_hand: int | None
    price: int | None
    currency: str | None


ALLERGIES_NOT_ASKED = "allergies not asked"
NOT_ASKED_WORDS = N_("Not checked against allergies: nobody has asked the patient yet.")
NO_DOSE = N_("No dose was given, so no dose was checked.")


@dataclass(frozen=True)
class ShownAlert:
    """An alert beside the line it is about (-1: about the patient); `template` and `facts` are for gettext."""

    key: str
    tier: str
    kind: str
    line: int
    drug: str
    template: str
    facts: tuple[tuple[str, str], ...]
    source: str
    pack: str
    with_: str = ""


@dataclass(frozen=True)
class Checked:
    """What the safety check says of some lines, and by which pack."""

    pack: str
    alerts: tuple[ShownAlert, ...]


@dataclass(frozen=True)
class MedicationChart:
    """What a prescriber sees of a patient on opening the screen."""

    patient_id: str
    allergy_state: str
    allergies: tuple[str, ...]
    current: tuple[CurrentMedicine, ...]
    weight_kg: Decimal | None
    weighed_at: str | None
    last: tuple[Prescription, ...]
    pharmacy: str = ""  # outside, that the patient prefers

    def __repr__(self) -> str:
        return f"MedicationChart({self.patient_id})"


@dataclass(frozen=True)
class SignedPrescription:
    """What signing answers with."""

    prescription_id: str
    number: str
    line_ids: tuple[str, ...]


@query
def find_medicines(read: Read, text: str) -> tuple[FoundMedicine, ...]:
    """Medicines by generic or brand name, best match first, with stock and price."""
    return _with_stock(read, medicines.search_medicines(read.conn, text))


@query
def known_medicines(read: Read, codes: Sequence[str]) -> tuple[FoundMedicine, ...]:
    """The medicines of some codes, with stock and price: for lines that are repeated or restored."""
    return _with_stock(read, tuple(medicines.medicines_of(read.conn, codes).values()))


@query(access="chart", once=True)
def check_lines(read: Read, patient_id: str, lines: Sequence[LineDraft]) -> Checked:
    """What the safety check says of lines still being written."""
    facts = medication.facts_of(read.conn, patient_id, _today(read))
    drugs = drugs_of(medicines.medicines_of(read.conn, codes_of(lines)), lines)
    pack, alerts = medication.check(read.conn, facts, drugs)
    return Checked(pack, _shown_with_gaps(facts, pack, alerts))


@query(access="chart")
def check_medicine(read: Read, patient_id: str, name: str, dose: str = "") -> Checked:
    """What the safety check says of one medicine by its name, with a dose in words where one is given."""
    facts = medication.facts_of(read.conn, patient_id, _today(read))
    found = medicines.search_medicines(read.conn, name)
    unread: Refusal | None = None
    try:
        drug = medicines.drug_named(found, name, dose)
    except Refusal as refusal:
        # Words that are no dose must not keep the rest from being checked, nor pass for a dose that was.
        unread, drug = refusal, medicines.drug_named(found, name, "")
    pack, alerts = medication.check(read.conn, facts, [drug])
    shown = list(_shown_with_gaps(facts, pack, alerts))
    if not dose.strip():
        shown.append(ShownAlert("dose words", "warn", "not_checked", 0, name, NO_DOSE, (), "", pack))
    if unread is not None:
        said = tuple((key, str(value)) for key, value in unread.facts.items())
        shown.append(ShownAlert("dose words", "warn", "not_checked", 0, name, unread.message, said, "", pack, dose))
    return Checked(pack, tuple(shown))


@query(access="chart")
def check_current(read: Read, patient_id: str) -> Checked:
    """What the safety check says of everything the patient takes now, as if all of it were written today."""
    facts = medication.facts_of(read.conn, patient_id, _today(read))
    known = medicines.medicines_of(read.conn, [each.medicine_code for each in facts.current if each.medicine_code])
    doses = {
        line.line_id: line.dose
        for each in prescriptions.read_prescriptions(
            read.conn, tables.prescriptions.c.patient_id.in_(ids_of(read.conn, patient_id))
        )
        for line in each.lines
    }
    drugs = [
        medicines.drug_of(known, each.medicine_code, each.name, doses.get(each.line_id or "")) for each in facts.current
    ]
    pack, alerts = medication.check(read.conn, dataclasses.replace(facts, current=()), drugs)
    return Checked(pack, _shown_with_gaps(facts, pack, alerts))


@query(access="chart")
def medication_chart(read: Read, patient_id: str) -> MedicationChart:
    """Allergies, current medicines, weight and the last prescriptions of a patient."""
    facts = medication.facts_of(read.conn, patient_id, _today(read))
    last = prescriptions.read_prescriptions(
        read.conn, tables.prescriptions.c.patient_id.in_(ids_of(read.conn, patient_id)), limit=REPEATABLE
    )
    allergies = tuple(allergy.text for allergy in facts.allergies)
    weight = facts.patient.weight_kg
    prefers = pharmacy_of(read.conn, require_patient(read.conn, patient_id).preferred_pharmacy_id)
    return MedicationChart(
        patient_id, facts.allergy_state, allergies, facts.current, weight, facts.weighed_at, last,
        "" if prefers is None else prefers.name,
    )  # fmt: skip


@query(access="chart")
def active_prescriptions(read: Read, patient_id: str) -> tuple[Prescription, ...]:
    """The patient's prescriptions that are not yet all handed out, newest first."""
    table = tables.prescriptions
    return prescriptions.read_prescriptions(
        read.conn, table.c.patient_id.in_(ids_of(read.conn, patient_id)), table.c.status.in_(WAITING)
    )


@query(access="chart")
def last_prescriptions(read: Read, patient_id: str, limit: int = REPEATABLE) -> tuple[Prescription, ...]:
    """The patient's last prescriptions in any state, newest first: to be repeated."""
    return prescriptions.read_prescriptions(
        read.conn, tables.prescriptions.c.patient_id.in_(ids_of(read.conn, patient_id)), limit=limit
    )


@query(access="chart", once=True, of=lambda found: (found.patient_id,))
def prescription(read: Read, prescription_id: str) -> Prescription:
    """One prescription with everything that goes on its paper."""
    found = prescriptions.read_prescriptions(read.conn, tables.prescriptions.c.id == prescription_id)
    if not found:
        raise Refusal(N_("This prescription is not here."))
    return found[0]


@command
def sign_prescription(
    act: Act,
    patient_id: str,
    encounter_id: str | None,
    lines: Sequence[LineDraft],
    overrides: Mapping[str, str] | None = None,
    *,
    priority: str = "routine",
    note: str = "",
    outside: Outside = HERE,
) -> SignedPrescription:
    """Sign one prescription of several medicines, after asking the safety check again in the same transaction.

    `overrides` gives the reason for each alert that stops, by its key; one without a reason is refused.
    """
    reasons = overrides or {}
    today = act.now.astimezone().date()
    if not lines:
        raise Refusal(N_("Add a medicine first."), field="medicine")
    if priority not in PRIORITIES:
        raise Refusal(N_("“{priority}” is not a priority."), field="priority", priority=priority)
    facts = medication.facts_of(act.conn, patient_id, today)
    _check_chart(act, facts, encounter_id)
    known = medicines.medicines_of(act.conn, codes_of(lines))
    checked = [ready(place, line, known) for place, line in enumerate(lines)]
    pack, alerts = medication.check(act.conn, facts, drugs_of(known, checked))
    _check_answered(alerts, reasons)
    number = act.number("RX")
    values: dict[str, object] = {
        "number": number,
        "patient_id": patient_id,
        "encounter_id": encounter_id,
        "prescriber_id": act.session.staff_id,
        "signed_at": act.at,
        "status": "signed",
        "priority": priority,
        "pack": pack,
        "note": note.strip() or None,
        **signed_under(act, outside),
    }
    prescription_id = act.create(tables.prescriptions, values, kind="prescription.signed")
    line_ids = tuple(
        write_line(act, prescription_id, patient_id, place, line, facts, today) for place, line in enumerate(checked)
    )
    record_alerts(act, prescription_id, patient_id, alerts, line_ids, reasons)
    return SignedPrescription(prescription_id, number, line_ids)


@command
def cancel_prescription(act: Act, prescription_id: str, reason: str) -> int:
    """Take a prescription back before any of it was handed out; its medicines are no longer taken."""
    if not reason.strip():
        raise Refusal(N_("Say why the prescription is cancelled."), field="reason")
    row = act.conn.execute(
        select(tables.prescriptions).where(tables.prescriptions.c.id == prescription_id)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This prescription is not here."))
    check_state("cancel", row.status, row.number)
    handed = act.conn.execute(
        select(dispenses.c.id).where(dispenses.c.prescription_id == prescription_id, dispenses.c.status == "dispensed")
    ).first()
    if handed is not None:
        raise Refusal(N_("Some of it was handed out: the pharmacy must take it back first."))
    stop_medicines(act, prescription_id, reason)
    changes = {"status": "cancelled", "status_reason": reason.strip()}
    return act.change(
        tables.prescriptions, prescription_id, changes, kind="prescription.cancelled", reason=reason.strip()
    )


# Inside an act -----------------------------------------------------------------------------------------


def record_alerts(
    act: Act,
    prescription_id: str,
    patient_id: str,
    alerts: Sequence[Alert],
    line_ids: Sequence[str],
    reasons: Mapping[str, str],
) -> None:
    """Keep every alert that was raised, with the reason given for going on."""
    for alert in alerts:
        reason = reasons.get(alert_key(alert), "").strip() or None
        values = {
            "prescription_id": prescription_id,
            "line_id": line_ids[alert.line] if 0 <= alert.line < len(line_ids) else None,
            "patient_id": patient_id,
            "tier": alert.tier.value,
            "kind": alert.kind.value,
            "rule": alert.rule,
            "drug": alert.drug,
            "with_what": alert.with_ or None,
            "text": alert.text,
            "source": alert.source,
            "pack": alert.pack,
            "override_reason": reason,
            "overridden_by": act.session.staff_id if reason else None,
            "raised_at": act.at,
        }
        act.create(tables.safety_alerts, values, kind="safety_alert.raised", reason=reason)


def _check_chart(act: Act, facts: MedicationFacts, encounter_id: str | None) -> None:
    if facts.allergy_state == "not_asked":
        raise Refusal(
            N_("Allergies were not asked. Ask, and record them or “none known”, before anything is prescribed."),
            field="allergies",
        )
    if encounter_id is None:
        return
    owner = act.conn.execute(
        select(encounters.c.patient_id).where(encounters.c.id == encounter_id)
    ).scalar_one_or_none()
    if owner not in ids_of(act.conn, facts.patient_id):
        raise Refusal(N_("This consultation is another patient's."), field="encounter")


def _check_answered(alerts: Sequence[Alert], reasons: Mapping[str, str]) -> None:
    stops = {alert_key(alert): alert for alert in alerts if alert.tier == "stop"}
    open_keys = unanswered(tuple(stops), reasons)
    if open_keys:
        alert = stops[open_keys[0]]
        raise Refusal(
            N_("{drug}: {alert} Change the prescription, or give a reason to go on."),
            field="reason", drug=alert.drug, alert=alert.text, key=open_keys[0], line=alert.line,
        )  # fmt: skip


def _with_stock(read: Read, found: Sequence[Medicine]) -> tuple[FoundMedicine, ...]:
    levels: dict[str, shelf.StockLevel] = {}
    for level in shelf.levels_of(read.conn, _today(read), frozenset(each.code for each in found)):
        if level.medicine_code is not None:
            before = levels.get(level.medicine_code)
            more = 0 if before is None else before.on_hand
            levels[level.medicine_code] = dataclasses.replace(before or level, on_hand=level.on_hand + more)
    made = []
    for each in found:
        stocked = levels.get(each.code)
        made.append(
            FoundMedicine(each, None, None, None)
            if stocked is None
            else FoundMedicine(each, stocked.on_hand, stocked.price, stocked.currency)
        )
    return tuple(made)


def _shown_with_gaps(facts: MedicationFacts, pack: str, alerts: Sequence[Alert]) -> tuple[ShownAlert, ...]:
    """The alerts, and what could not be checked at all: nothing said must never pass for nothing found."""
    shown = tuple(_shown(alert) for alert in alerts)
    if facts.allergy_state != "not_asked":
        return shown
    gap = ShownAlert(ALLERGIES_NOT_ASKED, "warn", "not_checked", -1, _("Allergies"), NOT_ASKED_WORDS, (), "", pack)
    loud = sum(each.tier == "stop" for each in shown)
    return (*shown[:loud], gap, *shown[loud:])


def _shown(alert: Alert) -> ShownAlert:
    return ShownAlert(
        alert_key(alert), alert.tier.value, alert.kind.value, alert.line, alert.drug, alert.template, alert.facts,
        alert.source, alert.pack, alert.with_,
    )  # fmt: skip


def _today(read: Read) -> date:
    return read.now.astimezone().date()
