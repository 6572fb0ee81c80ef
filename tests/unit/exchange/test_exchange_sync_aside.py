"""What came and was set aside: each record waits for a person by itself, and no mark calls it confirmed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown, sync_wording
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import charting
from clinic_desktop.services.chart_rows import allergies_of, problems_of
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY = "healify"
NEW = {
    "id": "pat_odd1", "first_name": "Zoe", "last_name": "Quill", "email": "z@example.org", "phone": "+15550104444",
    "date_of_birth": "1999-07-14", "gender": "female",
    "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def looked(there: Connected) -> None:
    sync_connecting.sync_now(there.desk)
    there.run()


def asides(there: Connected) -> list[Item]:
    return [one for one in sync_shown.waiting_items(there.desk) if one.sort == "aside"]


def medicine_of_theirs(there: Connected, store: Store) -> tuple[str, str, str]:
    """A prescription that came from there: its number, its id here and whose it is."""
    with store.read() as connection:
        said = (
            "SELECT l.remote_id, l.local_id, m.patient_id FROM sync_link l JOIN medicines_taken m ON m.id = l.local_id"
            " WHERE l.kind = 'prescription'"
        )
        row = connection.exec_driver_sql(said).one()
    assert row.remote_id in [one["id"] for one in there.rows(HEALIFY, "prescriptions")]
    return str(row[0]), str(row[1]), str(row[2])


def stopped_here_and_changed_there(there: Connected, store: Store, desk_for: DeskFor) -> tuple[str, str, str]:
    there.connect(HEALIFY)
    there.run()
    number, medicine, patient = medicine_of_theirs(there, store)
    charting.stop_medicine(desk_for("doctor"), medicine, "cough")
    there.run()
    there.people(HEALIFY).edit("prescriptions", number, dosage="Take FOUR tablets every hour", status="active")
    looked(there)
    return number, medicine, patient


def test_what_is_set_aside_is_an_item_that_says_whose_it_is_and_why_and_its_mark_is_not_confirmed(
    there: Connected, store: Store, desk_for: DeskFor
) -> None:
    number, medicine, patient = stopped_here_and_changed_there(there, store, desk_for)
    (item,) = asides(there)
    assert sync_shown.waiting_items(there.desk)[0] == item
    assert (item.kind, item.remote_id, item.patient_id, item.clinical) == ("prescription", number, patient, True)
    assert item.name
    assert item.name != number
    assert "changed here and elsewhere" in item.why
    (mark,) = sync_shown.record_marks(there.desk, [("prescription", medicine)])["prescription", medicine]
    assert mark.word == "needs a person"
    (shown,) = sync_shown.systems_shown(there.desk)
    kind = next(one for one in shown.kinds if one.kind == "prescription")
    assert shown.for_a_person == len(sync_shown.waiting_items(there.desk))
    assert (kind.to_decide, kind.confirmed, kind.sent) == (1, kind.sent - 1, kind.sent)
    opened = sync_deciding.detail(there.desk, item)
    assert opened.acts == ("look", "seen")
    assert "Take FOUR tablets every hour" in [one.there for one in opened.members]


def test_whoever_has_seen_it_says_why_and_it_comes_back_when_their_record_changes(
    there: Connected, store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    number, medicine, _patient = stopped_here_and_changed_there(there, store, desk_for)
    (item,) = asides(there)
    with pytest.raises(Refusal) as said:
        sync_deciding.decide(there.desk, item, "seen")
    assert said.value.field == "reason"
    sync_deciding.decide(there.desk, item, "seen", "The cough came back with it")
    assert asides(there) == []
    with pytest.raises(Refusal):
        sync_deciding.decide(there.desk, item, "seen", "Again")
    (mark,) = sync_shown.record_marks(there.desk, [("prescription", medicine)])["prescription", medicine]
    assert mark.word == "differs there"
    assert sync_shown.systems_shown(there.desk)[0].set_aside == ()
    with store.read() as connection:
        kept = connection.exec_driver_sql("SELECT who, why, keep FROM sync_conflict WHERE sort = 'aside'").one()
        log = connection.exec_driver_sql("SELECT count(*) FROM sync_audit WHERE what = 'decided'").scalar_one()
    assert tuple(kept) == (there.desk.session.staff_id, "The cough came back with it", "seen")
    assert log == 1
    looked(there)
    assert asides(there) == [], "it says what it said"
    clock.advance(timedelta(minutes=5))
    there.people(HEALIFY).edit("prescriptions", number, dosage="Take FIVE tablets every hour")
    looked(there)
    (again,) = asides(there)
    assert "Take FIVE tablets every hour" in [one.there for one in sync_deciding.detail(there.desk, again).members]


def test_it_is_looked_at_again_when_somebody_asks_and_taken_in_once_that_can_be(
    there: Connected, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinic_desktop.exchange.chart_end import ClinicChart

    there.people(HEALIFY).add("patients", {**NEW, "medical_history": {"allergies": ["Penicillin"]}})

    def fails(*_args: object, **_named: object) -> None:
        raise ValueError("nothing of it is said here")

    with monkeypatch.context() as broken:
        broken.setattr(ClinicChart, "_new", fails)
        there.connect(HEALIFY)
        there.run()
    one = next(each for each in asides(there) if each.remote_id == "pat_odd1")
    assert (one.kind, one.patient_id, one.name) == ("patient", "", "pat_odd1")
    assert one.why == "It has a form that cannot be read here."
    sync_deciding.decide(there.desk, one, "look")
    there.run()
    assert "pat_odd1" not in [each.remote_id for each in asides(there)]
    with store.read() as connection:
        known = connection.exec_driver_sql("SELECT local_id FROM sync_link WHERE remote_id = 'pat_odd1'").scalar_one()
        assert [each.substance for each in allergies_of(connection, known)] == ["Penicillin"]


def test_a_list_that_is_no_list_keeps_nobody_out_and_is_put_before_a_person(there: Connected, store: Store) -> None:
    history = {"allergies": "Penicillin, Latex", "conditions": ["Asthma"], "medications": []}
    there.people(HEALIFY).add("patients", {**NEW, "medical_history": history})
    there.connect(HEALIFY)
    there.run()
    asked = next(one for one in sync_shown.waiting_items(there.desk) if one.remote_id == "pat_odd1")
    assert asked.sort == "unread"
    with store.read() as connection:
        assert [one.title for one in problems_of(connection, asked.patient_id)] == ["Asthma"]
    assert any("Penicillin, Latex" in one.there for one in sync_deciding.detail(there.desk, asked).members)


@pytest.mark.parametrize("among", [None, 7, {"name": "Latex", "severity": "severe"}])
def test_one_allergy_that_cannot_be_read_keeps_nobody_out_and_is_put_before_a_person(
    there: Connected, store: Store, among: object
) -> None:
    history = {"allergies": [among, "Penicillin"], "conditions": None, "medications": []}
    there.people(HEALIFY).add("patients", {**NEW, "medical_history": history})
    there.connect(HEALIFY)
    there.run()
    with store.read() as connection:
        known = connection.exec_driver_sql("SELECT local_id FROM sync_link WHERE remote_id = 'pat_odd1'").scalar()
        assert known is not None, "they are here"
        assert "Penicillin" in [each.substance for each in allergies_of(connection, known)]
    if among is not None:
        asked = [one for one in sync_shown.waiting_items(there.desk) if one.remote_id == "pat_odd1"]
        assert [(one.sort, one.patient_id) for one in asked] == [("unread", known)]
        assert sync_shown.record_marks(there.desk, [("patient", known)])["patient", known][0].word == "differs there"


def test_whoever_cannot_be_read_at_all_is_an_item_too(there: Connected, clock: SetClock, desk_for: DeskFor) -> None:
    # No JSON with a NUL in it is taken from anybody: it would cut a name short.
    history = {"allergies": ["Sulfa\x00drugs", "Penicillin"], "conditions": None, "medications": []}
    there.people(HEALIFY).add("patients", {**NEW, "medical_history": history})
    there.connect(HEALIFY)
    for _day in range(4):
        there.run()
        clock.advance(timedelta(hours=6))
        there.desk = desk_for("administrator")
    (item,) = asides(there)
    assert (item.kind, item.remote_id, item.name) == ("patient", "pat_odd1", "pat_odd1")
    assert item.why == "It has a form that cannot be read here."
    assert sync_deciding.detail(there.desk, item).acts == ("look", "seen")


@pytest.mark.parametrize(
    ("why", "remote_id", "said"),
    [
        ("ValidationError", "p1", "It has a form that cannot be read here."),
        ("the whole list does not come", "?p1:list",
         "The system answers with an error, or not at all, when it is asked for this list: look at it there."),
        ("the whole list came in another form 12", "?p1:list",
         "The whole list came in a form that cannot be read here: look at it there."),
        ("cannot be read", "p1", "It has a form that cannot be read here."),
        ("item 3: allergies, x cannot be read", "p1", "What stands in these fields cannot be read here: allergies, x."),
        ("item 3: cannot be read", "?pat:3", "It is shown without a number by which it could be known again."),
        ("the list may be cut off: no paging is documented for it", "?",
         "This is no single record: the end of their list may not have come, for the system shows no further page of "
         "it. What came of it was taken in. Look there whether anything is missing here, then note it as seen."),
        ("Refusal: It is over here.", "p1", "The chart does not take this: It is over here."),
        ("Refusal: {mrn} was merged.", "p1", "It has a form that cannot be read here."),
    ],
)  # fmt: skip
def test_why_is_said_in_plain_words(why: str, remote_id: str, said: str) -> None:
    assert sync_wording.why_of(why, remote_id) == said
