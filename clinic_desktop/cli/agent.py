"""`clinic-desktop agent`: the background process, keyless for the window or in the foreground for a person."""

from pathlib import Path

from clinic_desktop.agent.process import run as run_agent
from clinic_desktop.agent.wanted import Wanted, as_set_up
from clinic_desktop.cli.terminal import Terminal, parser
from clinic_desktop.domain.listeners import BAUDS


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Be the background process."""
    words = parser("agent", "The background process. It is told what to do on its standard input.")
    words.add_argument("--sealed", action="store_true", help="start with no key; the window hands it over")
    words.add_argument(
        "--api-port", type=int, metavar="N", help="answer the local API on this machine (0: any free port)"
    )
    words.add_argument("--mllp-port", type=int, metavar="N", help="listen for HL7 v2 over MLLP (0: any free port)")
    words.add_argument("--mllps-port", type=int, metavar="N", help="listen for HL7 v2 over MLLP with TLS")
    words.add_argument(
        "--mllps-clients", type=Path, metavar="F", help="PEM: the only certificates that may connect over TLS"
    )
    words.add_argument("--astm-port", type=int, metavar="N", help="listen for analysers over ASTM (0: any free port)")
    words.add_argument(
        "--serial", metavar="DEVICE", help="listen for an analyser on a serial line, such as /dev/ttyUSB0"
    )
    words.add_argument("--baud", type=int, default=9600, metavar="N", help="the speed of the serial line (9600)")
    words.add_argument("--drop", type=Path, metavar="DIR", help="take the result files that analysers put there")
    words.add_argument(
        "--listen-on", default="127.0.0.1", metavar="ADDRESS",
        help="the one address to listen on; any but 127.0.0.1 lets the network in, encrypted on --mllps-port alone",
    )  # fmt: skip
    chosen = words.parse_args(arguments)
    ports = (chosen.mllp_port, chosen.astm_port, chosen.mllps_port)
    if any(port is not None and not 0 <= port <= 65535 for port in (*ports, chosen.api_port)):
        words.error("a port is a number from 0 to 65535")
    if chosen.baud not in BAUDS:
        words.error(f"a speed is one of {', '.join(map(str, BAUDS))}")
    wanted = Wanted(
        chosen.mllp_port, chosen.astm_port, _whole(chosen.drop), chosen.listen_on, chosen.mllps_port,
        _whole(chosen.mllps_clients), chosen.serial, chosen.baud, chosen.api_port,
    )  # fmt: skip
    if chosen.sealed:
        # The window's own names no port: it listens to what an administrator chose for this workstation.
        return run_agent(terminal.profile, wanted=wanted or as_set_up(terminal.profile))
    # Only where it is needed: a sealed start must not cost the half second that the database takes to import.
    from clinic_desktop.services.clinic import open_clinic

    clinic, desk = open_clinic(terminal.profile, terminal.user or "", terminal.password(), process="command")
    key = clinic.data_key
    clinic.sign_out(desk, "command ended")
    clinic.close()
    return run_agent(terminal.profile, key, wanted)


def _whole(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()
