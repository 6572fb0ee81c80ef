"""What is planned, ordered, insured, charged and said here, as records: sound FHIR, and the same again elsewhere."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.outgoing import bundle_of
from clinic_desktop.exchange.subjects import OUT_ALONE
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.services import (
    billing,
    cash,
    claim_answers,
    claim_batches,
    claims,
    inbox,
    merging,
    parting,
    prescribing,
    refills,
    scheduling,
)
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.chart import open_chart
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_views import claim
from clinic_desktop.services.patients import NewPatient, find_patients, register_patient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import consultation_steps, encounters
from clinic_desktop.store.tables.staff import staff
from sync.records.exact import Json, dumps
from tests.conftest import DeskFor
from tests.fhir import PATIENT, Take, bundle, head, person, taker
from tests.medicines import paracetamol, world
from tests.unit.services.consent_case import sign
from tests.unit.services.insured import Insured
from tests.unit.services.lab_case import Lab


def out(desk: Desk, patient: str) -> dict[tuple[str, str], Json]:
    found = bundle_of(desk, patient)["entry"]
    return {(one["resource"]["resourceType"], one["resource"]["id"]): one["resource"] for one in found}


def of_kind(found: dict[tuple[str, str], Json], kind: str) -> list[Json]:
    return [resource for (its, _id), resource in found.items() if its == kind]


def errors(found: dict[tuple[str, str], Json]) -> list[object]:
    return [one for each in found.values() for one in check_resource(each) if one.severity == "error"]


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    """A patient with a cover, a consent, an appointment, a claim that was answered, a payment and a notice."""
    made = Insured(store, desk_for)
    one = made.claim(2)
    claims.make_ready(made.cashier, one.id, expect=one.revision)
    batch = claim_batches.make_batch(made.cashier, [one.id])
    claim_batches.mark_sent(made.cashier, batch, expect=1)
    paid = NewAnswer("paid", date(2026, 3, 10), paid=1500, to_patient=300, written_off=100, reason="as told")
    claim_answers.enter_answer(made.cashier, one.id, paid, expect=claim(made.cashier, one.id).revision)
    cash.open_shift(made.cashier, 0)
    cash.take_payment(made.cashier, one.invoice_id, amount=500, method="cash")
    sign(desk_for("doctor"), made.patient, "research")
    front = desk_for("front_desk")
    (who, *_others) = scheduling.practitioners(front)
    at = datetime(2026, 3, 12, 9, tzinfo=UTC)
    scheduling.book(front, made.patient, who.staff_id, at, 20, "Room 2", "Blood pressure")
    inbox.remind_me(desk_for("doctor"), "Call about the result", patient_id=made.patient)
    return made


def test_a_claim_goes_out_with_its_lines_cover_answer_and_money(insured: Insured, desk_for: DeskFor) -> None:
    found = out(desk_for("administrator"), insured.patient)
    assert errors(found) == []
    (one,), (answer,), (cover,) = (of_kind(found, kind) for kind in ("Claim", "ClaimResponse", "Coverage"))
    assert one["insurance"][0]["coverage"]["reference"] == f"urn:uuid:{cover['id']}"
    assert answer["request"]["reference"] == f"urn:uuid:{one['id']}"
    assert [each["diagnosisCodeableConcept"]["coding"][0]["code"] for each in one["diagnosis"]] == ["I10"]
    assert dumps(one["total"]) == '{"value":20.00,"currency":"USD"}'
    assert (answer["outcome"], dumps(answer["payment"]["amount"]["value"])) == ("partial", "15.00")
    assert (cover["order"], cover["subscriberId"], cover["payor"][0]["display"]) == (1, "ABC123456", "Harbour Mutual")
    (invoice,), (paid,), (charge,) = (
        of_kind(found, kind) for kind in ("Invoice", "PaymentReconciliation", "ChargeItem")
    )
    assert invoice["lineItem"][0]["chargeItemReference"]["reference"] == f"urn:uuid:{charge['id']}"
    assert paid["detail"][0]["request"]["reference"] == f"urn:uuid:{invoice['id']}"
    assert dumps(paid["paymentAmount"]["value"]) == "5.00"


def test_an_appointment_a_consent_and_a_notice_go_out(insured: Insured, desk_for: DeskFor) -> None:
    found = out(desk_for("administrator"), insured.patient)
    (planned,), (agreed,), (told, *_more) = (
        of_kind(found, kind) for kind in ("Appointment", "Consent", "Communication")
    )
    assert (planned["status"], planned["start"], planned["end"]) == (
        "booked", "2026-03-12T09:00:00Z", "2026-03-12T09:20:00Z"
    )  # fmt: skip
    assert [each["actor"].get("display") for each in planned["participant"]][1:] != [None]
    assert (agreed["status"], agreed["provision"]["type"]) == ("active", "permit")
    assert agreed["scope"]["coding"][0]["code"] == "research"
    assert told["payload"][0]["contentString"] == "Call about the result"


def test_an_empty_clinic_gets_the_same_records_but_no_foreign_books(
    insured: Insured, desk_for: DeskFor, elsewhere: Desk, tmp_path: Path
) -> None:
    admin = desk_for("administrator")
    whole = bundle_of(admin, insured.patient)
    done = taker(elsewhere, tmp_path)(dumps(whole))
    there = Counter(one["resource"]["resourceType"] for one in whole["entry"])
    assert done.problems == []
    assert done.not_kept == {kind: n for kind, n in there.items() if kind in OUT_ALONE}
    assert {kind: each.new for kind, each in done.kept.items()} == {
        kind: n for kind, n in there.items() if kind not in OUT_ALONE
    }
    (known,) = find_patients(elsewhere, "okafor")
    first, second = out(admin, insured.patient), out(elsewhere, known.patient_id)
    assert second == {key: resource for key, resource in first.items() if key[0] not in OUT_ALONE}
    shown = {one.kind for one in open_chart(_doctor(elsewhere), known.patient_id).acts}
    assert shown >= {"Coverage", "Appointment", "Communication"}
    with elsewhere.store.read() as connection:
        for table in ("covers", "claims", "invoices", "appointments", "notifications"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def _doctor(desk: Desk) -> Desk:
    """Somebody of the other clinic who reads charts."""
    with desk.store.write(act=new_id(), session=None) as unit:
        values = {"username": "doctor", "display_name": "Dora Other", "role": "doctor"}
        somebody = unit.create(staff, values, kind="staff.added")
    return Desk(desk.store, replace(desk.session, id=new_id(), staff_id=somebody, role="doctor"))


def test_the_same_clinic_takes_nothing_in_again(
    insured: Insured, desk_for: DeskFor, store: Store, tmp_path: Path
) -> None:
    admin = desk_for("administrator")
    whole = dumps(bundle_of(admin, insured.patient))
    before = head(store)
    done = taker(admin, tmp_path)(whole)
    assert all(each.same == each.read for each in done.kept.values())
    assert (head(store), done.problems) == (before, [])


def test_what_was_ordered_stands_before_its_result(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    lab = Lab(store, desk_for, clock)
    lab.released(potassium="4.1")
    found = out(desk_for("administrator"), lab.patient)
    assert errors(found) == []
    (asked,), (result,) = of_kind(found, "ServiceRequest"), of_kind(found, "Observation")
    assert (asked["status"], asked["code"]["coding"][0]["system"]) == ("completed", "http://loinc.org")
    assert result["basedOn"] == [{"reference": f"urn:uuid:{asked['id']}"}]


def test_a_refill_that_was_asked_for_is_a_task(store: Store, desk_for: DeskFor) -> None:
    clinic = world(store, desk_for)
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol()])
    (line,) = refills.refillable(clinic.pharmacist, clinic.patient)
    refills.ask_refill(clinic.pharmacist, clinic.patient, line.line_id, asked_by="the patient", asked_how="telephone")
    found = out(desk_for("administrator"), clinic.patient)
    assert errors(found) == []
    (task,), (line_out,) = of_kind(found, "Task"), of_kind(found, "MedicationRequest")
    assert (task["status"], task["focus"]["reference"]) == ("requested", f"urn:uuid:{line_out['id']}")


def test_a_merged_registration_keeps_its_outside_id_and_unmerging_takes_it_back(
    take: Take, desk: Desk, desk_for: DeskFor
) -> None:
    take(bundle([person()]))
    (other,) = find_patients(desk, "olafsdottir")
    front = desk_for("front_desk")
    kept = register_patient(front.once(), NewPatient("Olafsdottir", "Hrafnhildur", "female")).patient_id
    alone = out(desk, kept)["Patient", kept]
    merging.merge(front.once(), kept, other.patient_id, chosen={"born_on": "other"}, reason="the same person")
    both = out(desk, kept)["Patient", kept]
    assert {"use": "old", "system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{PATIENT}"} in both["identifier"]
    assert next(each["value"] for each in both["identifier"] if each.get("use") == "old").startswith("MRN-")
    assert [one for one in check_resource(both) if one.severity == "error"] == []
    (done,) = merging.merges_of(front, kept)
    parting.unmerge(front.once(), done.merge_id, reason="two people")
    assert out(desk, kept)["Patient", kept]["identifier"] == alone["identifier"]
    assert ("Patient", PATIENT) in out(desk, other.patient_id)


def test_what_a_cashier_charged_and_took_back_is_told_as_it_stands(insured: Insured, desk_for: DeskFor) -> None:
    made = billing.charge_by_hand(insured.cashier, insured.patient, "visit", 1)
    billing.cancel_charge(insured.cashier, made, reason="the wrong patient")
    found = of_kind(out(desk_for("administrator"), insured.patient), "ChargeItem")
    assert sorted((each["status"], each.get("overrideReason")) for each in found) == [
        ("aborted", "the wrong patient"), ("billed", None)
    ]  # fmt: skip


def test_what_was_written_at_a_visit_is_no_second_document_when_it_comes_back(
    store: Store, desk_for: DeskFor, tmp_path: Path, elsewhere: Desk
) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor")
    patient = register_patient(desk_for("front_desk").once(), NewPatient("Bello", "Ngozi", "female")).patient_id
    with store.write(act=new_id(), session=None) as unit:
        at = "2026-03-09T09:00:00.000000Z"
        visit = {
            "patient_id": patient, "preset": "new", "status": "signed", "started_at": at, "signed_at": at,
            "signed_by": doctor.session.staff_id,
        }  # fmt: skip
        unit.create(encounters, visit, kind="encounter.signed")
        seen = unit.create(encounters, visit, kind="encounter.signed")
        said = {"encounter_id": seen, "patient_id": patient, "step": "plan", "state": "completed",
                "content": json.dumps({"plan": "Rest"})}  # fmt: skip
        unit.create(consultation_steps, said, kind="step.completed")
    whole = dumps(bundle_of(admin, patient))
    assert len(of_kind(out(admin, patient), "DocumentReference")) == 1
    before = head(store)
    assert taker(admin, tmp_path)(whole).problems == []
    assert head(store) == before
    # In another clinic it is a document like any other, and goes out once.
    taker(elsewhere, tmp_path)(whole)
    (known,) = find_patients(elsewhere, "bello")
    assert len(of_kind(out(elsewhere, known.patient_id), "DocumentReference")) == 1
