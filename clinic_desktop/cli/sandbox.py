"""`clinic-desktop sandbox`: the documented systems, locally."""

import argparse
import errno
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain import systems as known
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_, _
from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.faults import Rule, read_rules
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs, knobs_of

HIGHEST_PORT = 65535
SIGNS_ITS_CALLS = "webhook_secret"


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Answer as the documented systems would, on this machine alone, until stopped."""
    chosen = _words().parse_args(arguments)
    if chosen.base_port and not 1024 <= chosen.base_port <= HIGHEST_PORT - len(SYSTEMS):
        raise Refusal(N_("A port from 1024 to 65529, or 0 for any that are free."), field="base-port")
    knobs = _knobs(chosen)
    try:
        sandbox = _made(chosen, knobs)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Trouble(
            N_("The port {port} is in use already."),
            remedy=N_("End what uses it (another sandbox?), or choose others: --base-port N; 0 takes free ones."),
            port=error.filename,
        ) from None
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        document: dict[str, Any] = {"systems": [_usable(row) for row in sandbox.addresses()], "ready": True}
        if sandbox.control:
            document["control"] = f"{sandbox.control.origin}/__control__"
        terminal.answer(document, list(_lines(document)))
        sys.stdout.flush()
        stop.wait()
    finally:
        sandbox.close()
    return DONE


def _made(chosen: argparse.Namespace, knobs: dict[str, Knobs]) -> Sandbox:
    return Sandbox(
        () if chosen.system == "all" else (chosen.system,),
        base_port=chosen.base_port,
        knobs=knobs,
        rules=_rules(chosen.faults),
        seed=chosen.seed,
        samples=not chosen.empty,
        control=chosen.control,
    )


def _words() -> argparse.ArgumentParser:
    words = parser("sandbox", "Answer as the documented systems would, on this machine alone, until stopped (Ctrl+C).")
    words.add_argument("--system", choices=[*SYSTEMS, "all"], default="all")
    words.add_argument("--base-port", type=int, default=0, metavar="N", help="the first port; 0 takes free ones")
    words.add_argument("--faults", type=Path, metavar="F.json", help="what goes wrong, and when")
    words.add_argument("--knobs", type=Path, metavar="F.json", help="choices by system, where a document is silent")
    words.add_argument("--no-limits", action="store_true", help="count no requests")
    words.add_argument("--optional", action="store_true", help="addresses that are only linked or mentioned answer too")
    words.add_argument("--empty", action="store_true", help="no sample patients")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--control", action="store_true", help="a control address for tests, on a port of its own")
    return words


def _knobs(chosen: argparse.Namespace) -> dict[str, Knobs]:
    given: dict[str, Any] = _read(chosen.knobs, "knobs") if chosen.knobs else {}
    all_of_them = {"limits": not chosen.no_limits, "optional": chosen.optional}
    try:
        return {name: knobs_of({**all_of_them, **given.get(name, {})}) for name in SYSTEMS}
    except (TypeError, AttributeError, ValueError) as error:
        raise Refusal(N_("The file of knobs cannot be read: {why}"), field="knobs", why=str(error)) from None


def _rules(path: Path | None) -> list[Rule]:
    if path is None:
        return []
    try:
        return read_rules(path)
    except (ValueError, TypeError) as error:
        raise Refusal(N_("The file of faults cannot be read: {why}"), field="faults", why=str(error)) from None


def _read(path: Path, field: str) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise Refusal(N_("The file must hold one JSON object."), field=field)
    return read


def _usable(row: dict[str, Any]) -> dict[str, Any]:
    """A system with all its credentials, and of them what, as it stands, is the file that `remote add` takes."""
    names = (*known.SYSTEMS[row["system"]].signs_in_with, SIGNS_ITS_CALLS)
    return {
        **row,
        "secret_file": {name: str(value) for name, value in row["credentials"].items() if value and name in names},
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for row in document["systems"]:
        yield f"{row['system']:<20}{row['base_url']}"
        for name, value in row.items():
            if name not in {"system", "base_url", "credentials", "secret_file"} and value:
                yield f"    {name}: {value}"
        yield f"    remote add {row['system']} --base-url {row['base_url']} --secret-file F"
        yield "    " + _("F holds: {secrets}").format(secrets=json.dumps(row["secret_file"], ensure_ascii=False))
        for name, value in row["credentials"].items():
            if name not in row["secret_file"]:
                yield f"    {name}: {value}"
    if "control" in document:
        yield f"{'control':<20}{document['control']}"
    yield _("Ready. Made-up data only; nothing here may be a real patient. Stop with Ctrl+C.")
