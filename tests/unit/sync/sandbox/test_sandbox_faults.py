"""Every kind of fault can be had on demand, does what it says, and says that it has fired."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.faults import KINDS, Rule, read_rules, rules_of
from sync.sandbox.mail import Delivery
from tests.sandboxed import Desk

PATIENTS, JOHN = "/api/v1/patients", "/api/v1/patients/pat_123abc"
ANA = {"first_name": "Ana", "last_name": "Ruiz", "date_of_birth": "1990-01-02"}
Check = Callable[[Desk], None]


def desk(kind: str, path: str = PATIENTS, **options: Any) -> Desk:
    rule = rules_of([{"kind": kind, "path": path, **options}])[0]
    return Desk("healify", rule, webhook_url="http://127.0.0.1:1/").sign_in()


def made(at: Desk) -> int:
    return len(at.system.log.made("patients"))


def lost_before() -> None:
    at = desk("lost_before")
    assert at.through("POST", PATIENTS, ANA).kind == "lost_before"
    assert (made(at), at.system.log.asked) == (0, [])
    assert at.through("POST", PATIENTS, ANA).kind == "answer"


def lost_after() -> None:
    at = desk("lost_after")
    outcome = at.through("POST", PATIENTS, ANA)
    assert (outcome.kind, made(at)) == ("lost_after", 1)
    at.through("POST", PATIENTS, ANA)
    assert [len(ids) for ids in at.system.log.duplicates().values()] == [2]


def delayed() -> None:
    at = desk("delayed", seconds=300)
    outcome = at.through("POST", PATIENTS, ANA)
    assert (outcome.kind, outcome.seconds, made(at)) == ("delayed", 300, 0)
    at.now += 300
    assert outcome.late is not None
    late = outcome.late()
    assert late.response is not None
    assert late.response.json()["created_at"] == "2025-01-15T14:35:00Z"
    assert made(at) == 1


def answer_delayed() -> None:
    at = desk("answer_delayed", seconds=5)
    outcome = at.through("POST", PATIENTS, ANA)
    assert (outcome.kind, outcome.seconds, made(at)) == ("answer_delayed", 5, 1)


def doubled() -> None:
    at = desk("doubled")
    at.through("POST", PATIENTS, ANA)
    assert made(at) == 2


def error_before() -> None:
    at = desk("error_before", status=503)
    assert status(at, "POST", ANA) == 503
    assert made(at) == 0


def error_after() -> None:
    at = desk("error_after", status=500)
    assert status(at, "POST", ANA) == 500
    assert made(at) == 1


def too_many() -> None:
    for headers in (True, False):
        at = desk("too_many", headers=headers, seconds=7)
        response = at.through("POST", PATIENTS, ANA).response
        assert response is not None
        assert response.json()["error"]["retry_after"] == 7
        assert response.headers.get("Retry-After") == ("7" if headers else None)
        assert made(at) == 0


def token_expired() -> None:
    at = desk("token_expired", after=2)
    assert [status(at, "GET") for _ in range(4)] == [200, 200, 401, 401]


def token_dead() -> None:
    at = Desk("arocord_hims", Rule("token_dead", path="/v1/patients"), at="2025-01-15T14:30:00Z")
    pair = at.ask("POST", "/v1/auth/login", at.has).json()["data"]["tokens"]
    at.bearer(pair["access_token"])
    assert status(at, "GET", path="/v1/patients") == 401
    renewed = at.ask("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert renewed.status == 401


def proxy_page() -> None:
    for before in (True, False):
        at = desk("proxy_page", before=before)
        response = at.through("POST", PATIENTS, ANA).response
        assert response is not None
        assert (response.status, response.headers["Content-Type"]) == (502, "text/html")
        assert made(at) == (not before)


def truncated() -> None:
    response = desk("truncated").through("GET", PATIENTS).response
    assert response is not None
    with pytest.raises(json.JSONDecodeError):
        response.json()


def wrong_type() -> None:
    response = desk("wrong_type").through("GET", PATIENTS).response
    assert response is not None
    assert response.headers["Content-Type"] == "text/plain"


def consent() -> None:
    response = desk("consent").through("GET", JOHN).response
    assert response is not None
    assert (response.status, response.json()["error"]["code"]) == (403, "CONSENT_REQUIRED")


def page_order() -> None:
    at = desk("page_order", times=0)
    for number in range(20):
        at.ask("POST", PATIENTS, {**ANA, "first_name": f"Ana{number}"})
    orders = {tuple(ids(at)) for _ in range(5)}
    assert len(orders) > 1
    assert {frozenset(order) for order in orders} == {frozenset(next(iter(orders)))}


def page_shift() -> None:
    at = desk("page_shift", after=1)
    for number in range(9):
        at.ask("POST", PATIENTS, {**ANA, "first_name": f"Ana{number}"})
    before = list(at.system.tables["patients"].rows)
    seen = ids(at, "?limit=5&offset=0") + ids(at, "?limit=5&offset=5")
    assert len(seen) == 9
    assert set(before) - set(seen) == {before[5]}, "one row fell between the pages"
    at = desk("page_shift", after=1, by="insert")
    for number in range(9):
        at.ask("POST", PATIENTS, {**ANA, "first_name": f"Ana{number}"})
    seen = ids(at, "?limit=5&offset=0") + ids(at, "?limit=5&offset=5")
    assert seen[4] == seen[5], "one row came twice"


def masked() -> None:
    response = desk("masked", path=JOHN).through("GET", JOHN).response
    assert response is not None
    assert (response.json()["last_name"], response.json()["id"]) == ("[ENCRYPTED]", "pat_123abc")


def edit() -> None:
    at = desk("edit", path=JOHN, changes={"phone": "+15550000000"})
    response = at.through("GET", JOHN).response
    assert response is not None
    assert response.json()["phone"] == "+15550000000"
    at.ask("PUT", JOHN, {"phone": "+1999"})
    [(theirs, ours, field)] = [one for one in at.system.log.overwritten() if one[2] == "phone"]
    assert (theirs.by_client, ours.by_client, field) == (False, True, "phone")


def remove() -> None:
    assert status(desk("remove", path=JOHN), "GET", path=JOHN) == 404


def merge() -> None:
    at = desk("merge", path=JOHN)
    other = at.ask("POST", PATIENTS, ANA).json()["id"]
    assert status(at, "GET", path=JOHN) == 404
    assert at.system.tables["records"].where("patient_id", other)


def add() -> None:
    at = desk("add", changes=ANA, table="patients")
    assert len(ids(at)) == 2


def back_up() -> None:
    restored()


def restored() -> None:
    at = Desk(
        "healify", Rule("back_up", path=PATIENTS, method="GET"), Rule("restored", path=PATIENTS, method="GET", after=1)
    ).sign_in()
    at.through("GET", PATIENTS)
    ident = at.ask("POST", PATIENTS, ANA).json()["id"]
    assert ids(at) == ["pat_123abc"]
    assert at.ask("GET", f"{PATIENTS}/{ident}").status == 404
    assert at.ask("POST", PATIENTS, ANA).json()["id"] != ident
    assert made(at) == 2, "what was done stays in the log"


def drift_add() -> None:
    assert "x_new_field" in drifted("drift_add")


def drift_remove() -> None:
    assert "phone" not in drifted("drift_remove", field="phone")


def drift_retype() -> None:
    assert drifted("drift_retype", field="phone")["phone"] == ["+1234567890"]


def no_body() -> None:
    at = Desk("arocord_hims", Rule("no_body", method="DELETE")).sign_in()
    at.through("DELETE", "/v1/appointments/appointment_001", {"cancellation_reason": "asked"})
    row = at.system.tables["appointments"].rows["appointment_001"]
    assert (row["status"], row["cancellation_reason"]) == ("cancelled", None)


def socket_drop() -> None:
    at = Desk("hms_enterprise", Rule("socket_drop", after=1))
    assert [at.gate.cuts_off("/v1/ws") for _ in range(3)] == [False, True, False]


def hook_lost() -> None:
    assert mail("hook_lost", times=1) == ["patient.updated"]


def hook_replayed() -> None:
    assert mail("hook_replayed", times=1) == ["patient.created", "patient.created", "patient.updated"]


def hook_reordered() -> None:
    assert mail("hook_reordered", times=1) == ["patient.updated", "patient.created"]


def hook_storm() -> None:
    assert len(mail("hook_storm", times=1)) == 52


def hook_forged() -> None:
    at = Desk("practice_studio", Rule("hook_forged"), webhook_url="http://127.0.0.1:1/")
    at.people.edit("patients", "PAT-12345", gender="F")
    true = Desk("practice_studio", webhook_url="http://127.0.0.1:1/")
    true.people.edit("patients", "PAT-12345", gender="F")
    [forged], [honest] = at.gate.mail(), true.gate.mail()
    assert forged.headers == honest.headers
    assert forged.body != honest.body


def status(at: Desk, method: str, body: Any = None, path: str = PATIENTS) -> int:
    response = at.through(method, path, body).response
    assert response is not None
    return response.status


def ids(at: Desk, query: str = "") -> list[str]:
    response = at.through("GET", PATIENTS + query).response
    assert response is not None
    return [row["id"] for row in response.json()["data"]]


def drifted(kind: str, **options: Any) -> dict[str, Any]:
    response = desk(kind, path=JOHN, **options).through("GET", JOHN).response
    assert response is not None
    read: dict[str, Any] = response.json()
    assert read["id"] == "pat_123abc"
    return read


def mail(kind: str, **options: Any) -> list[str]:
    at = desk(kind, path="/patient.", **options)
    ident = at.ask("POST", PATIENTS, ANA).json()["id"]
    at.ask("PUT", f"{PATIENTS}/{ident}", {"phone": "+1"})
    waiting: list[Delivery] = at.gate.mail()
    assert at.faults.fired == {kind: 1}
    return [one.event for one in waiting]


CHECKS: dict[str, Callable[[], None]] = {
    check.__name__: check
    for check in (
        lost_before, lost_after, delayed, answer_delayed, doubled, error_before, error_after, too_many, token_expired,
        token_dead, proxy_page, truncated, wrong_type, consent, page_order, page_shift, masked, edit, remove, merge,
        add, back_up, restored, drift_add, drift_remove, drift_retype, no_body, socket_drop, hook_lost, hook_forged,
        hook_replayed, hook_reordered, hook_storm,
    )
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_does_what_it_says(kind: str) -> None:
    CHECKS[kind]()


def test_every_fault_that_fires_is_counted() -> None:
    at = desk("lost_before", times=3)
    for _ in range(5):
        at.through("GET", PATIENTS)
    assert at.faults.fired == {"lost_before": 3}


def test_chance_is_drawn_from_the_seed() -> None:
    def run(seed: int) -> list[str]:
        at = Desk("healify", Rule("lost_before", times=0, chance=0.3), seed=seed, limits=False).sign_in()
        return [at.through("GET", PATIENTS).kind for _ in range(400)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 80 < run(1).count("lost_before") < 160


def test_rules_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([{"kind": "delayed", "system": "healify", "method": "POST", "seconds": 90, "times": 2}]))
    assert read_rules(path) == [Rule("delayed", "healify", "POST", times=2, options={"seconds": 90})]


@pytest.mark.parametrize(
    "bad",
    [[{"kind": "no such"}], {"faults": 3}, [7], "x", [{"kind": "edit", "times": "x"}], [{"kind": "edit", "path": 3}]],
)
def test_a_file_that_is_not_one_of_rules_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="fault"):
        rules_of(bad)
