"""`clinic-desktop import csv`: tables from elsewhere, tried first or brought in."""

import argparse
import json
from functools import partial
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.csv.fields import KINDS
from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in, currency_of
from clinic_desktop.exchange.csv.mapping import load, understand
from clinic_desktop.exchange.synthea import bringing as synthea
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.imports import save_mapping, saved_mappings
from clinic_desktop.services.permissions import require

SHOWN = 50
_said: dict[str, int] = {}  # the thousand of rows last told of, by file


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Bring tables in."""
    words = parser("import csv", "Bring a CSV or Excel table in: each row once, however often it comes.")
    words.add_argument(
        "--kind", choices=(*KINDS, synthea.KIND), required=True, metavar="KIND",
        help=", ".join(KINDS) + f"; {synthea.KIND}: the set of tables that Synthea writes, its folder or its files",
    )  # fmt: skip
    words.add_argument(
        "--mapping", metavar="FILE", help="JSON: which column is which field; or the name of a saved one"
    )
    words.add_argument("--save-mapping", metavar="NAME", help="keep the mapping in the clinic under this name")
    words.add_argument("--dry-run", action="store_true", help="say what would be done; nothing is written")
    words.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    chosen = words.parse_args(arguments)
    if chosen.kind == synthea.KIND:
        return _set(terminal, chosen)
    brought = Brought()
    with terminal.signed_in() as here:
        require(here.desk.session.role, "imports.import_rows")
        mapping = _mapping(here.desk, chosen.mapping)
        if mapping is not None:
            understand(mapping, KINDS[chosen.kind])
            if chosen.save_mapping and not chosen.dry_run:
                save_mapping(here.desk, chosen.save_mapping, json.dumps(mapping, ensure_ascii=False))
        asked = Asked(chosen.kind, mapping, chosen.dry_run, currency_of(here.desk))
        for path in chosen.paths:
            bring_in(here.desk, path, asked, brought, partial(_say, terminal, path.name))
    document = {
        "kept": {chosen.kind: brought.kept()},
        "not_kept": dict(brought.not_kept),
        "problems": [{"file": one.file, "where": one.where, "what": one.what} for one in brought.problems],
        "dry_run": chosen.dry_run,
    }
    counts = brought.kept()
    lines = [f"{one.file}: {one.where}: {one.what}" for one in brought.problems[:SHOWN]]
    lines += [f"... and {len(brought.problems) - SHOWN} more problems"] if len(brought.problems) > SHOWN else []
    tried = "would be " if chosen.dry_run else ""
    if brought.not_kept:
        lines.append("Columns that are no field of this kind, not taken: " + ", ".join(brought.not_kept))
    lines.append(
        f"{counts['read']} rows read; {tried}new {counts['new']}, same {counts['same']}, changed {counts['changed']};"
        f" {len(brought.problems)} problems"
    )
    terminal.answer(document, lines)
    return DONE_WITH_PROBLEMS if brought.problems else DONE


def _set(terminal: Terminal, chosen: argparse.Namespace) -> int:
    """Bring a whole set in."""
    with terminal.signed_in() as here:
        require(here.desk.session.role, "arrivals.receive")
        mapping = _mapping(here.desk, chosen.mapping)
        if mapping is not None and chosen.save_mapping and not chosen.dry_run:
            save_mapping(here.desk, chosen.save_mapping, json.dumps(mapping, ensure_ascii=False))
        said = partial(_say, terminal)
        done = synthea.bring_set_in(here.desk, chosen.paths, mapping, said, dry_run=chosen.dry_run)
    kept = done.kept()
    document = {
        "kept": kept,
        "not_kept": dict(sorted(done.not_kept.items())),
        "problems": [{"file": one.file, "where": one.where, "what": one.what} for one in done.problems],
        "dry_run": chosen.dry_run,
    }
    lines = [f"{'':<22}{'read':>8}{'new':>8}{'same':>8}{'changed':>8}"]
    lines += [f"{name:<22}" + "".join(f"{number:>8}" for number in counts.values()) for name, counts in kept.items()]
    lines += [f"{name:<44}{number:>8}  not kept" for name, number in sorted(done.not_kept.items())]
    lines += [f"{one.file}: {one.where}: {one.what}" for one in done.problems[:SHOWN]]
    lines += [f"... and {len(done.problems) - SHOWN} more problems"] if len(done.problems) > SHOWN else []
    lines += ["Tried only: nothing was written."] if chosen.dry_run else []
    terminal.answer(document, lines)
    return DONE_WITH_PROBLEMS if done.problems else DONE


def _mapping(desk: Desk, named: str | None) -> dict[str, object] | None:
    if named is None:
        return None
    if Path(named).exists() or named.endswith(".json"):
        return load(Path(named))
    saved = saved_mappings(desk)
    if named not in saved:
        raise Refusal(N_("There is no mapping file {name}, and none is saved under that name."), field="mapping",
                      name=named)  # fmt: skip
    read: dict[str, object] = json.loads(saved[named])
    return read


def _say(terminal: Terminal, name: str, rows: int) -> None:
    if rows // 1000 != _said.get(name, 0):
        _said[name] = rows // 1000
        terminal.progress(f"{name}: {rows} rows")
