"""Pharmacy: handed out by first expiry, by one desk only, sent back, taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import billing, home, invoices, pharmacy, prescribing, shelf, stock
from clinic_desktop.services.pharmacy import Dispensed
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.services.work_orders import Pick, WorkOrder
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.prescribing import safety_alerts
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, world


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


def sign(clinic: World, *lines: LineDraft, priority: str = "routine", patient: str = "") -> str:
    return prescribing.sign_prescription(
        clinic.doctor, patient or clinic.patient, None, lines or (amoxicillin(),), priority=priority
    ).prescription_id


def order(clinic: World, prescription: str) -> WorkOrder:
    return pharmacy.work_order(clinic.pharmacist, clinic.patient, prescription)


def hand_out(clinic: World, prescription: str) -> Dispensed:
    found = order(clinic, prescription)
    picks = [pick for line in found.lines for pick in line.proposed]
    return pharmacy.dispense(
        clinic.pharmacist, prescription, picks, counselled=True, expect=found.prescription.revision
    )


def held(clinic: World, lot: str) -> int:
    with clinic.store.read() as connection:
        return stock.balance(connection, lot)


def test_the_queue_is_by_priority_and_then_by_waiting_time(clinic: World, clock: SetClock) -> None:
    first = sign(clinic)
    clock.advance(timedelta(minutes=5))
    second = sign(clinic, patient=add_patient(clinic.store, "Mwangi", "Peter"))
    clock.advance(timedelta(minutes=5))
    urgent = sign(clinic, priority="urgent", patient=add_patient(clinic.store, "Ali", "Zahra"))
    rows = pharmacy.queue(clinic.pharmacist)
    assert [row.prescription_id for row in rows] == [urgent, first, second]
    assert [row.waiting_minutes for row in rows] == [0, 10, 5]
    assert (rows[0].family_name, rows[0].lines) == ("Ali", 1)


def test_the_first_to_expire_is_proposed_over_as_many_lots_as_it_takes(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "LATE", date(2027, 6, 1), 100)
    clinic.receive("amoxicillin_500_cap", "SOON", date(2026, 3, 20), 5)
    clinic.receive("amoxicillin_500_cap", "TODAY", date(2026, 3, 10), 4)
    bad = clinic.receive("amoxicillin_500_cap", "BAD", date(2026, 5, 1), 100)
    stock.recall_lot(clinic.pharmacist, bad, "maker's letter")
    line = order(clinic, sign(clinic)).lines[0]
    lots = {lot.lot_id: lot.lot for lot in line.options[0].lots}
    assert [(lots[pick.lot_id], pick.quantity) for pick in line.proposed] == [("TODAY", 4), ("SOON", 5), ("LATE", 12)]


def test_dispensing_moves_stock_charges_and_ends_the_wait(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    done = hand_out(clinic, sign(clinic))
    assert (done.status, held(clinic, lot), pharmacy.queue(clinic.pharmacist)) == ("dispensed", 79, ())
    with clinic.store.read() as connection:
        charge = connection.execute(select(charges)).one()
    assert (charge.source_id, charge.quantity, charge.unit_amount) == (done.dispense_ids[0], 21, 15)
    assert charge.description == "amoxicillin 500 mg capsule"
    (handed,) = order(clinic, done.prescription_id).lines[0].handed_out
    assert (handed.lot, handed.quantity, handed.by, handed.counselled) == ("A1", 21, "Pharmacist One", True)


def test_a_part_is_handed_out_and_the_rest_waits(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 10)
    prescription = sign(clinic, amoxicillin(), paracetamol())
    assert hand_out(clinic, prescription).status == "partly_dispensed"
    assert [line.outstanding for line in order(clinic, prescription).lines] == [11, 40]
    clinic.receive("amoxicillin_500_cap", "A2", date(2027, 7, 1), 100)
    clinic.receive("paracetamol_500_tab", "P1", date(2027, 7, 1), 100)
    assert hand_out(clinic, prescription).status == "dispensed"
    with pytest.raises(Refusal, match="was dispensed already"):
        hand_out(clinic, prescription)


def test_expired_and_recalled_lots_are_refused(clinic: World, clock: SetClock) -> None:
    soon = clinic.receive("amoxicillin_500_cap", "SOON", date(2026, 3, 10), 50)
    prescription = sign(clinic)
    line = order(clinic, prescription).lines[0].line.line_id
    clinic.pharmacist.session.opened_at = clock.now() + timedelta(days=1)
    clock.advance(timedelta(days=1))
    with pytest.raises(Refusal, match="Lot SOON expired on 10-Mar-2026"):
        pharmacy.dispense(clinic.pharmacist, prescription, [Pick(line, soon, 21)], counselled=True, expect=1)
    later = clinic.receive("amoxicillin_500_cap", "LATER", date(2027, 3, 10), 50)
    stock.recall_lot(clinic.pharmacist, later, "maker's letter")
    with pytest.raises(Refusal, match="Lot LATER was recalled"):
        pharmacy.dispense(clinic.pharmacist, prescription, [Pick(line, later, 21)], counselled=True, expect=1)
    assert held(clinic, soon) == held(clinic, later) == 50


def test_no_more_than_was_prescribed_and_no_more_than_there_is(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 15)
    prescription = sign(clinic)
    line = order(clinic, prescription).lines[0].line.line_id
    with pytest.raises(Refusal, match="Only 21 of amoxicillin"):
        pharmacy.dispense(clinic.pharmacist, prescription, [Pick(line, lot, 22)], counselled=True, expect=1)
    with pytest.raises(Refusal, match="holds 15"):
        pharmacy.dispense(clinic.pharmacist, prescription, [Pick(line, lot, 21)], counselled=True, expect=1)
    twice = [Pick(line, lot, 11), Pick(line, lot, 10)]
    with pytest.raises(Refusal, match="holds 4"):
        pharmacy.dispense(clinic.pharmacist, prescription, twice, counselled=True, expect=1)
    with pytest.raises(Refusal, match="nothing to hand out"):
        pharmacy.dispense(clinic.pharmacist, prescription, [], counselled=True, expect=1)
    assert held(clinic, lot) == 15


def test_a_substitution_needs_a_reason_and_keeps_the_line(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_125_liq", "L1", date(2027, 6, 1), 500)
    prescription = sign(clinic)
    found = order(clinic, prescription).lines[0]
    assert found.proposed == ()
    assert [option.title for option in found.options if option.substitution] == ["amoxicillin 125 mg/5 mL oral liquid"]
    pick = Pick(found.line.line_id, lot, 420, covers=21)
    with pytest.raises(Refusal, match="Say why amoxicillin is substituted"):
        pharmacy.dispense(clinic.pharmacist, prescription, [pick], counselled=True, expect=1)
    pick = replace(pick, substituted_reason="cannot swallow capsules")
    done = pharmacy.dispense(clinic.pharmacist, prescription, [pick], counselled=True, expect=1)
    line = order(clinic, prescription).lines[0]
    assert (done.status, line.line.title) == ("dispensed", "amoxicillin 500 mg capsule")
    assert line.handed_out[0].title == "amoxicillin 125 mg/5 mL oral liquid"
    assert line.handed_out[0].substituted_reason == "cannot swallow capsules"


def test_half_the_strength_is_never_taken_for_the_whole(clinic: World) -> None:
    weak = stock.NewProduct("amoxicillin", "capsule", "250 mg", "capsule", "amoxicillin_250_cap")
    product = stock.add_product(clinic.pharmacist, weak)
    lot = stock.receive_stock(clinic.pharmacist, product, "W1", date(2027, 6, 1), 100).lot_id
    prescription = sign(clinic)
    line = order(clinic, prescription).lines[0].line.line_id
    pick = Pick(line, lot, 42, substituted_reason="no 500 mg in stock")
    with pytest.raises(Refusal, match="250 mg capsule is not counted as 500 mg capsule is"):
        pharmacy.dispense(clinic.pharmacist, prescription, [replace(pick, quantity=21)], counselled=True, expect=1)
    done = pharmacy.dispense(clinic.pharmacist, prescription, [replace(pick, covers=21)], counselled=True, expect=1)
    assert (done.status, held(clinic, lot)) == ("dispensed", 58)


def test_bottles_are_never_proposed_as_millilitres(clinic: World) -> None:
    bottle = stock.NewProduct("amoxicillin", "capsule", "500 mg", "bottle", "amoxicillin_500_cap")
    product = stock.add_product(clinic.pharmacist, bottle)
    lot = stock.receive_stock(clinic.pharmacist, product, "B1", date(2027, 6, 1), 100).lot_id
    prescription = sign(clinic)
    line = order(clinic, prescription).lines[0]
    assert line.proposed == ()
    pick = Pick(line.line.line_id, lot, 21)
    with pytest.raises(Refusal, match="Say how much of the prescribed capsule"):
        pharmacy.dispense(clinic.pharmacist, prescription, [pick], counselled=True, expect=1)


def test_a_product_the_pack_does_not_know_is_checked_by_its_name_too(clinic: World) -> None:
    clinic.allergic_to("penicillin", group="penicillin")
    tonic = replace(amoxicillin(), name="Tonic", medicine_code=None, form=None, strength=None, quantity=21)
    brand = stock.add_product(clinic.pharmacist, stock.NewProduct("Amoxil", "capsule", "500 mg", "capsule"))
    lot = stock.receive_stock(clinic.pharmacist, brand, "X1", date(2027, 6, 1), 100).lot_id
    prescription = sign(clinic, tonic)
    line = order(clinic, prescription).lines[0].line.line_id
    pick = Pick(line, lot, 21, substituted_reason="what we have")
    with pytest.raises(Refusal, match="allergic to penicillin"):
        pharmacy.dispense(clinic.pharmacist, prescription, [pick], counselled=True, expect=1)


def test_no_substitution_where_the_doctor_allowed_none(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_125_liq", "L1", date(2027, 6, 1), 500)
    prescription = sign(clinic, amoxicillin(substitution_allowed=False))
    line = order(clinic, prescription).lines[0].line.line_id
    with pytest.raises(Refusal, match="allowed no substitution"):
        pharmacy.dispense(
            clinic.pharmacist, prescription, [Pick(line, lot, 420, 21, "out of stock")], counselled=True, expect=1
        )


def test_what_is_handed_out_instead_is_checked_too(clinic: World) -> None:
    lot = clinic.receive("aspirin_75_tab", "S1", date(2027, 6, 1), 500)
    prescription = sign(clinic, paracetamol())
    clinic.allergic_to("aspirin", ingredient="aspirin")
    line = order(clinic, prescription).lines[0].line.line_id
    with pytest.raises(Refusal, match="aspirin: The patient is allergic"):
        pharmacy.dispense(
            clinic.pharmacist, prescription, [Pick(line, lot, 40, 40, "none left")], counselled=True, expect=1
        )


def test_an_allergy_added_after_signing_stops_it_until_there_is_a_reason(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    prescription = sign(clinic)
    assert order(clinic, prescription).since == ()
    clinic.allergic_to("penicillin", group="penicillin")
    found = order(clinic, prescription)
    (alert,) = found.since
    assert (alert.tier, alert.kind, alert.line_id) == ("stop", "allergy", found.lines[0].line.line_id)
    with pytest.raises(Refusal, match="came up after signing"):
        hand_out(clinic, prescription)
    assert held(clinic, lot) == 100
    done = pharmacy.dispense(
        clinic.pharmacist,
        prescription,
        found.lines[0].proposed,
        counselled=True,
        expect=1,
        overrides={alert.key: "the doctor was called: rash in 1990 only"},
    )
    assert done.status == "dispensed"
    with clinic.store.read() as connection:
        row = connection.execute(select(safety_alerts).where(safety_alerts.c.override_reason.is_not(None))).one()
    assert (row.overridden_by, row.tier) == (clinic.pharmacist.session.staff_id, "stop")


def test_what_the_doctor_gave_a_reason_for_does_not_stop_the_pharmacy(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    clinic.allergic_to("penicillin", group="penicillin")
    (alert,) = [
        each
        for each in prescribing.check_lines(clinic.doctor, clinic.patient, [amoxicillin()]).alerts
        if each.tier == "stop"
    ]
    signed = prescribing.sign_prescription(
        clinic.doctor, clinic.patient, None, [amoxicillin()], {alert.key: "tolerated in 2024"}
    )
    assert order(clinic, signed.prescription_id).since == ()
    assert hand_out(clinic, signed.prescription_id).status == "dispensed"


def test_it_is_sent_back_with_a_reason_and_no_longer_taken(clinic: World) -> None:
    prescription = sign(clinic)
    pharmacy.start_preparing(clinic.pharmacist, prescription)
    with pytest.raises(Refusal, match="is being prepared"):
        pharmacy.start_preparing(clinic.pharmacist, prescription)
    pharmacy.prepared(clinic.pharmacist, prescription)
    with pytest.raises(Refusal, match="Say why"):
        pharmacy.reject(clinic.pharmacist, prescription, " ")
    pharmacy.reject(clinic.pharmacist, prescription, "dose too high for the weight")
    kept = prescribing.prescription(clinic.doctor, prescription)
    assert (kept.status, kept.status_reason) == ("rejected", "dose too high for the weight")
    with clinic.store.read() as connection:
        assert connection.execute(select(medicines_taken.c.status)).scalars().all() == ["stopped"]
    with pytest.raises(Refusal, match="sent back"):
        pharmacy.prepared(clinic.pharmacist, prescription)


def test_taking_back_returns_the_stock_and_the_charge_once(clinic: World) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    done = hand_out(clinic, sign(clinic))
    (moved,) = [row for row in shelf.ledger(clinic.pharmacist, lot) if row.kind == "dispense"]
    with pytest.raises(Refusal, match="take it back in the pharmacy"):
        stock.cancel_move(clinic.pharmacist, moved.move_id, "mistake")
    with pytest.raises(Refusal, match="dispensed in part"):
        prescribing.cancel_prescription(clinic.doctor, sign_partly(clinic, lot), "changed my mind")
    before = held(clinic, lot)
    back = pharmacy.cancel_dispense(clinic.pharmacist, done.dispense_ids[0], "wrong strength")
    assert (back.status, back.invoiced, held(clinic, lot)) == ("signed", False, before + 21)
    with pytest.raises(Refusal, match="taken back already"):
        pharmacy.cancel_dispense(clinic.pharmacist, done.dispense_ids[0], "again")
    with clinic.store.read() as connection:
        assert (
            connection.execute(select(charges.c.status).where(charges.c.source_id == done.dispense_ids[0])).scalar_one()
            == "cancelled"
        )
    assert hand_out(clinic, done.prescription_id).status == "dispensed"


def sign_partly(clinic: World, lot: str) -> str:
    prescription = sign(clinic)
    line = order(clinic, prescription).lines[0].line.line_id
    pharmacy.dispense(clinic.pharmacist, prescription, [Pick(line, lot, 5)], counselled=True, expect=1)
    return prescription


def test_what_was_invoiced_is_said_to_need_a_refund(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    done = hand_out(clinic, sign(clinic))
    with clinic.store.write(act="x", session=None) as unit:
        charge = unit.conn.execute(select(charges.c.id)).scalar_one()
        unit.change(charges, charge, {"status": "invoiced"}, kind="charge.invoiced")
    assert pharmacy.cancel_dispense(clinic.pharmacist, done.dispense_ids[0], "returned").invoiced


def test_what_was_taken_back_is_not_charged_again_when_its_invoice_is_void(clinic: World, desk_for: DeskFor) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    done = hand_out(clinic, sign(clinic))
    cashier = desk_for("cashier")
    (charge,) = billing.pending_charges(cashier, clinic.patient)
    issued = invoices.issue_invoice(cashier, clinic.patient, [charge.id])
    assert pharmacy.cancel_dispense(clinic.pharmacist, done.dispense_ids[0], "returned").invoiced
    (credit,) = [each for each in home.waits_for_me(cashier) if each.key == "credit"]
    assert (credit.count, credit.rows[0].detail, credit.rows[0].arguments) == (
        1, f"{issued.number} returned", (("patient_id", clinic.patient),),
    )  # fmt: skip
    invoices.void_invoice(cashier, issued.id, reason="medicine returned", expect=1)
    assert billing.pending_charges(cashier, clinic.patient) == ()
    assert [each.count for each in home.waits_for_me(cashier) if each.key == "credit"] == [0]


def test_another_patients_prescription_is_not_opened(clinic: World) -> None:
    prescription = sign(clinic)
    with pytest.raises(Refusal, match="not here"):
        pharmacy.work_order(clinic.pharmacist, add_patient(clinic.store, "Ali", "Zahra"), prescription)


def test_only_a_pharmacist_hands_out(clinic: World, desk_for: DeskFor) -> None:
    prescription = sign(clinic)
    for role in ("doctor", "nurse", "administrator", "cashier"):
        with pytest.raises(Refusal, match="may not"):
            pharmacy.dispense(desk_for(role), prescription, [], counselled=True, expect=1)
