"""Row 8: looking through a list in which nothing has changed, against fetch + parse + hash + lookup alone."""

import hashlib
import http.client
import json
import statistics

from sqlcipher3 import dbapi2

from clinic_desktop.store.connection import READER_PRAGMAS, connect
from tests.benchmarks.figures import Row, timed
from tests.benchmarks.post import KEY, LISTS, PAGE, SYSTEM, fetch, town


def rows(*, full: bool) -> list[Row]:
    """Ours and the floor in turn over the same list."""
    count = 20_000 if full else 4_000
    with town(count) as here:
        here.look_through()  # everybody is taken in
        reader = connect(here.path, KEY, READER_PRAGMAS)
        bare = here.bare()
        ours: list[float] = []
        floor: list[float] = []
        seen = asked = 0
        for turn in range(5 if full else 4):
            before = here.network.requests
            found: list[int] = []
            taken = timed(lambda: found.append(here.look_through()))  # noqa: B023 - called at once
            asked = here.network.requests - before
            least = timed(lambda: floor_of(bare, reader, count))
            if turn:
                ours.append(found[0] / taken * 1000)
                floor.append(count / least * 1000)
            seen = found[0]
    note = f"{seen:,} records in {asked} requests for a list of {count:,}: two passes that overlap by a tenth"
    mine, least_rate = statistics.median(ours), statistics.median(floor)
    return [
        Row(8, "a look at what has not changed: records seen", mine, least_rate, most=0.33, unit="/s", least=True,
            note=note),
        Row(8, "the same, each record of the list counted once", mine * count / seen, least_rate, unit="/s",
            least=True),
    ]  # fmt: skip


def floor_of(connection: http.client.HTTPConnection, reader: dbapi2.Connection, count: int) -> int:
    """Fetch, parse, hash, look up by pages; how many differed."""
    differed = 0
    marks = ", ".join("?" * PAGE)
    for offset in range(0, count, PAGE):
        items = json.loads(fetch(connection, f"{LISTS}?limit={PAGE}&offset={offset}"))["data"]
        hashes = {
            one["id"]: hashlib.blake2b(
                json.dumps(one, sort_keys=True, separators=(",", ":")).encode(), digest_size=16
            ).hexdigest()
            for one in items
        }
        known = dict(
            reader.execute(
                "SELECT remote_id, list_hash FROM sync_shadow WHERE system = ? AND kind = 'patient'"
                f" AND remote_id IN ({marks})",
                (SYSTEM, *hashes),
            ).fetchall()
        )
        differed += sum(known.get(name) != value for name, value in hashes.items())
    return differed
