"""How answers of HMS Enterprise-Grade are read: documented ones as they are, the others with patience.

The document claims JSON:API and shows none: plain JSON objects with ``_links``. A link is never followed; at most the
id at its end is taken.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from sync.telling.asking import Shown
from sync.telling.paging import total_of
from sync.transport.outcomes import Answer, Call, Garbled, Said, misshapen

Json = dict[str, Any]
S = TypeVar("S", bound=Shown)
_LISTS = ("data", "items", "results")


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> Said | None:  # noqa: ARG001 - as the wire asks
    """Read ``{error: {code, message, details{field, error}, ...}}``; None for anybody else's."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), (str, int)):
        return None
    details = error.get("details")
    rows = details if isinstance(details, list) else [details]
    fields = tuple(
        (str(row.get("field") or ""), str(row.get("error") or row.get("issue") or ""))
        for row in rows
        if isinstance(row, dict)
    )
    return Said(str(error["code"]), str(error.get("message") or ""), fields)


def one(call: Call, answer: Answer, name: str) -> Json:
    """The record of an answer: bare as documented, or under its name or ``data``. Raises Garbled for none."""
    found = answer.body
    for place in (name, "data"):
        if isinstance(found, dict) and "id" not in found and isinstance(found.get(place), dict):
            found = found[place]
    if not isinstance(found, dict) or not found:
        raise Garbled(call, answer.status)
    return found


def one_or_none(call: Call, answer: Answer, name: str) -> Json | None:
    """The record of an answer that is not documented: None where a 2xx holds none."""
    try:
        return one(call, answer, name)
    except Garbled:
        return None


def many(call: Call, answer: Answer, name: str) -> list[Any]:
    """The records of a list. Raises Garbled where no list can be told: that is not an empty list."""
    found = answer.body
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        for place in (name, name.rpartition("_")[2], *_LISTS):
            if isinstance(found.get(place), list):
                return list(found[place])
    raise Garbled(call, answer.status)


def total(answer: Answer) -> int | None:
    """How many there are, where the answer says so."""
    return total_of(answer.body)


def linked_id(record: Mapping[str, Any], name: str, origin: str) -> str | None:
    """The id at the end of a link, where the link leads to the configured origin and nowhere else."""
    links = record.get("_links")
    link = links.get(name) if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    if not isinstance(href, str):
        return None
    parts, ours = urlsplit(href), urlsplit(origin)
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc):
        return None
    return parts.path.rstrip("/").rpartition("/")[2] or None


def shown(model: type[S], call: Call, answer: Answer, name: str = "data") -> S:
    """An answer as its model. Raises Misshapen, which holds nothing of what the answer said."""
    try:
        return model.model_validate(one(call, answer, name))
    except ValidationError:
        raise misshapen(call, answer.status, answer.body) from None
