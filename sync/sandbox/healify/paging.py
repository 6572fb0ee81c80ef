"""Healify's lists: ``limit`` and ``offset``, and the envelope around a page."""

from collections.abc import Callable, Sequence

from sync.sandbox.call import Call
from sync.sandbox.wire import Record, Response, answer


def page(call: Call, rows: Sequence[Record], shown: Callable[[Record], Record]) -> Response:
    """One page of the rows."""
    limit = call.whole("limit", 50, 100, least=1)
    offset = call.whole("offset", 0)
    part = call.ordered(rows)[offset : offset + limit]
    document: Record = {"data": [shown(row) for row in part], "total": len(rows), "limit": limit, "offset": offset}
    if call.system.knobs.has_more:
        document["has_more"] = offset + len(part) < len(rows)
    return answer(200, document)


def only(*fields: str) -> Callable[[Record], Record]:
    """Makes a view of a record that has these fields, where the record has them."""
    return lambda record: {name: record[name] for name in fields if name in record}


def without(*fields: str) -> Callable[[Record], Record]:
    """Makes a view of a record that lacks these fields."""
    return lambda record: {name: value for name, value in record.items() if name not in fields}
