"""The API keeps to what its description says, whatever it is sent: no fault, no answer that is not declared."""

import gc
import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from clinic_desktop.domain.pairing import KINDS
from tests.unit.agent.local_api.api_case import Api

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "vitals_openmhealth"
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
HELD = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
]  # fmt: skip


def played(api: Api, examples: int) -> Counter[int]:
    """Send what the description allows and what it does not, with a token that may; returns the answers by status."""
    schema = schemathesis.openapi.from_dict(api.ask("GET", "/v1/openapi.json").json())
    told: Counter[int] = Counter()
    scopes = {(rule.method, rule.path): rule.scope for rule in api.rules}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path.endswith("/events"):
            continue  # an answer that never ends; looked at by itself
        scope = scopes[operation.method.upper(), operation.path]
        token = api.tokens[next((kind for kind, known in KINDS.items() if scope in known.scopes), "monitor")]
        modes = [
            GenerationMode.POSITIVE,
            *([GenerationMode.NEGATIVE] if operation.body or operation.path_parameters else []),
        ]
        for mode in modes:
            play(api, operation, mode, token, examples, told)
    return told


def play(
    api: Api, operation: Operation, mode: GenerationMode, token: str, examples: int,
    told: Counter[int],
) -> None:  # fmt: skip
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def one(case: schemathesis.Case[Any]) -> None:
        answer = case.call(base_url=api.url, headers={"Authorization": f"Bearer {token}"}, session=None)
        case.validate_response(answer, checks=HELD)
        told[answer.status_code] += 1

    one()


def test_whatever_the_description_allows_or_not_is_answered_as_it_declares(api: Api) -> None:
    told = played(api, 3)
    assert sum(told.values()) > 40
    assert {201, 422} <= told.keys()


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process holds is counted in /proc")
def test_ten_thousand_requests_leave_no_fault_and_nothing_behind(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed: the answers by status, and what the process (client and generator too) has more of than before."""
    played(api, 20)
    before = held()
    told = played(api, 1000)
    grown = {name: after - before[name] for name, after in held().items()}
    with capsys.disabled():
        sys.stdout.write(f"\n{told.total()} requests: {dict(sorted(told.items()))}; more than before: {grown}\n")
    assert told.total() > 10_000
    assert not [status for status in told if status >= 500]
    assert grown["files"] <= 8
    assert grown["threads"] <= 8
    assert grown["MiB"] <= 200


def held() -> dict[str, int]:
    """Open files, threads and memory of this process."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return {
        "files": len(list(Path("/proc/self/fd").iterdir())), "threads": threading.active_count(),
        "MiB": int(status.split("VmRSS:")[1].split()[0]) // 1024,
    }  # fmt: skip


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here (CLINIC_CORPUS)")
def test_every_open_mhealth_point_of_the_corpus_is_answered_and_no_wrong_one_is_kept(api: Api) -> None:
    for path in sorted(CORPUS.rglob("*.json")):
        body = json.loads(path.read_text())
        schema, version = path.relative_to(CORPUS).parts[:2]
        point = {"header": {"schema_id": {"namespace": "omh", "name": schema, "version": version}}, "body": body}
        told = api.post("/v1/vitals/openmhealth", "monitor", {"patient": api.grace, "data_points": [point]})
        right = "shouldPass" in str(path) and told.request.content.find(b"_") > 0
        assert told.status_code in ({201, 202, 422} if right else {422}), (path, told.text)
        assert "field" in told.json() or told.json()["state"] in {"filed", "review"}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe{}", b"[" * 60_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"values": {"heart_rate": ' + b"9" * 5000 + b"}}", b'{"values": {"heart_rate": "\\ud800"}}',
        b'{"values": {"heart_rate": "7\\u0000"}}', b'{"values": {"heart_rate": NaN}}', b'{"patient": 1}',
        b'{"patient": {"number": "\\ud800"}, "values": {"heart_rate": "70"}}',
        b'{"values": {"\\ud800": "70"}}', b'{"values": {"heart_rate": "70"}, "extra": 1}',
        b'{"values": {"heart_rate": "70"}, "encounter": "\\u0000"}',
    ],
)  # fmt: skip
def test_what_is_no_body_of_ours_is_refused_in_words(api: Api, content: bytes) -> None:
    headers = {"Authorization": f"Bearer {api.tokens['monitor']}", "Content-Type": "application/json"}
    before = api.asked
    for path in ("/v1/vitals", "/v1/vitals/openmhealth", "/v1/results"):
        token = api.tokens["analyser" if path.endswith("results") else "monitor"]
        told = api.line.post(path, headers={**headers, "Authorization": f"Bearer {token}"}, content=content)
        assert told.status_code in {400, 422}, (path, told.text)
        assert told.headers["content-type"] == "application/problem+json"
        assert "ud800" not in told.text
    assert api.asked == before


def test_an_open_mhealth_point_with_hostile_numbers_is_refused(api: Api) -> None:
    for number in ("1e400", "-5", "1e-400", "true", '"70"', "1e30", "NaN", "Infinity", "[]"):
        content = f'{{"data_points": [{{"heart_rate": {{"value": {number}, "unit": "beats/min"}}}}]}}'.encode()
        told = httpx.post(
            f"{api.url}/v1/vitals/openmhealth", content=content, trust_env=False,
            headers={"Authorization": f"Bearer {api.tokens['monitor']}", "Content-Type": "application/json"},
        )  # fmt: skip
        assert told.status_code == 422, (number, told.text)
