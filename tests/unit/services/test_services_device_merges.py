"""What devices send of people whose registrations were merged, and parted again: it stands with whom it was said of."""

from dataclasses import replace

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.services import device_intake, devices, merging, parting
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.device_papers import Paper
from clinic_desktop.services.device_people import owners
from clinic_desktop.services.device_records import ReceivedRecord
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.examining import examine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.outside import identifiers, observations
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.devices.device_case import GRACE, glucose, ready, sent, why
from tests.unit.services.lab_case import Lab


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


@pytest.fixture
def front(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def twin(lab: Lab) -> str:
    """A sister of the same birth day: the registrations that are merged by mistake."""
    return lab.person("Otieno", "Mercy", "female", "1986-01-05")


def _number(lab: Lab, patient: str) -> str:
    return str(next(row.mrn for row in lab.rows(patients) if row.id == patient))


def _mercy(lab: Lab, twin: str) -> Named:
    return Named((("", _number(lab, twin)),), (("Otieno", "Mercy"),), "1986-01-05", "female")


def _merged(front: Desk, kept: str, other: str) -> str:
    return merging.merge(front, kept, other, chosen={"sex": "kept", "born_on": "kept"}, reason="one card").merge_id


def _charts(lab: Lab) -> list[tuple[object, object]]:
    return sorted((row.value, row.patient_id) for row in lab.rows(observations))


def test_what_came_while_two_were_merged_is_one_chart_and_can_be_given_back_when_they_are_parted(
    lab: Lab, front: Desk, twin: str
) -> None:
    mercy = _mercy(lab, twin)
    both = Named((*GRACE.numbers, *mercy.numbers), mercy.names, mercy.born)
    sent(lab.anna, glucose("90", identity="0"), said=mercy)
    sent(lab.anna, glucose("90", identity="0"), said=both)
    assert why(lab.anna) == [rules.TWO_NUMBERS]
    merge = _merged(front, lab.patient, twin)
    sent(lab.anna, glucose("91", identity="1"), said=mercy)
    sent(lab.anna, glucose("92", identity="2"), said=both)
    sent(lab.anna, glucose("93", identity="3"))
    paper = Paper("letter", "A letter", examine(b"A letter", "a.txt"))
    device_intake.take_paper(front, Told("1", "SCANNER", "", "d", b"{}"), mercy, paper)
    assert [value for value, _patient in _charts(lab)] == ["90", "91", "92", "93"]
    hers = {row.id for row in lab.rows(observations) if row.value == "91"} | {row.id for row in lab.rows(documents)}
    seen = {row.id for row in parting.parting(front, lab.patient, merge).noted_since}
    assert hers <= seen
    said = set(parting.parting(front, lab.patient, merge).said_of_other)
    (result,) = (row.id for row in lab.rows(observations) if row.value == "91")
    keys = {row.id for row in lab.rows(identifiers) if row.record_id == result}
    assert said == {result} | keys, "what came under her own number, and what it is known by"
    parting.unmerge(front, merge, reason="they are twins", take_back=sorted(hers | keys))
    assert _charts(lab) == sorted([("90", twin), ("91", twin), ("92", lab.patient), ("93", lab.patient)])
    assert [row.patient_id for row in lab.rows(documents)] == [twin]
    sent(lab.anna, glucose("94", identity="4"), said=both)
    assert why(lab.anna) == [rules.TWO_NUMBERS, rules.TWO_NUMBERS]
    sent(lab.anna, glucose("95", identity="5"), said=mercy)
    sent(lab.anna, glucose("96", identity="6"))
    assert _charts(lab)[-2:] == [("95", twin), ("96", lab.patient)]


def test_a_correction_finds_its_result_under_whichever_registration_it_came_first(
    lab: Lab, front: Desk, twin: str
) -> None:
    mercy = _mercy(lab, twin)
    sent(lab.anna, glucose("91"), said=mercy)
    merge = _merged(front, lab.patient, twin)
    sent(lab.anna, glucose("19", status="C"))
    assert _charts(lab) == [("19", twin)]
    sent(lab.anna, glucose("20"), said=mercy)
    assert why(lab.anna) == [rules.STANDS]
    parting.unmerge(front, merge, reason="they are twins")
    assert _charts(lab) == [("19", twin)]


def test_a_correction_never_pulls_back_what_a_person_put_into_the_other_chart(lab: Lab, front: Desk, twin: str) -> None:
    merge = _merged(front, lab.patient, twin)
    sent(lab.anna, glucose("91"))
    (kept,) = lab.rows(observations)
    parting.unmerge(front, merge, reason="they are twins", take_back=(kept.id,))
    sent(lab.anna, glucose("19", status="C"))
    assert why(lab.anna) == [rules.MOVED]
    assert _charts(lab) == [("91", twin)]
    devices.file_item(lab.ben, devices.review_list(lab.anna)[0].id, lab.patient)
    assert _charts(lab) == [("19", lab.patient), ("91", twin)]
    sent(lab.anna, glucose("90", status="C"), said=_mercy(lab, twin))
    # Somebody here has moved that row: what changes it is looked at, and filed beside it.
    assert why(lab.anna) == [rules.STANDS]
    devices.file_item(lab.ben, devices.review_list(lab.anna)[0].id, twin)
    assert _charts(lab) == [("19", lab.patient), ("90", twin), ("91", twin)]


def _medicine(name: str = "Amoxicillin", code: str = "A1", **more: object) -> ReceivedRecord:
    values = {
        "source": "outside", "status": "active", "outside_status": "active", "intent": "order", "code": code,
        "code_system": None, "name": name,
    } | more  # fmt: skip
    return ReceivedRecord("medicines_taken", f"RX-7/{code}", name, values)


def _told(lab: Lab, record: ReceivedRecord, said: Named = GRACE) -> str:
    message = ReceivedMessage(
        "hl7", "PHARMACY", "RDE^O11", "medicine", new_id().encode(), new_id(), said_of=said, records=(record,)
    )
    kept = devices.receive_message(lab.anna, message).message_id
    devices.file_message(lab.anna, kept)
    return kept


def _medicines(lab: Lab) -> list[tuple[object, object, object]]:
    return [(row.name, row.dose, row.patient_id) for row in lab.rows(medicines_taken)]


def test_a_medicine_told_anew_under_its_order_changes_and_stays_with_its_registration(
    lab: Lab, front: Desk, twin: str
) -> None:
    _told(lab, _medicine(dose="1 g"), _mercy(lab, twin))
    _merged(front, lab.patient, twin)
    _told(lab, _medicine(dose="2 g"))
    assert _medicines(lab) == [("Amoxicillin", "2 g", twin)]


@pytest.mark.parametrize("again", [_medicine("Warfarin", "W2"), _medicine("Warfarin")])
def test_an_order_number_that_is_used_again_for_another_medicine_changes_nothing_and_waits(
    lab: Lab, again: ReceivedRecord
) -> None:
    _told(lab, _medicine())
    _told(lab, replace(again, identity=f"RX-7/{again.values['code']}"))
    assert why(lab.anna) == [rules.NUMBER_REUSED]
    assert _medicines(lab) == [("Amoxicillin", None, lab.patient)]
    devices.file_item(lab.ben, devices.review_list(lab.anna)[0].id, lab.patient)
    assert _medicines(lab) == [("Amoxicillin", None, lab.patient), ("Warfarin", None, lab.patient)]


def test_an_order_number_that_is_used_again_for_another_patient_changes_nothing_and_waits(lab: Lab, twin: str) -> None:
    _told(lab, _medicine())
    _told(lab, _medicine(status="stopped", outside_status="stopped"), _mercy(lab, twin))
    assert why(lab.anna) == [rules.NUMBER_REUSED]
    assert [row.status for row in lab.rows(medicines_taken)] == ["active"]
    devices.file_item(lab.ben, devices.review_list(lab.anna)[0].id, twin)
    assert [(row.status, row.patient_id) for row in lab.rows(medicines_taken)] == [
        ("active", lab.patient), ("stopped", twin),
    ]  # fmt: skip


def test_a_medicine_of_a_named_system_is_the_same_however_its_name_is_written(lab: Lab) -> None:
    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    _told(lab, _medicine("Amoxicillin 500 MG", "308191", code_system=system))
    _told(lab, _medicine("AMOXICILLIN CAP 500MG", "308191", code_system=system))
    assert why(lab.anna) == []
    assert [row.name for row in lab.rows(medicines_taken)] == ["AMOXICILLIN CAP 500MG"]


def test_a_number_that_is_another_persons_is_never_noted_as_somebodys_own(lab: Lab, front: Desk, twin: str) -> None:
    with lab.store.read() as connection:
        assert owners(connection, GRACE.numbers) == [lab.patient]
    message = ReceivedMessage(
        "hl7", "OFFICE", "ADT^A08", "registration", b"adt", "1",
        said_of=Named((*GRACE.numbers, ("", "M-77")), (("Otieno", "Mercy"),)),
    )  # fmt: skip
    kept = devices.receive_message(lab.anna, message).message_id
    devices.file_message(lab.anna, kept)
    devices.file_item(lab.anna, kept, twin)
    with lab.store.read() as connection:
        assert owners(connection, GRACE.numbers) == [lab.patient]
        assert owners(connection, (("", "M-77"),)) == [twin]
