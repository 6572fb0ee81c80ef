"""The shape of answers that a document does not show: chosen by a knob."""

from collections.abc import Sequence

from sync.sandbox.call import Call
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import instant


def one(call: Call, name: str, record: Record, status: int = 200, *, usual: str = "enveloped") -> Response:
    """An answer about one record.

    ``enveloped``: within ``{success, data: {name: ...}}``. ``bare``: the record alone. ``echo``: within
    ``{success, data: ...}``, a read gives the record and a write what was sent, with the id.
    """
    shape = call.system.knobs.undocumented or usual
    if shape == "bare":
        return answer(status, record)
    if shape == "echo":
        sent = call.body() if call.request.body else {}
        written = "id" in record and call.request.method != "GET"
        return answer(status, {"success": True, "data": {**sent, "id": record["id"]} if written else record})
    return answer(status, {"success": True, "data": {name: record}})


def many(call: Call, name: str, rows: Sequence[Record], *, usual: str = "enveloped", **beside: object) -> Response:
    """An answer about several records: in the envelope by name, as a bare list, or as a list in the envelope."""
    shape = call.system.knobs.undocumented or usual
    shown = list(call.ordered(rows))
    if shape == "bare":
        return answer(200, shown)
    if shape == "echo":
        return answer(200, {"success": True, "data": shown})
    return answer(200, {"success": True, "data": {name: shown, **beside}})


def error_of(problem: Problem, code: str, word: str, request_id: str) -> Record:
    """An error whose details are the first field that is wrong and, under the system's word for it, what is wrong."""
    error: Record = {"code": problem.code or code, "message": problem.message}
    if problem.fields:
        field, issue = problem.fields[0]
        error["details"] = {"field": field, word: issue}
    return {**error, "timestamp": instant(problem.at), "request_id": problem.request_id or request_id}
