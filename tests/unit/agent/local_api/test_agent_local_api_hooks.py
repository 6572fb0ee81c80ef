"""Webhooks at the real API: a proved call is looked at once, under its public name nothing else answers."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from clinic_desktop.agent.api import LocalApi
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import webhooks
from clinic_desktop.exchange.webhooks import Doors, open_door
from clinic_desktop.services.letterbox import Letterbox
from clinic_desktop.services.remotes import (
    DOOR,
    KeptSecrets,
    add_remote,
    remove_remote,
    set_remote,
    webhook_address,
)
from sync.port import Kind
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from sync.telling.hints import Hint
from tests.unit.agent.local_api.api_case import Api

HOST = "hooks.clinic.example"


def soon(true: Callable[[], object]) -> bool:
    until = time.monotonic() + 10
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(true())


class Heard(list[tuple[str, Hint]]):
    """What the courier would be told."""

    def take(self, system: str, hint: Hint) -> None:
        self.append((system, hint))


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def open_api(api: Api, heard: Heard) -> Iterator[Api]:
    """The API over a clinic that is connected to the systems of a sandbox, and listens to them."""
    for system in ("healify", "arocord_hims", "practice_studio"):
        add_remote(api.admin, system, "http://127.0.0.1:9/v1", {"token": "x", "webhook_secret": "s" * 20})
        set_remote(api.admin, system, "webhook.host", HOST)
    api.local.closed()
    api.local.opened(api.clinic, heard.take)
    yield api
    api.local.closed()
    for system in ("healify", "arocord_hims", "practice_studio"):
        remove_remote(api.admin, system)
    api.local.opened(api.clinic)


def door(api: Api, system: str) -> str:
    address = webhook_address(api.admin, system)
    assert address is not None
    return address.removeprefix(f"https://{HOST}")


def event(**more: object) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    return {"event": "patient.updated", "timestamp": now, "data": {"patient_id": "pat_1", **more}}


def test_a_call_through_the_public_name_is_heard_once_and_a_repetition_is_not(open_api: Api, heard: Heard) -> None:
    heard.clear()
    told = event(name="Plantedname")
    path = door(open_api, "healify")
    for _again in range(3):
        assert open_api.ask("POST", path, "", told, Host=HOST).status_code == 202
    assert heard == [("healify", Hint(Kind.PATIENT, "pat_1"))]
    # Another process of this clinic, or this one after a new start, knows it too.
    again = Doors(open_api.clinic, heard.take)
    token = path.rpartition("/")[2]
    raw = httpx.Request("POST", "http://x", json=told).content
    assert again.knock("healify", token, raw, {}) == "again"
    with open_api.clinic.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT group_concat(name || value) FROM sync_state").scalar_one()
    assert "Plantedname" not in str(kept)


def test_a_wrong_door_a_wrong_system_and_a_wrong_word_all_say_the_same(open_api: Api, heard: Heard) -> None:
    heard.clear()
    path = door(open_api, "healify")
    tried = [path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace("healify", "practice_studio"),
             path.replace("healify", "hms_enterprise"), path.replace("healify", "nobody"), path + "x",
             "/v1/hooks/healify/%20"]  # fmt: skip
    answers = [open_api.ask("POST", one, "", event(), Host=HOST) for one in tried]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    assert heard == []


def test_a_call_that_its_system_would_have_signed_is_refused_without_a_signature(open_api: Api, heard: Heard) -> None:
    heard.clear()
    for system in ("arocord_hims", "practice_studio"):
        assert open_api.ask("POST", door(open_api, system), "", event(), Host=HOST).status_code == 401
    assert heard == []


def test_an_old_call_is_refused_and_an_unknown_event_is_counted(open_api: Api, heard: Heard) -> None:
    heard.clear()
    old = event() | {"timestamp": "2025-01-25T10:00:00Z"}
    assert open_api.ask("POST", door(open_api, "healify"), "", old, Host=HOST).status_code == 401
    before = len(open_api.told)
    for number in range(2):
        strange = event(number=number) | {"event": "patient.exploded"}
        assert open_api.ask("POST", door(open_api, "healify"), "", strange, Host=HOST).status_code == 202
    counted = [one["count"] for one in open_api.told[before:] if one["event"] == "webhook.unknown"]
    assert counted == [1, 2]
    assert heard == []


def test_under_the_public_name_nothing_else_answers_and_other_names_stay_shut(open_api: Api) -> None:
    path = door(open_api, "healify")
    before = open_api.statements
    for rule in open_api.rules:
        if not rule.public:
            answer = open_api.ask(rule.method, rule.path.replace("{number}", "x"), "monitor", Host=HOST)
            assert answer.status_code == 404, rule
    for host in (f"x.{HOST}", f"{HOST}.evil.example", f"{HOST}:443", HOST.upper() + ".", "evil.example"):
        assert open_api.ask("POST", path, "", event(), Host=host).status_code == 421, host
    assert open_api.ask("POST", path, "", event(), Host=HOST, Origin="https://x.example").status_code == 403
    assert open_api.ask("GET", path, "", None, Host=HOST).status_code == 405
    assert open_api.statements == before


def test_with_the_key_gone_a_call_is_told_to_come_again_and_nothing_of_it_is_kept(open_api: Api, heard: Heard) -> None:
    heard.clear()
    path = door(open_api, "healify")
    box = Letterbox(open_api.home.profile)
    open_api.local.closed()
    try:
        # Also by a process that never had the key: the name was noted for it.
        sealed = LocalApi(0, open_api.told.append, open_api.home.profile)
        assert sealed.context.public_hosts == open_api.local.context.public_hosts == {HOST}
        before = open_api.statements
        for one in (path, path + "x", "/v1/hooks/nobody/x"):
            answer = open_api.ask("POST", one, "", event(), Host=HOST)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
            assert "Send this again" in answer.json()["detail"]
        assert open_api.ask("GET", "/v1/health", Host=HOST).status_code == 404
        assert open_api.ask("POST", path, "", event(), Host="evil.example").status_code == 421
        assert open_api.statements == before
        assert (heard, box.waiting()) == ([], [])
    finally:
        open_api.local.opened(open_api.clinic, heard.take)
    assert open_api.ask("POST", path, "", event(patient_id="pat_9"), Host=HOST).status_code == 202
    assert heard == [("healify", Hint(Kind.PATIENT, "pat_9"))]


def test_a_name_that_is_taken_away_shuts_the_door_and_its_old_path_with_it(open_api: Api) -> None:
    path = door(open_api, "healify")
    set_remote(open_api.admin, "healify", "webhook.host", "none")
    assert webhook_address(open_api.admin, "healify") is None
    assert soon(lambda: open_api.ask("POST", path, "", event(), Host=HOST).status_code == 404)
    set_remote(open_api.admin, "healify", "webhook.host", HOST)
    assert door(open_api, "healify") != path
    assert soon(lambda: open_api.ask("POST", door(open_api, "healify"), "", event(), Host=HOST).status_code == 202)


@pytest.mark.parametrize(
    "value",
    ["localhost", "127.0.0.1", "127.0.0.1:80", "[::1]", "HOOKS.example", "https://x.example", "x.example/path", "", "*",
     "*.example", "x..example", "-x.example", "x.example:0", "a b.example", "x.localhost"],
)  # fmt: skip
def test_what_is_no_public_name_is_not_set(open_api: Api, value: str) -> None:
    with pytest.raises(Refusal):
        set_remote(open_api.admin, "healify", "webhook.host", value)


def test_what_the_sandbox_sends_is_heard_as_each_system_documents_it(open_api: Api, heard: Heard) -> None:
    heard.clear()
    own = f"http://127.0.0.1:{open_api.port}"
    told = {name: own + door(open_api, name) for name in ("healify", "practice_studio", "arocord_hims")}
    sandbox = Sandbox(
        ["healify", "practice_studio", "arocord_hims"],
        knobs={name: Knobs(webhook_url=told[name], stamped=True) for name in ("healify", "practice_studio")},
    )
    try:
        studio = sandbox.gates["practice_studio"].system
        KeptSecrets(open_api.clinic.store, "practice_studio").put(
            "webhook_secret", studio.credentials()["webhook_secret"]
        )
        arocord = sandbox.gates["arocord_hims"].system
        arocord.tables["webhooks"].put(
            "w1", {"url": told["arocord_hims"], "events": list(webhooks.EVENTS), "secret": "s" * 20, "active": True}
        )
        now = time.time()
        sandbox.gates["healify"].system.tell("patient.updated", {"patient_id": "pat_7"}, now)
        studio.tell("patient.updated", {"id": "PAT-7"}, now)
        arocord.tell("appointment.updated", {"appointment": {"id": "a-7", "patient_id": "p-7"}}, now)
        assert soon(lambda: len(heard) == 3), heard
    finally:
        sandbox.close()
    assert {(system, hint.kind, hint.remote_id) for system, hint in heard} == {
        ("healify", Kind.PATIENT, "pat_7"), ("practice_studio", Kind.PATIENT, "PAT-7"),
        ("arocord_hims", Kind.APPOINTMENT, "a-7"),
    }  # fmt: skip


def test_arocord_is_asked_for_its_events_by_its_documented_call_once(open_api: Api) -> None:
    sandbox = Sandbox(["arocord_hims"])
    try:
        system = sandbox.gates["arocord_hims"].system
        remove_remote(open_api.admin, "arocord_hims")
        has = {
            name: value for name, value in system.credentials().items() if name in {"username", "password", "mfa_code"}
        }
        add_remote(open_api.admin, "arocord_hims", sandbox.servers["arocord_hims"].origin + "/v1", has)
        before = len(list(system.tables["webhooks"]))
        first = open_door(open_api.admin, "arocord_hims", HOST)
        assert open_door(open_api.admin, "arocord_hims", HOST) == first
        asked = list(system.tables["webhooks"])[before:]
        assert [one["url"] for one in asked] == [first]
        assert asked[0]["events"] == list(webhooks.EVENTS)
        kept = KeptSecrets(open_api.clinic.store, "arocord_hims")
        assert asked[0]["secret"] == kept.get("webhook_secret")
        assert str(first).endswith(str(kept.get(DOOR)))
        shown = {one["system"]: one for one in webhooks.doors_shown(open_api.admin)}
        assert shown["arocord_hims"] == {"system": "arocord_hims", "address": first, "subscribed": True}
        assert not shown["healify"]["subscribed"]
    finally:
        sandbox.close()
    assert json.dumps(shown)
