"""Ten thousand near misses of people: whatever a device sends, it stands in no wrong chart."""

import random
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.devices import Named
from clinic_desktop.services import device_filing, device_intake, device_vitals, devices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.device_papers import Paper
from clinic_desktop.services.device_people import order_of, who
from clinic_desktop.services.device_records import ReceivedRecord
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.examining import examine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import encounters, medicines_taken
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.laboratory import lab_results, specimens
from clinic_desktop.store.tables.outside import observations, outside_records
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.devices.device_case import glucose, ready, sent
from tests.unit.services.lab_case import Lab

CASES = 10_000


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


@dataclass(frozen=True)
class Person:
    """What is registered of somebody, with what bears their name on labels."""

    id: str
    family: str
    given: str
    sex: str
    born: str
    mrn: str = ""
    specimen: str = ""
    visit: str = ""


@dataclass(frozen=True)
class Sent:
    """One message: whose it really is, and what it says, part of it another person's."""

    real: Person
    said: Named
    number_of: Person | None
    other: Person
    mixed: bool = False


def _town(lab: Lab, count: int) -> list[Person]:
    """Twins, namesakes, swapped birth dates: no two of the same name, sex and birth date."""
    draw = random.Random(5)
    facts: set[tuple[str, str, str, str]] = set()
    while len(facts) < count:
        facts.add((
            draw.choice(("Otieno", "Otiena", "Okot")), draw.choice(("Grace", "Gracia", "Mercy", "Peter")),
            draw.choice(("female", "male")), draw.choice(("1986-01-05", "1986-05-01", "1968-01-05")),
        ))  # fmt: skip
    people = [Person(lab.person(*one), *one) for one in sorted(facts)]
    for one in people:
        lab.collected("glucose", patient=one.id)
    mrns = {row.id: row.mrn for row in lab.rows(patients)}
    taken = {row.patient_id: row.number for row in lab.rows(specimens)}
    visits = {one.id: _visit(lab, one.id) for one in people}
    return [replace(one, mrn=mrns[one.id], specimen=taken[one.id], visit=visits[one.id]) for one in people]


def _visit(lab: Lab, patient: str) -> str:
    values = {"patient_id": patient, "preset": "short", "status": "open", "started_at": "2026-03-10T08:00:00.000000Z"}
    with lab.store.write(act=new_id(), session=None) as unit:
        return unit.create(encounters, values, kind="encounter.opened")


def _sent(people: list[Person], draw: random.Random) -> Sent:
    real, other = draw.sample(people, 2)
    number_of = draw.choice((real, real, other, None))
    # Some messages bear two numbers, and the second is another person's: labels are stuck on beside one another.
    mixed = number_of is not None and draw.random() < 0.2
    numbers = [number_of.mrn] if number_of else []
    numbers += [(other if number_of is real else real).mrn] if mixed else []
    said = Named(
        tuple(("", one) for one in numbers),
        draw.choice((((real.family, real.given),), ((real.family, real.given),), ())),
        draw.choice((real.born, real.born, "")),
        draw.choice((real.sex, "")),
    )
    return Sent(real, said, number_of, other, mixed)


def _agrees(said: Named, found: Person) -> bool:
    """What is said of the person is all true of whom it was taken for: asked without the rules that are tested."""
    named = not said.names or said.names == ((found.family, found.given),)
    return named and said.born in {"", found.born} and said.sex in {"", found.sex}


def test_of_ten_thousand_near_misses_no_order_and_no_visit_takes_what_bears_another_persons_number(lab: Lab) -> None:
    people, draw = _town(lab, 24), random.Random(17)
    known = {one.id: one for one in people}
    filed = {"order": 0, "visit": 0, "number": 0}
    with lab.store.read() as connection:
        for _case in range(CASES):
            case = _sent(people, draw)
            label_of = draw.choice((case.real, case.other))
            way = draw.choice(sorted(filed))
            if way == "order":
                order, _why = order_of(connection, (label_of.specimen,))
                found, _why = device_filing._whose(connection, case.said, order)
            elif way == "visit":
                found, _why = device_vitals.whose_visit(connection, case.said, label_of.visit)
            else:
                found, _why = who(connection, case.said)
            if found is None:
                continue
            filed[way] += 1
            one = known[found]
            assert not case.mixed, f"{way}: one of the two numbers is another person's"
            assert case.number_of in {None, one}, f"{way}: the number is another person's"
            assert way == "number" or one is label_of, f"{way}: the label is another person's"
            assert _agrees(case.said, one), way
            if case.said.names and case.said.born and case.said.sex:
                assert one is case.real, way
    assert min(filed.values()) > CASES // 20, filed


def test_doses_medicines_orders_documents_and_results_of_near_misses_stand_in_no_wrong_chart(
    lab: Lab, desk_for: DeskFor
) -> None:
    """The same through everything that writes: each row names whose it really is, and stands with them or nowhere."""
    people, draw = _town(lab, 12), random.Random(23)
    real_of: dict[str, str] = {}
    scanner = desk_for("front_desk")
    for number in range(440):
        case = _sent(people, draw)
        if not (case.said.names and case.said.born):
            continue
        case = replace(case, said=replace(case.said, sex=case.real.sex))
        mark = f"of {number}"
        real_of[mark] = case.real.id
        kind = draw.choice(("immunization", "medicine", "order", "result", "result", "document"))
        if kind == "document":
            _paper(scanner, mark, case.said)
        elif kind == "result":
            label = draw.choice((case.real, case.other))
            numbers = draw.choice(((), (label.specimen,)))
            code = {"code": "8310-5"} if not numbers else {}
            one = glucose("98", identity=mark, note=mark, numbers=numbers, title=mark, **code)
            sent(lab.anna, one, said=case.said)
        else:
            _tell(lab, kind, mark, case.said)
    stood = [(row.vaccine_name, row.patient_id) for row in lab.rows(immunizations)]
    stood += [(row.name, row.patient_id) for row in lab.rows(medicines_taken)]
    stood += [(row.title, row.patient_id) for row in lab.rows(outside_records)]
    stood += [(row.title, row.patient_id) for row in lab.rows(observations)]
    assert len(stood) > 40
    papers = [(row.title, row.patient_id) for row in lab.rows(documents)]
    assert len(papers) > 6
    stood += papers
    assert [mark for mark, patient in stood if real_of[mark] != patient] == []
    entered = {row.id: row.patient_id for row in lab.rows(lab_results)}
    with lab.store.read() as connection:
        from clinic_desktop.store.tables.devices import device_results

        asked = select(device_results).where(device_results.c.filed_kind == "lab_results")
        by_order = [(row.title, entered[row.filed_id]) for row in connection.execute(asked)]
    assert len(by_order) > 2
    assert [mark for mark, patient in by_order if real_of[mark] != patient] == []


def _paper(scanner: Desk, mark: str, said: Named) -> str | None:
    """A page of its own from a scanner; returns the document it became, None where it waits."""
    paper = Paper("letter", mark, examine(f"{mark}\n".encode(), "page.txt"))
    told = Told("scanner-1", "FRONT SCANNER", "", mark, mark.encode())
    kept = device_intake.take_paper(scanner, told, said, paper)
    made = kept["ids"]
    assert isinstance(made, list)
    return made[0] if made else None


def _tell(lab: Lab, kind: str, mark: str, said: Named) -> None:
    values: dict[str, dict[str, object]] = {
        "immunization": {
            "status": "completed", "vaccine_name": mark, "occurred_on": "2020-06-15", "occurred_precision": "day",
            "primary_source": 1,
        },
        "medicine": {
            "source": "outside", "status": "active", "outside_status": "active", "intent": "order", "name": mark,
        },
        "order": {
            "status": "active", "code_system": None, "code": "X", "title": mark, "detail": None, "starts_text": None,
            "party": None, "priority": "routine", "number": None,
        },
    }  # fmt: skip
    tables = {"immunization": "immunizations", "medicine": "medicines_taken", "order": "orders"}
    # One number for all: a sender who counts anew changes nobody's record but that of the very same one.
    record = ReceivedRecord(tables[kind], f"1/{mark[-1]}", mark, values[kind])  # type: ignore[arg-type]
    message = ReceivedMessage(
        "hl7", "BENCH", kind, kind, new_id().encode(), new_id(), said_of=said, records=(record,),
    )  # fmt: skip
    devices.file_message(lab.anna, devices.receive_message(lab.anna, message).message_id)
