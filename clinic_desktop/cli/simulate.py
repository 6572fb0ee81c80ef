"""`clinic-desktop simulate`: one device played against a listener, so that anybody can try it without hardware."""

from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.clock import SystemClock
from clinic_desktop.devices.hl7 import simulator as hl7

KINDS = {"hl7": "a sender of HL7 v2 messages over MLLP"}
FACTS = {
    "mrn": "the number of the patient",
    "family": "family name",
    "given": "given name",
    "born": "birth date as YYYYMMDD",
    "sex": "F or M",
    "order": "specimen or order number",
}


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Play a device, and print what was answered."""
    words = parser("simulate", "Play one device against a listener.")
    words.add_argument("--list", action="store_true", help="name the devices there are")
    words.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND")
    words.add_argument("files", nargs="*", type=Path, metavar="FILE", help="captured files; without any, a made-up one")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, metavar="N", help="the port of the listener")
    words.add_argument("--drip", action="store_true", help="send byte after byte")
    for name, about in FACTS.items():
        words.add_argument(f"--{name}", default="", help=f"in a made-up message: {about}")
    chosen = words.parse_intermixed_args(arguments)
    if chosen.list or chosen.kind is None:
        terminal.answer(KINDS, [f"{kind:<8}{what}" for kind, what in KINDS.items()])
        return DONE
    if chosen.port is None:
        words.error("name the port of the listener: --port N")
    now = SystemClock().now().astimezone()
    if chosen.files:
        answers = [
            one for path in chosen.files for one in hl7.play_file(chosen.host, chosen.port, path, drip=chosen.drip)
        ]
    else:
        facts = {name: getattr(chosen, name) for name in FACTS}
        text = hl7.SAMPLE.format(now=f"{now:%Y%m%d%H%M%S}", control=f"SIM{now:%Y%m%d%H%M%S%f}", **facts)
        answers = hl7.play(chosen.host, chosen.port, text.encode(), drip=chosen.drip)
    terminal.answer(
        [{"control_id": one.control_id, "code": one.code, "why": one.why} for one in answers],
        [f"{one.code}  {one.control_id}  {one.why}".rstrip() for one in answers],
    )
    return DONE if answers and all(one.code == "AA" for one in answers) else DONE_WITH_PROBLEMS
