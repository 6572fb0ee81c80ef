"""What becomes of an answer on its way back: cut, covered by a proxy's page, mislabelled, or of a newer schema."""

import json
from dataclasses import replace
from typing import Any

from sync.sandbox.faults import Rule
from sync.sandbox.wire import JSON_TYPE, Response, encoded

MASK = "[ENCRYPTED]"
PROXY_PAGE = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>Bad Gateway</h1><p>The proxy could not reach the server.</p></body></html>"
)
# What is not worth hiding: a mask over these would be another fault.
NEVER_MASKED = frozenset({"id", "patient_id", "patientId", "created_at", "updated_at", "created", "updated", "status"})


def damaged(rule: Rule, response: Response) -> Response:
    """The answer after the rule; as it was when the rule is of another kind or the answer has no body."""
    if rule.kind == "proxy_page":
        return Response(int(rule.options.get("status", 502)), {"Content-Type": "text/html"}, PROXY_PAGE)
    if rule.kind == "truncated":
        return replace(response, body=response.body[: max(1, len(response.body) // 2)])
    if rule.kind == "wrong_type":
        kind = str(rule.options.get("text", "text/plain"))
        return replace(response, headers={**response.headers, "Content-Type": kind})
    if rule.kind in {"masked", "drift_add", "drift_remove", "drift_retype"}:
        return _rewritten(rule, response)
    return response


def _rewritten(rule: Rule, response: Response) -> Response:
    if not response.body or response.headers.get("Content-Type") != JSON_TYPE or response.status >= 400:
        return response
    try:
        document = json.loads(response.body)
    except ValueError:  # another rule has cut it already
        return response
    for record in _records(document):
        _rewrite(rule, record)
    return replace(response, body=encoded(document))


def _records(document: Any) -> list[dict[str, Any]]:
    """Every object that has an id, at any depth: the records, not their envelopes."""
    if isinstance(document, list):
        return [record for one in document for record in _records(one)]
    if not isinstance(document, dict):
        return []
    found = [document] if "id" in document else []
    for value in document.values():
        if isinstance(value, dict | list):
            found += _records(value)
    return found


def _rewrite(rule: Rule, record: dict[str, Any]) -> None:
    field = rule.options.get("field")
    if rule.kind == "masked":
        for name, value in record.items():
            if isinstance(value, str) and name not in NEVER_MASKED and field in {None, name}:
                record[name] = MASK
    elif rule.kind == "drift_add":
        record[field or "x_new_field"] = rule.options.get("value", {"since": "next version", "list": [1, None]})
    elif rule.kind == "drift_remove":
        record.pop(field or next((name for name in reversed(record) if name != "id"), ""), None)
    elif rule.kind == "drift_retype":
        name = field or next((name for name, value in record.items() if isinstance(value, int) and name != "id"), "")
        if name in record:
            record[name] = str(record[name]) if not isinstance(record[name], str) else [record[name]]
