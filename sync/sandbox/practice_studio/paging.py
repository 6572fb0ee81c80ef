"""Practice Studio's lists, and the links in its records."""

from collections.abc import Callable, Sequence

from sync.sandbox.call import Call
from sync.sandbox.wire import Record, Response, answer

ROOT = "/api/v1"


def page(call: Call, name: str, rows: Sequence[Record], shown: Callable[[Record], Record]) -> Response:
    """One page of the rows, under the name of their kind."""
    limit, offset = call.whole("limit", 20, 100, least=1), call.whole("offset", 0)
    part = call.ordered(rows)[offset : offset + limit]
    return answer(200, {"total": len(rows), "limit": limit, "offset": offset, name: [shown(row) for row in part]})


def open_part(record: Record) -> Record:
    """The record without what is only for the system itself."""
    return {name: value for name, value in record.items() if name[0] != "_"}


def linked(record: Record, place: str, **others: str) -> Record:
    """The record with a link to itself and to others."""
    links = {"self": f"{ROOT}/{place}/{record['id']}", **others}
    return {**open_part(record), "_links": {name: {"href": href} for name, href in links.items()}}


def about(record: Record, place: str) -> Record:
    """A record of a patient and a provider, with links to both."""
    return linked(
        record,
        place,
        patient=f"{ROOT}/patients/{record['patientId']}",
        provider=f"{ROOT}/providers/{record['providerId']}",
    )
