"""What the window shows and settles of sync, over a clinic connected to the sandbox by real sockets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown, sync_wording
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import inbox
from clinic_desktop.services.patients import NewPatient, change_patient, patient_details, register_patient
from clinic_desktop.services.remotes import KeptSecrets, remote_systems
from clinic_desktop.services.staff import staff_members
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY, AROCORD, PRACTICE = "healify", "arocord_hims", "practice_studio"
SECRETS = "SELECT count(*) FROM remote_secrets"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    systems = (HEALIFY, AROCORD, PRACTICE)
    with connected(desk_for("administrator"), *systems, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def items(there: Connected, sort: str) -> list[Item]:
    return [one for one in sync_shown.waiting_items(there.desk) if one.sort == sort]


def okello(there: Connected) -> str:
    return str(next(row["id"] for row in there.rows(HEALIFY, "patients") if row["last_name"] == "Okello"))


def both_change_the_telephone(there: Connected, small: Clinic) -> None:
    desk = small.desk_for("front_desk")
    known = patient_details(desk, small.patient)
    change_patient(desk, small.patient, replace(known.patient, phone="+15550000002"), known.revision)
    there.people(HEALIFY).edit("patients", okello(there), phone="+15550000001")
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)


def test_a_wrong_key_is_said_in_words_and_nothing_is_kept(there: Connected, store: Store) -> None:
    address = there.told[HEALIFY]["base_url"]
    with pytest.raises(Trouble, match="sign-in"):
        sync_connecting.try_out(there.desk, HEALIFY, address, {"token": "not-this-one"})
    assert remote_systems(there.desk) == ()
    with store.read() as connection:
        assert connection.execute(text(SECRETS)).scalar() == 0


def test_what_was_tried_is_kept_only_when_it_is_turned_on(there: Connected, store: Store) -> None:
    address = there.told[AROCORD]["base_url"]
    tried = sync_connecting.try_out(there.desk, AROCORD, address, there.secrets(AROCORD))
    assert tried.can.kinds
    assert tried.can.untold
    with store.read() as connection:
        assert connection.execute(text(SECRETS)).scalar() == 0
    sync_connecting.turn_on(there.desk, tried)
    assert [one.system for one in remote_systems(there.desk)] == [AROCORD]
    assert KeptSecrets(store, AROCORD).get("token"), "what the sign-in renewed is kept too"
    assert there.secrets(AROCORD)["password"] not in repr(tried)


def test_a_system_that_cannot_be_reached_is_said_so(there: Connected) -> None:
    with pytest.raises(Trouble, match="reached"):
        sync_connecting.try_out(there.desk, HEALIFY, "http://127.0.0.1:9", {"token": "x"})


def test_every_system_is_shown_with_its_counts_limits_and_state(there: Connected, small: Clinic) -> None:
    there.connect(HEALIFY)
    assert [one.state for one in sync_shown.systems_shown(there.desk)] == ["new"]
    there.run()
    (one,) = sync_shown.systems_shown(there.desk)
    registration = next(kind for kind in one.kinds if kind.kind == "patient")
    assert one.state == "on"
    # Ours, and whoever the system brought.
    assert registration.here == registration.confirmed >= 1
    assert all(each.left < each.limit for each in one.limits)
    assert one.looked_at
    prescription = next(kind for kind in one.kinds if kind.kind == "prescription")
    assert (prescription.waiting, prescription.blocked, prescription.until) == (1, 1, None)
    marks = sync_shown.record_marks(there.desk, [("patient", small.patient), ("patient", "nobody")])
    assert {key: [mark.word for mark in found] for key, found in marks.items()} == {
        ("patient", small.patient): ["confirmed"]
    }
    assert [mark.left_out for mark in marks["patient", small.patient]] == ["allergies, record number"]
    sync_connecting.pause(there.desk, HEALIFY)
    assert sync_shown.systems_shown(there.desk)[0].state == "paused"
    sync_connecting.go_on(there.desk, HEALIFY)
    assert sync_shown.systems_shown(there.desk)[0].state == "on"
    sync_connecting.disconnect(there.desk, HEALIFY)
    assert sync_shown.systems_shown(there.desk) == ()


@pytest.mark.parametrize(("keep", "stands"), [("here", "+15550000002"), ("there", "+15550000001")])
def test_what_both_changed_stands_as_a_person_decides(there: Connected, small: Clinic, keep: str, stands: str) -> None:
    there.connect(HEALIFY)
    there.run()
    both_change_the_telephone(there, small)
    (item,) = items(there, "field")
    opened = sync_deciding.detail(there.desk, item)
    (member,) = opened.members
    assert (member.name, member.here, member.there) == ("phone", "+15550000002", "+15550000001")
    assert opened.changed is not None
    assert opened.there_at
    sync_deciding.decide(there.desk, item, keep)
    there.run()
    assert items(there, "field") == []
    assert patient_details(there.desk, small.patient).patient.phone == stands
    assert next(row for row in there.rows(HEALIFY, "patients") if row["id"] == okello(there))["phone"] == stands


def test_a_third_value_is_told_there_and_kept_here(there: Connected, small: Clinic) -> None:
    there.connect(HEALIFY)
    there.run()
    both_change_the_telephone(there, small)
    sync_deciding.decide(there.desk, items(there, "field")[0], "value", "+15550000003")
    there.run()
    assert patient_details(there.desk, small.patient).patient.phone == "+15550000003"
    assert next(row for row in there.rows(HEALIFY, "patients") if row["id"] == okello(there))["phone"] == "+15550000003"


def test_only_what_is_not_clinical_is_decided_for_many(there: Connected, small: Clinic) -> None:
    there.connect(HEALIFY)
    there.run()
    both_change_the_telephone(there, small)
    found = items(there, "field")
    with pytest.raises(Refusal):
        sync_deciding.decide_many(there.desk, [replace(found[0], clinical=True)], "here")
    assert len(items(there, "field")) == 1
    assert sync_deciding.decide_many(there.desk, found, "here") == 1
    assert items(there, "field") == []


def test_what_is_settled_already_is_not_settled_again(there: Connected, small: Clinic) -> None:
    there.connect(HEALIFY)
    there.run()
    both_change_the_telephone(there, small)
    (item,) = items(there, "field")
    sync_deciding.decide(there.desk, item, "here")
    there.run()
    with pytest.raises(Refusal, match="settled"):
        sync_deciding.decide(there.desk, item, "there")


def test_somebody_who_may_be_the_same_is_compared_and_linked_or_kept_apart(there: Connected, desk_for: DeskFor) -> None:
    stamps = dict.fromkeys(("created_at", "updated_at"), "2026-03-10T09:00:00Z")
    new = NewPatient("Okafor", "Chidi", "male", date(1985, 7, 4), "day", "+234 803 123 4567")
    chidi = register_patient(desk_for("front_desk"), new).patient_id
    there.people(HEALIFY).add(
        "patients",
        {"first_name": "Chidi", "last_name": "Okafor", "date_of_birth": "1985-07-04", "gender": "male",
         "phone": "+15559998877", **stamps},
        "pat_77aa00bb11",
    )  # fmt: skip
    there.connect(HEALIFY)
    there.run()
    (item,) = items(there, "identity")
    shown = {one.name: (one.here, one.there) for one in sync_deciding.detail(there.desk, item).members}
    assert shown["phone"] == ("+234 803 123 4567", "+15559998877")
    assert shown["date_of_birth"] == ("1985-07-04", "1985-07-04")
    sync_deciding.decide(there.desk, item, "link")
    there.run()
    assert items(there, "identity") == []
    mark = sync_shown.record_marks(there.desk, [("patient", chidi)])["patient", chidi][0]
    assert mark.word in {"confirmed", "differs there", "waiting"}
    assert len([row for row in there.rows(HEALIFY, "patients") if row["last_name"] == "Okafor"]) == 1


def named_and_lost(there: Connected, small: Clinic) -> Item:
    """A payment whose answer was lost, and that no list shows."""
    small.invoice()
    there.connect(AROCORD)
    staff = next(
        one for one in sync_connecting.who_is_who(there.desk, AROCORD, ask=False).staff if one.role == "doctor"
    )
    sync_connecting.name_practitioner(there.desk, AROCORD, staff.staff_id, "doctor_001")
    there.fault("lost_after", AROCORD, "*payment*")
    there.run()
    (item,) = items(there, "doubt")
    return item


def test_after_a_lost_answer_a_person_says_that_it_is_there(there: Connected, small: Clinic) -> None:
    item = named_and_lost(there, small)
    (made,) = there.rows(AROCORD, "payments")
    opened = sync_deciding.detail(there.desk, item)
    assert opened.value in {"", made["id"]}
    assert_a_cashier_knows_it(opened, small, str(made["invoice_id"]))
    with pytest.raises(Refusal, match="number") as caught:
        sync_deciding.decide(there.desk, item, "is_there", " ")
    assert caught.value.field == "number"  # the field that is shown for it
    sync_deciding.decide(there.desk, item, "is_there", made["id"])
    there.run()
    assert items(there, "doubt") == items(there, "found") == []
    assert len(there.rows(AROCORD, "payments")) == 1, "it was not sent again"


def assert_a_cashier_knows_it(opened: sync_deciding.Detail, small: Clinic, invoice_there: str) -> None:
    """It is called by the numbers and the amount on the paper, and nothing by an id of the database."""
    with small.store.read() as connection:
        asked = "SELECT p.number, i.number, p.id, i.id FROM payments p JOIN invoices i ON i.id = p.invoice_id"
        receipt, invoice, *ids = connection.execute(text(asked)).one()
    assert opened.changed is not None
    assert opened.changed.number == f"{receipt} · {invoice} · 1.00 USD"
    said = {one.name: one.here for one in opened.members}
    assert said["invoice_id"] == f"{invoice} (there: {invoice_there})"
    assert said["amount"] == "1.00 USD"
    assert not set(ids) & set(said.values())


def test_giving_up_takes_a_reason(there: Connected, small: Clinic) -> None:
    item = named_and_lost(there, small)
    with pytest.raises(Refusal, match="why"):
        sync_deciding.decide(there.desk, item, "give_up", "")
    sync_deciding.decide(there.desk, item, "give_up", "Sent by fax")
    assert items(there, "doubt") == []


def test_a_doctor_who_is_known_there_lets_go_what_waited(there: Connected) -> None:
    there.connect(HEALIFY)
    there.run()
    before = sync_connecting.who_is_who(there.desk, HEALIFY, ask=True)
    doctor = next(one for one in before.staff if one.role == "doctor")
    assert doctor.waiting >= 1
    known = there.rows(HEALIFY, "providers")[0]["id"]
    sync_connecting.name_practitioner(there.desk, HEALIFY, doctor.staff_id, known)
    after = next(
        one for one in sync_connecting.who_is_who(there.desk, HEALIFY, ask=False).staff if one.role == "doctor"
    )
    assert (after.remote_id, after.waiting) == (known, 0)
    nurse = next(one for one in before.staff if one.role == "nurse")
    with pytest.raises(Refusal, match="Somebody else"):
        sync_connecting.name_practitioner(there.desk, HEALIFY, nurse.staff_id, known)


def test_somebody_whom_their_directory_brought_is_taken_for_the_one_here(there: Connected) -> None:
    there.connect(PRACTICE)
    there.run()
    who = sync_connecting.who_is_who(there.desk, PRACTICE, ask=True)
    assert [name for _key, name in who.directory] == ["Sarah Johnson", "Daniel Ibarra"]
    doctor = next(one for one in who.staff if one.role == "doctor")
    sync_connecting.name_practitioner(there.desk, PRACTICE, doctor.staff_id, who.directory[0][0])
    after = sync_connecting.who_is_who(there.desk, PRACTICE, ask=False)
    assert next(one for one in after.staff if one.role == "doctor").remote_id == who.directory[0][0]


@pytest.mark.parametrize("role", ["doctor", "nurse", "front_desk", "cashier"])
def test_others_may_look_and_not_act(there: Connected, desk_for: DeskFor, role: str) -> None:
    there.connect(HEALIFY)
    desk = desk_for(role)
    assert len(sync_shown.systems_shown(desk)) == 1
    for act in (
        lambda: sync_shown.waiting_items(desk),
        lambda: sync_connecting.sync_now(desk),
        lambda: sync_connecting.pause(desk, HEALIFY),
        lambda: sync_connecting.try_out(desk, HEALIFY, "https://x.example", {"token": "x"}),
        lambda: sync_connecting.who_is_who(desk, HEALIFY, ask=False),
        lambda: sync_connecting.name_practitioner(desk, HEALIFY, "x", "y"),
    ):
        with pytest.raises(Refusal):
            act()


def test_opening_what_waits_is_noted_as_seeing_the_patient(there: Connected, small: Clinic, store: Store) -> None:
    there.connect(HEALIFY)
    there.run()
    both_change_the_telephone(there, small)
    sync_deciding.detail(there.desk, items(there, "field")[0])
    with store.read() as connection:
        seen = connection.execute(text("SELECT count(*) FROM access WHERE subject = 'sync' AND patient = :p"),
                                  {"p": small.patient}).scalar()  # fmt: skip
    assert seen == 1


def test_nested_values_are_words() -> None:
    value = {"street": "1 Main St", "lines": ["a", "b"], "empty": None, "is_known": True, "postalCode": "6002"}
    assert sync_wording.words_of(value) == "street: 1 Main St\nlines: a, b\nis known: yes\npostal code: 6002"
    assert sync_wording.words_of(None) == sync_wording.words_of([]) == ""


@pytest.mark.parametrize(("npi", "known"), [("1234567893", True), ("1234567890", False)])
def test_who_bears_the_same_national_number_is_known_and_who_is_only_called_the_same_is_proposed(
    there: Connected, store: Store, npi: str, known: bool
) -> None:
    before = next(one for one in staff_members(there.desk) if one.role == "doctor")
    with store.write(act=new_id(), session=None) as unit:
        unit.change(staff, before.id, {"npi": npi}, kind="staff.changed")
    row = there.rows(HEALIFY, "prescriptions")[0]
    name = f"Dr. {before.display_name}"
    there.people(HEALIFY).edit(
        "prescriptions", row["id"], prescriber={"id": "doc_99aa", "name": name, "npi": npi, "specialty": "General"}
    )
    there.connect(HEALIFY)
    there.run()
    who = sync_connecting.who_is_who(there.desk, HEALIFY, ask=False)
    doctor = next(one for one in who.staff if one.staff_id == before.id)
    assert ("doc_99aa", name) in who.directory
    if known:
        assert (doctor.remote_id, doctor.by_number, doctor.waiting) == ("doc_99aa", True, 0)
    else:
        assert (doctor.remote_id, doctor.proposed) == ("", ("doc_99aa", name))


def test_after_seven_days_away_a_person_is_asked_to_sign_in_and_nothing_is_lost(
    small: Clinic, desk_for: DeskFor, clock: SetClock
) -> None:
    """Healthcare Records: no call renews a token, and the last one has ended while the clinic was closed."""
    records = "healthcare_records"
    with connected(desk_for("administrator"), records, clock=lambda: clock.now().timestamp()) as there:
        system = there.sandbox.gates[records].system
        system.knobs = replace(system.knobs, token_seconds=7 * 86_400.0)
        system.reissue()
        there.connect(records)
        there.run()
        assert [one.state for one in sync_shown.systems_shown(there.desk)] == ["on"]
        known = len(there.rows(records, "patients"))
        clock.set(clock.now() + timedelta(days=8))
        there.desk = desk_for("administrator")  # whoever was signed in is not any more
        desk = desk_for("front_desk")
        new = NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day", phone="+254 711 000 222")
        late = register_patient(desk, new).patient_id
        there.run()
        (shown,) = sync_shown.systems_shown(there.desk)
        assert shown.state == "sign_in"
        assert shown.waiting >= 1
        assert sync_shown.record_marks(there.desk, [("patient", late)])["patient", late][0].word == "waiting"
        assert len(there.rows(records, "patients")) == known
        # Asked once, and not again and again while nobody has signed in.
        asked = len(system.log.asked)
        there.run()
        assert len(system.log.asked) == asked
        system.reissue()
        there.connect_again(records)
        there.run()
        assert [one.state for one in sync_shown.systems_shown(there.desk)] == ["on"]
        assert len(there.rows(records, "patients")) == known + 1
        mark = sync_shown.record_marks(there.desk, [("patient", late)])["patient", late][0]
        assert mark.word in {"confirmed", "sent"}


def test_a_notice_of_theirs_that_was_read_here_is_read_there(there: Connected) -> None:
    there.people(AROCORD).add(
        "notifications",
        {"recipient_id": "doctor_001", "type": "info", "title": "Closed on Friday", "message": "All day",
         "priority": "medium", "category": "office", "is_read": False, "created_at": "2026-03-10T09:00:00Z",
         "action_url": None},
        "5f1c7a52-3d5e-4bb5-9a55-0a6a1f6d7e10",
    )  # fmt: skip
    there.connect(AROCORD)
    there.run()
    notice = next(one for one in inbox.inbox(there.desk) if one.title == "Closed on Friday")

    def is_read() -> bool:
        return bool(
            next(row for row in there.rows(AROCORD, "notifications") if row["title"] == notice.title)["is_read"]
        )

    there.run()
    assert not is_read()
    inbox.mark_read(there.desk, notice.id)
    there.run()
    assert is_read()
    assert items(there, "cannot") == []
    mark = sync_shown.record_marks(there.desk, [("notice", notice.id)])["notice", notice.id][0]
    assert mark.word == "confirmed"


def test_a_clock_that_is_wrong_is_said_beside_the_system(small: Clinic, desk_for: DeskFor, clock: SetClock) -> None:
    del small
    desk, apart = desk_for("administrator"), [-720.0]
    with connected(desk, HEALIFY, clock=lambda: clock.now().timestamp() + apart[0]) as there:
        there.connect(HEALIFY)
        there.run(HEALIFY)
        assert "12 minutes ahead of Healify" in sync_shown.systems_shown(desk)[0].clock_said
        apart[0] = 1800.0
        sync_connecting.sync_now(desk)
        there.run(HEALIFY)
        assert "30 minutes behind Healify" in sync_shown.systems_shown(desk)[0].clock_said
        apart[0] = 200.0
        sync_connecting.sync_now(desk)
        there.run(HEALIFY)
        assert sync_shown.systems_shown(desk)[0].clock_said == ""
