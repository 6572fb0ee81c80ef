"""Prints the rows of the benchmark beside their floors: `python3 dev.py bench [--rows 1,5] [--full] [--json]`.

Each row runs in a process of its own, so that none inherits what another has loaded. The first run makes a clinic of
a million patients (about two minutes) in the machine's folder for temporary files, and says where.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.benchmarks.figures import HEADING, Row, line

MODULES = {
    1: "row01_start",
    2: "row02_memory",
    3: "row03_find",
    4: "row04_chart",
    5: "row05_save",
    6: "row06_safety",
    7: "row07_beside",
    8: "row08_unchanged",
    9: "row09_changed",
    10: "row10_told",
    12: "row12_budget",
    13: "row13_paper",
    14: "row14_report",
    15: "row15_export",
    16: "row16_reports",
    17: "row17_table",
    18: "row18_import",
    19: "row19_devices",
    20: "row20_idle",
    21: "row21_duplicates",
}


def main(arguments: Sequence[str]) -> int:
    """Run the rows asked for; the exit code is 1 where a row could not be measured."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--rows", default="", help="numbers of rows, as 1,5,13; all of them without it")
    parser.add_argument("--full", action="store_true", help="more rounds, and at ten times the data")
    parser.add_argument("--json", action="store_true", help="one JSON document and nothing else")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one is not None:
        rows = importlib.import_module(f"tests.benchmarks.{MODULES[chosen.one]}").rows(full=chosen.full)
        sys.stdout.write(json.dumps([{**row.as_json()} for row in rows]) + "\n")
        return 0
    wanted = [int(each) for each in chosen.rows.split(",") if each] or list(MODULES)
    if unknown := sorted(set(wanted) - MODULES.keys()):
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(map(str, MODULES))}")
    every: list[dict[str, Any]] = []
    failed = 0
    if not chosen.json:
        sys.stdout.write(HEADING + "\n")
    for number in wanted:
        started = time.monotonic()
        found = measured(number, full=chosen.full)
        failed += found is None
        every += found or []
        if not chosen.json:
            show(found or [])
        sys.stderr.write(f"     row {number}: {time.monotonic() - started:.0f} s\n")
    if chosen.json:
        sys.stdout.write(json.dumps(every, indent=1) + "\n")
    return 1 if failed else 0


def measured(number: int, *, full: bool) -> list[dict[str, Any]] | None:
    """One row, measured in a process of its own; None where it failed."""
    words = [sys.executable, "-m", "tests.benchmarks", "--one", str(number), *(["--full"] if full else [])]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        sys.stderr.write(f"     row {number} could not be measured (exit code {done.returncode})\n")
        return None
    answer: list[dict[str, Any]] = json.loads(lines[-1])
    return answer


def show(found: Sequence[dict[str, Any]]) -> None:
    """Print lines as people read them."""
    for each in found:
        facts = {name: value for name, value in each.items() if name not in {"ratio", "reached"}}
        sys.stdout.write(line(Row(**facts)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
