"""Where Healify's document contradicts itself or is silent: what is done then."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from sync.port import CannotTell, Kind, Seen, Sending, Story
from sync.records.appointment import Appointment
from sync.records.encounter import Encounter
from sync.records.observation import Observation
from sync.records.patient import Patient
from sync.remotes.healify.mapping.prescription import ndc
from sync.remotes.healify.profile import BUCKETS, KINDS
from sync.remotes.healify.remote import HealifyRemote, open_remote
from sync.transport.outcomes import Call, Clash, Failed, Garbled, NotThere, Refused, Slowed
from tests.contract.over_sandbox import a_story
from tests.contract.replayed import Handler, Links, Network, json_answer, opening

BASE = "https://healify.example"


def opened(network: Handler, **settings: str) -> HealifyRemote:
    return open_remote(opening(BASE, network, settings))


def silent() -> Network:
    return Network(lambda _request: httpx.Response(500))


def page_of(count: int, **said: Any) -> dict[str, Any]:
    return {"data": [{"id": f"pat_{number}"} for number in range(count)], **said}


@pytest.mark.parametrize(
    ("count", "said", "following"),
    [
        (100, {"total": 250, "has_more": False}, "90"),  # the greater of both is believed; pages overlap by a tenth
        (50, {"total": 50, "has_more": True}, "45|pat_0"),  # a count that is that of the page: there is more
        (50, {"total": 50, "has_more": False}, None),
        (20, {"total": 250, "limit": 20}, "18"),  # fewer than asked for: what came is counted
        (0, {"total": 250}, None),
        (3, {}, None),
        (50, {"limit": 50}, "45|pat_0"),  # no count: a page is full with as many as they say that they give
        (40, {"limit": 50}, None),
    ],
)
def test_the_next_page_is_worked_out_from_what_came(count: int, said: dict[str, Any], following: str | None) -> None:
    remote = opened(Network(lambda _request: json_answer(page_of(count, **said))))
    page = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    assert (len(page.items), page.next) == (count, following)


@pytest.mark.parametrize("name", ["A\0B", {"a": "\0"}])
def test_what_nobody_can_keep_in_one_item_stops_none_of_the_others(name: Any) -> None:
    rows = [{"id": "pat_1"}, {"id": "pat_2", "first_name": name}, {"id": "pat_3"}]
    remote = opened(Network(lambda _request: json_answer({"data": rows, "total": 3})))
    page = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    assert ([one.remote_id for one in page.items], len(page.broken)) == (["pat_1", "pat_3"], 1)


def test_a_list_that_takes_no_notice_of_where_a_page_begins_comes_to_an_end() -> None:
    remote = opened(Network(lambda _request: json_answer(page_of(50, limit=50))))
    first = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    again = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=first.next)
    assert (first.next, again.next) == ("45|pat_0", None)


def test_one_item_that_cannot_be_read_is_set_aside_without_its_values() -> None:
    rows = [{"id": "pat_1"}, {"id": 7, "first_name": "Ada"}, {"first_name": ["Ada"]}, "x", {"id": "pat_2", "new": {}}]
    remote = opened(Network(lambda _request: json_answer({"data": rows, "total": 5})))
    page = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    assert [one.remote_id for one in page.items] == ["pat_1", "pat_2"]
    assert len(page.broken) == 3
    assert "Ada" not in str(page.broken)
    assert page.items[1].raw["new"] == {}


@pytest.mark.parametrize("written", ["1990-02-03T00:00:00.000Z", "1990-02-03T00:00:00Z", " 1990-02-03 "])
def test_a_day_of_birth_that_is_kept_as_an_instant_is_that_day(written: str) -> None:
    remote = opened(silent())
    bodies = ({"date_of_birth": each} for each in (written, "1990-02-03"))
    assert len({str(remote.canonical(Kind.PATIENT, body)) for body in bodies}) == 1
    assert remote.canonical(Kind.PATIENT, {"date_of_birth": "1990-02-03T05:00:00Z"})["date_of_birth"] != "1990-02-03"


def test_history_is_only_added_and_never_taken_away() -> None:
    remote = opened(silent())
    patient = Patient.model_validate({"resourceType": "Patient", "id": "p"})
    story = Story(Kind.PATIENT, "p", 1, "p", patient)
    history = {"allergies": ["Penicillin", "peanuts"], "conditions": ["asthma"], "medications": ["metformin"]}
    first = remote.adopt(Seen(Kind.PATIENT, "pat_1", {"medical_history": history}), story, Links())
    assert [each.resource_type for each in first[1:]] == [
        "AllergyIntolerance", "AllergyIntolerance", "Condition", "MedicationStatement",
    ]  # fmt: skip
    held = Story(Kind.PATIENT, "p", 1, "p", first[0], first[1:])
    fewer = {"medical_history": {"allergies": ["PENICILLIN"], "conditions": None}}
    assert remote.adopt(Seen(Kind.PATIENT, "pat_1", fewer), held, Links()) == first
    assert remote.adopt(Seen(Kind.PATIENT, "pat_1", {"first_name": "Ada"}), held, Links())[1:] == first[1:]


def test_a_status_that_ended_here_is_not_opened_again_by_what_is_open_there() -> None:
    remote = opened(silent())
    gone = Appointment.model_validate({"resourceType": "Appointment", "status": "cancelled", "participant": []})
    story = Story(Kind.APPOINTMENT, "a", 1, "p", gone)
    after = remote.adopt(Seen(Kind.APPOINTMENT, "apt_1", {"status": "scheduled"}), story, Links())
    assert after == (gone,)


@pytest.mark.parametrize(
    ("kind", "act", "words"),
    [
        (Kind.PRESCRIPTION, "cancel", "no call that cancels"),
        (Kind.SHARE, "revoke", "can still see it"),
        (Kind.ENROLMENT, "withdraw", "no call that ends an enrolment"),
    ],
)
def test_what_cannot_be_told_is_said_in_plain_words(kind: Kind, act: str, words: str) -> None:
    story = a_story(kind)
    found = opened(silent()).project(Story(kind, "x", 1, "p", story.first, story.rest, act=act), Links())
    assert isinstance(found, CannotTell)
    assert words in found.why


def test_a_draft_and_what_was_entered_in_error_stay_here() -> None:
    story = a_story(Kind.ENCOUNTER)
    remote = opened(silent())
    assert isinstance(remote.project(replace(story, signed=False), Links()), CannotTell)
    assert isinstance(remote.project(replace(story, void=True), Links()), CannotTell)


def test_a_name_proves_nobody() -> None:
    remote = opened(silent())
    links = Links((Kind.PRACTITIONER, "local-doctor", "doc_1"))
    named = Seen(Kind.ENCOUNTER, "rec_1", {"provider": {"name": "Dr. Sarah Smith"}})
    made: Any = remote.adopt(named, None, links)[0]
    assert made.participant[0].individual.reference is None
    known: Any = remote.adopt(Seen(Kind.ENCOUNTER, "rec_1", {"provider": {"id": "doc_1"}}), None, links)[0]
    assert known.participant[0].individual.reference == "Practitioner/local-doctor"
    one, other = ({"provider": {"id": "doc_1", "name": name}} for name in ("Dr. Smith", "Sarah Smith"))
    assert remote.canonical(Kind.ENCOUNTER, one) == remote.canonical(Kind.ENCOUNTER, other)


@pytest.mark.parametrize(
    "ident", ["shared", "available-slots", "rec_1/../pat_1", "pat_1", "", "rec_", "rec_1?x=1", "rec_1\0", "REC_1"]
)
def test_an_id_that_is_none_never_gets_into_a_path(ident: str) -> None:
    network = silent()
    with pytest.raises(Refused):
        opened(network).client.get_record(ident)
    assert not network.requests


ERRORS: list[tuple[int, dict[str, Any], type[Exception], tuple[tuple[str, str], ...]]] = [
    (400, {"details": [{"field": "email", "message": "Invalid"}]}, Refused, (("email", "Invalid"),)),
    (409, {"details": "already exists"}, Clash, (("", "already exists"),)),
    (404, {"resource_type": "patient"}, NotThere, ()),
    (422, {"details": [{"field": "dob", "message": "past"}, "x"]}, Refused, (("dob", "past"),)),
    (429, {"retry_after": 60}, Slowed, ()),
    (500, {"request_id": "req_1"}, Failed, ()),
]


@pytest.mark.parametrize(("status", "extra", "kind", "fields"), ERRORS)
def test_every_form_of_error_is_read(status: int, extra: dict[str, Any], kind: Any, fields: Any) -> None:
    body = {"error": {"code": "CODE", "message": "words", **extra}}
    with pytest.raises(kind) as found:
        opened(Network(lambda _request: json_answer(body, status))).client.get_patient("pat_1")
    assert (found.value.said.code, found.value.said.fields) == ("CODE", fields)
    if status == 429:
        assert found.value.after == 60


def test_somebody_elses_404_is_not_gone() -> None:
    with pytest.raises(Garbled):
        opened(Network(lambda _request: httpx.Response(404, text="<html>"))).client.get_patient("pat_1")


def test_an_email_in_use_is_told_as_a_clash_and_nothing_is_tried_again() -> None:
    body = {"error": {"code": "CONFLICT", "message": "exists", "details": "Patient with that email exists"}}
    network = Network(lambda _request: json_answer(body, 409))
    with pytest.raises(Clash):
        opened(network).send(Sending(Kind.PATIENT, "create", {"first_name": "A", "email": "a@example.org"}))
    assert len(network.requests) == 1


FILE = "https://files.example/records/att_1?key=1"


def test_a_file_on_another_host_is_fetched_without_the_token_and_only_where_it_is_allowed() -> None:
    network = Network(lambda _request: httpx.Response(200, content=b"%PDF"))
    with pytest.raises(Refused):
        opened(network).attachments.fetch(FILE)
    assert not network.requests
    assert opened(network, attachment_hosts="files.example").attachments.fetch(FILE) == b"%PDF"
    (sent,) = network.requests
    assert str(sent.url) == FILE
    assert "Authorization" not in sent.headers
    opened(network).attachments.fetch(f"{BASE}/files/1")
    assert network.requests[-1].headers["Authorization"] == "Bearer secret-token"


@pytest.mark.parametrize(
    "url",
    ["http://files.example/1", "https://127.0.0.1/1", "https://files.example@evil.example/1", "file:///etc/passwd",
     "https://healify.example.evil.example/1", "https://localhost/1"],
)  # fmt: skip
def test_a_file_is_never_fetched_from_anywhere_else(url: str) -> None:
    network = silent()
    with pytest.raises(Refused):
        opened(network, attachment_hosts="files.example 127.0.0.1 localhost").attachments.fetch(url)
    assert not network.requests


def test_units_that_are_not_stated_are_kept_as_assumed_and_never_converted_on_the_way_in() -> None:
    remote = opened(silent())
    vitals = {"blood_pressure": "128/82", "temperature": 98.6, "weight": 180}
    made = remote.adopt(Seen(Kind.ENCOUNTER, "rec_1", {"vitals": vitals}), None, Links())
    assert isinstance(made[0], Encounter)
    signs = {each.code.coding[0].code: each.value_quantity for each in made if isinstance(each, Observation)}
    warm = signs["8310-5"]
    assert warm is not None
    assert (str(warm.value), warm.code, warm.unit) == ("98.6", "[degF]", "[degF] (assumed)")


def test_codes_of_drugs_are_one_in_eleven_digits_and_kept_as_they_came() -> None:
    assert ndc("00093-7214-01") == ndc("0093-7214-01") == ndc("00093721401") == "00093721401"
    remote = opened(silent())
    one, other = ({"medication": {"ndc": code}} for code in ("00093-7214-01", "0093-7214-01"))
    assert remote.canonical(Kind.PRESCRIPTION, one) == remote.canonical(Kind.PRESCRIPTION, other)


def test_nothing_is_shared_without_a_consent_that_holds() -> None:
    story = a_story(Kind.SHARE)
    bare = tuple(each for each in story.rest if each.resource_type != "Consent")
    remote = opened(silent())
    found = remote.project(Story(Kind.SHARE, "x", 1, "p", story.first, bare, act="share"), Links())
    assert isinstance(found, CannotTell)
    assert "consent" in found.why


def test_the_documented_limits_cover_every_request() -> None:
    call = Call("GET /api/v1/patients", "GET", "/api/v1/patients")
    assert [(one.limit, one.seconds, one.covers(call)) for one in BUCKETS] == [(1000, 3600, True), (100, 60, True)]
    assert {str(kind): str(one.create) for kind, one in KINDS.items() if one.create} == {
        "patient": "N", "appointment": "M", "encounter": "M", "document": "M", "prescription": "M", "refill": "W",
        "share": "N", "enrolment": "W",
    }  # fmt: skip


def test_a_version_that_ends_is_shown_to_the_administrator() -> None:
    network = Network(lambda _request: httpx.Response(200, json=page_of(0, total=0), headers={"Sunset": "2027-01-01"}))
    assert opened(network).check()["header Sunset"] == "2027-01-01"
