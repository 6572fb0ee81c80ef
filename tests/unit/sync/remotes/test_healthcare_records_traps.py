"""Where the document of the Healthcare Records API contradicts itself or is silent: what is done then."""

from typing import Any

import httpx
import pytest

from sync.port import CannotTell, Kind, Put, Seen, Sending, Story
from sync.remotes.healthcare_records.profile import BUCKETS, HOURLY, profile
from sync.remotes.healthcare_records.remote import HealthcareRecordsRemote, open_remote
from sync.remotes.healthcare_records.uses import USES
from sync.telling.masks import NotToBeSent, is_mask, require_clear
from sync.transport.outcomes import Call, Forbidden, Refused
from tests.contract.over_sandbox import a_story
from tests.contract.replayed import Handler, Links, Network, json_answer, opening

BASE = "https://records.example/api/v1/healthcare-records"
ONE = "0b5e1d86-3a53-4a3e-9c39-9f0f5a1b7a11"


def opened(network: Handler, **settings: str) -> HealthcareRecordsRemote:
    return open_remote(opening(BASE, network, settings))


def silent() -> Network:
    return Network(lambda _request: httpx.Response(500))


def test_every_endpoint_has_its_own_hour_and_all_share_the_minute_and_the_burst() -> None:
    assert list(HOURLY) == list(USES)
    for endpoint, limit in HOURLY.items():
        method, _space, path = endpoint.partition(" ")
        covering = {(one.limit, one.seconds) for one in BUCKETS if one.covers(Call(endpoint, method, path))}
        assert covering == {(limit, 3600), (60, 60), (10, 10)}
    assert (HOURLY["POST /patients"], HOURLY["GET /patients"], HOURLY["DELETE /patients/{patient_id}"]) == (10, 50, 2)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("[ENCRYPTED]", True), ("[encrypted:v1]", True), ("encrypted names", True), ("Encrypted contact info", True),
        ("x [ENCRYPTED] y", True), ("Encrypted disk handed to the patient on Monday", False), ("", False), (7, False),
    ],
)  # fmt: skip
def test_a_mask_is_known_by_its_form(text: object, hidden: bool) -> None:
    assert is_mask(text) is hidden


def test_a_mask_anywhere_in_a_body_stops_it_and_is_named_by_its_place() -> None:
    with pytest.raises(NotToBeSent) as stopped:
        require_clear({"name": [{"given": ["Ada", "[ENCRYPTED]"]}], "gender": "female"})
    assert str(stopped.value) == "hidden values are never sent back: name"


@pytest.mark.parametrize("kind", [Kind.PATIENT, Kind.IMMUNIZATION, Kind.DOCUMENT, Kind.CONSENT])
def test_what_is_hidden_changes_nothing_in_the_chart(kind: Kind) -> None:
    story = a_story(kind)
    remote = opened(silent())
    telling: Any = remote.project(story, Links())
    for mask in ("[ENCRYPTED]", "encrypted names", {"x": "[ENCRYPTED]"}, ["[ENCRYPTED]"]):
        seen = Seen(kind, ONE, dict.fromkeys(telling.body, mask))
        assert remote.masked(seen.body) == set(telling.body)
        assert remote.adopt(seen, story, Links()) == (story.first, *story.rest)


def test_an_empty_list_where_a_patients_names_were_hides_them() -> None:
    story = a_story(Kind.PATIENT)
    remote = opened(silent())
    seen = Seen(
        Kind.PATIENT, ONE, {"name": [], "address": [], "telecom": [], "emergency_contact": {}, "identifier": []}
    )
    assert remote.masked(seen.body) == set(seen.body)
    assert remote.adopt(seen, story, Links()) == (story.first, *story.rest)


@pytest.mark.parametrize("ident", ["search", "..", f"{ONE}/consent-status", f"{ONE}?", "", "uuid", ONE + "\n"])
def test_an_id_that_is_no_uuid_never_gets_into_a_path(ident: str) -> None:
    network = silent()
    for call in (opened(network).client.get_patient, opened(network).client.consent_status):
        with pytest.raises(Refused):
            call(ident)
    assert not network.requests


def test_a_deletion_needs_a_reason_and_a_carrier_that_was_tried_out() -> None:
    network = Network(lambda _request: json_answer({"id": ONE}))
    with pytest.raises(Refused, match="Refused DELETE"):
        opened(network).client.delete_patient(ONE, "registered twice")
    with pytest.raises(Refused):
        opened(network, justification="body").client.delete_patient(ONE, " ")
    assert not network.requests
    opened(network, justification="body").client.delete_patient(ONE, "registered twice")
    assert network.requests[0].content == b'{"justification":"registered twice"}'
    opened(network, justification="query").client.delete_immunization(ONE, "given to another")
    assert network.requests[1].url.params["justification"] == "given to another"


@pytest.mark.parametrize("code", ["CONSENT_REQUIRED", "PHI_ACCESS_DENIED"])
def test_what_is_forbidden_is_hidden_and_not_gone(code: str) -> None:
    body = {"error": {"code": code, "message": "Patient consent needed", "details": {}, "trace_id": "t"}}
    with pytest.raises(Forbidden) as found:
        opened(Network(lambda _request: json_answer(body, 403))).read(Kind.PATIENT, ONE)
    assert found.value.said.code == code


def rows(count: int) -> list[dict[str, str]]:
    return [{"id": f"{number:08d}-0000-4000-8000-000000000000", "document_type": "x"} for number in range(count)]


def test_a_list_without_paging_is_read_once_and_ends() -> None:
    network = Network(lambda _request: json_answer({"documents": rows(150)}))
    remote = opened(network)
    found: list[Seen] = []
    cursor, asked = None, 0
    while True:
        page = remote.page(Kind.DOCUMENT, parent=None, since=None, until=None, cursor=cursor)
        found += page.items
        cursor, asked = page.next, asked + 1
        if cursor is None:
            break
    assert (len(found), asked) == (150, 2)


def test_a_list_with_paging_is_read_to_its_end() -> None:
    every = rows(230)

    def network(request: httpx.Request) -> httpx.Response:
        skip, limit = (int(request.url.params[name]) for name in ("skip", "limit"))
        return json_answer({"documents": every[skip : skip + limit]})

    remote = opened(network)
    found: set[str] = set()
    cursor = None
    while True:
        page = remote.page(Kind.DOCUMENT, parent=None, since=None, until=None, cursor=cursor)
        found |= {one.remote_id for one in page.items}
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == 230


@pytest.mark.parametrize("wrapped", ["bare", "patient", "data"])
def test_an_answer_that_is_not_documented_gives_its_id_in_whatever_form(wrapped: str) -> None:
    made = {"id": ONE, "gender": "female"}
    answer = {"bare": made, "patient": {"patient": made}, "data": {"data": {"patient": made}}}[wrapped]
    remote = opened(Network(lambda _request: json_answer(answer, 201)))
    echo = remote.send(Sending(Kind.PATIENT, "create", {"gender": "female"}))
    assert echo.remote_id == ONE
    assert echo.seen is not None
    nothing = opened(Network(lambda _request: json_answer({"ok": True}, 201)))
    assert nothing.send(Sending(Kind.PATIENT, "create", {"gender": "female"})).remote_id is None


def test_a_dose_that_does_not_fit_its_vaccine_is_still_read() -> None:
    row = {"id": ONE, "vaccine_code": "208", "dose_quantity": 0.5, "dose_unit": "mL"}
    remote = opened(Network(lambda _request: json_answer({"immunizations": [row], "total": 1})))
    page = remote.page(Kind.IMMUNIZATION, parent=None, since=None, until=None, cursor=None)
    made: Any = remote.adopt(page.items[0], None, Links())[0]
    assert (str(made.dose_quantity.value), page.broken) == ("0.5", ())


def test_a_withdrawn_consent_is_a_task_for_a_person() -> None:
    story = a_story(Kind.CONSENT)
    withdrawn = story.first.model_copy(update={"status": "inactive"})
    remote = opened(silent())
    found = remote.project(Story(Kind.CONSENT, "x", 1, "p", withdrawn), Links())
    revoked = remote.project(Story(Kind.CONSENT, "x", 1, "p", withdrawn, act="revoke"), Links())
    assert isinstance(found, CannotTell)
    assert isinstance(revoked, CannotTell)
    assert "withdrawn" in revoked.why


def test_creates_count_as_write_only_until_a_list_was_seen_to_show_them() -> None:
    before, after = (
        profile({}),
        profile({"search by identifier": "yes", "documents show metadata": "yes", "consents show": "yes"}),
    )
    kinds = (Kind.PATIENT, Kind.DOCUMENT, Kind.CONSENT, Kind.IMMUNIZATION)
    assert [str(before.kinds[kind].create) for kind in kinds] == ["W", "W", "W", "N"]
    assert [str(after.kinds[kind].create) for kind in kinds] == ["K", "M", "N", "N"]
    assert before.kinds[Kind.PATIENT].put is Put.CLEAR


def test_a_consent_that_is_still_to_begin_is_a_task_for_a_person() -> None:
    story = a_story(Kind.CONSENT)
    provision = {"type": "permit", "period": {"start": "2199-01-01"}}
    later = story.first.model_validate(story.first.model_dump(by_alias=True) | {"provision": provision})
    found = opened(silent()).project(Story(Kind.CONSENT, "x", 1, "p", later), Links())
    assert isinstance(found, CannotTell)
    assert "2199-01-01" in found.why


def test_a_document_keeps_the_day_it_was_written_on_and_no_time_is_made_up_for_it() -> None:
    remote = opened(silent())
    day = {"visit_date": "2024-01-15"}
    body = {"patient_id": ONE, "document_type": "letter", "content": "Well.", "metadata": day}
    made: Any = remote.adopt(Seen(Kind.DOCUMENT, ONE, body), None, Links())[0]
    assert (made.date, made.content[0].attachment.creation) == (None, "2024-01-15")
    again = Story(Kind.DOCUMENT, "x", 1, None, made)
    assert remote.project(again, Links()).body["metadata"] == day  # type: ignore[union-attr]
    (written,) = remote.adopt(Seen(Kind.DOCUMENT, ONE, {"content": "Better."}), again, Links())
    later = Story(Kind.DOCUMENT, "x", 1, None, written)
    assert remote.project(later, Links()).body["metadata"] == day  # type: ignore[union-attr]
    hidden: Any = remote.adopt(Seen(Kind.DOCUMENT, ONE, {**body, "content": "[ENCRYPTED]"}), None, Links())[0]
    assert hidden.content[0].attachment.creation == "2024-01-15"


def test_an_evening_is_the_day_it_was_there() -> None:
    remote = opened(silent())
    story = a_story(Kind.DOCUMENT)
    late = story.first.model_copy(update={"date": "2024-01-15T23:30:00-05:00"})
    told: Any = remote.project(Story(Kind.DOCUMENT, "x", 1, None, late, story.rest), Links())
    assert told.body["metadata"] == {"visit_date": "2024-01-15"}
