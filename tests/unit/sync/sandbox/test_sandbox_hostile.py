"""Whatever is sent, a system answers in its own words: nothing makes it fall over."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.sandbox.catalogue import SYSTEMS, endpoints
from sync.sandbox.shapes import Shape
from tests.sandboxed import Desk
from tests.unit.sync.sandbox.test_sandbox_endpoints import filled, roles

WORDS = ["", "x", "2025-01-20", "2025-01-20T10:00:00Z", "9999-12-31T23:59:59Z", "a@b.org", "\x00", "Łódź", "../etc",
         "active", "ready", "scheduled", "patient_001", "pat_123abc", "PAT-12345", "99999999999:9"]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "id", "given", "value", "system", "total", "type"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
# What fits each kind of field often enough that what stands behind the checks is reached too.
OF_KIND = {
    "text": st.sampled_from(WORDS) | st.text(max_size=5),
    "objects": st.lists(
        st.dictionaries(st.sampled_from(["name", "given", "value", "total", "priority"]), VALUES), max_size=2
    ),
    "object": st.dictionaries(
        st.sampled_from(["name", "id", "reminder_time", "vital_signs", "email", "primary", "secondary"]),
        VALUES,
        max_size=4,
    ),
    "texts": st.lists(st.sampled_from(WORDS), max_size=3),
    "instant": st.sampled_from(["2025-01-20T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]),
    "date": st.sampled_from(["2025-01-20", "0001-01-01", "9999-12-31"]),
    "past": st.sampled_from(["1990-01-20", "0001-01-01"]),
    "money": st.floats(0, 1e9),
    "count": st.integers(0, 10),
    "boolean": st.booleans(),
}
NEEDED = [
    shape
    for module in __import__("sys").modules.values()
    if getattr(module, "__name__", "").startswith("sync.sandbox.")
    for shape in vars(module).values()
    if isinstance(shape, Shape)
]


def value(kind: str) -> st.SearchStrategy[Any]:
    if kind.startswith("in:"):
        return st.sampled_from(kind[3:].split("|"))
    if kind.startswith("->"):
        return st.sampled_from(
            ["pat_123abc", "patient_001", "doctor_001", "doc_456def", "PAT-12345", "PROV-54321",
             "123e4567-e89b-12d3-a456-426614174000", "323e4567-e89b-12d3-a456-426614174001",
             "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a01"]
        )  # fmt: skip
    return OF_KIND.get(kind, VALUES)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A body of one of the shapes: mostly what fits each field, sometimes anything."""
    shape = draw(st.sampled_from(NEEDED))
    return {
        name: draw(value(kind) if draw(st.integers(0, 9)) else VALUES)
        for name, kind in shape.fields.items()
        if name in shape.needed or draw(st.booleans())
    }


KNOBS: list[dict[str, Any]] = [
    {},
    {"put": "replace", "undocumented": "bare", "over_limit": "refuse"},
    {"put": "merge-deep", "undocumented": "echo", "results_after": 0.0},
    {"undocumented": "enveloped", "justification": "body", "consent_needed": True, "masked": False},
]


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(knobs=st.sampled_from(KNOBS), sent=st.lists(bodies(), min_size=1, max_size=4), query=st.dictionaries(
    st.sampled_from(["limit", "offset", "page", "skip", "start_date", "end_date", "date_from", "search", "query",
                     "type", "filters", "provider_id", "sort", "patient_id", "search_type", "metrics"]),
    st.sampled_from([*WORDS, "-1", "--1", "9" * 5000, "٣", "{", '{"status": 1}', "name"]), max_size=4,
))  # fmt: skip
def test_no_body_and_no_query_makes_a_system_fall_over(
    system: str, sent: list[dict[str, Any]], query: dict[str, str], knobs: dict[str, Any]
) -> None:
    desk = Desk(system, limits=False, **knobs).sign_in()
    for name, method, path in endpoints():
        if name != system:
            continue
        if roles(system, path):
            desk.sign_in(roles(system, path))
        where = filled(Desk(system, limits=False).sign_in(), path)
        for body in sent if method in {"POST", "PUT"} else [None]:
            request = desk.request(method, where, body)
            asked = type(request)(method, where, query, request.headers, request.body, request.at)
            answer = desk.system.handle(asked)
            assert answer.status < 500, (method, path, body, query)
            if answer.headers.get("Content-Type") == "application/json":
                json.loads(answer.body)
        desk.sign_in()


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b'"x"'])
def test_a_body_that_is_no_json_object_is_refused(system: str, body: bytes) -> None:
    desk = Desk(system).sign_in()
    path = {"arocord_hims": "/v1/patients", "healthcare_records": "/api/v1/healthcare-records/patients"}.get(
        system, "/api/v1/patients"
    )
    answer = desk.ask("POST", path, body)
    assert answer.status in {400, 422}
    assert not desk.system.log.effects


@pytest.mark.parametrize(
    "query",
    ["{", "{ patient { ", "query($x: [Int!]) { patient(id: $y) { id } }", "\x00", "{ patient(id: 1) }", "mutation {x}",
     "{" * 5000, "{ patient(id: " + "[" * 5000 + " { id } }", "subscription { a }", ""],
)  # fmt: skip
def test_a_query_that_cannot_be_read_is_answered_with_errors(query: str) -> None:
    desk = Desk("hms_enterprise", optional=True).sign_in()
    everything: list[object] = [{}, [], "x", None]
    for variables in everything:
        answer = desk.ask("POST", "/graphql", {"query": query, "variables": variables})
        assert answer.status == 200
        assert answer.json()["errors"][0]["message"]
