"""The documented limits hold, are reported as documented, and can be switched off."""

import pytest

from sync.sandbox.budgets import Budget, Meter
from sync.sandbox.healthcare_records.system import AN_HOUR
from sync.sandbox.wire import Response
from tests.sandboxed import HCR, Desk
from tests.unit.sync.sandbox.test_sandbox_endpoints import filled


def headers(answer: Response) -> dict[str, str]:
    return {name.removeprefix("X-RateLimit-"): value for name, value in answer.headers.items() if "RateLimit" in name}


def test_healify_counts_a_hundred_a_minute_and_says_in_the_body_how_long() -> None:
    desk = Desk("healify", at="2025-01-15T14:30:15Z").sign_in()
    answers = [desk.ask("GET", "/api/v1/patients") for _ in range(101)]
    assert [one.status for one in answers] == [200] * 100 + [429]
    assert headers(answers[0]) == {"Limit": "1000", "Remaining": "999", "Reset": "1736953200"}
    assert answers[100].json() == {
        "error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded", "retry_after": 45}
    }
    desk.now += 45
    assert desk.ask("GET", "/api/v1/patients").status == 200


def test_healify_counts_a_thousand_an_hour() -> None:
    desk = Desk("healify", at="2025-01-15T14:00:00Z").sign_in()
    for _minute in range(10):
        assert all(desk.ask("GET", "/api/v1/patients").status == 200 for _ in range(100))
        desk.now += 60
    assert desk.ask("GET", "/api/v1/patients").json()["error"]["retry_after"] == 50 * 60
    assert desk.system.log.busiest(3600) == 1000
    desk.now += 50 * 60
    assert desk.ask("GET", "/api/v1/patients").status == 200


def test_arocord_counts_by_class_of_endpoint() -> None:
    desk = Desk("arocord_hims").sign_in()
    tries = [desk.ask("POST", "/v1/auth/login", desk.has) for _ in range(5)]
    assert [one.status for one in tries] == [200] * 4 + [429]
    assert tries[4].json()["error"]["code"] == "RATE_LIMITED"
    assert headers(tries[4]) == {"Limit": "5", "Remaining": "0", "Reset": "1736951460", "Retry-After": "60"}
    for path, limit in (("/v1/patients", 100), ("/v1/appointments", 500), ("/v1/analytics/dashboard", 50)):
        answers = [desk.ask("GET", path).status for _ in range(limit + 1)]
        assert answers == [200] * limit + [429]
    notes = "/v1/notifications/notification_001/read"
    assert [desk.ask("PUT", notes).status for _ in range(201)] == [200] * 200 + [429]


def test_hms_counts_a_hundred_a_second_and_slides_over_the_minute() -> None:
    desk = Desk("hms_enterprise").sign_in()
    path = "/api/v1/patients/search?query=doe"
    for _second in range(10):
        assert all(desk.ask("GET", path).status == 200 for _ in range(100))
        assert desk.ask("GET", path).status == 429
        desk.now += 1.0
    desk.now += 30
    assert desk.ask("GET", path).status == 429, "a window that began anew with the minute would let this through"
    desk.now += 20.5
    assert desk.ask("GET", path).status == 200


@pytest.mark.parametrize(("tier", "limit"), [("standard", 100), ("premium", 1000)])
def test_practice_studio_counts_by_tier(tier: str, limit: int) -> None:
    desk = Desk("practice_studio", tier=tier).sign_in()
    answers = [desk.ask("GET", "/api/v1/patients") for _ in range(limit + 1)]
    assert [one.status for one in answers] == [200] * limit + [429]
    assert answers[0].headers["X-RateLimit-Limit"] == str(limit)
    assert answers[limit].json()["error"]["code"] == "too_many_requests"


@pytest.mark.parametrize("endpoint", [name for name in AN_HOUR if name not in {"GET /metrics", "GET /status"}])
def test_healthcare_records_counts_each_endpoint_by_the_hour(endpoint: str) -> None:
    desk = Desk("healthcare_records", at="2025-01-15T14:00:00Z").sign_in("admin")
    method, _space, path = endpoint.partition(" ")
    limit = AN_HOUR[endpoint]
    address = filled(desk, HCR + path)
    body: object = {} if method in {"POST", "PUT"} else None
    answers = [desk.ask(method, address, body) for _ in range(limit + 1)]
    assert all(one.status != 429 for one in answers[:limit])
    assert answers[limit].status == 429
    assert answers[limit].json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert headers(answers[0])["Limit"] == str(limit)
    assert headers(answers[0])["Resource"] == path.split("/")[1]
    desk.now += 3600
    assert desk.ask(method, address, body).status != 429


def test_each_person_has_a_budget_of_their_own() -> None:
    desk = Desk("healthcare_records").sign_in("admin")
    assert [desk.ask("GET", f"{HCR}/patients").status for _ in range(51)][-1] == 429
    assert desk.sign_in().ask("GET", f"{HCR}/patients").status == 200


def test_the_minute_of_healthcare_records_counts_when_the_knob_says_so() -> None:
    desk = Desk("healthcare_records", minute_too=True).sign_in()
    assert [desk.ask("GET", f"{HCR}/documents").status for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize("system", ["healify", "practice_studio"])
def test_limits_can_be_switched_off(system: str) -> None:
    desk = Desk(system, limits=False).sign_in()
    answers = [desk.ask("GET", "/api/v1/patients") for _ in range(1100)]
    assert {one.status for one in answers} == {200}
    assert headers(answers[0]) == {}


def test_a_refused_request_is_not_counted_and_changes_nothing() -> None:
    desk = Desk("healthcare_records").sign_in()
    path = f"{HCR}/patients"
    body = {"name": [{"family": "Ruiz"}], "gender": "female", "birth_date": "1990-01-02"}
    assert [desk.ask("POST", path, body).status for _ in range(12)] == [201] * 10 + [429] * 2
    assert len(desk.system.log.made("patients")) == 10
    assert desk.system.log.busiest(3600, "POST /patients", "provider") == 10


def test_a_sliding_window_never_holds_more_than_its_limit() -> None:
    meter, budget = Meter(), Budget("x", 3, 10, sliding=True)
    times = [0.0, 4.0, 9.0, 9.5, 10.0, 10.5, 14.0, 14.1, 19.2]
    passed = [at for at in times if not (reading := meter.take([(budget, "a")], at)) or not reading.wait]
    assert passed == [0.0, 4.0, 9.0, 10.0, 14.0, 19.2]
