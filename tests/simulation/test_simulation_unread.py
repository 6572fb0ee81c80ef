"""What is written there in a form that nobody here can read: a person gets to know of it, once, and nothing is lost."""

from typing import Any

import pytest

from sync.engine import unread
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Quarantine
from sync.port import Kind
from sync.records.allergy import AllergyIntolerance
from sync.sandbox.people import People
from tests.contract.test_remotes_over_sandbox import ADA_HERE
from tests.simulation.test_simulation_cards import Staffed, cards, change, here, patient_of, settled

# One of each class of form, at a system that shows and is told the member.
FORMS: dict[str, tuple[str, str, Any]] = {
    "an object where words are usual": ("hms_enterprise", "blood_type", {"group": "O", "rh": "+"}),
    "words where an object is usual": ("hms_enterprise", "address", "7 Low Street, Springfield"),
    "a list where words are usual": ("arocord_hims", "phone", ["+15550001111", "+15550002222"]),
    "objects where a list of words is usual": ("hms_enterprise", "allergies", [{"name": "Latex"}]),
    "words where a list is usual": ("hms_enterprise", "allergies", "Sulfa, eggs"),
    "one of a list": ("hms_enterprise", "allergies", ["Nuts", {"name": "Kiwi"}]),
    "a part of one of a list": (
        "hms_enterprise", "current_medications", [{"name": "Warfarin", "dosage": {"value": 5}, "frequency": "daily"}],
    ),
    "a part of an object": ("hms_enterprise", "emergency_contact", {"name": "Jo", "phone": {"home": "+15550003333"}}),
    "what they alone write": ("arocord_hims", "insurance", {"provider": "Blue", "policy_number": {"n": 1}}),
    "a day in another form": ("arocord_hims", "date_of_birth", "10/12/1958"),
}  # fmt: skip


def looked(town: Staffed, system: str) -> None:
    """Look through the lists, and at the patient alone."""
    town.engine.people[system].sync_now("u1")
    town.engine.hint(system, "patient", patient_of(town, system)[0])
    for _ in range(2):  # a sign-in that has ended is renewed between
        town.work(1800)


def allergies(town: Staffed) -> set[str | None]:
    with town.disk.read() as unit:
        story = town.chart.story(unit, Kind.PATIENT, ADA_HERE.local_id)
    assert story is not None
    return {each.code.text for each in story.rest if isinstance(each, AllergyIntolerance) and each.code}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_cannot_be_read_is_asked_about_once_and_neither_taken_nor_emptied(form: str) -> None:
    system, member, value = FORMS[form]
    town = settled(system)
    remote_id, row = patient_of(town, system)
    before, stood = here(town), row.get(member)
    People(town.ways[system].system).edit("patients", remote_id, **{member: value})
    looked(town, system)
    (card,) = cards(town)
    assert (card.sort, card.member, card.why) == ("field", member, unread.FORM)
    assert card.sides["theirs"] == value
    after = here(town)
    assert (after.birth_date, after.address, after.telecom) == (before.birth_date, before.address, before.telecom)
    # It is not asked anew, and what we tell otherwise does not touch it.
    if member != "phone":
        change(town, telecom=[{"system": "phone", "value": "+1-555-010-0404"}])
    looked(town, system)
    assert [one.id for one in cards(town)] == [card.id]
    assert patient_of(town, system)[1][member] == value
    # It is over by itself once they write it readable.
    People(town.ways[system].system).edit("patients", remote_id, **{member: stood})
    looked(town, system)
    assert cards(town) == []


def test_what_a_person_has_noted_is_asked_about_again_only_when_it_says_something_else() -> None:
    town = settled("hms_enterprise")
    remote_id, _row = patient_of(town, "hms_enterprise")
    there = People(town.ways["hms_enterprise"].system)
    there.edit("patients", remote_id, allergies=["Nuts", {"name": "Kiwi"}])
    looked(town, "hms_enterprise")
    assert allergies(town) == {"Nuts"}  # what can be read is in the chart at once
    (card,) = cards(town)
    town.engine.people["hms_enterprise"].resolve(card.id, "noted", "u1")
    looked(town, "hms_enterprise")
    assert cards(town) == []
    assert patient_of(town, "hms_enterprise")[1]["allergies"] == ["Nuts", {"name": "Kiwi"}]
    there.edit("patients", remote_id, allergies=["Nuts", {"name": "Kiwi"}, {"name": "Latex"}])
    looked(town, "hms_enterprise")
    assert [one.member for one in cards(town)] == ["allergies"]


def test_whoever_keeps_what_is_here_has_it_told_to_them() -> None:
    town = settled("arocord_hims")
    remote_id, _row = patient_of(town, "arocord_hims")
    People(town.ways["arocord_hims"].system).edit("patients", remote_id, phone=["+15550001111"])
    looked(town, "arocord_hims")
    (card,) = cards(town)
    town.engine.people["arocord_hims"].resolve(card.id, "here", "u1")
    looked(town, "arocord_hims")
    assert cards(town) == []
    assert "0107788" in "".join(sign for sign in patient_of(town, "arocord_hims")[1]["phone"] if sign.isdigit())


@pytest.mark.parametrize(
    ("system", "member", "value"),
    [
        ("healify", "medical_history", "Latex"),
        ("practice_studio", "allergies", ["Latex"]),
        ("arocord_hims", "insurance", "Blue Cross 77"),
        ("healify", "phone", {"home": "+15550003333"}),
    ],
)
def test_a_record_of_which_nothing_can_be_read_any_more_is_before_a_person(
    system: str, member: str, value: Any
) -> None:
    town = settled(system)
    remote_id, row = patient_of(town, system)
    stood = row.get(member)
    People(town.ways[system].system).edit("patients", remote_id, **{member: value})
    looked(town, system)
    (card,) = cards(town)
    assert (card.sort, card.why, card.remote_id) == ("unread", unread.ALL, remote_id)
    town.engine.people[system].resolve(card.id, "noted", "u1")
    looked(town, system)
    assert cards(town) == []
    with town.disk.read() as unit:
        assert [one.remote_id for one in Rows(unit).find(Quarantine)] == [remote_id]
    People(town.ways[system].system).edit("patients", remote_id, **{member: stood})
    looked(town, system)
    with town.disk.read() as unit:
        assert Rows(unit).find(Quarantine) == []


def test_what_is_new_and_in_part_unreadable_is_one_note() -> None:
    town = settled("arocord_hims")
    _remote_id, row = patient_of(town, "arocord_hims")
    new = {**row, "id": "patient_077", "mrn": "X77", "first_name": "Bo", "last_name": "Other",
           "phone": ["+15557770000"], "date_of_birth": "1971-02-03", "email": {"work": "bo@example.org"}}  # fmt: skip
    People(town.ways["arocord_hims"].system).add("patients", new, "patient_077")
    looked(town, "arocord_hims")
    (card,) = cards(town)
    assert (card.sort, set(card.sides["members"])) == ("unread", {"phone", "email"})
    looked(town, "arocord_hims")
    assert [one.id for one in cards(town)] == [card.id]
    there = People(town.ways["arocord_hims"].system)
    there.edit("patients", "patient_077", phone="+1-555-777-0000", email="bo@example.org")
    looked(town, "arocord_hims")
    assert cards(town) == []


def test_forms_that_merely_differ_ask_nobody() -> None:
    town = settled("arocord_hims")
    remote_id, row = patient_of(town, "arocord_hims")
    address = {name: f"  {value.upper()} " for name, value in row["address"].items()}
    People(town.ways["arocord_hims"].system).edit(
        "patients",
        remote_id,
        phone="(555) 010 7788",
        address=address,
        is_active=False,
        updated_at="2027-01-01T00:00:00Z",
    )
    looked(town, "arocord_hims")
    assert cards(town) == []


def test_what_is_told_to_nobody_any_more_is_still_asked_about() -> None:
    """A consent that has ended is not told: there is nothing to see by whether what they changed was taken."""
    system = "healthcare_records"
    town = settled(system)
    there = People(town.ways[system].system)
    one = {"patient_id": patient_of(town, system)[0], "consent_type": "treatment", "status": "inactive",
           "granted_date": "2024-01-10", "scope": ["clinical_notes"], "grantor": "patient",
           "created_at": "2024-01-10T08:05:00Z", "updated_at": "2024-01-10T08:05:00Z"}  # fmt: skip
    number = there.add("consents", one, "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a04")
    looked(town, system)
    there.edit("consents", number, scope="everything")
    for _ in range(2):
        looked(town, system)
        assert [(card.member, card.why) for card in cards(town)] == [("scope", unread.FORM)]


def test_what_the_chart_refuses_stays_open_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal was once forgotten with the next change that was taken: the two had agreed meanwhile."""
    town = settled("arocord_hims")
    remote_id, _row = patient_of(town, "arocord_hims")
    there = People(town.ways["arocord_hims"].system)
    adopt = town.chart.adopt
    monkeypatch.setattr(town.chart, "adopt", _refusing)
    there.edit("patients", remote_id, phone="+1-555-010-0001")
    looked(town, "arocord_hims")
    monkeypatch.setattr(town.chart, "adopt", adopt)
    there.edit("patients", remote_id, email="ada.king@example.org")
    looked(town, "arocord_hims")
    assert {each.value for each in here(town).telecom} == {"+1-555-010-0001", "ada.king@example.org"}
    with town.disk.read() as unit:
        assert Rows(unit).find(Quarantine) == []
        assert Rows(unit).find(Conflict) == []


def _refusing(*_given: object) -> str:
    raise ValueError("not here")


def test_what_the_chart_does_not_take_is_before_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    town = settled("arocord_hims")
    remote_id, _row = patient_of(town, "arocord_hims")
    monkeypatch.setattr(town.chart, "adopt", lambda *given: given[2])
    People(town.ways["arocord_hims"].system).edit("patients", remote_id, phone="+1-555-010-0001")
    looked(town, "arocord_hims")
    (card,) = cards(town)
    assert (card.member, card.why) == ("phone", unread.LEFT)
    # Whoever decides for what is there hears that it was not taken; who has noted it is asked no more.
    for said, asked in (("there", [card.id]), ("noted", [])):
        town.engine.people["arocord_hims"].resolve(card.id, said, "u1")
        looked(town, "arocord_hims")
        assert [one.id for one in cards(town)] == asked


def _history(*names: str) -> dict[str, Any]:
    return {"medical_history": {"allergies": list(names), "conditions": ["asthma"], "medications": []}}


def _listed(*names: str, severity: str = "moderate") -> dict[str, Any]:
    return {"allergies": [{"allergen": name, "reaction": "rash", "severity": severity} for name in names]}


@pytest.mark.parametrize(("system", "say"), [("healify", _history), ("practice_studio", _listed)])
def test_an_allergy_that_is_taken_out_there_stays_here_and_a_person_gets_to_know_of_it(system: str, say: Any) -> None:
    town = settled(system)
    remote_id, _row = patient_of(town, system)
    there = People(town.ways[system].system)

    def written(*names: str) -> list[str]:
        there.edit("patients", remote_id, **say(*names))
        looked(town, system)
        return [f"{one.member}: {one.why}" for one in cards(town)]

    member = next(iter(say()))
    assert written("Latex", "Nuts") == []
    assert written("nuts", "LATEX") == [], "in other letters it is the same"
    assert written("Latex", "Eggs") == [f"{member}: {unread.OUT}"]
    assert allergies(town) == {"Latex", "Nuts", "Eggs"}, "what was added is in the chart at once"
    assert written("Latex", "Eggs", "Nuts") == [], "it is over when they write it again"
    assert written() == [f"{member}: {unread.OUT}"], "of all that there was, too"
    (card,) = cards(town)
    town.engine.people[system].resolve(card.id, unread.NOTED, "u1")
    looked(town, system)
    assert (cards(town), allergies(town)) == ([], {"Latex", "Nuts", "Eggs"})


def test_an_allergy_that_has_become_graver_there_is_before_a_person() -> None:
    town = settled("practice_studio")
    remote_id, _row = patient_of(town, "practice_studio")
    there = People(town.ways["practice_studio"].system)
    there.edit("patients", remote_id, **_listed("Latex"))
    looked(town, "practice_studio")
    assert cards(town) == []
    there.edit("patients", remote_id, **_listed("Latex", severity="severe"))
    looked(town, "practice_studio")
    (card,) = cards(town)
    assert (card.why, card.clinical, card.sides["theirs"][0]["severity"]) == (unread.OUT, 1, "severe")


def test_an_allergy_that_is_no_more_in_a_past_that_is_only_read_stays_here_and_a_person_gets_to_know_of_it() -> None:
    town = settled("arocord_hims")
    remote_id, _row = patient_of(town, "arocord_hims")
    there = People(town.ways["arocord_hims"].system)

    def noted(name: str, **more: Any) -> None:
        row = {"id": name, "patient_id": remote_id, "recorded_on": "2026-01-01", "description": name, **more}
        there.add("history", row, name)

    def asked() -> list[str]:
        looked(town, "arocord_hims")
        return [f"{one.member}: {one.why}" for one in cards(town)]

    noted("Latex", type="allergy")
    noted("Nuts", type="allergy")
    noted("Metformin", type="medication", dosage="500 mg")
    assert asked() == []
    there.remove("history", "Metformin")
    (ended,) = asked()
    assert ended == f"medicines: {unread.OUT}", "it stays here until a person has seen that it is said no longer"
    noted("Metformin", type="medication", dosage="500 mg")
    assert asked() == []
    there.remove("history", "Nuts")
    assert asked() == [f"medical_history: {unread.OUT}"]
    noted("Nuts", type="allergy")
    assert asked() == [], "it is over when they write it again"
    there.edit("history", "Nuts", status="refuted")
    (card,) = asked()
    assert card.startswith("medical_history: ")
    for name in ("Latex", "Nuts"):
        there.remove("history", name)
    assert asked() == [f"medical_history: {unread.OUT}"], "of all that there was, too"
    assert allergies(town) == {"Latex", "Nuts"}
