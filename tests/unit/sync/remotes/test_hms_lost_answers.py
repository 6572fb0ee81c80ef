"""HMS Enterprise-Grade after a lost answer: what stands there is taken for ours only where it says what ours says."""

from typing import Any

import httpx
import pytest

from sync.port import Body, Kind, Sending
from sync.remotes.hms_enterprise.graphql import same_prescription
from sync.remotes.hms_enterprise.remote import HmsRemote, open_remote
from tests.contract.replayed import Network, json_answer, opening

AT = "2026-03-10T09:00:00Z"
WARFARIN: Body = {
    "medication": {"name": "Warfarin", "form": "tablet"},
    "dosage": {"amount": 3, "unit": "mg", "frequency": "Once daily", "duration": 30, "instructions": "In the evening"},
}  # fmt: skip


def shown(**dosage: Any) -> Body:
    return WARFARIN | {"dosage": WARFARIN["dosage"] | dosage, "date_written": AT}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (shown(), True),
        (shown(amount=5), False),
        (shown(unit="mL"), False),
        (shown(duration=7), False),
        (shown(amount="3", duration=30.0), True),
        (shown(amount=None, unit="", duration=None), True),
        (shown(frequency="once daily"), True),
        (shown(frequency="once  a day"), False),
        (shown(instructions="in the evening."), True),
        (shown(instructions=None), False),
        (WARFARIN | {"medication": {"name": "WARFARIN", "form": "Tablet"}}, True),
        (WARFARIN | {"medication": {"name": "Warfarin", "form": "tablet", "strength": "5 mg"}}, False),
        (WARFARIN | {"dosage": "3 mg"}, False),
    ],
)
def test_a_prescription_is_ours_only_with_our_amount_unit_and_days(theirs: Body, ours: bool) -> None:
    assert same_prescription(Sending(Kind.PRESCRIPTION, "create", WARFARIN, sent_at=AT), theirs) is ours


DIAGNOSES = [{"code": "J06.9", "description": "Cold", "type": "primary", "confirmed": True}]
PLAN = [{"type": "other", "description": "Rest and fluids"}]
VISIT: Body = {
    "patient_id": "p", "encounter_type": "office_visit", "chief_complaint": "Cough", "diagnoses": DIAGNOSES,
    "plan": PLAN,
}  # fmt: skip


def found(theirs: Body) -> bool:
    def network(_request: httpx.Request) -> httpx.Response:
        rows = [{"id": "e1", "created_at": "2026-03-10T09:02:00Z", **theirs}]
        return json_answer({"encounters": rows, "total": 1})

    remote: HmsRemote = open_remote(opening("https://there.example/v1", Network(network), {"prefix": "/api/v1"}))
    return bool(remote.probe(Sending(Kind.ENCOUNTER, "create", VISIT, sent_at=AT)))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({}, True),
        ({"plan": [{"type": "other", "description": "Amoxicillin 500 mg"}]}, False),
        ({"plan": [{**PLAN[0], "description": "rest and fluids.", "id": 7}]}, True),
        ({"diagnoses": [{"code": "J18.9", "description": "Cold"}]}, False),
        ({"diagnoses": [*DIAGNOSES, {"code": "I10"}]}, False),
        ({"diagnoses": [{"code": "J06.9", "description": "Acute upper respiratory infection"}]}, True),
        ({"diagnoses": [{"description": "cold"}]}, True),
        ({"diagnoses": [{"description": "Pneumonia"}]}, False),
        ({"diagnoses": None, "plan": []}, True),
        ({"diagnoses": "J06.9"}, False),
    ],
)
def test_a_visit_of_a_colleague_a_moment_later_is_not_ours(theirs: Body, ours: bool) -> None:
    assert found(VISIT | theirs) is ours


def test_a_list_of_visits_that_takes_no_notice_of_where_it_is_to_begin_ends() -> None:
    asked: list[httpx.Request] = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        assert len(asked) < 9, "the same page is asked for again and again"
        rows = [{"id": f"e{n}", "created_at": "2026-03-10T09:02:00Z", **VISIT} for n in range(100)]
        return json_answer({"encounters": rows})

    remote: HmsRemote = open_remote(opening("https://there.example/v1", Network(network), {"prefix": "/api/v1"}))
    assert remote.probe(Sending(Kind.ENCOUNTER, "create", VISIT, sent_at=AT))
