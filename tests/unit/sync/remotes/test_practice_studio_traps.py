"""Where Practice Studio's document contradicts itself or is silent: what is done then."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from sync.port import CannotTell, Kind, Put, Seen, Sending, Story
from sync.records.patient import Patient
from sync.remotes.practice_studio.client import APPOINTMENT, PATIENT, id_of_link
from sync.remotes.practice_studio.mapping.shown import payment_key
from sync.remotes.practice_studio.profile import profile
from sync.remotes.practice_studio.remote import PracticeStudioRemote, open_remote, sign_in
from sync.remotes.practice_studio.signatures import proof
from sync.transport.outcomes import Call, NotThere, Refused
from sync.transport.signin import ApiKey, AuthorizationCode, Bearer, ClientCredentials
from tests.contract.over_sandbox import a_story
from tests.contract.replayed import Clock, Handler, Links, Network, Secrets, json_answer, opening

EMPTY = {"total": 0, "patients": []}
GONE = {"error": {"code": "not_found", "message": "Resource not found"}}


def opened(network: Handler, base: str = "https://studio.example/v1", **settings: str) -> PracticeStudioRemote:
    return open_remote(opening(base, network, settings))


def silent() -> Network:
    return Network(lambda _request: httpx.Response(500))


@pytest.mark.parametrize("base", ["https://studio.example", "https://studio.example/v1", "https://studio.example/v2/"])
@pytest.mark.parametrize("prefix", ["/api/v1", "/v1"])
def test_the_prefix_is_found_whatever_base_was_entered(base: str, prefix: str) -> None:
    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path == f"{prefix}/patients":
            return json_answer(EMPTY)
        return httpx.Response(404, text="<html>no</html>")

    remote = opened(network, base)
    assert remote.check()["prefix"] == prefix
    assert remote.client.prefix == prefix


def test_an_address_with_nothing_behind_it_is_refused_in_words() -> None:
    with pytest.raises(Refused) as refused:
        opened(Network(lambda _request: json_answer(GONE, 404))).check()
    assert "base address" in refused.value.said.message


STATEMENT = {
    "resourceType": "CapabilityStatement",
    "fhirVersion": "4.0.1",
    "rest": [
        {
            "resource": [
                {"type": "Patient", "versioning": "versioned-update", "conditionalCreate": True,
                 "searchParam": [{"name": "_lastUpdated"}]},
                {"type": "Basic", "versioning": "no-version"},
            ]
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (STATEMENT, {"fhir": "4.0.1", "fhir versions": "Patient", "fhir conditional create": "Patient",
                     "fhir changes since": "Patient"}),
        ({"resourceType": "OperationOutcome"}, {"fhir": "no"}),
        ({**STATEMENT, "rest": "odd"}, {"fhir": "4.0.1"}),
    ],
)  # fmt: skip
def test_fhir_is_used_for_nothing_that_its_statement_does_not_say(statement: Any, found: dict[str, str]) -> None:
    def network(request: httpx.Request) -> httpx.Response:
        return json_answer(statement if request.url.path.startswith("/fhir") else EMPTY)

    said = opened(network).check()
    assert {name: value for name, value in said.items() if name.startswith("fhir")} == found


@pytest.mark.parametrize("act", ["cancel", "update", "complete", "no_show"])
def test_a_change_of_an_appointment_is_a_task_for_a_person(act: str) -> None:
    story = a_story(Kind.APPOINTMENT)
    found = opened(silent()).project(Story(Kind.APPOINTMENT, "x", 1, "p", story.first, story.rest, act=act), Links())
    assert isinstance(found, CannotTell)
    assert "telephone the practice" in found.why
    assert profile("standard").kinds[Kind.APPOINTMENT].put is Put.NONE


def test_both_spellings_of_cancelled_are_one() -> None:
    remote = opened(silent())
    for spelled in ("cancelled", "canceled"):
        seen = Seen(Kind.APPOINTMENT, "APPT-1", {"status": spelled})
        made: Any = remote.adopt(seen, None, Links())[0]
        assert made.status == "cancelled"
        assert remote.done(Sending(Kind.APPOINTMENT, "act", {}, "APPT-1", act="cancel"), seen) is True
    assert remote.canonical(Kind.APPOINTMENT, {"status": "canceled"}) == {"status": "cancelled"}


def test_an_update_sends_nested_objects_whole() -> None:
    network = Network(lambda _request: json_answer({"id": "PAT-1"}))
    body = {
        "firstName": "Ada",
        "contactInfo": {"email": "a@example.org", "phone": "555"},
        "insurance": {"primary": {"provider": "A"}, "secondary": {"provider": "B"}},
    }
    changed = frozenset({"contactInfo", "insurance"})
    opened(network).send(Sending(Kind.PATIENT, "update", body, "PAT-1", changed=changed))
    sent = json.loads(network.requests[0].content)
    assert sent == {"contactInfo": body["contactInfo"], "insurance": body["insurance"]}


def test_a_list_that_shows_less_says_nothing_of_what_it_leaves_out() -> None:
    row = {"id": "PAT-1", "firstName": "Ada", "insurance": {"primary": {"provider": "A"}}, "updated": "2026-01-01"}
    remote = opened(Network(lambda _request: json_answer({"total": 1, "patients": [row]})))
    (seen,) = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None).items
    assert not seen.whole
    assert "insurance" not in seen.body
    story = a_story(Kind.PATIENT)
    assert remote.adopt(seen, story, Links())[1:] == story.rest


def test_what_can_be_read_and_not_told_never_covers_what_the_chart_says() -> None:
    remote = opened(silent())
    story = a_story(Kind.PATIENT, lambda one: bool(one.first.model_dump()["contact"]))
    body = {"emergencyContact": {"name": "Somebody Else"}, "mrn": "MRN-1"}
    after = remote.adopt(Seen(Kind.PATIENT, "PAT-1", body), story, Links())
    assert isinstance(after[0], Patient)
    assert after[0].contact[0] == _contact(story)
    assert "MRN-1" in [each.value for each in after[0].identifier]
    assert "mrn" not in remote.project(story, Links()).body  # type: ignore[union-attr]


def _contact(story: Story) -> Any:
    assert isinstance(story.first, Patient)
    return story.first.contact[0]


@pytest.mark.parametrize("signed", ["instant", "body"])
def test_a_signature_holds_in_either_reading_and_not_when_it_is_old(signed: str) -> None:
    raw, now = b'{"event":"patient.updated"}', 1_770_000_000.0
    what = f"{int(now)}.".encode() + raw if signed == "instant" else raw
    good = hmac.new(b"secret", what, hashlib.sha256).hexdigest()
    header = f"t={int(now)},v1=00,v1={good}"
    found = proof("secret", header, raw, now + 299)
    assert found is not None
    assert found.stamped is (signed == "instant")
    assert proof("secret", header, raw, now + 301) is None
    assert proof("secret", header, raw, now - 301) is None
    assert proof("other", header, raw, now) is None
    assert proof("secret", header, raw + b" ", now) is None
    assert proof("", header, raw, now) is None


@pytest.mark.parametrize("header", ["", "t=,v1=", "v1", "t=x,v1=é", "t=9999999999999999999,v1=a", "," * 5000])
def test_a_header_that_is_no_signature_is_none(header: str) -> None:
    assert proof("secret", header, b"{}", 0.0) is None


def test_days_are_asked_for_wider_and_chosen_here() -> None:
    rows = [{"id": f"APPT-{day}", "startTime": f"2026-03-{day:02d}T10:00:00Z"} for day in (5, 9, 10, 11, 15)]
    network = Network(lambda _request: json_answer({"total": 5, "appointments": rows}))
    page = opened(network).page(Kind.APPOINTMENT, parent=None, since="2026-03-10", until="2026-03-10", cursor=None)
    asked = network.requests[0].url.params
    assert (asked["start_date"], asked["end_date"]) == ("2026-03-09", "2026-03-11")
    assert [one.remote_id for one in page.items] == ["APPT-9", "APPT-10", "APPT-11"]


def test_a_payment_is_known_by_all_it_says() -> None:
    one = {"date": "2026-01-01", "method": "Cash", "amount": 30.0, "reference": "R1"}
    keys = {payment_key("INV-1", one), payment_key("INV-2", one), payment_key("INV-1", {**one, "amount": 31.0})}
    assert len(keys) == 3
    assert payment_key("INV-1", dict(reversed(one.items()))) == payment_key("INV-1", one)


PAID = {"date": "2026-01-01", "method": "Cash", "amount": 25.0, "reference": "R1"}


@pytest.mark.parametrize(
    "spelled",
    [{"amount": 25}, {"amount": "25.00"}, {"method": "cash"}, {"method": " CASH"}, {"reference": "r1"}],
)
def test_a_payment_is_the_same_however_it_is_spelled(spelled: dict[str, Any]) -> None:
    assert payment_key("INV-1", {**PAID, **spelled}) == payment_key("INV-1", PAID)
    bare = {"date": "2026-01-01", "amount": 25}
    assert payment_key("INV-1", {**bare, "method": None}) == payment_key("INV-1", bare)


def test_of_two_equal_payments_each_is_kept_and_known_again() -> None:
    remote = opened(silent())

    def shown(*payments: dict[str, Any]) -> Seen:
        return Seen(Kind.INVOICE, "INV-1", {"status": "paid", "amount": 50, "payments": list(payments)})

    first, *paid = remote.adopt(shown(PAID, {**PAID, "method": "cash", "amount": 25}), None, Links())
    assert len({each.identifier[0].value for each in paid}) == len(paid) == 2
    here = Story(Kind.INVOICE, "x", 1, "p", first, tuple(paid))
    other = {**PAID, "amount": 25, "method": "CASH"}
    assert remote.adopt(shown(other, other), here, Links())[1:] == tuple(paid)
    third = remote.adopt(shown(other, PAID, other), here, Links())[1:]
    assert third[:2] == tuple(paid)
    assert len(third) == 3


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/api/v1/patients/PAT-12345", "PAT-12345"),
        ("https://evil.example/PAT-1", "PAT-1"),
        ("/api/v1/patients/../PAT-1?x", "PAT-1"),
        ("/api/v1/patients", None),
        (None, None),
    ],
)
def test_of_a_link_only_the_id_is_taken(href: object, found: str | None) -> None:
    assert id_of_link(href, PATIENT) == found
    assert id_of_link(href, APPOINTMENT) is None


def test_the_way_to_sign_in_follows_from_what_there_is_and_is_never_a_password() -> None:
    def way(**known: str) -> type:
        return type(sign_in(Secrets(**known), Clock()))

    assert way(client_id="i", client_secret="s") is ClientCredentials
    assert way(client_id="i", refresh_token="r") is AuthorizationCode
    assert way(api_key="k") is ApiKey
    assert way(token="t") is Bearer
    assert way(username="u", password="p") is Bearer


def test_an_appointment_is_read_through_the_narrowest_list_and_gone_when_it_is_in_none() -> None:
    network = Network(lambda _request: json_answer({"total": 1, "appointments": [{"id": "APPT-1"}]}))
    remote = opened(network)
    assert remote.read(Kind.APPOINTMENT, "APPT-1", parent="PAT-1").remote_id == "APPT-1"
    assert network.requests[0].url.params["patient_id"] == "PAT-1"
    with pytest.raises(NotThere):
        remote.read(Kind.APPOINTMENT, "APPT-2", parent="PAT-1")


@pytest.mark.parametrize(("tier", "limit"), [("standard", 100), ("premium", 1000), ("2500", 2500)])
def test_the_limit_is_that_of_the_tier(tier: str, limit: int) -> None:
    (bucket,) = profile(tier).buckets
    assert (bucket.limit, bucket.seconds) == (limit, 60)
    assert bucket.covers(Call("POST /oauth/token", "POST", "/oauth/token"))
    with pytest.raises(ValueError, match="tier"):
        profile("none")


def test_a_document_with_a_day_alone_keeps_it() -> None:
    remote = opened(silent())

    def of(date: str) -> tuple[Any, frozenset[str]]:
        body = {"type": "Letter", "date": date, "content": {"text": "Well."}}
        seen = Seen(Kind.DOCUMENT, "REC-1", body)
        return remote.adopt(seen, None, Links())[0], remote.unread(seen, Links())

    made, gaps = of("2023-02-15")
    assert (made.date, made.content[0].attachment.creation, gaps) == (None, "2023-02-15", frozenset())
    made, gaps = of("2023-02-15T09:30:00Z")
    assert (made.date, made.content[0].attachment.creation, gaps) == ("2023-02-15T09:30:00Z", None, frozenset())
    assert of("February 15th")[1] == {"date"}
