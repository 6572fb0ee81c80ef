"""HMS does what its document says: three forms of address, GraphQL, and a channel that is pushed to."""

import base64
import http.client
import json
import os
import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from sync.sandbox.faults import Rule
from sync.sandbox.hms_enterprise.system import Hms
from sync.sandbox.hosting import Sandbox
from sync.sandbox.people import People
from sync.sandbox.websocket import BrokenFrame, Frames, unmasked
from tests.sandboxed import Desk

API = "/api/v1"
JOHN = "123e4567-e89b-12d3-a456-426614174000"
DOCTOR = "323e4567-e89b-12d3-a456-426614174001"
ORDER = "523e4567-e89b-12d3-a456-426614174003"
ANA = {"first_name": "Ana", "last_name": "Ruiz", "date_of_birth": "1990-01-02", "gender": "F"}
QUERY = """query GetPatient($id: ID!) { patient(id: $id) { id patientId lastName address { zipCode }
  clinicalEncounters { encounterDate provider { lastName specialty } diagnoses { code } }
  appointments { startDateTime status } prescriptions { medication { name } dosage { frequency } dateWritten } } }"""
MUTATION = """mutation Make($input: CreateClinicalEncounterInput!) { made: createClinicalEncounter(input: $input) {
  id patientId encounterType encounterDate assessment { icd10Code } status createdAt } }"""


def signed_in(**knobs: Any) -> Desk:
    return Desk("hms_enterprise", limits=False, **knobs).sign_in()


@pytest.mark.parametrize("prefix", ["/v1", "/api/v1", "/v1/api/v1"])
def test_one_form_of_address_answers_and_the_others_do_not(prefix: str) -> None:
    at = signed_in(prefix=prefix)
    for form in ("/v1", "/api/v1", "/v1/api/v1"):
        answer = at.ask("GET", f"{form}/patients/search?query=zz&limit=1")
        assert answer.status == (200 if form == prefix else 404)


def test_a_new_patient_has_two_names_and_is_read_by_one() -> None:
    at = signed_in()
    made = at.ask("POST", f"{API}/patients", ANA).json()
    assert made["patient_id"] == "P20250002"
    assert made["_links"]["self"]["href"] == f"{at.system.origin}/v1/patients/{made['id']}"
    assert at.ask("GET", f"{API}/patients/{made['id']}").json()["last_name"] == "Ruiz"
    assert at.ask("GET", f"{API}/patients/P20250002").status == 404
    assert at.ask("GET", f"{API}/patients/search?query=P20250002").json()["total"] == 1
    assert at.ask("GET", f"{API}/patients/search").status == 400
    assert at.ask("GET", f"{API}/patients").status == 405, "there is no list"


def test_a_page_of_a_search_links_to_its_neighbours() -> None:
    at = signed_in()
    for number in range(4):
        at.ask("POST", f"{API}/patients", {**ANA, "first_name": f"Ana{number}"})
    links = at.ask("GET", f"{API}/patients/search?query=ruiz&limit=2&offset=2").json()["_links"]
    assert links["next"] is None
    assert links["prev"]["href"].endswith("/v1/patients/search?query=ruiz&limit=2&offset=0")


def test_there_is_no_way_to_renew_a_token() -> None:
    at = signed_in()
    at.now += 3600
    assert at.ask("GET", f"{API}/patients/{JOHN}").status == 401
    assert at.ask("POST", "/auth/refresh", {}).status == 404


def test_what_does_not_go_together_is_told_with_the_allergies() -> None:
    at = signed_in()
    drugs = [{"name": "ibuprofen"}, {"name": "Lisinopril"}, {"name": "Water"}]
    told = at.ask("POST", f"{API}/pharmacy/drug-interactions", {"patient_id": JOHN, "medications": drugs}).json()
    assert [one["severity"] for one in told["interactions"]] == ["moderate"]
    assert {one["medication"]: one["severity"] for one in told["allergies"]} == {
        "Penicillin": "severe",
        "Latex": "unknown",
    }
    assert not at.system.log.effects


def test_the_laboratory_reports_after_the_time_of_the_knob() -> None:
    at = signed_in(results_after=600.0)
    given = {"patient_id": JOHN, "provider_id": DOCTOR, "tests": [{"test_code": "CMP"}, {"test_code": "A1C"}]}
    ident = at.ask("POST", f"{API}/laboratory/orders", given).json()["id"]
    path = f"{API}/laboratory/orders/{ident}/results"
    assert at.ask("GET", path).json()["results"] == []
    at.now += 600
    told = at.ask("GET", path).json()
    assert (told["status"], [panel["test_code"] for panel in told["results"]]) == ("completed", ["CMP", "A1C"])
    for part in told["results"][0]["components"]:
        low, high = map(float, part["reference_range"].split("-"))
        value = float(part["result"])
        assert part["flag"] == ("L" if value < low else "H" if value > high else None)
    assert at.ask("GET", path).json() == told


def test_the_schedule_shows_what_is_booked_and_what_is_free() -> None:
    at = signed_in()
    path = f"{API}/appointments/schedule?provider_id={DOCTOR}&start_date=2025-01-20&end_date=2025-01-20"
    free = len(at.ask("GET", path).json()["available_slots"])
    given = {
        "patient_id": JOHN, "provider_id": DOCTOR, "appointment_type": "office_visit",
        "start_datetime": "2025-01-20T14:00:00Z", "end_datetime": "2025-01-20T14:30:00Z",
    }  # fmt: skip
    made = at.ask("POST", f"{API}/appointments", given).json()
    assert (made["appointment_number"], made["duration"]) == ("APT20250002", 30)
    told = at.ask("GET", path).json()
    assert [row["patient_name"] for row in told["schedule"]] == ["John Doe"]
    assert len(told["available_slots"]) == free - 1
    assert at.ask("POST", f"{API}/appointments", {**given, "end_datetime": given["start_datetime"]}).status == 422


def test_a_claim_names_charges_that_there_are() -> None:
    at = signed_in()
    given = {"patient_id": JOHN, "insurance_provider": "Medicare", "policy_number": "1", "total_amount": 100.0}
    assert at.ask("POST", f"{API}/billing/claims", {**given, "charges": ["none"]}).status == 422
    charges = ["723e4567-e89b-12d3-a456-426614174006"]
    assert (
        at.ask("POST", f"{API}/billing/claims", {**given, "charges": charges}).json()["claim_number"] == "CLM20250001"
    )
    figures = at.ask("GET", f"{API}/analytics/patients?start_date=2024-01-01&end_date=2024-01-31").json()
    assert figures["metrics"]["revenue"]["total"] == 100.0
    assert figures["demographics"]["insurance_types"]["medicare"] == 100


def test_graphql_reads_a_patient_with_what_belongs_to_them() -> None:
    at = signed_in()
    told = at.ask("POST", "/graphql", {"query": QUERY, "variables": {"id": JOHN}}).json()["data"]["patient"]
    assert (told["patientId"], told["lastName"], told["address"]) == ("P20240001", "Doe", {"zipCode": "12345"})
    assert told["clinicalEncounters"][0]["provider"] == {"lastName": "Smith", "specialty": "Family Medicine"}
    assert told["appointments"] == [{"startDateTime": "2024-01-20T14:00:00Z", "status": "scheduled"}]
    assert told["prescriptions"][0]["dosage"] == {"frequency": "once daily"}
    assert at.ask("POST", "/graphql", {"query": QUERY, "variables": {"id": "x"}}).json() == {"data": {"patient": None}}
    assert Desk("hms_enterprise").ask("POST", "/graphql", {"query": QUERY}).status == 401


def test_graphql_makes_an_encounter_that_rest_reads() -> None:
    at = signed_in()
    given = {
        "patientId": JOHN, "encounterType": "office_visit", "chiefComplaint": "Cough",
        "assessment": [{"condition": "Cold", "icd10Code": "J00"}],
    }  # fmt: skip
    made = at.ask("POST", "/graphql", {"query": MUTATION, "variables": {"input": given}}).json()["data"]["made"]
    assert (made["assessment"], made["status"]) == ([{"icd10Code": "J00"}], "completed")
    rows = at.ask("GET", f"{API}/clinical/encounters?patient_id={JOHN}").json()
    assert rows["encounters"][-1]["id"] == made["id"]
    assert rows["encounters"][-1]["assessment"] == [{"condition": "Cold", "icd10_code": "J00"}]
    refused = at.ask("POST", "/graphql", {"query": MUTATION, "variables": {"input": {"patientId": "x"}}}).json()
    assert "patientId does not exist" in refused["errors"][0]["message"]


def test_a_channel_tells_who_has_signed_in_and_subscribed() -> None:
    at = signed_in()
    assert isinstance(at.system, Hms)
    channel = at.system.listen()
    at.people.edit("patients", JOHN, contact_number="+1")
    channel.receive(json.dumps({"type": "auth", "token": at.headers["Authorization"][7:]}), at.now)
    channel.receive(json.dumps({"type": "subscribe", "channels": ["patient_updates", "no such"]}), at.now)
    at.people.edit("patients", JOHN, contact_number="+2")
    at.people.edit("orders", ORDER, results=[{"test_code": "CMP"}])
    [told] = [json.loads(one) for one in channel.outbox]
    assert (told["type"], told["patient"]["contact_number"]) == ("patient_updated", "+2")
    at.now += 3600
    at.people.edit("patients", JOHN, contact_number="+3")
    assert (len(channel.outbox), channel.closed) == (1, 4401)


@pytest.mark.parametrize("said", ["", "[]", '{"type": "subscribe"}', '{"type": "auth", "token": "x"}'])
def test_a_channel_ends_with_who_has_not_signed_in(said: str) -> None:
    at = signed_in()
    assert isinstance(at.system, Hms)
    channel = at.system.listen()
    channel.receive(said, at.now)
    assert channel.closed == 4401


class Line:
    """A client of the WebSocket, by hand."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.head = self.socket.recv(4096)

    def send(self, kind: int, body: bytes, *, last: bool = True) -> None:
        mask = os.urandom(4)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(body))
        self.socket.sendall(bytes([0x80 * last | kind]) + size + mask + unmasked(mask, body))

    def say(self, **words: Any) -> None:
        self.send(1, json.dumps(words).encode())

    def hear(self) -> tuple[int, bytes]:
        head = self._exactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack(">H", self._exactly(2))[0]
        return head[0] & 0x0F, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self.socket.recv(size - len(found))
            if not piece:
                raise ConnectionError
            found += piece
        return found


@pytest.fixture
def house() -> Iterator[Sandbox]:
    made = Sandbox(["hms_enterprise"])
    yield made
    made.close()


def token(house: Sandbox) -> str:
    system = house.gates["hms_enterprise"].system
    connection = http.client.HTTPConnection("127.0.0.1", house.servers["hms_enterprise"].port, timeout=5)
    connection.request("POST", "/auth/token", json.dumps(system.credentials()))
    made = str(json.loads(connection.getresponse().read())["access_token"])
    connection.close()
    return made


def test_the_websocket_is_spoken_on_the_port_of_the_rest(house: Sandbox) -> None:
    line = Line(house.servers["hms_enterprise"].port)
    assert b"101 Switching Protocols" in line.head
    line.send(9, b"are you there")
    assert line.hear() == (10, b"are you there")
    words = json.dumps({"type": "auth", "token": token(house)}).encode()
    line.send(1, words[:20], last=False)
    line.send(0, words[20:])
    line.say(type="subscribe", channels=["patient_updates", "appointment_changes", "lab_results"])
    line.send(9, b"")
    assert line.hear() == (10, b"")
    people = People(house.gates["hms_enterprise"].system)
    people.edit("patients", JOHN, contact_number="+4")
    kind, body = line.hear()
    assert (kind, json.loads(body)["patient"]["contact_number"]) == (1, "+4")
    line.send(8, struct.pack(">H", 1000))
    assert line.hear() == (8, struct.pack(">H", 1000))
    line.socket.close()


def test_a_rule_cuts_the_websocket_off_before_a_message(house: Sandbox) -> None:
    house.faults.add(Rule("socket_drop"))
    line = Line(house.servers["hms_enterprise"].port)
    line.say(type="auth", token=token(house))
    line.say(type="subscribe", channels=["patient_updates"])
    line.send(9, b"")
    line.hear()
    People(house.gates["hms_enterprise"].system).edit("patients", JOHN, contact_number="+5")
    with pytest.raises(ConnectionError):
        line.hear()
    assert house.faults.fired == {"socket_drop": 1}


def test_a_wrong_token_closes_the_websocket_with_its_code(house: Sandbox) -> None:
    line = Line(house.servers["hms_enterprise"].port)
    line.say(type="auth", token="no")
    assert line.hear() == (8, struct.pack(">H", 4401))


@pytest.mark.parametrize("frame", [b"\x81\x05hello", b"\xf1\x85\x00\x00\x00\x00hello", b"\x81\xff" + b"\x7f" * 12])
def test_a_frame_that_no_client_may_send_is_refused(frame: bytes) -> None:
    with pytest.raises(BrokenFrame):
        list(Frames().feed(frame))
