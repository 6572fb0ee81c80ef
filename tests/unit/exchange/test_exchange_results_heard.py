"""Results of an order that was placed here and measured elsewhere: whoever ordered hears of each thing that becomes of
them, and nothing that stood here goes in silence.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.exchange.told import made
from clinic_desktop.gui.screens.laboratory.sheet import elsewhere_words
from clinic_desktop.services.chart import open_chart
from clinic_desktop.services.inbox import Item, inbox
from clinic_desktop.services.sheets import order_sheet
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.inbox import notifications
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.staff import staff
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.elements import Resource
from sync.records.exact import loads
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard

SYSTEM = "hms_enterprise"
NOTE = "WRONG PATIENT'S BLOOD: disregard all results"


def part(name: str, result: Any, **more: Any) -> dict[str, Any]:
    return {"component": name, "result": result, "unit": "mmol/L", "status": "final", **more}


def test_of_each_arrival_correction_and_withdrawal_whoever_ordered_is_told_and_nothing_goes_in_silence(
    desk_for: DeskFor, clock: SetClock, small: Clinic, store: Store
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]
        seen: set[str] = set()

        def told(*parts: dict[str, Any], **more: Any) -> list[Item]:
            """What whoever ordered is newly told, when the laboratory there says this."""
            clock.advance(timedelta(minutes=2))
            tests = [{"test_code": "CMP", "resulted_at": "2026-03-10T08:30:00Z", "components": list(parts)}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed", **more)
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            found = [one for one in inbox(desk_for("doctor"), "open") if one.id not in seen]
            seen.update(one.id for one in found)
            return found

        def stands() -> list[tuple[str, str, bool, str, str]]:
            found = order_sheet(desk_for("laboratory"), small.patient, small.order).elsewhere
            return [(one.title, one.value, one.withdrawn, one.note, one.source) for one in found]

        told()
        sodium, potassium = part("Sodium", 140), part("Potassium", "7.1", flag="critical high")
        grave, other = told(potassium, sodium, results_notes=None)
        assert (grave.title, grave.must_answer) == ("Results came from another system", True)
        assert "Potassium: 7.1 mmol/L (HH)" in grave.body
        assert dict(grave.arguments) == {"patient_id": small.patient, "order_id": small.order}
        assert (other.must_answer, "Sodium: 140 mmol/L" in other.body) == (False, True)
        source = "HMS Enterprise-Grade"
        assert [row[:3] for row in stands()] == [("Potassium", "7.1", False), ("Sodium", "140", False)]
        assert {row[4] for row in stands()} == {source}
        assert told(sodium, potassium) == [], "in another order they say what they said"

        corrected = part("Potassium", "4.2", status="corrected")
        (said,) = told(sodium, corrected)
        assert (said.title, said.must_answer) == ("A critical result was corrected in another system", False)
        assert "Potassium, corrected: 7.1 -> 4.2 mmol/L" in said.body
        assert stands()[0] == ("Potassium", "4.2", False, "corrected: 7.1 -> 4.2 mmol/L", source)
        assert grave.id in {one.id for one in inbox(desk_for("doctor"), "open")}, "it stays until it is answered"

        (again,) = told(sodium, part("Potassium", "7.4", flag="HH"))
        assert again.must_answer, "what is critical once more is answered once more"
        assert "Potassium, corrected: 4.2 -> 7.4 mmol/L (HH)" in again.body
        (gone,) = told(sodium, part("Potassium", None, status="withdrawn"))
        assert gone.title == "A critical result was withdrawn in another system"
        assert "Potassium, withdrawn: 7.4 mmol/L" in gone.body
        title, _value, withdrawn, note, _source = stands()[0]
        assert (title, withdrawn) == ("Potassium", True)
        assert note.split("\n") == [
            "corrected: 7.1 -> 4.2 mmol/L", "corrected: 4.2 -> 7.4 mmol/L (HH)", "withdrawn: 7.4 mmol/L",
        ]  # fmt: skip
        assert {grave.id, again.id} <= {one.id for one in inbox(desk_for("doctor"), "open")}

        (noted,) = told(sodium, part("Potassium", None, status="withdrawn"), results_notes=NOTE)
        assert f"Laboratory's note: {NOTE}" in noted.body
        assert stands()[-1][:2] == ("Laboratory's note", NOTE)
        shown = {one.name: one for one in open_chart(desk_for("doctor"), small.patient).results}
        assert (shown["Laboratory's note"].value, shown["Laboratory's note"].source) == (NOTE, source)
        assert shown["Sodium"].order_id == small.order
        lines = elsewhere_words(order_sheet(desk_for("laboratory"), small.patient, small.order)).split("\n")
        assert lines[1] == f"from {source}: Sodium: 140 mmol/L"
        assert lines[0].startswith(f"from {source}: Potassium · withdrawn there · corrected: 7.1 -> 4.2 mmol/L; ")
        assert told(part("Potassium", None, status="withdrawn"), sodium) == []
        assert [row[:2] for row in stands()][:2] == [("Potassium", ""), ("Sodium", "140")], "none is doubled"


LAB_1 = Because(SYSTEM, "LAB-1")


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


def measured(clinic: Clinic, value: str | None, **more: object) -> Resource:
    """A potassium that says of which order of ours it is, and of nobody."""
    quantity = {} if value is None else {"valueQuantity": {"value": loads(value), "unit": "mmol/L"}}
    return made(
        {
            "resourceType": "Observation", "status": "final", "code": {"text": "Potassium"},
            "effectiveDateTime": "2026-01-10T08:00:00Z", "basedOn": [{"reference": f"ServiceRequest/{clinic.order}"}],
        }
        | quantity
        | more
    )  # fmt: skip


def told(desk_for: DeskFor, role: str = "doctor") -> list[tuple[str, str, bool]]:
    found = inbox(desk_for(role), "open")
    return [(one.title, one.body.split("\n")[0], one.must_answer) for one in found if "another system" in one.title]


def test_what_was_ordered_here_is_told_of_however_old_it_is_and_in_every_word(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    critical = {"interpretation": [{"coding": [{"code": "LL"}]}]}
    record = heard.adopt(Kind.LAB_RESULT, None, measured(small, "2.1", status="preliminary", **critical), because=LAB_1)
    assert told(desk_for) == [("Results came from another system", "Potassium: 2.1 mmol/L (LL)", True)]

    def then(*came: Resource) -> tuple[str, str, bool]:
        before = told(desk_for)
        assert heard.adopt(Kind.LAB_RESULT, record, *came, because=LAB_1) == record
        assert heard.adopt(Kind.LAB_RESULT, record, *came, because=LAB_1) == record, "again it is no news"
        (found,) = [one for one in told(desk_for) if one not in before]
        return found

    assert then(measured(small, "2.1", **critical))[:2] == (
        "Results came from another system", "Potassium, now final: 2.1 mmol/L",
    )  # fmt: skip
    assert then(measured(small, "2.1"))[1] == "Potassium, flag corrected: LL -> none (2.1 mmol/L)"
    other = {"valueQuantity": {"value": 82, "unit": "mg/L"}}
    assert then(measured(small, None, **other))[1] == "Potassium, corrected: 2.1 mmol/L -> 82 mg/L"
    assert then(measured(small, None, status="entered-in-error"))[1] == "Potassium, withdrawn: 82 mg/L"
    assert then(measured(small, None, **other))[1] == "Potassium, stands again: 82 mg/L"
    with heard.store.read() as connection:
        (row,) = connection.execute(select(observations).where(observations.c.patient_id == small.patient)).all()
    assert (row.value, row.unit, row.patient_id) == ("82", "mg/L", small.patient), "the order says whose it is"
    assert row.note.split("\n")[1:] == [
        "flag corrected: LL -> none (2.1 mmol/L)", "corrected: 2.1 mmol/L -> 82 mg/L", "withdrawn: 82 mg/L",
        "stands again: 82 mg/L",
    ]  # fmt: skip


def test_results_of_our_order_that_name_another_patient_are_in_nobodys_chart(small: Clinic, heard: Heard) -> None:
    stranger = {"reference": f"Patient/{new_id()}"}, {"identifier": {"system": "urn:there", "value": "9"}}
    for subject in stranger:
        with pytest.raises(Refusal, match="another patient"):
            heard.adopt(Kind.LAB_RESULT, None, measured(small, "2.1", subject=subject), because=LAB_1)
    with heard.store.read() as connection:
        assert connection.execute(select(observations.c.id)).all() == []


def test_a_result_that_is_said_no_more_stands_and_another_never_takes_its_place(small: Clinic, heard: Heard) -> None:
    sodium = measured(small, "140", code={"text": "Sodium"})
    first = heard.adopt(Kind.LAB_RESULT, None, measured(small, "7.1"), sodium, because=LAB_1)
    heard.adopt(Kind.LAB_RESULT, first, sodium, because=LAB_1)
    with heard.store.read() as connection:
        rows = connection.execute(select(observations.c.title, observations.c.value).order_by(observations.c.rowid_))
        assert [tuple(row) for row in rows] == [("Potassium", "7.1"), ("Sodium", "140")]


def test_where_whoever_ordered_works_here_no_more_the_doctors_are_told(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    desk = desk_for("doctor")
    with heard.store.write(act=new_id(), session=None) as unit:
        unit.change(staff, desk.session.staff_id, {"active": 0}, kind="staff.changed")
    heard.adopt(Kind.LAB_RESULT, None, measured(small, "4.2"), because=LAB_1)
    with heard.store.read() as connection:
        asked = select(notifications.c.to_role, notifications.c.to_staff).where(notifications.c.title.like("Results%"))
        assert [tuple(row) for row in connection.execute(asked)] == [("doctor", None)]


def test_of_two_bottles_each_stands_and_the_second_that_grows_is_answered_too(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    def bottle(words: str) -> Resource:
        flag = {"interpretation": [{"coding": [{"code": "AA"}]}]} if words == "Growth" else {}
        return measured(small, None, code={"text": "Blood culture"}, valueString=words, **flag)

    record = heard.adopt(Kind.LAB_RESULT, None, bottle("Growth"), bottle("No growth"), because=LAB_1)
    before = told(desk_for)
    for _again in range(2):
        heard.adopt(Kind.LAB_RESULT, record, bottle("Growth"), bottle("Growth"), because=LAB_1)
        with heard.store.read() as connection:
            rows = connection.execute(select(observations.c.value).order_by(observations.c.rowid_)).scalars().all()
        assert rows == ["Growth", "Growth"]
        (grown,) = [one for one in told(desk_for) if one not in before]
        assert grown[1:] == ("Blood culture, corrected: No growth -> Growth (AA)", True)
