"""What devices tell stands in the chart or on the review list before it is answered, and once."""

import base64
import json
import threading
import time
from datetime import date

import httpx
import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain import devices as identity
from clinic_desktop.domain.pairing import KINDS
from clinic_desktop.services import administration, device_scans, devices, pairing, patients, queue
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.tables.chart import encounters, vital_signs
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.journal import access, journal, sessions
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.staff import staff
from tests.unit.agent.local_api.api_case import Api, events


def test_vital_signs_stand_in_the_chart_as_the_devices_own_act(api: Api) -> None:
    before = api.count(vital_signs)
    body = {"patient": api.grace, "values": {"pressure": "118/76", "temperature": "98.6 F", "weight": "150 lb"}}
    told = api.post("/v1/vitals", "monitor", body)
    assert (told.status_code, told.json()["state"]) == (201, "filed")
    kept = {row.code: row.value for row in api.rows(vital_signs)[before:]}
    assert (kept["8480-6"], kept["8310-5"], kept["29463-7"]) == ("118", "37", "68")
    (entry,) = [row for row in api.rows(journal) if row.record == told.json()["ids"][0]]
    (session,) = [row for row in api.rows(sessions) if row.id == entry.session]
    (device,) = [one for one in pairing.paired(api.admin) if one.name == "Monitor"]
    assert (session.method, session.role) == ("device", "nurse")
    assert device.seen_at is not None


def test_the_same_key_is_answered_the_same_and_done_once_and_never_stands_for_something_else(api: Api) -> None:
    body = {"patient": api.grace, "values": {"heart_rate": "64"}}
    first = api.post("/v1/vitals", "monitor", body, "key-1")
    before = api.count(vital_signs)
    assert api.post("/v1/vitals", "monitor", body, "key-1").json() == first.json()
    other = api.post("/v1/vitals", "monitor", {**body, "note": "other"}, "key-1")
    assert (other.status_code, other.json()["field"]) == (409, "Idempotency-Key")
    assert api.count(vital_signs) == before
    together: list[dict[str, object]] = []

    def send() -> None:
        headers = {"Authorization": f"Bearer {api.tokens['monitor']}", "Idempotency-Key": "key-2"}
        together.append(httpx.post(f"{api.url}/v1/vitals", json=body, headers=headers, trust_env=False).json())

    threads = [threading.Thread(target=send) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(together) == 8
    assert all(one == together[0] for one in together)
    assert api.count(vital_signs) == before + 1
    # Another device's key of the same letters is its own.
    assert api.post("/v1/results", "analyser", {"results": [{"code": "x", "value": "1"}]}, "key-1").status_code == 201


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, identity.NOT_TWICE),
        ({"family_name": "Otieno", "given_names": "Faith"}, identity.OTHER_NAME),
        ({"born_on": "1986-05-01"}, identity.OTHER_BIRTH),
        ({"born_on": "1986-01-05", "sex": "male"}, identity.OTHER_SEX),
        ({"number": "MRN-X", "born_on": "1986-01-05"}, identity.NOBODY),
        ({"number": "", "family_name": "Otieno", "given_names": "Grace"}, identity.NO_PERSON),
    ],
)
def test_whose_it_is_must_agree_twice_else_a_person_decides(api: Api, said: dict[str, str], why: str) -> None:
    before = api.count(vital_signs)
    body = {"patient": {"number": api.home.mrn, **said}, "values": {"heart_rate": "71"}, "note": why[:40] + str(said)}
    told = api.post("/v1/vitals", "monitor", body)
    assert (told.status_code, told.json()["state"], told.json()["why"]) == (202, "review", why)
    assert api.count(vital_signs) == before
    item = next(one for one in devices.review_list(api.admin) if one.message_id == told.json()["review_id"])
    assert json.loads(devices.raw_message(api.admin, item.id)) == body
    devices.file_item(api.admin, item.id, patient_by_mrn(api.admin, api.home.mrn))
    assert api.count(vital_signs) == before + 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pressure": "1200/80"}, "pressure"), ({"pressure": "80/120"}, "pressure"),
        ({"temperature": "370"}, "temperature"),
        ({"weight": "70 stone"}, "weight"), ({"shoe": "42"}, "values.shoe"), ({"bmi": "20"}, "values.bmi"),
        ({"heart_rate": ""}, "values"), ({}, "values"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_refused_and_the_field_is_named(api: Api, values: dict[str, str], field: str) -> None:
    before = api.count(vital_signs), api.count(device_messages)
    for patient in (api.grace, {}):
        told = api.post("/v1/vitals", "monitor", {"patient": patient, "values": values})
        assert (told.status_code, told.json()["field"]) == (422, field)
    assert (api.count(vital_signs), api.count(device_messages)) == before


def test_a_time_to_come_is_refused_and_an_old_one_belongs_to_no_visit_of_now(api: Api) -> None:
    body = {"patient": api.grace, "values": {"heart_rate": "66"}}
    told = api.post("/v1/vitals", "monitor", {**body, "taken_at": "2199-01-01T00:00:00+00:00"})
    assert (told.status_code, told.json()["field"]) == (422, "taken_at")
    assert api.post("/v1/vitals", "monitor", {**body, "taken_at": "yesterday"}).json()["field"] == "taken_at"
    assert api.post("/v1/vitals", "monitor", {**body, "taken_at": "1970-01-01T00:00:00Z"}).status_code == 202
    assert api.post("/v1/vitals", "monitor", {**body, "taken_at": "2019-01-01T00:00:00Z"}).status_code == 201


def test_results_are_kept_then_filed_by_the_engine_of_every_device(api: Api) -> None:
    before = api.count(observations)
    body = {
        "patient": api.grace, "numbers": ["S-77"],
        "results": [
            {"code": "2345-7", "title": "Glucose", "value": "98", "unit": "mg/dL", "range": "74-106", "flag": "N"},
            {"code": "2823-3", "title": "Potassium", "value": "<4.2", "unit": "mmol/L"},
            {"code": "2345-7", "value": "101", "unit": "mg/dL", "control": True},
            {"code": "OWN", "system": "", "value": "7"},
        ],
    }  # fmt: skip
    told = api.post("/v1/results", "analyser", body, "r-1")
    assert told.status_code == 201
    assert {name: told.json()[name] for name in ("filed", "review", "control")} == {
        "filed": 2,
        "review": 1,
        "control": 1,
    }
    assert api.count(observations) == before + 2
    kept = [row for row in api.rows(device_results) if row.message_id == told.json()["id"]]
    assert [(row.value, row.comparator) for row in kept] == [("98", None), ("4.2", "<"), ("101", None), ("7", None)]
    assert api.post("/v1/results", "analyser", body, "r-1").json() == told.json()
    assert api.post("/v1/results", "analyser", body).json()["id"] == told.json()["id"]
    assert api.count(observations) == before + 2


def test_the_same_body_under_another_key_is_another_measurement(api: Api) -> None:
    """A scale tells neither a time nor a number: 70 kg again next week is news, also where the first was rejected."""
    body = {"patient": {"number": "NOBODY"}, "values": {"weight": "70"}}
    first = api.post("/v1/vitals", "monitor", body, "w-1").json()["review_id"]
    devices.reject_item(api.admin, first, "nobody stood on it")
    second = api.post("/v1/vitals", "monitor", body, "w-2").json()["review_id"]
    assert second != first
    assert second in {one.id for one in devices.review_list(api.admin)}
    assert api.post("/v1/vitals", "monitor", body, "w-2").json()["review_id"] == second
    result = {"patient": {"number": "NOBODY"}, "results": [{"code": "2345-7", "value": "98", "unit": "mg/dL"}]}
    kept = [api.post("/v1/results", "analyser", result, key).json()["id"] for key in ("g-1", "g-2", "g-2")]
    assert kept[0] != kept[1] == kept[2]


def test_a_body_that_says_one_thing_twice_is_refused_and_nothing_of_it_is_kept(api: Api) -> None:
    """Of two patients or two values a parser hears the last; the sender may have meant the first."""
    grace, before = json.dumps(api.grace), (api.count(vital_signs), api.count(device_messages))
    for text in (
        f'{{"patient": {{}}, "patient": {grace}, "values": {{"heart_rate": "70"}}}}',
        f'{{"patient": {{"number": "OTHER", {grace[1:]}, "values": {{"heart_rate": "70"}}}}',
        f'{{"patient": {grace}, "values": {{"heart_rate": "70", "heart_r\u0061te": "90"}}}}',
    ):
        headers = {"Authorization": f"Bearer {api.tokens['monitor']}", "Content-Type": "application/json"}
        told = api.line.post("/v1/vitals", content=text.encode(), headers=headers)
        assert (told.status_code, "twice" in told.json()["detail"]) == (400, True), text
    assert (api.count(vital_signs), api.count(device_messages)) == before


def test_what_waited_for_a_person_was_measured_when_it_came(api: Api) -> None:
    patient = patient_by_mrn(api.admin, api.home.mrn)
    waits = api.post("/v1/vitals", "monitor", {"values": {"heart_rate": "71"}}, "t-1").json()["review_id"]
    (came,) = (row.received_at for row in api.rows(device_messages) if row.id == waits)
    time.sleep(0.05)
    devices.file_item(api.admin, waits, patient)
    assert api.rows(vital_signs)[-1].taken_at == came


def test_a_visit_takes_nothing_that_bears_another_persons_number(api: Api) -> None:
    """Twins share the birth date, and the name is kept back: the number says that it is the other one."""
    patient = patient_by_mrn(api.admin, api.home.mrn)
    twin = NewPatient("Otieno", "Gloria", "female", date(1986, 1, 5), "day")
    other = patients.register_patient(api.admin, twin)
    visit = {"patient_id": patient, "preset": "short", "status": "open", "started_at": "2026-03-10T08:00:00.000000Z"}
    with api.clinic.store.write(act=new_id(), session=None) as unit:
        encounter = unit.create(encounters, visit, kind="encounter.opened")
    body = {"encounter": encounter, "values": {"heart_rate": "72"}}
    for number, code in ((other.mrn, 202), (api.home.mrn, 201)):
        said = {"number": number, "born_on": "1986-01-05"}
        assert api.post("/v1/vitals", "monitor", {**body, "patient": said}).status_code == code


def test_a_scan_is_told_to_the_window_and_can_be_fetched_once_it_is_kept(api: Api) -> None:
    text = "@\n\x1e\rANSI 636000090002DL00410278ZV03190008DLDAQT64235789\x1d"
    told = api.post("/v1/scans", "scanner", {"kind": "identity", "content": text, "symbology": "PDF417"})
    assert told.status_code == 201
    assert {"event": "scan", "id": told.json()["id"], "kind": "identity"} in api.told
    assert not [one for one in api.told if "ANSI" in str(one)]
    assert device_scans.scan(api.admin, told.json()["id"]).content == text


def test_a_document_stands_with_the_patient_or_waits_with_its_bytes(api: Api) -> None:
    paper = base64.b64encode(b"Dear colleague, thank you for sending Grace.").decode()
    body = {"kind": "letter", "title": "From the hospital", "file_name": "../../x.txt", "content": paper}
    before = api.count(documents)
    told = api.post("/v1/documents", "documents", {**body, "patient": api.grace})
    assert (told.status_code, api.count(documents)) == (201, before + 1)
    assert api.rows(documents)[-1].file_name == "x.txt"
    again = api.post("/v1/documents", "documents", {**body, "patient": api.grace})
    assert again.status_code == 422
    other = {**body, "content": base64.b64encode(b"Another letter").decode()}
    waits = api.post("/v1/documents", "documents", other)
    assert waits.status_code == 202
    devices.file_item(api.admin, waits.json()["review_id"], patient_by_mrn(api.admin, api.home.mrn))
    assert api.count(documents) == before + 2
    for wrong, field in (
        ({"kind": "photo"}, "kind"), ({"kind": "note"}, "kind"), ({"content": "!!"}, "content"),
        ({"content": base64.b64encode(b"\x7fELF\x00\x01").decode()}, "content"), ({"title": " "}, "title"),
    ):  # fmt: skip
        told = api.post("/v1/documents", "documents", {**body, **wrong})
        assert (told.status_code, told.json()["field"]) == (422, field), wrong


def test_a_patient_is_shown_by_an_exact_number_and_who_looked_is_noted(api: Api) -> None:
    found = api.ask("GET", f"/v1/patients/{api.home.mrn}", "kiosk")
    assert found.json() == {
        "number": api.home.mrn, "name": "OTIENO, Grace", "born_on": "1986-01-05", "sex": "female",
    }  # fmt: skip
    seen = [row for row in api.rows(access) if row.subject == "device_views.person_by_number"]
    assert patient_by_mrn(api.admin, api.home.mrn) in {row.patient for row in seen}
    for number in ("MRN", "%25", "Otieno", "x" * 120, "%00", "%F0%9F%98%80"):
        assert api.ask("GET", f"/v1/patients/{number}", "kiosk").status_code in {404, 422}


def test_pairing_takes_the_code_once_in_time_and_with_few_tries(api: Api) -> None:
    def offered() -> str:
        code = pairing.new_code()
        pairing.offer_code(api.admin, "display", "Hall", code)
        return code

    code = offered()
    assert api.ask("POST", "/v1/pair", "", {"code": "AAAA-AAAA"}).status_code == 403
    got = api.ask("POST", "/v1/pair", "", {"code": f" {code.lower().replace('0', 'o')} "})
    assert (got.status_code, got.json()["scopes"]) == (201, sorted(KINDS["display"].scopes))
    sent = {"Authorization": f"Bearer {got.json()['token']}"}
    assert api.line.get("/v1/status", headers=sent).json()["name"] == "Hall"
    assert api.ask("POST", "/v1/pair", "", {"code": code}).status_code == 403
    code = offered()
    assert [api.ask("POST", "/v1/pair", "", {"code": "AAAA-AAAA"}).status_code for _ in range(5)] == [403] * 5
    assert api.ask("POST", "/v1/pair", "", {"code": code}).status_code == 403
    old, new = offered(), offered()
    assert api.ask("POST", "/v1/pair", "", {"code": old}).status_code == 403
    assert api.ask("POST", "/v1/pair", "", {"code": new}).status_code == 201
    pairing.revoke_device(api.admin, got.json()["id"])


def test_no_token_and_no_code_lies_in_the_database(api: Api) -> None:
    code = pairing.new_code()
    pairing.offer_code(api.admin, "display", "Once", code)
    token = api.ask("POST", "/v1/pair", "", {"code": code}).json()["token"]
    with api.clinic.store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        for table in tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').all():
                assert not [one for one in row if token in str(one) or code in str(one)], table


def test_the_call_screen_shows_tickets_and_no_name_unless_the_clinic_chose(api: Api) -> None:
    doctor = doctor_of(api)
    line = queue.check_in(doctor, patient_by_mrn(api.admin, api.home.mrn))
    assert [one["ticket"] for one in api.ask("GET", "/v1/queue", "board").json()] == [line.ticket]
    queue.call(doctor, line.id)
    assert [(one["ticket"], one["shown"]) for one in api.ask("GET", "/v1/calls", "display").json()] == [
        (line.ticket, "")
    ]
    for shows, shown in (("initials", "G. O."), ("name", "OTIENO, Grace"), ("ticket", "")):
        administration.change_setting(api.admin, "call_screen_shows", shows)
        assert api.ask("GET", "/v1/calls", "display").json()[0]["shown"] == shown
    assert api.ask("GET", "/v1/queue", "display").status_code == 403
    queue.left(doctor, line.id, "went home")


def test_who_watches_hears_each_call_within_a_second_and_nothing_once_it_is_revoked(api: Api) -> None:
    doctor = doctor_of(api)
    token = api.pair("display", "Watcher")
    held: list[str] = []

    def watch() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.stream("GET", f"{api.url}/v1/calls/events", headers=headers, timeout=20, trust_env=False) as line:
            held.extend(line.iter_text())

    watching = threading.Thread(target=watch)
    watching.start()
    until(lambda: len(events("".join(held))) == 1)
    line = queue.check_in(doctor, patient_by_mrn(api.admin, api.home.mrn))
    queue.call(doctor, line.id)
    began = time.monotonic()
    until(lambda: len(events("".join(held))) == 2)
    assert time.monotonic() - began < 3
    assert [one["ticket"] for one in events("".join(held))[1]] == [line.ticket]  # type: ignore[attr-defined]
    pairing.revoke_device(api.admin, api.devices["Watcher"])
    watching.join(5)
    assert not watching.is_alive()
    queue.left(doctor, line.id, "went home")


def until(holds: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def doctor_of(api: Api) -> Desk:
    """The desk of the one doctor."""
    with api.clinic.store.write(act=new_id(), session=None) as unit:
        known = unit.conn.execute(select(staff.c.id).where(staff.c.username == "doctor")).scalar()
        values = {"username": "doctor", "display_name": "Doctor One", "role": "doctor"}
        person = str(known) if known else unit.create(staff, values, kind="staff.added")
    return api.clinic.begin(person)
