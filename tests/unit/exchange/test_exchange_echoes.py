"""A notice that only repeats what this clinic told is kept and need not be read; anything else comes up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.exchange.echoes import NOTE, repeats
from clinic_desktop.services import consultation, inbox
from clinic_desktop.store.engine import Store
from sync.port import Kind
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

AROCORD = "arocord_hims"
OURS = {
    "id": "n1", "type": "info", "title": "Consultation completed", "priority": "low", "category": "consultation",
    "message": "The consultation is complete and its summary can be read", "is_read": False,
    "created_at": "2026-03-10T09:00:00Z", "action_url": "/consultations/c-1",
}  # fmt: skip


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    doctor = desk_for("doctor")
    told = {"identity.name": "1", "identity.born_on": "1"}
    consultation.save_step(doctor, small.encounter, "patient_overview", told)
    consultation.sign_consultation(doctor, small.encounter)
    with connected(desk_for("administrator"), AROCORD, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def again(there: Connected, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=10))
    sync_connecting.sync_now(there.desk)
    there.run(AROCORD)


def say(there: Connected, number: str, **members: Any) -> None:
    """Somebody there, or the system, tells whoever signs in with our account."""
    rows = there.sandbox.gates[AROCORD].system.tables["notifications"]
    one = {**next(row for row in rows if row["title"] == OURS["title"]), "id": number, **members}
    there.people(AROCORD).add("notifications", one)


def test_what_only_repeats_our_own_visit_need_not_be_read_and_all_else_must_be(
    there: Connected, small: Clinic, clock: SetClock, desk_for: DeskFor, store: Store
) -> None:
    admin = desk_for("administrator")
    there.begin(AROCORD)
    again(there, clock)
    with store.read() as connection:
        said = "SELECT remote_id FROM sync_link WHERE kind = 'encounter' AND local_id = ?"
        ((ours,),) = connection.exec_driver_sql(said, (small.encounter,)).all()
    (echo,) = [one for one in inbox.inbox(admin, "done") if one.title == OURS["title"]]
    assert (echo.done_note, echo.done_by, echo.read) == (NOTE, "", False), "kept, findable, and nobody's doing"
    assert not [one for one in inbox.inbox(admin) if one.title == OURS["title"]]

    say(there, "clinical", message="The consultation is complete: potassium 7.9 mmol/L")
    say(there, "of-theirs", action_url="/consultations/of-somebody-else")
    say(there, "urgent", priority="high")
    say(there, "of-results", action_url=f"/lab/results/{ours}")
    say(there, "repeated")
    again(there, clock)
    read = [one for one in inbox.inbox(admin) if one.title == OURS["title"]]
    assert len(read) == 4, "whatever is not known to be a mere repetition is there to be read"
    assert len([one for one in inbox.inbox(admin, "done") if one.title == OURS["title"]]) == 2
    with store.read() as connection:
        sent = connection.exec_driver_sql("SELECT count(*) FROM sync_intent WHERE kind = 'notice'").scalar_one()
    assert sent == 0, "what nobody has read is not said there to be read"


@pytest.mark.parametrize(
    "members",
    [
        {"title": "Consultation not completed"}, {"message": "Summary of Ada Okafor"}, {"message": "7.9"},
        {"type": "warning"}, {"priority": "urgent"}, {"note": "call the patient"}, {"action_url": None},
        {"action_url": "/consultations/c-1/../../lab"}, {"action_url": "https://elsewhere.example/consultations/c-1"},
        {"title": "", "message": ""}, {"title": ["Consultation"]}, {"title": "Consultation 完了"},
    ],
)  # fmt: skip
def test_any_word_more_and_a_person_reads_it(members: dict[str, Any]) -> None:
    assert repeats(OURS) == (Kind.ENCOUNTER, "c-1", "completed")
    assert repeats({**OURS, **members}) is None
