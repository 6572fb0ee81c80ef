"""Twenty searches an hour keep up with ten patients an hour: two for each at the most, and none of them twice."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from sync.records.patient import Patient
from sync.remotes.healthcare_records.remote import HealthcareRecordsRemote, open_remote
from sync.transport.outcomes import Call, NoBudget, Outcome, Slowed
from tests.contract.replayed import Network, json_answer, opening
from tests.contract.test_remotes_over_sandbox import ADA, ADA_HERE
from tests.unit.sync.loopback import Watch

BASE = "https://records.example/api/v1/healthcare-records"
ONE = "0b5e1d86-3a53-4a3e-9c39-9f0f5a1b7a11"
KEY, PHONE, EMAIL = "A7-000123-4", "+1-555-010-7788", "ada@example.org"


class Places:
    """So many places, then none."""

    def __init__(self) -> None:
        self.left = 100

    def ask(self, call: Call) -> None:
        if not self.left:
            raise NoBudget(call, 1.0)
        self.left -= 1

    def heard(self, *_of: object) -> None:
        pass


class There:
    """The remote over a network that finds whom a test puts there, by what is searched for."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.status, self.failing = 200, ""
        self.network = Network(self._answer)
        self.gate, self.watch = Places(), Watch()
        made = replace(opening(BASE, self.network), gate=self.gate, clock=self.watch)
        self.remote: HealthcareRecordsRemote = open_remote(made)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return json_answer({"error": {"code": "X", "message": "later"}}, self.status)
        if request.url.params["search_type"] == self.failing:
            return json_answer({"error": {"code": "X", "message": "slower"}}, 429)
        found = self.people.get(request.url.params["query"])
        return json_answer({"patients": [{"id": found, "gender": "female"}] if found else []})

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(one.url.params["search_type"], one.url.params["query"]) for one in self.network.requests]

    def search(self, *telecom: str) -> list[str]:
        points = [{"system": system, "value": {"phone": PHONE, "email": EMAIL}[system]} for system in telecom]
        first = Patient.model_validate({**ADA.model_dump(by_alias=True, exclude_none=True), "telecom": points})
        return [one.remote_id for one in self.remote.search(replace(ADA_HERE, first=first))]


@pytest.mark.parametrize(
    ("telecom", "second"),
    [(("phone", "email"), ("phone", PHONE)), (("email",), ("email", EMAIL)), ((), None)],
)
def test_a_new_patient_is_searched_for_twice_at_the_most(telecom: Any, second: Any) -> None:
    there = There()
    assert there.search(*telecom) == []
    assert there.asked == [("identifier", KEY), *([second] if second else [])]
    assert all(one.url.params["exact_match"].lower() == "true" for one in there.network.requests)


def test_who_bears_our_key_is_searched_for_no_further() -> None:
    there = There()
    there.people[KEY] = ONE
    assert there.search("phone", "email") == [ONE]
    assert there.asked == [("identifier", KEY)]


@pytest.mark.parametrize("cut_off", ["limit", "answer"])
def test_a_search_that_is_cut_off_goes_on_where_it_stopped(cut_off: str) -> None:
    there = There()
    there.people[PHONE] = ONE
    if cut_off == "limit":
        there.gate.left = 1
    else:
        there.gate.left = 2
        there.failing = "phone"
    with pytest.raises(NoBudget if cut_off == "limit" else Slowed):
        there.search("phone", "email")
    there.failing = ""
    there.gate.left = 1
    before = len(there.asked)
    assert there.search("phone", "email") == [ONE]
    assert there.asked[before:] == [("phone", PHONE)]
    # It is over: whoever is searched for once more is searched for anew.
    there.gate.left = 2
    assert there.search("phone", "email") == [ONE]
    assert there.asked[before + 1 :] == [("identifier", KEY), ("phone", PHONE)]


@pytest.mark.parametrize("hours", [3, -3])
def test_what_a_search_answered_long_ago_is_asked_anew(hours: int) -> None:
    there = There()
    there.gate.left = 1
    with pytest.raises(NoBudget):
        there.search("phone")
    there.watch.wait(hours=hours)
    there.people[KEY] = ONE
    there.gate.left = 1
    assert there.search("phone") == [ONE]


def test_an_answer_that_failed_says_of_nobody_that_they_are_not_there() -> None:
    there = There()
    there.status = 500
    with pytest.raises(Outcome):
        there.search("phone")
    there.status = 200
    there.people[KEY] = ONE
    assert there.search("phone") == [ONE]
