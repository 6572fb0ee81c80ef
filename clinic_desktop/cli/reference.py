"""`clinic-desktop reference`: which reference data is in force, what a file of it holds, and replacing a kind of it."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import _
from clinic_desktop.services.permissions import require
from clinic_desktop.services.reference import KINDS, columns, import_reference, list_packs, read_rows


def run(terminal: Terminal, arguments: list[str]) -> int:
    """List, describe or import."""
    words = parser("reference", "Reference data: medicines, interactions, laboratory tests, ranges, prices and more.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    which.add_parser("list", help="every kind with its pack, version and number of rows")
    described = which.add_parser("columns", help="what a file of a kind holds")
    described.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    brought = which.add_parser("import", help="replace a whole kind by the rows of a file: all of them or none")
    brought.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    brought.add_argument("file", type=Path, metavar="FILE.csv")
    brought.add_argument("--name", help="the pack's name; the file's own when not given")
    brought.add_argument("--version", help="the pack's version; today's date when not given")
    chosen = words.parse_args(arguments)
    if chosen.which == "columns":
        fields = [asdict(field) for field in columns(chosen.kind)]
        terminal.answer(fields, [_column_line(field) for field in fields])
        return DONE
    if chosen.which == "import":
        return _import(terminal, chosen)
    with terminal.signed_in() as here:
        packs = [asdict(pack) for pack in list_packs(here.desk)]
    terminal.answer(packs, [f"{p['kind']:<16}{p['rows']:>6}  {p['name']} {p['version']}" for p in packs])
    return DONE


def _import(terminal: Terminal, chosen: Namespace) -> int:
    with terminal.signed_in() as here:
        # Asked before the file is: who may not import is told so, and nothing of what is wrong with a file.
        require(here.desk.session.role, "reference.import_reference")
        rows = read_rows(chosen.kind, chosen.file)
        if rows.problems:
            facts = [(one.line, one.field, _(one.what).format(**dict(one.facts))) for one in rows.problems]
            return _refused(terminal, chosen, facts)
        name = chosen.name or chosen.file.stem
        version = chosen.version or here.desk.now.astimezone().date().isoformat()
        try:
            done = import_reference(here.desk, rows, name, version)
        except Refusal as error:
            if "code" not in error.facts:
                raise
            # A row that speaks of what is not there: only the clinic's other reference data can tell.
            what = _(error.message).format(**error.facts)
            return _refused(terminal, chosen, [(None, str(error.facts["code"]), what)])
    terminal.answer(
        {**asdict(done), "problems": []},
        [
            f"{done.rows} rows: {done.added} added, {done.changed} changed, {done.retired} retired",
            f"No longer there: {len(done.gone)}",
            *(f"  {each}" for each in done.gone),
            f"Not in the list of medicines here, kept by name: {len(done.not_known)}",
            *(f"  {each}" for each in done.not_known),
        ],
    )
    return DONE


def _refused(terminal: Terminal, chosen: Namespace, facts: Sequence[tuple[int | None, str, str]]) -> int:
    """Say what is wrong with the file, cell by cell; nothing of it was written."""
    problems = [{"file": str(chosen.file), "line": line, "cell": cell, "what": what} for line, cell, what in facts]
    lines = [f"{chosen.file}:{line or '?'} {cell}: {what}" for line, cell, what in facts]
    document = {"kind": chosen.kind, "rows": 0, "added": 0, "changed": 0, "retired": 0, "problems": problems}
    terminal.answer(document, [*lines, f"{len(problems)} problems; nothing was imported."])
    return DONE_WITH_PROBLEMS


def _column_line(field: dict[str, object]) -> str:
    need = "required" if field["required"] else "may be empty"
    choices = field["choices"]
    words = f", one of {', '.join(map(str, choices))}" if isinstance(choices, tuple) and choices else ""
    return f"{field['name']:<22}{field['type']}, {need}{words}"
