"""Merging two registrations: one chart from then on, whichever is asked for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.merging import GROUPS
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import (
    charting,
    identity,
    laboratory,
    merging,
    moved,
    numbers,
    parting,
    patients,
    prescribing,
    queue,
    relations,
    worklist,
)  # fmt: skip
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.patients import patients as table
from tests.conftest import DeskFor
from tests.unit.services.lab_case import Lab
from tests.unit.services.merge_case import ADA, ADAH, fill, merged, seen


@pytest.fixture
def front(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def pair(front: Desk) -> tuple[str, str]:
    return patients.register_patient(front, ADA).patient_id, patients.register_patient(front, ADAH).patient_id


# Where each kind of row is seen in the chart of the one that is kept, or why it needs no reader of its own.
READ = {
    "addenda": "with their visit, by its id",
    "allergies": "allergies",
    "appointments": "appointments",
    "break_glass": "asked for over every registration before anything is opened",
    "callbacks": "with their result, by its id",
    "charges": "charges",
    "claim_answers": "with their claim, by its id",
    "claim_lines": "with their claim, by its id",
    "claims": "with the claims of every registration",
    "consultation_steps": "with their visit, by its id",
    "consents": "with the consents of every registration",
    "appointment_reminders": "with their appointment, by its id",
    "covers": "with the covers of every registration",
    "outside_records": "kept as they came, and shown and exported over every registration",
    "diagnostic_reports": "kept as they came, and exported over every registration",
    "dispenses": "with their prescription, by its id",
    "documents": "with the documents of every registration",
    "encounters": "visits",
    "identifiers": "what a record from elsewhere is known by, asked for by its value",
    "immunization_reactions": "with their immunization, by its id",
    "immunizations": "kept and exported over every registration",
    "invoice_lines": "with their invoice, by its id",
    "invoice_shares": "with their invoice, by its id",
    "invoices": "invoices",
    "lab_order_tests": "open tests",
    "lab_orders": "orders",
    "lab_results": "results",
    "ledger": "with its invoice, by its id",
    "medicines_taken": "medicines",
    "notifications": "in the inbox of whom they are for, opened over every registration",
    "observations": "kept as they came, and exported over every registration",
    "outside_bill_lines": "with the bills from elsewhere, over every registration",
    "outside_bills": "over every registration, in what care elsewhere cost",
    "outside_costs": "over every registration, in what care elsewhere cost",
    "patient_contacts": "contacts",
    "patient_names": "other names",
    "payments": "with their invoice, by its id",
    "prescription_lines": "with their prescription, by its id",
    "prescriptions": "prescriptions",
    "problems": "problems",
    "procedures": "kept as they came, and exported over every registration",
    "programme_enrolments": "with the programmes of every registration",
    "programme_progress": "with its enrolment, by its id",
    "queue_entries": "queue",
    "record_restrictions": "asked for over every registration before anything is opened",
    "refill_requests": "with the refills of every registration",
    "relations": "relatives",
    "safety_alerts": "with their prescription, by its id",
    "share_copies": "with their share, by its id",
    "shares": "with the shares of every registration",
    "specimens": "with their order, by its id",
    "vital_signs": "trend",
}


def test_every_kind_of_row_about_a_patient_is_known_to_be_read_over_all_their_registrations() -> None:
    known = {one.name for one in moved.tables_of_people()}
    assert known - set(READ) == set(), "a new table about patients: read it over ids_of, then say here where it is seen"


def test_everything_under_the_merged_registration_is_seen_in_the_kept_chart(
    desk_for: DeskFor, store: Store, front: Desk, pair: tuple[str, str], clock: SetClock
) -> None:
    kept, other = pair
    start = clock.now() + timedelta(days=1)
    fill(desk_for, store, other, start)
    before = seen(desk_for, other)
    assert all(value for name, value in before.items() if name not in {"orders", "open tests", "results"}), before
    merged(front, kept, other)
    after = seen(desk_for, kept)
    for name, value in before.items():
        if isinstance(value, set) and name != "to bill":
            assert value <= after[name], name
    assert after["to bill"] == {kept}
    assert seen(desk_for, other).keys() == after.keys()
    # Whichever of the two is asked for, the answer is the same.
    again = seen(desk_for, other)
    assert {name: value for name, value in again.items() if name != "who saw"} == {
        name: value for name, value in after.items() if name != "who saw"
    }
    assert patients.patient_banner(front, other).patient_id == kept


def test_a_prescription_and_results_of_the_merged_are_in_the_kept_chart(
    desk_for: DeskFor, store: Store, clock: SetClock
) -> None:
    lab, front = Lab(store, desk_for, clock), desk_for("front_desk")
    other = lab.person("Otieno", "Grase", "female", "1986-01-05")
    lab.released(patient=other, potassium="6.9")
    waiting = lab.collected("sodium", patient=other)
    held = seen(desk_for, other)
    merged(front, lab.patient, other)
    now = seen(desk_for, lab.patient)
    for name in ("orders", "open tests", "results", "flags"):
        assert held[name]
        assert held[name] <= now[name]
    # The bench goes on with what it has begun, under either name, and the last value is compared with.
    lab.enter(waiting, lab.anna, lab.patient, sodium="140")
    order = laboratory.place_order(lab.doctor, lab.patient, tests=("potassium",))
    test = lab.test(order.id, "potassium", lab.patient)
    assert test.before is not None
    assert test.before.value == "6.9"
    (critical,) = worklist.critical_results(lab.nurse)
    assert critical.patient_id == lab.patient


def test_an_allergy_under_either_registration_stops_a_prescription(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    doctor = desk_for("doctor")
    charting.confirm_no_known_allergies(doctor, kept)
    charting.add_allergy(doctor, other, NewAllergy("penicillin", allergy_class="penicillins"))
    merged(front, kept, other)
    banner = patients.patient_banner(front, kept)
    assert (banner.allergy_state, banner.allergies) == ("listed", ("penicillin",))
    assert prescribing.medication_chart(doctor, kept).allergies == ("penicillin",)
    with pytest.raises(Refusal, match="Allergies are listed"):
        charting.confirm_no_known_allergies(doctor, kept)
    with pytest.raises(Refusal, match="on the list already"):
        charting.add_allergy(doctor, kept, NewAllergy("Penicillin"))


def test_new_work_stands_under_the_kept_one_whichever_is_asked_for(
    desk_for: DeskFor, store: Store, front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    merged(front, kept, other)
    charting.add_problem(desk_for("doctor"), other, NewProblem("Asthma"))
    changed = replace(patients.patient_details(front, other).patient, phone="0700000000")
    patients.change_patient(front, other, changed, patients.patient_details(front, other).revision)
    with store.read() as connection:
        owners = connection.exec_driver_sql("SELECT patient_id FROM problems").scalars().all()
        phones: dict[str, str] = dict(connection.exec_driver_sql("SELECT id, phone FROM patients").all())
    assert owners == [kept]
    assert (phones[kept], phones[other]) == ("0700000000", ADAH.phone)


def test_the_facts_that_a_person_has_once_must_be_chosen(front: Desk, pair: tuple[str, str], store: Store) -> None:
    kept, other = pair
    changed = replace(ADAH, sex="male", born_on=date(1986, 1, 1))
    patients.change_patient(front, other, changed, 1)
    for chosen, field in (({}, "sex"), ({"sex": "other"}, "born_on"), ({"sex": "x", "born_on": "kept"}, "sex")):
        with pytest.raises(Refusal) as refused:
            merging.merge(front, kept, other, chosen=chosen, reason="x")
        assert refused.value.field == field
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM merges").scalar_one() == 0
    merged(front, kept, other, sex="kept", born_on="other", phone="other")
    now = patients.patient_details(front, kept).patient
    assert (now.sex, now.born_on, now.phone) == ("female", date(1986, 1, 1), ADAH.phone)
    # What only the other says is taken; an alert is never dropped.
    assert (now.blood_type, now.city, now.alert) == ("A+", "Enugu", "Deaf\nFalls")


def test_two_windows_that_merge_at_once_merge_once(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    mine, theirs = merging.registration(front, kept), merging.registration(front, other)
    merging.merge(
        front, kept, other, chosen={}, reason="x", expect_kept=mine.revision, expect_other=theirs.revision
    )  # fmt: skip
    with pytest.raises(Refusal, match="already"):
        merging.merge(front, kept, other, chosen={}, reason="x", expect_kept=mine.revision)
    with pytest.raises(Refusal, match="already"):
        merging.merge(front, other, kept, chosen={}, reason="x")


def test_a_registration_changed_while_it_was_looked_at_is_not_merged(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    patients.change_patient(front, other, replace(ADAH, phone="0811111111"), 1)
    with pytest.raises(Refusal, match="meanwhile"):
        merging.merge(front, kept, other, chosen={}, reason="x", expect_kept=1, expect_other=1)
    assert patients.patient_banner(front, other).patient_id == other


def test_a_form_open_on_either_while_they_are_merged_may_not_be_saved_unseen(
    front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    merged(front, kept, other)
    for one in pair:
        with pytest.raises(Refusal, match="meanwhile"):
            patients.change_patient(front, one, ADA, 1)


def test_two_tickets_in_the_queue_are_settled_before_a_merge(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    lines = [queue.check_in(front, one) for one in pair]
    with pytest.raises(Refusal, match="Both stand in the queue"):
        merged(front, kept, other)
    queue.left(front, lines[0].id, "went home")
    merged(front, kept, other)
    with pytest.raises(Refusal, match="in the queue already"):
        queue.check_in(front, kept)
    assert [one.patient_id for one in queue.waiting_list(front)] == [kept]


def test_the_merged_one_is_found_by_its_number_and_name_and_is_the_kept_one(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    mrn = patients.patient_banner(front, other).mrn
    done = merged(front, kept, other)
    for text in (mrn, "adah okafor", "okafor, ada", "08090000000", "eze", "okafro adha"):
        assert [hit.patient_id for hit in patients.find_patients(front, text)] == [kept], text
    assert numbers.patient_by_mrn(front, mrn) == kept
    parting.unmerge(front, done.merge_id, reason="no")
    assert [hit.patient_id for hit in patients.find_patients(front, mrn)] == [other]
    assert [hit.patient_id for hit in patients.find_patients(front, "eze")] == [other]


def test_a_merge_shows_every_row_it_reads_with_the_kept_one(
    desk_for: DeskFor, store: Store, front: Desk, pair: tuple[str, str], clock: SetClock
) -> None:
    fill(desk_for, store, pair[1], clock.now() + timedelta(days=1))
    shown = merging.registration(front, pair[1])
    with store.read() as connection:
        counted = {
            one.name: connection.exec_driver_sql(
                f'SELECT count(*) FROM "{one.name}" WHERE patient_id = ?', (pair[1],)
            ).scalar_one()
            for one in metadata.sorted_tables
            if "patient_id" in one.c and one.name != "different_people"
        }
    assert {kind.table: kind.count for kind in shown.kinds} == {name: n for name, n in counted.items() if n}
    assert all(len(kind.rows) == kind.count and all(row.words for row in kind.rows) for kind in shown.kinds)
    done = merged(front, *pair)
    assert sum(count for _, count in done.moved) == sum(counted.values())


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"front_desk", "administrator"}))
def test_other_roles_neither_merge_nor_part(desk_for: DeskFor, front: Desk, pair: tuple[str, str], role: str) -> None:
    done = merged(front, *pair)
    for call in (
        lambda desk: merging.merge(desk, *pair, chosen={}, reason="x"),
        lambda desk: parting.unmerge(desk, done.merge_id, reason="x"),
        lambda desk: merging.registration(desk, pair[0]),
    ):
        with pytest.raises(Refusal, match="may not"):
            call(desk_for(role))


def test_merged_and_related_and_different_people_are_no_duplicates(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    assert len(identity.duplicates(front, 0.5)) == 1
    link = relations.link_family(front, kept, other, "sibling")
    assert identity.duplicates(front, 0.5) == ()
    relations.end_relation(front, link, "wrong")
    said = relations.say_different(front, other, kept, "saw both at once")
    assert identity.duplicates(front, 0.5) == ()
    assert [one.reason for one in relations.decisions(front, kept)] == ["saw both at once"]
    draft = identity.Draft("Okafor", "Ada", "female", date(1985, 7, 4), "day", "08031234567", patient_id=other)
    assert identity.likely_duplicates(front, draft) == ()
    relations.withdraw_different(front, said, "they were one")
    assert [one.patient_id for one in identity.likely_duplicates(front, draft)] == [kept]
    done = merged(front, kept, other)
    assert identity.duplicates(front, 0.5) == ()
    parting.unmerge(front, done.merge_id, reason="two people")
    assert identity.duplicates(front, 0.5) == (), "that they are two was said when they were parted"


def test_a_newcomer_like_the_merged_registration_is_offered_the_kept_one(front: Desk, pair: tuple[str, str]) -> None:
    merged(front, *pair)
    draft = identity.Draft("Okafor", "Adah", "female", date(1985, 7, 4), "day", "08090000000")
    assert [one.patient_id for one in identity.likely_duplicates(front, draft)] == [pair[0]]


def test_a_family_link_is_seen_from_both_sides_and_over_a_merge(front: Desk, pair: tuple[str, str]) -> None:
    child = patients.register_patient(front, NewPatient("Okafor", "Obi", "male", date(2015, 1, 1), "day")).patient_id
    relations.link_family(front, child, pair[1], "mother")
    assert [(one.patient_id, one.kind) for one in relations.relatives(front, child)] == [(pair[1], "mother")]
    assert [(one.patient_id, one.kind) for one in relations.relatives(front, pair[1])] == [(child, "child")]
    merged(front, *pair)
    assert [(one.patient_id, one.kind) for one in relations.relatives(front, child)] == [(pair[0], "mother")]
    assert [(one.patient_id, one.kind) for one in relations.relatives(front, pair[0])] == [(child, "child")]
    with pytest.raises(Refusal, match="one registration"):
        relations.link_family(front, pair[0], pair[1], "sibling")
    with pytest.raises(Refusal, match="Choose"):
        relations.link_family(front, child, pair[0], "stranger")
    with pytest.raises(Refusal, match="linked in this way"):
        relations.link_family(front, child, pair[1], "mother")


def test_every_fact_of_the_form_is_compared() -> None:
    columns = {column for group in GROUPS.values() for column in group}
    kept_aside = {
        "rowid_", "id", "revision", "mrn", "registered_at", "merged_into", "family_key", "given_key",
        "allergy_state", "allergy_state_on", "allergy_state_by",
    }  # fmt: skip
    assert columns | kept_aside >= set(table.c.keys())
