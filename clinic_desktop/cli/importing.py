"""`clinic-desktop import`: what is brought in from elsewhere, by what it is."""

import importlib

from clinic_desktop.cli.terminal import Terminal, parser

KINDS = {"csv": "import_csv", "fhir": "import_fhir"}


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Hand over to the file of what is brought in."""
    words = parser("import", "Bring records in from elsewhere.")
    words.add_argument("what", choices=KINDS, metavar="WHAT", help=", ".join(KINDS))
    chosen = words.parse_args(arguments[:1])
    module = importlib.import_module(f"clinic_desktop.cli.{KINDS[chosen.what]}")
    return int(module.run(terminal, arguments[1:]))
