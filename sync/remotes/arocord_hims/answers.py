"""What 32 undocumented answers may look like, read without guessing more than must be.

Documented are ``{success, data: {<name>: ...}}`` at six endpoints; elsewhere the same, a bare list in ``data``, or the
bare record is taken. What is none of these is not read as empty: it is an answer that nobody understands.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from sync.records.exact import NotExact, require_sound
from sync.telling.asking import Shown
from sync.telling.wire import count_of
from sync.transport.outcomes import Answer, Call, Garbled, Refused, Said, misshapen

Json = dict[str, Any]
S = TypeVar("S", bound=Shown)
_LISTS = ("items", "results", "records", "data", "list")


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> Said | None:  # noqa: ARG001 - as the wire asks
    """Read ``{success: false, error: {code, message, details{field, issue}}}``; None for anybody else's."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    return Said(error["code"], str(error.get("message") or ""), _fields(error.get("details")))


def _fields(details: Any) -> tuple[tuple[str, str], ...]:
    rows = details if isinstance(details, list) else [details]
    return tuple(
        (str(row.get("field") or ""), str(row.get("issue") or row.get("error") or ""))
        for row in rows
        if isinstance(row, dict)
    )


def data(call: Call, answer: Answer) -> Any:
    """What stands in the envelope, or the whole where there is none. Raises Refused for ``success: false`` at 2xx."""
    body = answer.body
    if not isinstance(body, dict):
        return body
    if body.get("success") is False:
        raise Refused(call, answer.status, read_error(answer.status, body, answer.headers) or Said("REFUSED"))
    return (
        body["data"] if "data" in body and ("success" in body or set(body) <= {"data", "meta", "pagination"}) else body
    )


def one(call: Call, answer: Answer, name: str) -> Json | None:
    """The one record of an answer, under its name, alone in `data`, or bare; None where the answer holds none."""
    found = data(call, answer)
    if isinstance(found, list):
        return found[0] if len(found) == 1 and isinstance(found[0], dict) else None
    if not isinstance(found, dict):
        return None
    for each in (name, name.rpartition("_")[2]):
        if isinstance(found.get(each), dict):
            return dict(found[each])
    if "id" in found:
        return found
    inner = [value for value in found.values() if isinstance(value, dict) and "id" in value]
    return inner[0] if len(inner) == 1 else None


def must_be_one(call: Call, answer: Answer, name: str) -> Json:
    """The one record of an answer. Raises Garbled where it holds none."""
    found = one(call, answer, name)
    if found is None:
        raise Garbled(call, answer.status)
    return found


def many(call: Call, answer: Answer, *names: str) -> list[Any]:
    """The records of a list. Raises Garbled where no list can be told from the answer: that is not an empty list."""
    found = data(call, answer)
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        for name in (*names, *_LISTS):
            if isinstance(found.get(name), list):
                return list(found[name])
        lists = [value for value in found.values() if isinstance(value, list)]
        if len(lists) == 1:
            return list(lists[0])
    raise Garbled(call, answer.status)


def only_list(call: Call, answer: Answer, *names: str) -> list[Any]:
    """The records of a list beside which no other stands in the answer. Raises Garbled where one does.

    An empty list beside another that is not, or an object in its place, does not say that there is nothing.
    """
    found, body = many(call, answer, *names), data(call, answer)
    beside = [value for value in body.values() if value != found] if isinstance(body, dict) else []
    if any(map(_holds_records, beside)):
        raise Garbled(call, answer.status)
    return found


def _holds_records(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_records, value.values()))
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def total(answer: Answer) -> tuple[int | None, int | None]:
    """How many records and how many pages there are, where the answer says so."""
    body: Json = answer.body if isinstance(answer.body, dict) else {}
    held = body.get("data")
    inner: Json = held if isinstance(held, dict) else {}
    for place in (inner.get("pagination"), body.get("pagination"), inner, body):
        if isinstance(place, dict) and (found := count_of(place.get("total"))) is not None:
            return found, count_of(place.get("pages"))
    return None, None


def id_of(record: Json | None) -> str | None:
    """The id of a record: an opaque text (the document shows uuid and ``patient_001``)."""
    found = record.get("id") if record else None
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) and str(found) else None


def looks_cut_off(items: Sequence[Any]) -> bool:
    """Whether a list with no documented paging may have been cut: a round number of records is suspicious."""
    return len(items) in {10, 20, 25, 50} or (len(items) >= 100 and len(items) % 50 == 0)


def shown(model: type[S], call: Call, answer: Answer, found: Any) -> S:
    """What was found in an answer as its model. Raises Misshapen, which holds nothing of what the answer said."""
    try:
        require_sound(found)
        return model.model_validate(found)
    except (ValidationError, NotExact):
        raise misshapen(call, answer.status, found) from None
