"""`clinic-desktop doctor`."""

from clinic_desktop.cli.doctor import doctor
from clinic_desktop.cli.terminal import Terminal, parser


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Say what this machine lacks, and how to get it."""
    parser("doctor", "What this machine lacks, and how to get it.").parse_args(arguments)
    return doctor(terminal.as_json, terminal.profile)
