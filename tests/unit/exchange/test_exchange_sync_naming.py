"""Who is who there: a number is looked at before it is taken, and what was refused over a wrong one goes at once."""

from collections.abc import Iterator

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_naming, sync_shown
from clinic_desktop.exchange.sync_connecting import StaffThere
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

PRACTICE, HMS, HEALIFY = "practice_studio", "hms_enterprise", "healify"
NPI = "1234567893"  # Daniel Ibarra's there, whose last digit fits
NOBODY = "323e4567-e89b-12d3-a456-426614170000"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), PRACTICE, HMS, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def doctor(there: Connected, system: str) -> StaffThere:
    return next(one for one in sync_connecting.who_is_who(there.desk, system, ask=False).staff if one.role == "doctor")


def test_a_number_that_their_directory_does_not_know_is_refused_and_none_is_replaced_unasked(
    there: Connected, store: Store
) -> None:
    there.connect(PRACTICE)
    with store.write(act=new_id(), session=None) as unit:
        unit.change(staff, doctor(there, PRACTICE).staff_id, {"npi": NPI}, kind="staff.changed")
    there.run(PRACTICE)
    found = doctor(there, PRACTICE)
    assert (found.remote_id, found.by_number) == ("PROV-54322", True)

    for wrong in ("PROV-99999", "prov-54321", "{0}", "PROV-54321 x"):
        with pytest.raises(Refusal, match="Nobody in the directory of Practice Studio") as said:
            sync_connecting.name_practitioner(there.desk, PRACTICE, found.staff_id, wrong, sure=True)
        assert (said.value.field, wrong in str(said.value)) == ("remote_id", True)
    with pytest.raises(Refusal) as asked:
        sync_connecting.name_practitioner(there.desk, PRACTICE, found.staff_id, "PROV-54321")
    words = str(asked.value)
    assert asked.value.facts["ask"] is True
    assert "PROV-54322 (Daniel Ibarra, by the same national number)" in words
    assert "PROV-54321 (Sarah Johnson) takes its place" in words
    assert doctor(there, PRACTICE).remote_id == "PROV-54322", "nothing was taken"
    sync_connecting.name_practitioner(there.desk, PRACTICE, found.staff_id, "PROV-54321", sure=True)
    assert doctor(there, PRACTICE).remote_id == "PROV-54321"


def test_who_bears_another_national_number_there_is_asked_about(there: Connected, store: Store) -> None:
    there.connect(PRACTICE)
    with store.write(act=new_id(), session=None) as unit:
        unit.change(staff, doctor(there, PRACTICE).staff_id, {"npi": "1245319599"}, kind="staff.changed")
    there.run(PRACTICE)
    with pytest.raises(Refusal, match="another national number"):
        sync_connecting.name_practitioner(there.desk, PRACTICE, doctor(there, PRACTICE).staff_id, "PROV-54322")


def test_what_was_refused_over_a_wrong_number_is_sent_again_in_one_act(there: Connected) -> None:
    there.connect(HMS)
    there.run(HMS)
    one = doctor(there, HMS)
    with pytest.raises(Refusal, match="writes such numbers like") as asked:
        sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, "dr. who")
    assert asked.value.facts["ask"] is True
    sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, NOBODY)
    there.run(HMS)
    refused = doctor(there, HMS).refused
    assert refused >= 2

    right = str(there.rows(HMS, "providers")[0]["id"])
    with pytest.raises(Refusal, match="takes its place"):
        sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, right)
    assert doctor(there, HMS).refused == refused, "asked, and nothing done"
    assert sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, right, sure=True) == refused
    there.run(HMS)
    assert doctor(there, HMS).refused == 0
    assert not [item for item in sync_shown.waiting_items(there.desk) if item.sort == "refused"]


def test_whom_they_came_to_know_meanwhile_is_said_by_keeping_the_same_number(there: Connected) -> None:
    there.connect(HMS)
    there.run(HMS)
    one = doctor(there, HMS)
    sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, NOBODY)
    there.run(HMS)
    refused = doctor(there, HMS).refused
    there.people(HMS).add("providers", {**there.rows(HMS, "providers")[0], "id": NOBODY})
    assert sync_connecting.name_practitioner(there.desk, HMS, one.staff_id, NOBODY) == refused >= 2
    there.run(HMS)
    assert doctor(there, HMS).refused == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" ", "Give the number"), ("some junk here", "cannot be a number there"), ("PAT-1\x00", "cannot be a number"),
        ("PAT-" + "1" * 200, "cannot be a number"), ("~PAT-1", "cannot be a number"),
        ("junk", "like PAT-12345; “junk”"),
        ("12345", "like PAT-12345"), ("PAT-12/../x", "like PAT-12345"),
    ],
)  # fmt: skip
def test_what_cannot_be_the_number_of_a_patient_there_is_refused(
    there: Connected, small: Clinic, typed: str, said: str
) -> None:
    there.connect(PRACTICE)
    with pytest.raises(Refusal) as refused:
        sync_deciding.decide(there.desk, lost(small.patient), "is_there", typed)
    assert said in str(refused.value)
    assert refused.value.field == "number"


def test_a_number_that_stands_for_somebody_else_here_is_refused_and_one_that_they_showed_is_taken(
    there: Connected, small: Clinic, store: Store
) -> None:
    there.connect(PRACTICE)
    with store.write(act=new_id(), session=None) as unit:
        rows = Rows(unit)
        rows.put(Link(PRACTICE, "patient", "PAT-7", "another"))
        rows.put(Link(PRACTICE, "patient", "PAT-8", small.patient))
        rows.put(Shadow(PRACTICE, "patient", "old number 9"))
        for same in ("PAT-8", "old number 9", "PAT-10"):
            sync_naming.require_number(rows, PRACTICE, "patient", [small.patient], same)
        rows.put(Link("hms_enterprise", "patient", "26e5a605-71b1-4d0c-8a3e-000000000001", "another"))
        for written in ("26e5a605-71b1-4d0c-8a3e-000000000001", "26E5A605-71B1-4D0C-8A3E-000000000001"):
            with pytest.raises(Refusal, match="stands there for another record"):
                sync_naming.require_number(rows, "hms_enterprise", "patient", [small.patient], written)
    with pytest.raises(Refusal, match="“PAT-7” stands there for another record of this clinic already"):
        sync_deciding.decide(there.desk, lost(small.patient), "is_there", "PAT-7")


def lost(patient: str) -> Item:
    """A registration that was sent and not answered."""
    return Item(
        f"{PRACTICE}/patient/{patient}", PRACTICE, "Practice Studio", "doubt", "patient", patient, "", patient,
        "", "", "", "2026-03-10T08:00:00+00:00", clinical=True,
    )  # fmt: skip
