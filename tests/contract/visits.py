"""Appointments, visits and the laboratory: everything is set by services and read back by queries."""

from datetime import UTC, datetime, timedelta

from clinic_desktop.services import (
    bookings,
    chart,
    consultation,
    directory,
    encounters,
    lab_orders,
    laboratory,
    queue,
    results,
    scheduling,
    sheets,
    vitals,
)  # fmt: skip
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.bookings import Booking
from clinic_desktop.services.lab_orders import OrderDetails
from clinic_desktop.services.results import Entry
from tests.conftest import DeskFor
from tests.contract.proofs import Proofs
from tests.medicines import add_patient
from tests.unit.services.consent_case import sign

BEGINS = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
SAID = {
    "symptoms": {"complaint": "headache", "onset": "3 days", "severity": "moderate", "symptoms_note": "worse at night"},
    "history": {
        "review_general": "no fever", "review_ent": "no loss of hearing", "review_cardiovascular": "no chest pain",
        "review_respiratory": "no cough", "review_abdomen": "no pain", "review_neurological": "no weakness",
    },
    "examination": {
        "system.general": "well", "system.ent": "normal drums", "system.cardiovascular": "no murmur",
        "system.respiratory": "clear", "system.neurological": "alert",
    },
    "plan": {"treatment": "paracetamol when needed", "plan_reason": "relief of pain"},
}  # fmt: skip


def prove_visits(proofs: Proofs, desk_for: DeskFor, second: Desk) -> None:
    """Do the acts of a visit from its booking to its results."""
    place = directory.places(desk_for("front_desk"))[0].id
    patient = add_patient(proofs.store, "Barasa", "Ruth")
    sign(desk_for("front_desk"), patient, "communication", channels=("sms",))
    sign(desk_for("front_desk"), patient, "telehealth")
    appointment = _appointment(proofs, desk_for, patient, place)
    _cancelled(proofs, desk_for, patient)
    encounter = _visit(proofs, desk_for, patient, appointment)
    _laboratory(proofs, desk_for, second, (patient, encounter, place))


def _appointment(proofs: Proofs, desk_for: DeskFor, patient: str, place: str) -> str:
    front, doctor = desk_for("front_desk"), desk_for("doctor").session.staff_id
    wanted = Booking("follow_up", place, True, "urgent", "Bring the readings", ("sms", "email"))
    made = scheduling.book(front, patient, doctor, BEGINS, 30, "A-204", "Blood pressure", wanted)
    bookings.note_reminder(front, made.id, "sms")
    bookings.confirm(front, made.id, made.confirmation_code, expect=made.revision)
    shown = next(one for one in scheduling.appointments_of(front, patient) if one.id == made.id)
    proofs.alike("appointments", {"patient_id": patient, "practitioner_id": doctor, "room": "A-204", "minutes": 30,
                                  "starts_at": BEGINS, "reason": "Blood pressure"}, shown)  # fmt: skip
    proofs.alike("appointments", {"kind": "follow_up", "place_id": place, "telehealth": True, "priority": "urgent",
                                  "note": "Bring the readings"}, shown.more)  # fmt: skip
    proofs.see("appointments.reminder_methods", ("sms", "email"), shown.more.reminders)
    for name in ("number", "confirmation_code", "confirmed_at", "booked_at"):
        proofs.made(f"appointments.{name}", getattr(shown, name))
    proofs.see("appointment_reminders.method", "sms", shown.reminders[0].method)
    proofs.made("appointment_reminders.sent_at", shown.reminders[0].sent_at)
    return made.id


def _cancelled(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    front, doctor = desk_for("front_desk"), desk_for("doctor").session.staff_id
    made = scheduling.book(front, patient, doctor, BEGINS + timedelta(hours=3))
    scheduling.cancel(front, made.id, "has to travel", made.revision, cancelled_by="patient", tell_patient=True)
    shown = next(one for one in scheduling.appointments_of(front, patient) if one.id == made.id)
    wanted = {"status": "cancelled", "status_reason": "has to travel", "cancelled_by": "patient", "tell_patient": True}
    proofs.alike("appointments", wanted, shown)
    proofs.made("appointments.cancelled_at", shown.cancelled_at)


def _visit(proofs: Proofs, desk_for: DeskFor, patient: str, appointment: str) -> str:
    doctor, nurse = desk_for("doctor"), desk_for("nurse")
    entry = queue.check_in(desk_for("front_desk"), patient, "routine", appointment).id
    made = consultation.open_consultation(doctor, patient, "follow_up", entry).encounter_id
    vitals.record_vitals(nurse, patient, {"pressure": "128/82"}, made)
    for step, content in SAID.items():
        consultation.save_step(doctor, made, step, content)
    shown = encounters.consultation(doctor, patient, made)
    for step, content in SAID.items():
        for name, words in content.items():
            proofs.see(f"consultation_steps.content#{step}.{name}", words, shown.step(step).content.get(name))
    proofs.see("consultation_steps.step", "symptoms", shown.step("symptoms").step)
    proofs.see("consultation_steps.state", "in_progress", shown.step("symptoms").state)
    proofs.see("encounters.preset", "follow_up", shown.preset)
    proofs.see("encounters.status", "open", shown.status)
    proofs.see("encounters.patient_id", patient, shown.patient.id)
    proofs.see("encounters.practitioner_id", doctor.session.staff_id, shown.practitioner_id)
    proofs.made("encounters.started_at", shown.started_at)
    place = directory.places(doctor)[0]
    proofs.see("encounters.place_id", place.name, shown.place, stored=place.id)
    proofs.see("queue_entries.appointment_id", appointment, shown.appointment_id)
    signs = {sign.key: sign for sign in chart.open_chart(doctor, patient).vitals}
    proofs.see("vital_signs.value", "128", next(one.value for one in signs.values() if str(one.value) == "128"))
    return made


def _laboratory(proofs: Proofs, desk_for: DeskFor, second: Desk, about: tuple[str, str, str]) -> None:
    patient, encounter, place = about
    doctor, bench = desk_for("doctor"), desk_for("laboratory")
    told = OrderDetails("Annual check", "I10 E11.9", "Fasting for 12 hours", BEGINS + timedelta(days=1), place)
    order = laboratory.place_order(
        doctor, patient, tests=("potassium",), encounter_id=encounter, priority="urgent", note="before noon",
        details=told,
    ).id  # fmt: skip
    sheet = sheets.order_sheet(bench, patient, order)
    laboratory.collect_specimen(desk_for("nurse"), order, (sheet.tests[0].specimen,))
    (test,) = sheets.order_sheet(bench, patient, order).tests
    results.enter_results(bench, order, (Entry(test.order_test_id, "4.1", test.version),))
    (test,) = sheets.order_sheet(bench, patient, order).tests
    assert test.result is not None
    results.release_results(second, order, ((test.result.id, test.result.revision),))
    standing = lab_orders.order_of(doctor, patient, order)
    lab_orders.conclude_order(second, order, "Within the range", expect=standing.revision)
    _order_proofs(proofs, doctor, (patient, encounter, order), told)
    _result_proofs(proofs, doctor, bench, (patient, order))


def _order_proofs(proofs: Proofs, doctor: Desk, about: tuple[str, str, str], told: OrderDetails) -> None:
    patient, encounter, order = about
    shown = lab_orders.order_of(doctor, patient, order)
    names = ("clinical_information", "diagnoses", "collection_instructions", "collect_at", "place_id")
    proofs.alike("lab_orders", {name: getattr(told, name) for name in names}, shown.details)
    wanted = {
        "patient_id": patient, "priority": "urgent", "note": "before noon", "conclusion": "Within the range",
        "status": "released",
    }  # fmt: skip
    proofs.alike("lab_orders", wanted, shown)
    proofs.made("lab_orders.number", shown.number)
    proofs.made("lab_orders.ordered_at", shown.ordered_at)
    proofs.see("lab_orders.ordered_by", "Sarah Achieng", shown.ordered_by, stored=doctor.session.staff_id)
    ordered = encounters.consultation(doctor, patient, encounter).ordered
    proofs.see("lab_orders.encounter_id", 1, len(ordered), stored=encounter)


def _result_proofs(proofs: Proofs, doctor: Desk, bench: Desk, about: tuple[str, str]) -> None:
    patient, order = about
    (test,) = sheets.order_sheet(bench, patient, order).tests
    one = test.result
    (shown,) = results.order_results(doctor, patient, order)
    assert one is not None
    proofs.see("lab_order_tests.test_code", "potassium", test.test_code)
    proofs.see("lab_order_tests.status", "released", test.status)
    listed = next(one for one in laboratory.catalogue(bench).tests if one.code == "potassium")
    proofs.see("lab_tests.name", listed.name, shown.name)
    proofs.made("lab_tests.specimen", test.specimen)
    proofs.see("lab_results.test_code", "potassium", shown.test_code)
    proofs.alike("lab_results", {"value": "4.1", "unit": test.assay.unit, "flag": "N"}, shown)
    proofs.made("lab_results.range_text", shown.range_text)
    proofs.made("lab_results.released_at", shown.released_at)
    proofs.made("lab_results.entered_at", one.entered_at)
    proofs.see("lab_results.status", "released", one.status)
    proofs.see("lab_results.entered_by", "Laboratory One", shown.entered_by, stored=bench.session.staff_id)
    proofs.see("lab_results.released_by", "Ben Two", shown.released_by, stored="ben-two")
