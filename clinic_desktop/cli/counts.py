"""`clinic-desktop counts`."""

from dataclasses import asdict

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.services.counts import counts


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Print how many records of each kind there are."""
    parser("counts", "How many records of each kind there are.").parse_args(arguments)
    with terminal.signed_in() as here:
        found = asdict(counts(here.desk))
    terminal.answer(found, [f"{kind:<20}{number:>10}" for kind, number in found.items()])
    return DONE
