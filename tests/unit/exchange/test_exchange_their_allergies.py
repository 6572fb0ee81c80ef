"""What a system knows of an allergy that the chart names stands beside what was written here."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import allergies as mapping
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.services import charting
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import allergies
from clinic_desktop.store.tables.patients import patients
from sync.engine.chart import Because
from sync.port import Kind, Seen
from sync.records.allergy import AllergyIntolerance
from sync.remotes.practice_studio.mapping.bodies import adopt
from sync.telling.words import NOBODY
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard


def test_a_graver_reaction_that_a_system_knows_is_added_once(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    small, heard = Clinic(store, desk_for, clock), Heard(store, clock)
    mild = charting.NewAllergy("Penicillin", reaction="rash", severity="mild")
    charting.add_allergy(desk_for("doctor"), small.patient, mild)
    said = {"allergies": [{"allergen": "penicillin", "reaction": "Anaphylaxis", "severity": "Severe"}]}
    for _again in range(3):
        story = heard.story(Kind.PATIENT, small.patient)
        came = adopt(Seen(Kind.PATIENT, "PAT-1", said), story, NOBODY, "USD")
        heard.adopt(Kind.PATIENT, small.patient, *came, because=Because("practice_studio", "PAT-1"))
    with heard.store.read() as connection:
        found = connection.execute(
            select(allergies.c.reaction, allergies.c.severity).where(allergies.c.substance.ilike("penicillin"))
        ).all()
    assert sorted(map(tuple, found)) == [("Anaphylaxis", "severe"), ("rash", "mild")]


@pytest.mark.parametrize(
    ("system", "name", "said"),
    [
        ("healify", "last_name", {"medical_history": {"allergies": ["Nuts"], "conditions": [], "medications": []}}),
        ("practice_studio", "lastName", {"allergies": [{"allergen": "Nuts", "reaction": "rash", "severity": "Mild"}]}),
    ],
)  # fmt: skip
def test_an_allergy_that_no_list_shows_is_here_at_the_next_look(
    desk_for: DeskFor, clock: SetClock, small: Clinic, system: str, name: str, said: dict[str, Any]
) -> None:
    """What is shown in the detail alone moves the stamp that the list shows: it is read for that."""
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.connect(system)
        there.run(system)
        number = next(row["id"] for row in there.rows(system, "patients") if row[name] == "Okello")
        clock.advance(timedelta(hours=2))
        stamp = {"updated_at" if system == "healify" else "updated": clock.now().isoformat()}
        there.people(system).edit("patients", number, **said, **stamp)
        sync_connecting.sync_now(there.desk)
        there.run(system)
        asked = [one.path for one in there.sandbox.gates[system].system.log.asked]
        sync_connecting.sync_now(there.desk)
        there.run(system)
        again = [one.path for one in there.sandbox.gates[system].system.log.asked][len(asked) :]
    with small.store.read() as connection:
        found = connection.execute(select(allergies.c.substance).where(allergies.c.patient_id == small.patient))
        assert "Nuts" in found.scalars().all()
    assert not [path for path in again if path.endswith(number)], "nothing has moved since"


def test_a_document_whose_list_hides_its_text_is_read_again_when_its_stamp_moves(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    system = "healthcare_records"
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.connect(system)
        there.run(system)
        told = "SELECT remote_id FROM sync_link WHERE kind = 'patient' AND local_id = :it"
        with small.store.read() as connection:
            number = connection.execute(text(told), {"it": small.patient}).scalar_one()
        was = there.rows(system, "documents")[0]
        it = "44444444-4444-4444-8444-444444444444"
        there.people(system).add("documents", {**was, "id": it, "patient_id": number, "content": "No fracture."}, it)
        for said in ("No fracture.", "AMENDED: displaced fracture of the hip."):
            there.people(system).edit("documents", it, content=said)
            clock.advance(timedelta(minutes=2))
            sync_connecting.sync_now(there.desk)
            there.run(system)
            with small.store.read() as connection:
                body = connection.execute(text("SELECT body FROM sync_shadow WHERE remote_id = :it"), {"it": it})
                assert json.loads(body.scalar_one())["content"] == said


def test_that_none_is_known_is_in_the_chart_as_no_allergy_and_stands_for_no_answer_given_here(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    said = ["NKDA", "No known allergies", "-"]
    person = {
        "id": "pat_none", "first_name": "Zoe", "last_name": "Quill", "date_of_birth": "1999-07-14", "gender": "female",
        "medical_history": {"allergies": said, "conditions": [], "medications": []},
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
    }  # fmt: skip
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.people("healify").add("patients", person, "pat_none")
        there.connect("healify")
        there.run("healify")
        items = sync_shown.waiting_items(there.desk)
    with small.store.read() as connection:
        (who,) = connection.execute(select(patients.c.id).where(patients.c.family_name == "Quill")).scalars()
        rows = connection.execute(
            select(allergies.c.substance, allergies.c.status).where(allergies.c.patient_id == who)
        ).all()
        state = connection.execute(select(patients.c.allergy_state).where(patients.c.id == who)).scalar_one()
    assert sorted(map(tuple, rows)) == [("NKDA", "inactive"), ("No known allergies", "inactive")]
    assert state == "not_asked", "nobody here has asked: it is said elsewhere"
    assert not [one for one in items if one.kind == "patient"]


@pytest.mark.parametrize(("system", "hours"), [("arocord_hims", 26), ("healify", 2)])
def test_a_medicine_and_a_graver_reaction_that_are_said_no_longer_or_anew_stand_here_and_are_before_a_person(
    desk_for: DeskFor, clock: SetClock, small: Clinic, system: str, hours: int
) -> None:
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        people, number = there.people(system), there.rows(system, "patients")[0]["id"]

        def say(dose: str, reaction: str) -> None:
            medicine, allergy = f"Prednisolone {dose} daily", f"Codeine - {reaction}"
            if system == "healify":
                past = {"allergies": [allergy], "conditions": [], "medications": [medicine]}
                people.edit("patients", number, medical_history=past, updated_at=clock.now().isoformat())
                return
            of = {"patient_id": number, "recorded_on": "2019-04-02"}
            people.add("history", {**of, "id": "h_m", "type": "medication", "name": medicine}, "h_m")
            drug = {**of, "id": "h_a", "type": "allergy", "name": "Codeine", "reaction": reaction, "severity": "severe"}
            people.add("history", drug, "h_a")

        say("40 mg", "rash")
        there.connect(system)
        there.run(system)
        assert not [one for one in sync_shown.waiting_items(there.desk) if one.kind == "patient"]
        clock.advance(timedelta(hours=hours))
        say("20 mg", "anaphylaxis")
        there.desk = desk_for("administrator")
        sync_connecting.sync_now(there.desk)
        there.run(system)
        asked = {one.member for one in sync_shown.waiting_items(there.desk) if one.kind == "patient"}
    with small.store.read() as connection:
        taken = text("SELECT name FROM medicines_taken WHERE name LIKE 'Pred%' AND status = 'active'")
        borne = text("SELECT substance || coalesce(reaction, '') FROM allergies WHERE substance LIKE 'Codeine%'")
        medicines = sorted(connection.execute(taken).scalars())
        codeine = " ".join(connection.execute(borne).scalars())
    assert {"medicines", "medical_history"} <= asked
    assert medicines == ["Prednisolone 20 mg daily", "Prednisolone 40 mg daily"]
    assert "rash" in codeine
    assert "anaphylaxis" in codeine


@pytest.mark.parametrize(
    ("more", "status"),
    [({}, "inactive"), ({"reaction": [{"manifestation": [{"text": "Anaphylaxis"}]}]}, "active")],
)
def test_words_of_none_known_with_no_code_are_read_so_from_a_file_too(more: dict[str, Any], status: str) -> None:
    record = AllergyIntolerance.model_validate(
        {"resourceType": "AllergyIntolerance", "code": {"text": "NKDA"}, "patient": {"reference": "Patient/p"}, **more}
    )
    assert mapping.read(record).values["status"] == status
