"""Doses, medicines and orders of HL7 messages are rows of the right chart, or wait; registrations always wait."""

import pytest
from sqlalchemy import select

from clinic_desktop.devices.hl7.carried import carried
from clinic_desktop.devices.hl7.protocol import MalformedError, framed, parse, split
from clinic_desktop.devices.hl7.reading import SUBJECTS
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import device_registrations, devices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_records import carried as kept_records
from clinic_desktop.services.device_records import written
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.devices import device_messages
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders
from clinic_desktop.store.tables.merges import merges
from clinic_desktop.store.tables.outside import outside_records
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.devices.device_case import corpus, speaking
from tests.unit.services.lab_case import Lab

PID = "PID|1||G-1^^^HOSP^MR||Otieno^Grace||19860105|F"


def message(kind: str, *segments: str, pid: str = PID, number: str = "M1") -> bytes:
    head = f"MSH|^~\\&|REGISTRY|CITY|CLINIC|HERE|20260310090000||{kind}|{number}|P|2.5.1"
    return "\r".join((head, pid, *segments)).encode() + b"\r"


def tell(lab: Lab, *args: str, **more: str) -> str:
    """Send one message; returns the code of its acknowledgement."""
    answer = speaking(lab.anna).heard(framed(message(*args, **more)))
    return parse(split(answer.strip(b"\x0b\x1c\r"))[0]).first("MSA").get(1)  # type: ignore[union-attr]


@pytest.fixture
def front_desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


DOSE = (
    "ORC|RE||IZ-1^REG",
    "RXA|0|1|20200615||58160-0842-52^Tdap^NDC^115^Tdap^CVX|0.5|mL^milliliter^UCUM||01^Historical^NIP001||||||"
    "LOT-7|20271231|PMC^Sanofi Pasteur^MVX|||CP|A",
    "RXR|IM^Intramuscular^HL70162|LD^Left Deltoid^HL70163",
)


def test_a_dose_told_of_somebody_known_twice_is_a_row_of_their_immunizations(lab: Lab) -> None:
    assert tell(lab, "VXU^V04^VXU_V04", *DOSE) == "AA"
    (dose,) = lab.rows(immunizations)
    assert (dose.patient_id, dose.vaccine_code, dose.vaccine_name) == (lab.patient, "115", "Tdap")
    assert (dose.occurred_on, dose.occurred_precision, dose.lot, dose.expires_on) == (
        "2020-06-15", "day", "LOT-7", "2027-12-31",
    )  # fmt: skip
    assert (dose.route, dose.site, dose.dose_amount, dose.primary_source) == ("Intramuscular", "Left Deltoid", "0.5", 0)
    assert devices.review_list(lab.anna) == ()


def test_the_same_dose_in_a_later_message_stays_one_row(lab: Lab) -> None:
    tell(lab, "VXU^V04^VXU_V04", *DOSE)
    tell(lab, "VXU^V04^VXU_V04", *DOSE, number="M2")
    assert len(lab.rows(immunizations)) == 1


@pytest.mark.parametrize(
    ("pid", "segments", "why"),
    [
        (PID.replace("19860105", "19860501"), DOSE, rules.OTHER_BIRTH),
        (PID.replace("Grace", "Mercy"), DOSE, rules.OTHER_NAME),
        (PID.replace("G-1", "G-2"), DOSE, rules.NOBODY),
        (PID, (DOSE[0], DOSE[1].replace("|CP|A", "|CP|D")), rules.DOSE_DELETED),
    ],
)
def test_a_dose_that_is_not_certain_waits_and_is_in_no_chart(
    lab: Lab, pid: str, segments: tuple[str, ...], why: str
) -> None:
    assert tell(lab, "VXU^V04^VXU_V04", *segments, pid=pid) == "AA"
    (item,) = devices.review_list(lab.anna)
    assert (item.why, item.title) == (why, "Tdap")
    assert lab.rows(immunizations) == []


def test_a_person_files_a_waiting_dose_to_the_patient_they_name(lab: Lab) -> None:
    tell(lab, "VXU^V04^VXU_V04", *DOSE, pid=PID.replace("G-1", "X-9"))
    (item,) = devices.review_list(lab.anna)
    assert devices.file_item(lab.anna, item.id, lab.patient).filed == 1
    assert [one.patient_id for one in lab.rows(immunizations)] == [lab.patient]


def test_a_refused_dose_is_not_done_with_its_reason(lab: Lab) -> None:
    refused = (DOSE[0], "RXA|0|1|20260301||115^Tdap^CVX|999||||||||||||00^Parental decision^NIP002||RE|A")
    tell(lab, "VXU^V04^VXU_V04", *refused)
    (dose,) = lab.rows(immunizations)
    assert (dose.status, dose.reason_text, dose.dose_amount) == ("not_done", "Parental decision", None)


RX = (
    "ORC|NW|ORD-1||||||||||3122^House^Ada",
    "RXE|1^^^20260301^^R|197361^Amoxicillin 500 MG Oral Capsule^RXN|1|1|CAP^capsule^UCUM",
    "TQ1|1|1|Q6H",
    "RXR|PO^Oral^HL70162",
)


def test_a_medicine_told_is_one_the_patient_takes_and_ends_when_its_order_is_cancelled(lab: Lab) -> None:
    tell(lab, "RDE^O11^RDE_O11", *RX)
    (taken,) = lab.rows(medicines_taken)
    assert (taken.patient_id, taken.status, taken.source) == (lab.patient, "active", "outside")
    assert (taken.name, taken.code, taken.started_on) == ("Amoxicillin 500 MG Oral Capsule", "197361", "2026-03-01")
    assert (taken.dose, taken.outside_prescriber) == ("1 capsule Oral Q6H", "Ada House")
    tell(lab, "RDE^O11^RDE_O11", RX[0].replace("NW", "CA"), *RX[1:], number="M2")
    (taken,) = lab.rows(medicines_taken)
    assert taken.status == "stopped"


def test_an_order_for_tests_done_here_waits_for_its_specimen_as_any_order_does(lab: Lab) -> None:
    lab.collected("glucose")
    asked = ("ORC|NW|P-77||||||||||3122^House^Ada", "OBR|1|P-77||2345-7^Glucose^LN|||||||||||||||||||||||^^^^^S")
    tell(lab, "OML^O21^OML_O21", *asked)
    order = lab.rows(lab_orders)[-1]
    assert (order.patient_id, order.priority, order.status) == (lab.patient, "stat", "ordered")
    assert order.note == "Asked for by Ada House through REGISTRY CITY, their number P-77"
    assert [one.test_code for one in lab.rows(lab_order_tests) if one.order_id == order.id] == ["glucose"]
    before = len(lab.rows(lab_orders))
    tell(lab, "OML^O21^OML_O21", *asked, number="M2")
    assert len(lab.rows(lab_orders)) == before
    assert [one.why for one in devices.review_list(lab.anna)] == [rules.ORDERED_BEFORE]


def test_an_order_for_what_is_not_done_here_is_kept_as_one_of_others(lab: Lab) -> None:
    tell(lab, "ORM^O01", "ORC|NW|P-8", "OBR|1|P-8||71020^Chest X-ray^C4|||||||||||^House^Ada",
         "DG1|1||R05^Cough^I10C")  # fmt: skip
    (asked,) = lab.rows(outside_records)
    assert (asked.patient_id, asked.kind, asked.title, asked.detail) == (
        lab.patient, "ServiceRequest", "Chest X-ray", "Cough",
    )  # fmt: skip


def test_a_cancelled_order_waits_for_a_person(lab: Lab) -> None:
    tell(lab, "OML^O21^OML_O21", "ORC|CA|P-77", "OBR|1|P-77||2345-7^Glucose^LN")
    assert [one.why for one in devices.review_list(lab.anna)] == [rules.ORDER_ENDED]


def test_a_message_of_two_patients_files_nothing(lab: Lab) -> None:
    tell(lab, "VXU^V04^VXU_V04", *DOSE, PID.replace("G-1", "G-2"), *DOSE)
    assert lab.rows(immunizations) == []
    assert len(devices.review_list(lab.anna)) == 1


NEW = "PID|1||R-5^^^CITY^MR||Mwangi^Peter^K||19911231|M|||12 Hill Road^^Nakuru^^20100^KE||0722 123 456||EN|M"


def test_somebody_told_of_is_registered_by_a_person_and_found_by_that_number_later(lab: Lab, front_desk: Desk) -> None:
    tell(lab, "ADT^A04", pid=NEW)
    (told,) = device_registrations.told_registrations(front_desk)
    assert (told.known, told.is_merge, told.told.family_name) == ((), False, "Mwangi")
    made = device_registrations.register_told(front_desk, told.id)
    person = next(one for one in lab.rows(patients) if one.id == made.patient_id)
    assert (person.given_names, person.born_on, person.phone, person.city) == (
        "Peter K", "1991-12-31", "0722 123 456", "Nakuru",
    )  # fmt: skip
    assert device_registrations.told_registrations(front_desk) == ()
    tell(lab, "VXU^V04^VXU_V04", *DOSE, pid=NEW)
    assert [one.patient_id for one in lab.rows(immunizations)] == [made.patient_id]
    tell(lab, "ADT^A04", pid=NEW, number="M5")
    (again,) = device_registrations.told_registrations(front_desk)
    assert again.known == (made.mrn,)
    with pytest.raises(Refusal):
        device_registrations.register_told(front_desk, again.id)


def test_only_the_chosen_fields_are_taken_over_and_never_those_of_another_person(lab: Lab, front_desk: Desk) -> None:
    tell(lab, "ADT^A08", pid=PID + "|||9 New Street^^Kisumu||0711 000 111")
    (told,) = device_registrations.told_registrations(front_desk)
    with pytest.raises(Refusal):
        device_registrations.take_over_told(front_desk, told.id, lab.patient, ("city",), expect=999)
    revision = next(one.revision for one in lab.rows(patients) if one.id == lab.patient)
    device_registrations.take_over_told(front_desk, told.id, lab.patient, ("city",), expect=revision)
    person = next(one for one in lab.rows(patients) if one.id == lab.patient)
    assert (person.city, person.phone) == ("Kisumu", None)


def test_a_merge_that_is_told_is_made_by_a_person_and_can_be_undone(lab: Lab, front_desk: Desk) -> None:
    tell(lab, "ADT^A04", pid=NEW)
    other = device_registrations.register_told(front_desk, device_registrations.told_registrations(front_desk)[0].id)
    tell(lab, "ADT^A40^ADT_A39", "MRG|R-5^^^CITY^MR", number="M2")
    (told,) = device_registrations.told_registrations(front_desk)
    assert (told.is_merge, told.known, told.ending) == (True, ("G-1",), (other.mrn,))
    assert lab.rows(merges) == []
    with pytest.raises(Refusal) as asked:
        device_registrations.merge_told(front_desk, told.id, chosen={}, reason="told by the city")
    assert asked.value.field in {"sex", "born_on"}
    facts = {"sex": "kept", "born_on": "kept"}
    done = device_registrations.merge_told(front_desk, told.id, chosen=facts, reason="told by the city")
    assert (done.kept_id, done.other_mrn) == (lab.patient, other.mrn)
    assert patient_by_mrn(front_desk, other.mrn) == lab.patient


def test_every_shared_message_carries_what_its_segments_say_and_comes_back_from_its_row() -> None:
    found = {"immunization": 0, "medicine": 0, "order": 0, "registration": 0}
    for path in sorted(corpus("hl7v2").rglob("*.hl7")):
        for one in split(path.read_bytes()):
            try:
                read = parse(one)
            except MalformedError:
                continue
            subject = SUBJECTS.get(read.type[0], "")
            records = carried(read, subject)
            assert kept_records(written(records)) == records
            if subject == "immunization":
                doses = [each for each in read.all("RXA") if each.get(5) != "998"]
                assert len(records) == len(doses)
            if subject == "order":
                assert len(records) == len(read.all("OBR"))
            if subject in found:
                found[subject] += len(records)
    assert all(found.values()), found


def test_a_message_row_keeps_its_state_and_where_it_went(lab: Lab) -> None:
    tell(lab, "VXU^V04^VXU_V04", *DOSE)
    with lab.store.read() as connection:
        row = connection.execute(select(device_messages)).one()
    assert (row.state, row.filed_kind, row.filed_id) == ("filed", "immunizations", lab.rows(immunizations)[0].id)


def test_doses_of_one_vaccine_under_one_number_are_each_a_row(lab: Lab) -> None:
    """Registries number historical doses alike: a dose of another day never takes the place of the first."""
    first = ("ORC|RE||9999^REG", "RXA|0|1|20200615||115^Tdap^CVX|999||||||||||||||CP|A")
    second = ("ORC|RE||9999^REG", "RXA|0|2|20200815||115^Tdap^CVX|999||||||||||||||CP|A")
    third = ("ORC|RE||9999^REG", "RXA|0|3|20210115||115^Tdap^CVX|999||||||||||||||CP|A")
    tell(lab, "VXU^V04^VXU_V04", *first, *second)
    tell(lab, "VXU^V04^VXU_V04", *third)
    tell(lab, "VXU^V04^VXU_V04", *first, *second, *third, number="M2")
    assert [row.occurred_on for row in lab.rows(immunizations)] == ["2020-06-15", "2020-08-15", "2021-01-15"]


def test_doses_without_any_number_of_a_sender_who_counts_anew_are_each_a_row(lab: Lab) -> None:
    tell(lab, "VXU^V04^VXU_V04", "RXA|0|1|20200615||115^Tdap^CVX|999||||||||||||||CP|A", number="1")
    tell(lab, "VXU^V04^VXU_V04", "RXA|0|1|20200815||115^Tdap^CVX|999||||||||||||||CP|A", number="1")
    assert [row.occurred_on for row in lab.rows(immunizations)] == ["2020-06-15", "2020-08-15"]
