"""Prescriptions, hand-outs, refills and alerts: everything is set by services and read back by queries."""

from datetime import date
from decimal import Decimal

from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.services import consultation, directory, pharmacy, prescribing, refills
from clinic_desktop.services.prescribers import Outside
from clinic_desktop.services.prescription_lines import LineDraft
from tests.contract.people import NUMBERS
from tests.contract.proofs import Proofs
from tests.medicines import World, amoxicillin, warfarin

CALMING = LineDraft(
    "diazepam", Dose(Decimal(1), "tablet", "oral", "od", 5), "tablet", "diazepam_5_tab", "tablet", "5 mg", 5,
    "With water", 2, substitution_allowed=False, generic_name="diazepam", ndc="12345-678-90", timing="at night",
    indication="anxiety", diagnoses="F41.1",
)  # fmt: skip


def prove_medicines(proofs: Proofs, world: World) -> None:
    """Do the acts of prescribing and of the pharmacy."""
    _prescription(proofs, world)
    _hand_out(proofs, world)
    _refill(proofs, world)
    _alert(proofs, world)


def _prescription(proofs: Proofs, world: World) -> None:
    doctor, patient = world.doctor, world.patient
    visit = consultation.open_consultation(doctor, patient, "new").encounter_id
    shop = directory.pharmacies(doctor)[0]
    signed = prescribing.sign_prescription(
        doctor, patient, visit, [CALMING], priority="urgent", note="Review in a week",
        outside=Outside(shop.id, date(2026, 9, 10)),
    )  # fmt: skip
    shown = prescribing.prescription(doctor, signed.prescription_id)
    (line,) = shown.lines
    wanted = {
        "patient_id": patient, "encounter_id": visit, "priority": "urgent", "note": "Review in a week",
        "prescriber_npi": NUMBERS.npi, "prescriber_dea": NUMBERS.dea, "expires_on": date(2026, 9, 10),
    }  # fmt: skip
    proofs.alike("prescriptions", wanted, shown)
    proofs.see("prescriptions.pharmacy_id", shop.id, shown.pharmacy.id if shown.pharmacy else None)
    proofs.see("prescriptions.prescriber_id", "Sarah Achieng", shown.prescriber, stored=doctor.session.staff_id)
    proofs.made("prescriptions.number", shown.number)
    proofs.made("prescriptions.signed_at", shown.signed_at)
    plain = {
        name: getattr(CALMING, name)
        for name in (
            "name", "form", "strength", "quantity", "instructions", "refills", "substitution_allowed", "generic_name",
            "timing", "indication", "diagnoses",
        )
    }  # fmt: skip
    dose = {"dose_amount": 1, "dose_unit": "tablet", "frequency": "od", "duration_days": 5, "controlled": True}
    proofs.alike("prescription_lines", plain | dose, line)
    proofs.see("prescription_lines.ndc", "12345067890", line.ndc)
    proofs.made("prescription_lines.sig", line.sig)


def _hand_out(proofs: Proofs, world: World) -> None:
    desk, patient = world.pharmacist, world.patient
    world.receive("amoxicillin_500_cap", "LOT-7", date(2027, 6, 1), 90)
    made = prescribing.sign_prescription(world.doctor, patient, None, [amoxicillin()]).prescription_id
    pharmacy.prepared(desk, made, "In the fridge")
    found = pharmacy.work_order(desk, patient, made)
    proofs.see("prescriptions.ready_note", "In the fridge", found.prescription.ready_note)
    proofs.made("prescriptions.ready_at", found.prescription.ready_at)
    pharmacy.dispense(
        desk, made, found.lines[0].proposed, counselled=True, expect=found.prescription.revision,
        counselling_note="Finish the course",
    )  # fmt: skip
    order = pharmacy.work_order(desk, patient, made)
    proofs.see("prescriptions.status", "dispensed", order.prescription.status)
    (handed,) = order.lines[0].handed_out
    wanted = {"quantity": 21, "counselled": True, "counselling_note": "Finish the course"}
    proofs.alike("dispenses", wanted, handed)
    proofs.made("dispenses.dispensed_at", handed.dispensed_at)
    proofs.see("dispenses.dispensed_by", "Pharmacist One", handed.by, stored=desk.session.staff_id)


def _refill(proofs: Proofs, world: World) -> None:
    desk, patient = world.pharmacist, world.patient
    (line, *_rest) = refills.refillable(desk, patient)
    refills.ask_refill(desk, patient, line.line_id, asked_by="the patient", note="Two tablets are left")
    (shown,) = refills.refills_of(desk, patient)
    proofs.alike("refill_requests", {"note": "Two tablets are left", "status": "asked"}, shown)
    proofs.made("refill_requests.asked_at", shown.asked_at)


def _alert(proofs: Proofs, world: World) -> None:
    doctor, patient = world.doctor, world.patient
    aspirin = LineDraft(
        "aspirin", Dose(Decimal(1), "tablet", "oral", "od", 28), "tablet", "aspirin_75_tab", "tablet", "75 mg"
    )
    stops = prescribing.check_lines(doctor, patient, [warfarin(), aspirin]).alerts
    reasons = {one.key: "known and watched" for one in stops if one.tier == "stop"}
    signed = prescribing.sign_prescription(doctor, patient, None, [warfarin(), aspirin], reasons)
    shown = prescribing.prescription(doctor, signed.prescription_id)
    alert = next(one for one in shown.alerts if one.kind == "interaction")
    for name in ("tier", "kind", "text", "source"):
        proofs.made(f"safety_alerts.{name}", getattr(alert, name))
    # An alert is raised in the act of signing.
    proofs.made("safety_alerts.raised_at", shown.signed_at)
