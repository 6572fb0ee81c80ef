"""`clinic-desktop agent`: the background process, keyless for the window or in the foreground for a person."""

from clinic_desktop.agent.process import run as run_agent
from clinic_desktop.cli.terminal import Terminal, parser


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Be the background process."""
    words = parser("agent", "The background process. It is told what to do on its standard input.")
    words.add_argument("--sealed", action="store_true", help="start with no key; the window hands it over")
    chosen = words.parse_args(arguments)
    if chosen.sealed:
        return run_agent(terminal.profile)
    # Only where it is needed: a sealed start must not cost the half second that the database takes to import.
    from clinic_desktop.services.clinic import open_clinic

    clinic, desk = open_clinic(terminal.profile, terminal.user or "", terminal.password(), process="command")
    key = clinic.data_key
    clinic.sign_out(desk, "command ended")
    clinic.close()
    return run_agent(terminal.profile, key)
