"""`clinic-desktop template`: an empty table to be filled in."""

from pathlib import Path

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.exchange.csv.fields import KINDS
from clinic_desktop.exchange.csv.template import write_template


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Write it."""
    words = parser("template", "An empty table of a kind, to be filled in and brought in by `import csv`.")
    words.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    words.add_argument("--out", type=Path, required=True, metavar="F.csv|F.xlsx")
    chosen = words.parse_args(arguments)
    write_template(chosen.kind, chosen.out)
    columns = [one.name for one in KINDS[chosen.kind]]
    terminal.answer({"kind": chosen.kind, "out": str(chosen.out), "columns": columns}, [f"Written: {chosen.out}"])
    return DONE
