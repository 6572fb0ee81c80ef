"""Row 9: records that are new there, to the chart (decode, match, chart, base, journal, both indexes).

The floor fetches the same list, makes models of it, and puts in the rows of the patients and both indexes that came of
it, a transaction a page. Two kinds of list are looked through. Healify's list of patients is a summary: each record is
read by itself as well, and the second line is what the engine and the chart take without those requests. Where the rows
of a list are whole (as AROCORD-HIMS's are, its patients apart) nothing is read again: the same list, taken for whole.
"""

import json
import time
from dataclasses import replace
from typing import Any

from clinic_desktop.store import schema
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from sync.port import Kind
from sync.remotes.healify import wire
from tests.benchmarks.figures import Row
from tests.benchmarks.post import KEY, LISTS, PAGE, Town, fetch, town

TABLES = ("patients", "patient_names", "patient_contacts", "patient_search", "name_near")


def rows(*, full: bool) -> list[Row]:
    """New people, then each of them changed there; from a list of summaries, then from one of whole records."""
    count = 2_000 if full else 200
    with town(20) as here:  # what is imported and composed once is no part of a record
        here.look_through()
        here.settle()
        here.changed_there()
        _looked(here)
    with town(count) as here:
        _takes_for_whole(here)
        whole_new = _looked(here)
        here.changed_there()
        whole_changed = _looked(here)
    with town(count) as here:
        here.look_through()
        taken = _drained(here)
        least = _floor(here, count)
        here.changed_there()
        here.look_through()
        changed = _drained(here)
    note = f"{count:,} records, {taken[1]} requests: each is read by itself"
    new, engine = count / taken[0], count / (taken[0] - taken[2])
    return [
        Row(9, "records new there, into the chart", new, count / least, most=0.5, unit="/s", least=True, note=note),
        Row(9, "the same without the time of the requests", engine, count / least, unit="/s", least=True),
        Row(9, "records changed there, into the chart", count / changed[0], count / least, most=0.5, unit="/s",
            least=True),
        Row(9, "records new there, from a list of whole records", count / whole_new, count / least, most=0.5, unit="/s",
            least=True),
        Row(9, "records changed there, from a list of whole records", count / whole_changed, count / least, most=0.5,
            unit="/s", least=True),
    ]  # fmt: skip


def _takes_for_whole(here: Town) -> None:
    remote: Any = here.office.desk.remote
    kinds = remote.profile.kinds
    patient = replace(kinds[Kind.PATIENT], readable=False)
    remote.profile = replace(remote.profile, kinds={**kinds, Kind.PATIENT: patient})


def _looked(here: Town) -> float:
    """Seconds of one complete look, with all that it brings."""
    started = time.perf_counter()
    here.look_through()
    here.settle()
    return time.perf_counter() - started


def _drained(here: Town) -> tuple[float, int, float]:
    """Seconds until nothing is left to do, requests, and seconds of them."""
    requests, network = here.network.requests, here.network.seconds
    started = time.perf_counter()
    here.settle()
    return time.perf_counter() - started, here.network.requests - requests, here.network.seconds - network


def _floor(here: Town, count: int) -> float:
    target = here.path.with_name("floor.db")
    schema.create(target, KEY)
    reader = connect(here.path, KEY, WRITER_PRAGMAS)
    found = {name: reader.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    reader.close()
    writer = connect(target, KEY, WRITER_PRAGMAS, guard=False)
    writer.execute("PRAGMA foreign_keys = 0")
    bare = here.bare()
    pages = -(-count // PAGE)
    started = time.perf_counter()
    for page in range(pages):
        items = json.loads(fetch(bare, f"{LISTS}?limit={PAGE}&offset={page * PAGE}"))["data"]
        for one in items:
            wire.Patient.model_validate(one)
        writer.execute("BEGIN IMMEDIATE")
        for name, every in found.items():
            part = every[len(every) * page // pages : len(every) * (page + 1) // pages]
            if part:
                places = ", ".join("?" * len(part[0]))
                writer.executemany(f"INSERT OR IGNORE INTO {name} VALUES ({places})", part)
        writer.execute("COMMIT")
    taken = time.perf_counter() - started
    writer.close()
    return taken
