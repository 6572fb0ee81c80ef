"""What three systems say in words, members and numbers of their own is taken in whole, or a person is asked."""

import base64
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.port import CannotTell, Kind, Seen, Sending, Story, Telling
from sync.records.allergy import AllergyIntolerance
from sync.records.consent import Consent
from sync.records.document import DocumentReference
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.records.immunization import Immunization
from sync.records.medication import MedicationRequest
from sync.records.observation import Observation
from sync.records.patient import Patient
from sync.remotes.healify.mapping.prescription import ndc
from sync.remotes.healify.remote import open_remote as open_healify
from sync.remotes.healthcare_records.mapping.bodies import read_one
from sync.remotes.healthcare_records.remote import open_remote as open_records
from sync.remotes.practice_studio.remote import open_remote as open_studio
from sync.telling.notes import text_of
from tests.contract.over_sandbox import a_story
from tests.contract.replayed import Links, Network, json_answer, opening

NOBODY = Network(lambda _request: httpx.Response(500))
HEALIFY = open_healify(opening("https://healify.example", NOBODY))
STUDIO = open_studio(opening("https://studio.example/v1", NOBODY))
RECORDS = open_records(opening("https://records.example/api/v1/healthcare-records", NOBODY))


def heard(remote: Any, kind: Kind, body: dict[str, Any], *here: Resource) -> tuple[Any, ...]:
    story = Story(kind, "x", 1, "p", here[0], here[1:]) if here else None
    found: tuple[Any, ...] = remote.adopt(Seen(kind, "there", body), story, Links())
    return found


def unread(remote: Any, kind: Kind, body: dict[str, Any]) -> set[str]:
    return set(remote.unread(Seen(kind, "there", body), Links()))


def made(kind: type[Resource], **members: Any) -> Any:
    return kind.model_validate({"resourceType": kind.__name__, **members})


@pytest.mark.parametrize(
    ("remote", "kind", "member", "spelled", "said", "known"),
    [
        (HEALIFY, Kind.PRESCRIPTION, "status", "CANCELLED", "cancelled", "cancelled"),
        (HEALIFY, Kind.APPOINTMENT, "status", "Cancelled", "cancelled", "cancelled"),
        (HEALIFY, Kind.APPOINTMENT, "status", "No Show", "noshow", "no_show"),
        (HEALIFY, Kind.APPOINTMENT, "status", "no-show", "noshow", "no_show"),
        (HEALIFY, Kind.APPOINTMENT, "status", "COMPLETED", "fulfilled", "completed"),
        (HEALIFY, Kind.PATIENT, "gender", "Female ", "female", "female"),
        (STUDIO, Kind.APPOINTMENT, "status", "CANCELED", "cancelled", "cancelled"),
        (STUDIO, Kind.APPOINTMENT, "status", "Cancelled", "cancelled", "cancelled"),
        (STUDIO, Kind.PATIENT, "gender", "f", "female", "F"),
        (STUDIO, Kind.PATIENT, "gender", "M.", "male", "M"),
        (STUDIO, Kind.PATIENT, "gender", "Female", "female", "F"),
        (RECORDS, Kind.CONSENT, "status", "Active", "active", "active"),
        (RECORDS, Kind.CONSENT, "status", "Revoked", "inactive", "revoked"),
        (RECORDS, Kind.PATIENT, "gender", "MALE", "male", "male"),
    ],
)
def test_a_word_is_the_word_it_is_however_it_is_spelled(
    remote: Any, kind: Kind, member: str, spelled: str, said: str, known: str
) -> None:
    first = heard(remote, kind, {member: spelled})[0]
    assert getattr(first, member) == said
    assert unread(remote, kind, {member: spelled}) == set()
    # An end is an end, and nobody has become somebody else by a capital letter.
    assert remote.canonical(kind, {member: spelled}) == remote.canonical(kind, {member: known})


@pytest.mark.parametrize("remote", [HEALIFY, STUDIO])
def test_a_cancellation_has_taken_effect_however_it_is_spelled(remote: Any) -> None:
    cancel = Sending(Kind.APPOINTMENT, "act", {}, "there", act="cancel")
    assert remote.done(cancel, Seen(Kind.APPOINTMENT, "there", {"status": "Cancelled"})) is True
    assert remote.done(cancel, Seen(Kind.APPOINTMENT, "there", {"status": "Scheduled"})) is False


def test_a_word_that_nobody_knows_is_asked_about() -> None:
    assert unread(RECORDS, Kind.CONSENT, {"status": "in abeyance"}) == {"status"}
    assert unread(STUDIO, Kind.PATIENT, {"gender": "X"}) == {"gender"}
    assert unread(STUDIO, Kind.INVOICE, {"status": "written off"}) == {"status"}


def test_an_invoice_that_is_paid_is_not_open_for_a_capital_letter() -> None:
    paid = heard(STUDIO, Kind.INVOICE, {"status": "Paid", "amount": 150.0})[0]
    assert (paid.status, unread(STUDIO, Kind.INVOICE, {"status": "Paid"})) == ("balanced", set())


def test_a_visit_is_one_however_its_type_is_spelled() -> None:
    row = {"id": "rec_1", "type": "Consultation"}
    remote = open_healify(
        opening("https://healify.example", Network(lambda _request: json_answer({"data": [row], "total": 1})))
    )
    page = remote.page(Kind.ENCOUNTER, parent=None, since=None, until=None, cursor=None)
    assert [one.kind for one in page.items] == [Kind.ENCOUNTER]
    ident = "0b5e1d86-3a53-4a3e-9c39-9f0f5a1b7a11"
    (note,) = read_one(Kind.DOCUMENT, {"id": ident, "document_type": "Clinical Note"}, whole=True)
    assert note.kind is Kind.ENCOUNTER


# Allergies

RASH = {"allergen": "Penicillin", "reaction": "Rash", "severity": "Mild"}
GRAVE = {"allergen": "penicillin", "reaction": "Anaphylaxis", "severity": "Severe "}


def reactions(records: tuple[Any, ...]) -> list[list[tuple[Any, Any]]]:
    return [
        [(each.manifestation[0].text, each.severity) for each in one.reaction]
        for one in records
        if isinstance(one, AllergyIntolerance)
    ]


def test_every_reaction_to_one_allergen_is_kept_with_how_grave_it_was() -> None:
    body = {"allergies": [RASH, GRAVE]}
    first = heard(STUDIO, Kind.PATIENT, body)
    assert reactions(first) == [[("Rash", "mild"), ("Anaphylaxis", "severe")]]
    assert unread(STUDIO, Kind.PATIENT, body) == set()
    assert heard(STUDIO, Kind.PATIENT, body, *first) == first


def of_chart(**members: Any) -> Any:
    return made(AllergyIntolerance, id="a", code={"text": "Penicillin"}, patient={"reference": "Patient/p"}, **members)


ADA = made(Patient, id="p", name=[{"family": "Lovelace"}])


@pytest.mark.parametrize(
    ("here", "added"),
    [
        ({"reaction": [{"manifestation": [{"text": "Rash"}], "severity": "mild"}]}, [("Anaphylaxis", "severe")]),
        ({"reaction": [{"manifestation": [{"text": "anaphylaxis"}], "severity": "mild"}]}, None),
        ({}, [("Rash", "mild"), ("Anaphylaxis", "severe")]),
        ({"reaction": [{"manifestation": [{"text": "rash; anaphylaxis"}], "severity": "severe"}]}, []),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, []),
    ],
)
def test_a_reaction_that_the_chart_does_not_name_stands_beside_what_was_written_here(here: Any, added: Any) -> None:
    ours = of_chart(**here)
    after = heard(STUDIO, Kind.PATIENT, {"allergies": [RASH, GRAVE]}, ADA, ours)
    assert after[:2] == (ADA, ours)
    wanted = [("Rash", "mild"), ("Anaphylaxis", "severe")] if added is None else added
    assert reactions(after[2:]) == ([wanted] if wanted else [])
    assert all(one.verification_status.coding[0].code == "unconfirmed" for one in after[2:])
    # Once it stands, it is not added again.
    assert heard(STUDIO, Kind.PATIENT, {"allergies": [RASH, GRAVE]}, *after) == after


def test_a_day_that_cannot_be_read_loses_nobody_an_allergy() -> None:
    (_patient, one) = heard(STUDIO, Kind.PATIENT, {"allergies": [{**GRAVE, "noted": "06/12/2021"}]})
    assert (one.code.text, one.note[0].text) == ("penicillin", "Noted: 06/12/2021")


# Prescriptions

METFORMIN = {
    "medication": {
        "name": "Metformin", "generic_name": "Metformin HCl", "ndc": "00093-7214-01", "strength": "500mg",
        "form": "tablet",
    },
    "dosage": "10 mg",
    "instructions": "Mondays only, never daily",
}  # fmt: skip


def as_story(records: tuple[Any, ...]) -> Story:
    return Story(Kind.PRESCRIPTION, "x", 1, "p", records[0], records[1:])


def told(remote: Any, story: Story) -> dict[str, Any]:
    telling = remote.project(story, Links())
    assert isinstance(telling, Telling)
    return dict(telling.body)


def test_a_medicine_from_there_is_called_with_its_strength_and_form_and_told_as_it_came() -> None:
    first = heard(HEALIFY, Kind.PRESCRIPTION, METFORMIN)
    assert first[0].medication_codeable_concept.text == "Metformin 500mg tablet"
    (dose,) = first[0].dosage_instruction
    assert (dose.text, dose.patient_instruction) == ("10 mg", "Mondays only, never daily")
    again = told(HEALIFY, as_story(first))
    assert {name: again[name] for name in METFORMIN} == METFORMIN
    assert heard(HEALIFY, Kind.PRESCRIPTION, METFORMIN, *first) == first
    more = {"medication": {**METFORMIN["medication"], "strength": "850mg"}}  # type: ignore[dict-item]
    after = heard(HEALIFY, Kind.PRESCRIPTION, more, *first)
    assert after[0].medication_codeable_concept.text == "Metformin 850mg tablet"


@pytest.mark.parametrize(
    ("name", "strength", "called"),
    [("Metformin 500 MG", "500mg", "Metformin 500 MG"), ("Drug 25mg", "5mg", "Drug 25mg 5mg"), ("Drug", None, "Drug")],
)
def test_a_strength_that_the_name_says_is_not_said_twice(name: str, strength: str | None, called: str) -> None:
    first = heard(HEALIFY, Kind.PRESCRIPTION, {"medication": {"name": name, "strength": strength}})
    assert first[0].medication_codeable_concept.text == called
    assert told(HEALIFY, as_story(first))["medication"]["name"] == name


def test_what_a_doctor_here_called_a_medicine_stays_when_they_add_its_strength() -> None:
    ours = made(
        MedicationRequest, status="active", intent="order", subject={"reference": "Patient/p"},
        medicationCodeableConcept={"text": "Metformin"},
    )  # fmt: skip
    body = {"medication": {"name": "Metformin", "strength": "500mg"}}
    after = heard(HEALIFY, Kind.PRESCRIPTION, body, ours)
    assert after[0].medication_codeable_concept.text == "Metformin"
    assert told(HEALIFY, as_story(after))["medication"] == body["medication"]


@pytest.mark.parametrize(("marker", "found"), [("ref CW-7F3K9Q2M", ["prx_1"]), ("", ["prx_1", "prx_2"])])
def test_after_a_lost_answer_our_marker_decides_whatever_they_call_the_medicine(marker: str, found: list[str]) -> None:
    notes = {"prx_1": "ref CW-7F3K9Q2M", "prx_2": "ref CW-11111111"}
    rows = [{"id": each, "medication": {"name": "WARFARIN"}} for each in notes]

    def answer(request: httpx.Request) -> httpx.Response:
        ident = request.url.path.rpartition("/")[2]
        row = next((each for each in rows if each["id"] == ident), None)
        return json_answer({**row, "notes": notes[ident]} if row else {"data": rows, "total": 2})

    remote = open_healify(opening("https://healify.example", Network(answer)))
    body = {"medication": {"name": "Warfarin"}}
    sent = Sending(Kind.PRESCRIPTION, "create", body, marker=marker, sent_at="2026-03-10T09:00:00Z")
    assert [one.remote_id for one in remote.probe(sent)] == found


def test_after_a_lost_answer_a_share_is_known_by_its_address_however_it_is_spelled() -> None:
    row = {"share_id": "shr_1", "record_id": "rec_1", "recipient_email": "jo.smith@example.org"}
    remote = open_healify(
        opening("https://healify.example", Network(lambda _request: json_answer({"data": [row], "total": 1})))
    )
    body = {"record_id": "rec_1", "recipient_email": "Jo.Smith@Example.org"}
    found = remote.probe(Sending(Kind.SHARE, "create", body, sent_at="2026-03-10T09:00:00Z"))
    assert [one.remote_id for one in found] == ["shr_1"]


def test_a_unit_and_a_second_step_that_have_no_place_there_are_said() -> None:
    ours = made(
        MedicationRequest, status="active", intent="order", subject={"reference": "Patient/p"},
        medicationCodeableConcept={"text": "Amoxicillin"},
        dosageInstruction=[{"text": "5 mL"}, {"text": "then 10 mL"}],
        dispenseRequest={"quantity": {"value": 2, "unit": "bottles of 100 mL"}},
    )  # fmt: skip
    telling = HEALIFY.project(as_story((ours,)), Links())
    assert isinstance(telling, Telling)
    assert {"unit of the quantity", "further steps of the dosage"} <= set(telling.homeless)


def test_drug_codes_without_a_pack_are_filled_up_too() -> None:
    assert ndc("1234-5678") == ndc("01234-5678") != ndc("12345-678")


# Visits


def visit(*signs: tuple[str, float, str | None]) -> Story:
    amounts = [
        made(
            Observation, status="final", code={"coding": [{"system": "http://loinc.org", "code": code}]},
            valueQuantity={"value": Decimal(str(value))} | ({"unit": unit, "code": unit} if unit else {}),
        )
        for code, value, unit in signs
    ]  # fmt: skip
    return Story(
        Kind.ENCOUNTER, "v", 1, "p", made(Encounter, id="v", status="finished", **{"class": {"code": "AMB"}}),
        tuple(amounts),
    )  # fmt: skip


def test_of_several_measurements_the_last_is_told() -> None:
    story = visit(
        ("8480-6", 180, "mm[Hg]"), ("8462-4", 110, "mm[Hg]"), ("8480-6", 130, "mm[Hg]"), ("8462-4", 80, "mm[Hg]")
    )
    telling = HEALIFY.project(story, Links())
    assert isinstance(telling, Telling)
    assert telling.body["vitals"] == {"blood_pressure": "130/80"}
    assert "earlier measurements" in telling.homeless


@pytest.mark.parametrize(
    ("code", "value", "unit", "said"),
    [
        ("29463-7", 3250, "g", {"weight": 7.2}),
        ("29463-7", 80, None, None),
        ("8310-5", 37, None, None),
        ("8310-5", 37, "Cel", {"temperature": 98.6}),
        ("8867-4", 72, "/min", {"heart_rate": 72}),
    ],
)
def test_a_vital_sign_is_told_in_a_unit_that_is_known_or_not_at_all(
    code: str, value: float, unit: str | None, said: Any
) -> None:
    telling = HEALIFY.project(visit((code, value, unit)), Links())
    assert isinstance(telling, Telling)
    assert telling.body.get("vitals") == said
    assert said or "other vital signs" in telling.homeless


def test_a_pressure_in_another_unit_is_not_told_and_not_written_over() -> None:
    story = visit(("8480-6", 17.3, "kPa"), ("8462-4", 10.6, "kPa"))
    assert "vitals" not in told(HEALIFY, story)
    body = {"vitals": {"blood_pressure": "130/80"}}
    after = heard(HEALIFY, Kind.ENCOUNTER, body, story.first, *story.rest)
    assert after[: 1 + len(story.rest)] == (story.first, *story.rest)
    assert told(HEALIFY, replace(story, rest=after[1:]))["vitals"] == body["vitals"]


# Members that nobody documented


@pytest.mark.parametrize(
    ("remote", "kind", "member", "plain", "strange"),
    [
        (HEALIFY, Kind.ENCOUNTER, "vitals", {"heart_rate": 72, "new": None}, {"oxygen_saturation": 82}),
        (HEALIFY, Kind.PATIENT, "address", {"city": "Kisumu"}, {"unit": "4B"}),
        (HEALIFY, Kind.PATIENT, "emergency_contact", {"name": "Jo"}, {"email": "j@example.org"}),
        (HEALIFY, Kind.PATIENT, "medical_history", {"allergies": ["latex"]}, {"surgeries": ["splenectomy"]}),
        (HEALIFY, Kind.PRESCRIPTION, "medication", {"name": "Warfarin"}, {"route": "oral"}),
        (HEALIFY, Kind.APPOINTMENT, "location", {"room": "4"}, {"url": "https://example.org/call"}),
        (STUDIO, Kind.PATIENT, "contactInfo", {"phone": "555-123-4567"}, {"mobile": "555-765-4321"}),
        (STUDIO, Kind.PATIENT, "contactInfo", {"phone": "1"}, {"address": {"line1": "1 Main", "line3": "rear"}}),
        (STUDIO, Kind.PATIENT, "insurance", {"primary": {"provider": "A"}}, {"tertiary": {"provider": "B"}}),
        (STUDIO, Kind.PATIENT, "insurance", {"primary": {"provider": "A"}}, {"secondary": {"planName": "B"}}),
        (STUDIO, Kind.PATIENT, "emergencyContact", {"name": "Jo"}, {"email": "j@example.org"}),
        (STUDIO, Kind.PATIENT, "preferredPharmacy", {"id": "P-1", "name": "A"}, {"fax": "555"}),
        (RECORDS, Kind.PATIENT, "emergency_contact", {"name": "Jo"}, {"email": "j@example.org"}),
    ],
)
def test_a_member_that_nobody_documented_is_asked_about_where_it_says_something(
    remote: Any, kind: Kind, member: str, plain: dict[str, Any], strange: dict[str, Any]
) -> None:
    assert unread(remote, kind, {member: plain}) == set()
    assert unread(remote, kind, {member: {**plain, **strange}}) == {member}


def test_a_member_of_an_allergy_that_nobody_documented_is_asked_about() -> None:
    assert unread(STUDIO, Kind.PATIENT, {"allergies": [{**GRAVE, "crossReactsWith": "cephalosporins"}]}) == {
        "allergies"
    }


# Doses, consents, documents


def test_a_dose_of_another_vaccine_keeps_neither_codes_nor_words_of_the_old_one() -> None:
    old = made(
        Immunization, status="completed", patient={"reference": "Patient/p"},
        vaccineCode={
            "coding": [
                {"system": "http://hl7.org/fhir/sid/cvx", "code": "150"},
                {"system": "http://hl7.org/fhir/sid/ndc", "code": "49281-421-50", "display": "Fluzone Quadrivalent"},
            ]
        },
    )  # fmt: skip
    body = {"vaccine_code": "208", "vaccine_name": "COVID-19 mRNA vaccine"}
    (after,) = heard(RECORDS, Kind.IMMUNIZATION, body, old)
    assert [(each.code, each.display) for each in after.vaccine_code.coding] == [("208", None)]
    assert after.vaccine_code.text == "COVID-19 mRNA vaccine"
    # What is called something here stays so.
    assert heard(RECORDS, Kind.IMMUNIZATION, {"vaccine_code": "150", "vaccine_name": "Flu"}, old) == (old,)


def test_a_consent_that_denies_is_not_told_as_one_that_holds_and_shares_nothing() -> None:
    denied = made(Consent, id="c", status="active", scope={"text": "x"}, category=[], provision={"type": "deny"})
    found = RECORDS.project(Story(Kind.CONSENT, "c", 1, "p", denied), Links())
    assert isinstance(found, CannotTell)
    share = a_story(Kind.SHARE)
    rest = tuple(denied if isinstance(each, Consent) else each for each in share.rest)
    refused = HEALIFY.project(replace(share, rest=rest), Links())
    assert isinstance(refused, CannotTell)
    assert "consent" in refused.why


def test_a_text_whose_base64_has_line_breaks_is_read() -> None:
    data = base64.encodebytes(b"A long note. " * 20).decode()
    document = made(DocumentReference, status="current", content=[{"attachment": {"data": data}}])
    assert text_of(document) == "A long note. " * 20
