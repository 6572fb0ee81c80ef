"""What a patient agreed to is told as it was agreed to, and no further; what a system cannot keep to is not told."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinic_desktop.exchange import consents, outgoing
from clinic_desktop.exchange.agreed import enrolment_of, share_of
from clinic_desktop.exchange.told import Told, made
from sync.port import CannotTell, Kind, Seen, Story, Telling
from sync.records.consent import Consent
from sync.records.elements import Resource
from sync.remotes.healify.mapping import telling as healify
from sync.remotes.healthcare_records.mapping import bodies
from sync.remotes.healthcare_records.mapping.consent import waiting
from sync.telling.words import NOBODY

TODAY = date(2026, 3, 10)
CONSENT = {
    "id": "c1", "patient_id": "p1", "scope": "disclosure", "covers": "[]", "audience": "[]", "status": "active",
    "granted_on": "2026-03-01", "valid_from": "2026-03-01", "valid_until": None, "grantor": "patient",
    "grantor_name": "Ada Okafor", "document_id": None, "wording": "Sharing", "wording_text": "I agree",
    "signed_at": "2026-03-02T04:00:00.000000Z", "source": "here", "revision": 1,
}  # fmt: skip
SHARE = {
    "id": "s1", "patient_id": "p1", "recipient_email": "y@example.org", "recipient_name": "Harbour", "message": "",
    "created_at": "2026-03-10T09:00:00.000000Z", "recipient_type": "insurer", "permissions": '["view"]',
    "sections": '["problems", "medicines", "vitals", "visits"]', "expires_at": "2026-03-17", "consent_id": "c1",
    "status": "active", "revision": 1,
}  # fmt: skip


def written(row: dict[str, Any]) -> Resource:
    def point(table: str, record: object) -> dict[str, str] | None:
        return {"reference": f"{outgoing.kind_of(table)}/{record}"} if record else None

    found = consents.write(row, cast("Any", point))
    return made({"resourceType": "Consent", "id": row["id"]} | {camel(name): each for name, each in found.items()})


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.title() for each in rest)


class Signed:
    """A patient with one signed visit, its note, and a consent."""

    def __init__(self, consent: dict[str, Any]) -> None:
        self.consent = consent

    def of(self, table: str) -> list[SimpleNamespace]:
        rows = {
            "encounters": {"id": "e1", "status": "signed", "signed_at": "2026-03-10"},
            "notes": {"encounter_id": "e1"},
        }
        return [SimpleNamespace(row=rows[table], table=table)]

    def one(self, table: str, _record: str) -> SimpleNamespace:
        return SimpleNamespace(row=self.consent, table=table)

    def reference(self, _table: str, record: str) -> dict[str, str]:
        return {"reference": f"Patient/{record}"}

    def resource(self, one: SimpleNamespace, **_over: object) -> Resource:
        if one.table == "consents":
            return written(self.consent)
        return made({"resourceType": "DocumentReference", "id": "n1", "status": "current", "content": []})


def shared(share: dict[str, Any], consent: dict[str, Any]) -> Telling | CannotTell:
    parts = share_of(cast("Told", Signed(CONSENT | consent)), SHARE | share, TODAY)
    assert parts is not None
    return healify.project(Story(Kind.SHARE, "s1", 1, "p1", parts.first, parts.rest), NOBODY)


def agreed(**changes: Any) -> Story:
    return Story(Kind.CONSENT, "c1", 1, "p1", written(CONSENT | changes))


def body_of(found: Telling | CannotTell) -> dict[str, Any]:
    assert isinstance(found, Telling), found
    return dict(found.body)


@pytest.mark.parametrize(
    ("until", "last"), [(None, "2026-03-17"), ("2030-01-01", "2026-03-17"), ("2026-03-12", "2026-03-12")]
)
def test_a_share_is_told_with_its_own_recipient_rights_and_the_earlier_end(until: str | None, last: str) -> None:
    body = body_of(shared({}, {"valid_until": until}))
    assert (body["recipient_type"], body["permissions"]) == ("insurer", ["view"])
    assert body["expires_at"] <= f"{last}T23:59:59Z"
    assert body["expires_at"] > f"{last}T00:00:00Z", "its last day counts"


def test_the_rights_of_a_share_are_told_in_their_words_and_never_wider() -> None:
    assert body_of(shared({"permissions": '["view", "print", "keep"]'}, {}))["permissions"] == ["view", "download"]
    assert body_of(shared({"permissions": '["view", "print"]'}, {}))["permissions"] == ["view"]


@pytest.mark.parametrize(
    ("share", "consent", "why"),
    [
        ({"sections": '["allergies"]'}, {}, "whole visits"),
        ({"expires_at": "2026-03-09"}, {}, "past"),
        ({}, {"valid_until": "2021-12-31"}, "no consent"),
        ({}, {"valid_from": "2026-03-11"}, "no consent"),
        ({}, {"scope": "research"}, "no consent"),
        ({}, {"status": "withdrawn"}, "no consent"),
    ],
)
def test_what_was_not_agreed_to_or_is_over_is_not_shared(
    share: dict[str, Any], consent: dict[str, Any], why: str
) -> None:
    found = shared(share, consent)
    assert isinstance(found, CannotTell)
    assert why in found.why


def test_a_share_that_has_no_end_is_not_told() -> None:
    parts = share_of(cast("Told", Signed(CONSENT)), SHARE, TODAY)
    assert parts is not None
    letter, consent = parts.rest
    sections = [each for each in (letter.model_extra or {})["extension"] if "valueCode" in each]
    endless = letter.model_copy(update={"extension": sections})
    found = healify.project(Story(Kind.SHARE, "s1", 1, "p1", parts.first, (endless, consent)), NOBODY)
    assert isinstance(found, CannotTell)
    assert "never end" in found.why


def test_a_consent_of_another_scope_shares_nothing_whoever_sends_it() -> None:
    parts = share_of(cast("Told", Signed(CONSENT)), SHARE, TODAY)
    assert parts is not None
    rest = (parts.rest[0], written(CONSENT | {"scope": "treatment"}))
    assert isinstance(healify.project(Story(Kind.SHARE, "s1", 1, "p1", parts.first, rest), NOBODY), CannotTell)


@pytest.mark.parametrize("scope", ["research", "treatment", "disclosure", "communication"])
def test_a_consent_is_told_as_what_it_is_for_what_it_covers_and_of_its_own_day(scope: str) -> None:
    body = body_of(bodies.project(agreed(scope=scope, covers='["laboratory"]'), NOBODY))
    assert (body["consent_type"], body["scope"]) == (scope, ["laboratory"])
    assert body["granted_date"] == "2026-03-01", "the day that it was given, not that of a signature in another zone"


def test_a_consent_for_some_people_alone_or_for_later_is_for_a_person_to_tell() -> None:
    found = bodies.project(agreed(audience='["staff:s1"]'), NOBODY)
    assert isinstance(found, CannotTell)
    assert "some people" in found.why
    later = agreed(valid_from="2026-03-11")
    assert "2026-03-11" in (waiting(later, TODAY) or "")
    assert waiting(later, date(2026, 3, 11)) is None


@pytest.mark.parametrize(("said", "scope"), [("treatment", "treatment"), ("research", "research"), ("x", "disclosure")])
def test_a_consent_from_there_keeps_what_it_is_and_what_it_is_for(said: str, scope: str) -> None:
    body = {
        "patient_id": "pat_1", "consent_type": said, "status": "active", "granted_date": "2024-01-15",
        "scope": ["immunization_data", "clinical_notes"], "grantor": "patient",
    }  # fmt: skip
    (record,) = bodies.adopt(Seen(Kind.CONSENT, "c9", body), None, NOBODY)
    assert isinstance(record, Consent)
    values = consents.read(record).values
    assert values["scope"] == scope
    for part in (said, "immunization_data", "clinical_notes"):
        assert part in values["wording_text"]


def test_what_a_consent_of_here_is_about_follows_them_only_where_they_say_something_else() -> None:
    mine = agreed(scope="research")
    for said in ("research", "treatment"):
        body = body_of(bodies.project(mine, NOBODY)) | {"consent_type": said}
        (record, *_rest) = bodies.adopt(Seen(Kind.CONSENT, "c9", body), mine, NOBODY)
        told = bodies.project(Story(Kind.CONSENT, "c1", 1, "p1", record), NOBODY)
        assert body_of(told)["consent_type"] == said
        assert (record == mine.first) is (said == "research")


def test_an_enrolment_begins_on_its_first_day_and_what_is_wished_is_no_goal() -> None:
    row = {
        "id": "n1", "patient_id": "p1", "programme_id": "g1", "status": "enrolled", "starts_on": "2026-04-01",
        "ended_on": None, "enrolled_at": "2026-03-10T09:00:00.000000Z", "goals": json.dumps(["sleep better"]),
        "preferences": json.dumps({"reminder_time": "08:00"}), "revision": 1,
    }  # fmt: skip
    parts = enrolment_of(cast("Told", Signed(CONSENT)), row)
    assert parts is not None
    body = body_of(healify.project(Story(Kind.ENROLMENT, "n1", 1, "p1", parts.first), NOBODY))
    assert body["start_date"] == "2026-04-01T00:00:00Z"
    assert (body["goals"], body["preferences"]) == (["sleep better"], {"reminder_time": "08:00"})
