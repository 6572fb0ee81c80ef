"""Prescribing: found, checked, signed with reasons, repeated and taken back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from clinic_desktop.clock import to_text
from clinic_desktop.domain.numbers import is_sound
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import charting, lab_orders, pharmacy, prescribing
from clinic_desktop.services import patients as patients_service
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import medicines_taken, vital_signs
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import safety_alerts
from clinic_desktop.store.tables.staff import staff
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, warfarin, world

PARACETAMOL_SIG = (
    "take 2 tablets by mouth up to four times a day when needed for pain for 5 days, no more than 8 tablets in a day"
)


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


def taken(clinic: World) -> list[tuple[str, str]]:
    with clinic.store.read() as connection:
        rows = connection.execute(select(medicines_taken).order_by(medicines_taken.c.rowid_)).all()
    return [(row.medicine_code, row.status) for row in rows]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("amox", "amoxicillin_500_cap"),
        ("AMOXIL", "amoxicillin_500_cap"),
        ("amox liquid", "amoxicillin_125_liq"),
        ("tylenol", "paracetamol_500_tab"),
        ("parcetamol", "paracetamol_500_tab"),
        ("metf", "metformin_500_tab"),
    ],
)
def test_a_medicine_is_found_by_generic_by_brand_and_misspelt(clinic: World, text: str, first: str) -> None:
    assert prescribing.find_medicines(clinic.doctor, text)[0].medicine.code == first


def test_what_is_found_says_what_the_pharmacy_has_and_what_it_costs(clinic: World) -> None:
    found = prescribing.find_medicines(clinic.doctor, "amoxicillin 500")[0]
    assert (found.on_hand, found.price, found.currency) == (0, 15, "USD")
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 1, 1), 90)
    assert prescribing.find_medicines(clinic.doctor, "amoxicillin 500")[0].on_hand == 90
    assert prescribing.find_medicines(clinic.doctor, "zzzzqq") == ()
    assert prescribing.find_medicines(clinic.doctor, "  ") == ()


def test_several_medicines_are_one_prescription(clinic: World) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin(), paracetamol()])
    kept = prescribing.prescription(clinic.doctor, signed.prescription_id)
    assert is_sound(signed.number)
    assert signed.number.startswith("RX-A7-")
    assert [(line.title, line.quantity_text, line.sig) for line in kept.lines] == [
        ("amoxicillin 500 mg capsule", "21 capsules", "take 1 capsule by mouth three times a day for 7 days"),
        (
            "paracetamol 500 mg tablet",
            "40 tablets",
            PARACETAMOL_SIG,
        ),
    ]
    assert (kept.status, kept.prescriber, kept.pack) == (
        "signed",
        "Doctor One",
        "Clinic Desktop starter pack 2026.11.1",
    )
    assert taken(clinic) == [("amoxicillin_500_cap", "active"), ("paracetamol_500_tab", "active")]


def test_a_line_is_repeated_as_it_was(clinic: World) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol()])
    line = prescribing.last_prescriptions(clinic.doctor, clinic.patient)[0].lines[0]
    assert line.line_id == signed.line_ids[0]
    assert line.dose == paracetamol().dose


def test_the_same_medicine_again_takes_the_place_of_the_first(clinic: World) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    assert taken(clinic) == [("amoxicillin_500_cap", "completed"), ("amoxicillin_500_cap", "active")]


def test_nothing_is_prescribed_before_allergies_were_asked(clinic: World) -> None:
    other = add_patient(clinic.store, "Mwangi", "Peter", allergy_state="not_asked")
    with pytest.raises(Refusal, match="Allergies were not asked") as told:
        prescribing.sign_prescription(clinic.doctor, other, None, [paracetamol()])
    assert told.value.field == "allergies"


def test_an_allergy_by_class_stops_until_a_reason_is_given(clinic: World) -> None:
    clinic.allergic_to("Penicillin", group="penicillin")
    checked = prescribing.check_lines(clinic.doctor, clinic.patient, [paracetamol(), amoxicillin()])
    alert = checked.alerts[0]
    assert (alert.tier, alert.kind, alert.line, alert.drug) == ("stop", "allergy", 1, "amoxicillin")
    assert alert.source
    assert alert.pack == checked.pack == "Clinic Desktop starter pack 2026.11.1"
    with pytest.raises(Refusal, match="amoxicillin: The patient is allergic to Penicillin") as told:
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol(), amoxicillin()])
    assert told.value.facts["key"] == alert.key
    with pytest.raises(Refusal):
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()], {alert.key: "  "})
    assert taken(clinic) == []
    signed = prescribing.sign_prescription(
        clinic.doctor, clinic.patient, None, [amoxicillin()], {alert.key: "tolerated in 2024, challenge was negative"}
    )
    kept = prescribing.prescription(clinic.doctor, signed.prescription_id)
    stops = [each for each in kept.alerts if each.tier == "stop"]
    assert [(each.key, each.line_id) for each in stops] == [(alert.key, signed.line_ids[0])]
    assert stops[0].reason.startswith("tolerated")


def test_the_check_is_made_again_when_signing(clinic: World) -> None:
    assert not [
        alert
        for alert in prescribing.check_lines(clinic.doctor, clinic.patient, [amoxicillin()]).alerts
        if alert.tier == "stop"
    ]
    clinic.allergic_to("amoxicillin", ingredient="amoxicillin")
    with pytest.raises(Refusal, match="allergic"):
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])


def test_a_reason_for_one_dose_is_none_for_another(clinic: World) -> None:
    def tablets(count: int) -> LineDraft:
        return replace(paracetamol(), dose=Dose(Decimal(count), "tablet", "oral", "qds", 5))

    alerts = prescribing.check_lines(clinic.doctor, clinic.patient, [tablets(5)]).alerts
    reasons = {alert.key: "meant" for alert in alerts if alert.tier == "stop"}
    assert reasons
    with pytest.raises(Refusal):
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [tablets(9)], reasons)


def test_what_the_patient_takes_already_is_checked_against(clinic: World) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [warfarin()])
    aspirin = LineDraft(
        "aspirin", Dose(Decimal(1), "tablet", "oral", "od", 28), "tablet", "aspirin_75_tab", "tablet", "75 mg"
    )
    alerts = prescribing.check_lines(clinic.doctor, clinic.patient, [aspirin]).alerts
    assert [(alert.kind, alert.tier) for alert in alerts if alert.kind == "interaction"] == [("interaction", "warn")]
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [aspirin])
    with clinic.store.read() as connection:
        rows = connection.execute(
            select(safety_alerts).where(safety_alerts.c.prescription_id == signed.prescription_id)
        ).all()
    assert [(row.kind, row.tier, row.override_reason) for row in rows if row.kind == "interaction"] == [
        ("interaction", "warn", None)
    ]


def test_a_drug_the_pack_does_not_know_is_said_to_be_not_checked(clinic: World) -> None:
    herbal = LineDraft("Xylofrobin forte", Dose(Decimal(1), "tablet", "oral", "od", 5), "tablet")
    alerts = prescribing.check_lines(clinic.doctor, clinic.patient, [herbal]).alerts
    assert [(alert.kind, alert.tier, alert.line) for alert in alerts] == [("not_checked", "warn", 0)]
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [herbal])
    assert prescribing.prescription(clinic.doctor, signed.prescription_id).lines[0].quantity == 5


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(amoxicillin(), dose=Dose(Decimal(0), "capsule", "oral", "tds", 7)), "amount"),
        (replace(amoxicillin(), dose=Dose(Decimal(1), "capsule", "oral", "sometimes", 7)), "frequency"),
        (replace(amoxicillin(), dose=Dose(Decimal(1), "capsule", "oral", "tds", None)), "quantity"),
        (replace(amoxicillin(), quantity=0), "quantity"),
        (replace(amoxicillin(), name=" "), "medicine"),
    ],
)
def test_a_wrong_line_is_refused_by_line_and_field(clinic: World, wrong: LineDraft, field: str) -> None:
    with pytest.raises(Refusal) as told:
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol(), wrong])
    assert (told.value.field, told.value.facts["line"]) == (field, 1)
    with clinic.store.read() as connection:
        assert not connection.execute(select(journal.c.kind).where(journal.c.kind == "prescription.signed")).all()


def test_a_dose_in_milligrams_is_counted_in_what_is_handed_out(clinic: World) -> None:
    syrup = LineDraft(
        "amoxicillin", Dose(Decimal(250), "mg", "oral", "tds", 5), "mL", "amoxicillin_125_liq", "oral liquid"
    )
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [syrup])
    assert prescribing.prescription(clinic.doctor, signed.prescription_id).lines[0].quantity == 150


def test_an_act_id_with_other_contents_is_never_answered_as_done(clinic: World) -> None:
    once, other = clinic.doctor.once(), add_patient(clinic.store)
    prescribing.sign_prescription(once, clinic.patient, None, [amoxicillin()])
    for patient, lines in ((other, [amoxicillin()]), (clinic.patient, [paracetamol()])):
        with pytest.raises(Refusal, match="done before with other contents"):
            prescribing.sign_prescription(once, patient, None, lines)
    with pytest.raises(Refusal, match="done before with other contents"):
        charting.record_pregnancy(once, clinic.patient, pregnant=False)
    elsewhere = replace(once, session=replace(clinic.doctor.session, id="another"))
    with pytest.raises(Refusal, match="done before with other contents"):
        prescribing.sign_prescription(elsewhere, clinic.patient, None, [amoxicillin()])
    assert len(prescribing.active_prescriptions(clinic.doctor, clinic.patient)) == 1
    assert prescribing.active_prescriptions(clinic.doctor, other) == ()


def test_signing_twice_signs_once(clinic: World) -> None:
    once = clinic.doctor.once()
    first = prescribing.sign_prescription(once, clinic.patient, None, [amoxicillin()])
    assert prescribing.sign_prescription(once, clinic.patient, None, [amoxicillin()]) == first
    assert len(prescribing.last_prescriptions(clinic.doctor, clinic.patient)) == 1


def test_a_cancelled_prescription_is_no_longer_taken(clinic: World) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    with pytest.raises(Refusal, match="Say why"):
        prescribing.cancel_prescription(clinic.doctor, signed.prescription_id, "")
    prescribing.cancel_prescription(clinic.doctor, signed.prescription_id, "wrong patient")
    assert taken(clinic) == [("amoxicillin_500_cap", "stopped")]
    assert prescribing.active_prescriptions(clinic.doctor, clinic.patient) == ()
    with pytest.raises(Refusal, match="was cancelled"):
        prescribing.cancel_prescription(clinic.doctor, signed.prescription_id, "again")


def test_only_a_doctor_signs(clinic: World, desk_for: DeskFor) -> None:
    for role in ("nurse", "pharmacist", "front_desk", "administrator"):
        with pytest.raises(Refusal, match="may not"):
            prescribing.sign_prescription(desk_for(role), clinic.patient, None, [amoxicillin()])


def test_a_child_of_unknown_age_is_said_to_be_not_checked(clinic: World) -> None:
    with clinic.store.write(act="x", session=None) as unit:
        unit.change(patients, clinic.patient, {"born_on": None, "born_precision": "unknown"}, kind="patient.changed")
    alerts = prescribing.check_lines(clinic.doctor, clinic.patient, [amoxicillin()]).alerts
    assert any("age is not known" in alert.template for alert in alerts)


def test_a_medicine_prescribed_again_is_still_taken_when_the_second_prescription_is_taken_back(clinic: World) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [warfarin()])
    for take_back in (prescribing.cancel_prescription, pharmacy.reject):
        again = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [warfarin()])
        desk = clinic.pharmacist if take_back is pharmacy.reject else clinic.doctor
        take_back(desk, again.prescription_id, "written by mistake")
        current = prescribing.medication_chart(clinic.doctor, clinic.patient).current
        assert [each.medicine_code for each in current] == ["warfarin_5_tab"]


def test_what_was_cancelled_itself_is_not_taken_up_again(clinic: World) -> None:
    first = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [warfarin()])
    second = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [warfarin()])
    for each in (first, second):
        prescribing.cancel_prescription(clinic.doctor, each.prescription_id, "written by mistake")
    assert prescribing.medication_chart(clinic.doctor, clinic.patient).current == ()


@pytest.mark.parametrize("reason", ["\u200b", " . ", "---"])
def test_dots_and_invisible_characters_are_no_reason(clinic: World, reason: str) -> None:
    clinic.allergic_to("penicillin", group="penicillin")
    alerts = prescribing.check_lines(clinic.doctor, clinic.patient, [amoxicillin()]).alerts
    with pytest.raises(Refusal, match="give a reason"):
        prescribing.sign_prescription(
            clinic.doctor, clinic.patient, None, [amoxicillin()], {each.key: reason for each in alerts}
        )


def test_who_reads_prescriptions_or_orders_is_in_the_access_log_first(clinic: World) -> None:
    for read in (prescribing.active_prescriptions, prescribing.last_prescriptions, lab_orders.orders_of):
        before = accesses(clinic)
        read(clinic.doctor, clinic.patient)
        assert accesses(clinic) == before + 1


def test_one_prescription_and_a_check_leave_who_saw_them_once_a_session(clinic: World, desk_for: DeskFor) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    before = accesses(clinic)
    for _ in range(3):
        prescribing.prescription(clinic.doctor, signed.prescription_id)
        prescribing.check_lines(clinic.doctor, clinic.patient, [amoxicillin()])
        patients_service.patient_banner(clinic.doctor, clinic.patient)
    assert accesses(clinic) == before + 3
    patients_service.patient_banner(desk_for("cashier"), clinic.patient)
    assert accesses(clinic) == before + 4
    other = add_patient(clinic.store)
    patients_service.patient_banner(clinic.doctor, other)
    assert accesses(clinic) == before + 4


def accesses(clinic: World) -> int:
    with clinic.store.read() as connection:
        wanted = select(func.count()).select_from(access).where(access.c.patient == clinic.patient)
        return int(connection.execute(wanted).scalar_one())


def test_who_was_disabled_meanwhile_reads_nothing_more(clinic: World) -> None:
    with clinic.store.write(act="x", session=None) as unit:
        unit.change(staff, clinic.doctor.session.staff_id, {"active": 0}, kind="staff.disabled")
    with pytest.raises(Refusal, match="changed by an administrator"):
        prescribing.check_lines(clinic.doctor, clinic.patient, [])
    with pytest.raises(Refusal, match="signed out"):
        prescribing.medication_chart(clinic.doctor, clinic.patient)
    assert accesses(clinic) == 0


def test_a_quantity_beyond_all_sense_is_refused_in_words(clinic: World) -> None:
    for amount, words in ((Decimal(10) ** 30, "never given"), (Decimal(10_000), "never handed out")):
        dose = Dose(amount, "capsule", "oral", "od", 5)
        with pytest.raises(Refusal, match=words):
            prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin(dose=dose)])


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("refills", amoxicillin(refills=-5)),
        ("refills", amoxicillin(refills=1000)),
        ("quantity", amoxicillin(quantity=20.9)),
        ("quantity", amoxicillin(quantity=0)),
    ],
)
def test_a_line_with_a_number_that_cannot_be_meant_is_refused(clinic: World, field: str, line: LineDraft) -> None:
    with pytest.raises(Refusal) as refused:
        prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [line])
    assert refused.value.field == field


def test_a_line_is_named_by_what_was_checked(clinic: World) -> None:
    signed = prescribing.sign_prescription(
        clinic.doctor, clinic.patient, None, [replace(paracetamol(), name="Warfarin", strength="5 mg")]
    )
    (line,) = prescribing.prescription(clinic.doctor, signed.prescription_id).lines
    assert line.title == "paracetamol 500 mg tablet"


def test_a_birth_year_alone_never_checks_a_dose_at_the_oldest_possible_age(clinic: World) -> None:
    for born, kinds in (("2014", {"not_checked"}), ("1990", set())):
        child = add_patient(clinic.store, born_on=f"{born}-01-01", born_precision="year", sex="male")
        found = prescribing.check_lines(clinic.doctor, child, [amoxicillin()])
        assert {each.kind for each in found.alerts} == kinds


def test_pregnancy_that_nobody_asked_about_is_never_silent(clinic: World) -> None:
    woman = add_patient(clinic.store, born_on="2000-01-01")
    (asked,) = prescribing.check_lines(clinic.doctor, woman, [warfarin()]).alerts
    assert (asked.tier, asked.kind, asked.line) == ("warn", "pregnancy", -1)
    assert patients_service.patient_banner(clinic.doctor, woman).pregnancy_not_known
    charting.record_pregnancy(clinic.doctor, woman, pregnant=False)
    assert prescribing.check_lines(clinic.doctor, woman, [warfarin()]).alerts == ()
    assert not patients_service.patient_banner(clinic.doctor, woman).pregnancy_not_known
    charting.record_pregnancy(clinic.doctor, woman, pregnant=True)
    (stop,) = prescribing.check_lines(clinic.doctor, woman, [warfarin()]).alerts
    assert (stop.tier, stop.kind) == ("stop", "pregnancy")
    man = add_patient(clinic.store, sex="male")
    with pytest.raises(Refusal):
        charting.record_pregnancy(clinic.doctor, man, pregnant=True)


def test_an_outgrown_weight_checks_no_dose(clinic: World) -> None:
    child = add_patient(clinic.store, born_on="2020-03-10", sex="male")
    liquid = prescribing.find_medicines(clinic.doctor, "paracetamol 120 mg")[0].medicine
    line = LineDraft(liquid.name, Dose(Decimal(5), "mL", "oral", "qds", 3), liquid.unit, liquid.code)
    fresh = prescribing.check_lines(clinic.doctor, child, [line]).alerts
    assert not any("Weigh again" in each.template for each in fresh)
    with clinic.store.write(act="w", session=None) as unit:
        old = unit.conn.exec_driver_sql("SELECT id FROM vital_signs WHERE patient_id = ?", (child,)).scalar_one()
        unit.change(vital_signs, old, {"taken_at": to_text(unit.now - timedelta(days=370))}, kind="vitals.changed")
    assert any("Weigh again" in each.template for each in prescribing.check_lines(clinic.doctor, child, [line]).alerts)
