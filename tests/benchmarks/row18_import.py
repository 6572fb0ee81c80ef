"""Row 18: the import of 300 bundles, against parsing them, validating them, and the same rows put in by hand.

The floor writes what the import wrote, row for row, with the same indexes, triggers and journal entries, a hundred rows
to a transaction, and decides nothing. The files are those of the shared material (`CLINIC_CORPUS`).
"""

import gzip
import json
import os
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from clinic_desktop.exchange.incoming import import_fhir
from clinic_desktop.store import schema
from sync.records.kinds import KINDS
from tests.benchmarks import row18_tables
from tests.benchmarks.figures import Row, percentile
from tests.benchmarks.taken_in import KEY, by_hand, desk_in, timing


def rows(*, full: bool) -> list[Row]:
    """Bundles, and people by CSV (a tenth of them without `full`)."""
    return [*_bundles(full=full), *row18_tables.rows(full=full)]


def _bundles(*, full: bool) -> list[Row]:
    """Import, then the floor over the same files; with `full` all there are."""
    folder = Path(os.environ.get("CLINIC_CORPUS", "nowhere"), "fhir_synthea_r4")
    files = sorted(folder.glob("*.json.gz"))[: None if full else 300]
    if not files:
        return [Row(18, "import of 300 FHIR bundles", None, note="CLINIC_CORPUS names no folder with them")]
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "clinic.db"
        schema.create(path, KEY)
        desk = desk_in(path)
        longest: list[float] = []
        setattr(desk.store, "write", timing(desk.store, longest))  # noqa: B010 - a method, for this once
        started = time.perf_counter()
        done = import_fhir(desk, files, lambda _words: None)
        ours = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        desk.store.close()
        started = time.perf_counter()
        megabytes = _parse(files) / 1e6
        parsed = time.perf_counter() - started
        put_in, written = by_hand(path, Path(held) / "floor.db")
    read = sum(each.read for each in done.kept.values())
    note = f"{len(files)} bundles, {megabytes:.0f} MB, {read:,} records kept, {written:,} rows"
    return [
        Row(18, "import of 300 FHIR bundles", ours, parsed + put_in, most=2.0, unit="s", note=note),
        Row(18, "import of FHIR: memory at its highest", memory, limit=1024, unit="MB"),
        Row(18, "import of FHIR: one transaction holds the database, p50", percentile(longest, 50)),
        Row(18, "import of FHIR: one transaction holds the database, max", max(longest)),
    ]


def _parse(files: list[Path]) -> int:
    """Read, parse and validate what is kept; returns how many bytes of JSON there were."""
    total = 0
    for path in files:
        text = gzip.decompress(path.read_bytes())
        total += len(text)
        # Numbers as decimals, which the records ask for.
        for entry in json.loads(text, parse_float=Decimal)["entry"]:
            kind = KINDS.get(entry["resource"]["resourceType"])
            if kind is not None:
                kind.model_validate(entry["resource"])
    return total
