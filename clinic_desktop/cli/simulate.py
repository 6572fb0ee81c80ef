"""`clinic-desktop simulate`: one device played against a listener, so that anybody can try it without hardware."""

import argparse
import contextlib
import importlib
import sys
from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli import simulate_api, simulate_lines
from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.clock import SystemClock
from clinic_desktop.devices.astm import simulator as astm
from clinic_desktop.devices.drop import simulator as drop
from clinic_desktop.devices.hl7 import simulator as hl7
from clinic_desktop.domain import printing as printer_rules

KINDS = {
    "hl7": "a sender of HL7 v2 messages over MLLP",
    "astm": "an analyser that speaks ASTM over TCP",
    "drop": "an analyser that puts files into a folder",
    **simulate_api.KINDS,
    "scanner": "a scanner on a serial line",
    "scale": "a weighing scale on a serial line",
    "thermometer": "a thermometer on a serial line",
    "label-printer": "a printer of labels that listens, and puts pictures of what it prints into a folder",
    "receipt-printer": "a printer of receipts that does the same",
}
PRINTERS = {"label-printer": "label", "receipt-printer": "receipt"}
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
    words.add_argument("--folder", type=Path, metavar="DIR", help="of drop: the folder that is looked into")
    words.add_argument("--token-file", type=Path, metavar="F", help="of devices of the local API: the token")
    words.add_argument("--drip", action="store_true", help="send byte after byte")
    simulate_lines.add_words(words)
    words.add_argument("--dpi", type=int, default=203, choices=printer_rules.DPI, help="of label-printer")
    words.add_argument("--roll", type=int, default=80, choices=printer_rules.ROLLS, help="of receipt-printer, in mm")
    words.add_argument("--fault", default="", metavar="F", help="of a printer: paper, head, ... as it would report it")
    words.add_argument("--jobs", type=int, default=0, metavar="N", help="of a printer: end after so many; 0 never ends")
    for name, about in FACTS.items():
        words.add_argument(f"--{name}", default="", help=f"in a made-up message: {about}")
    chosen = words.parse_intermixed_args(arguments)
    if chosen.list or chosen.kind is None:
        terminal.answer(KINDS, [f"{kind:<17}{what}" for kind, what in KINDS.items()])
        return DONE
    if chosen.kind in simulate_api.KINDS:
        return simulate_api.run(terminal, words, chosen)
    if chosen.kind in simulate_lines.KINDS:
        return simulate_lines.run(terminal, chosen)
    if chosen.kind == "drop":
        return _drop(terminal, words, chosen)
    if chosen.kind in PRINTERS:
        return _printer(terminal, words, chosen)
    if chosen.port is None:
        words.error("name the port of the listener: --port N")
    device = {"hl7": hl7, "astm": astm}[chosen.kind]
    answers: list[hl7.Answer | astm.Answer] = []
    for path in chosen.files:
        answers += device.play_file(chosen.host, chosen.port, path, drip=chosen.drip)
    if not chosen.files:
        answers += device.play(chosen.host, chosen.port, _sample(device.SAMPLE, chosen).encode(), drip=chosen.drip)
    terminal.answer([asdict(one) for one in answers], [_line(one) for one in answers])
    return DONE if answers and all(one.code in {"AA", "ACK"} for one in answers) else DONE_WITH_PROBLEMS


def _line(one: hl7.Answer | astm.Answer) -> str:
    if isinstance(one, astm.Answer):
        return f"{one.code}  {one.frames} frames"
    return f"{one.code}  {one.control_id}  {one.why}".rstrip()


def _sample(text: str, chosen: argparse.Namespace) -> str:
    now = SystemClock().now().astimezone()
    facts = {name: getattr(chosen, name) for name in FACTS}
    return text.format(
        now=f"{now:%Y%m%d%H%M%S}", at=f"{now:%Y-%m-%d %H:%M:%S}", control=f"SIM{now:%Y%m%d%H%M%S%f}", **facts
    )


def _drop(terminal: Terminal, words: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    if chosen.folder is None:
        words.error("name the folder that is looked into: --folder DIR")
    put = [drop.play_file(chosen.folder, path) for path in chosen.files]
    if not put:
        name = f"simulated-{SystemClock().now():%Y%m%d%H%M%S%f}.csv"
        put.append(drop.play(chosen.folder, name, _sample(drop.SAMPLE, chosen)))
    terminal.answer([path.name for path in put], [path.name for path in put])
    return DONE


def _printer(terminal: Terminal, words: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Play a printer until so many jobs have come, or it is interrupted."""
    playing = importlib.import_module("clinic_desktop.labelling.playing")  # fonts and symbols: for this one alone
    kind = PRINTERS[chosen.kind]
    faults = importlib.import_module(f"clinic_desktop.devices.{kind}_printer.simulator").FAULTS
    if chosen.folder is None:
        words.error("name the folder for the pictures: --folder DIR")
    if chosen.fault and chosen.fault not in faults:
        words.error(f"this printer knows these faults: {', '.join(faults)}")
    with playing.PlayedPrinter(
        kind, chosen.folder, host=chosen.host, port=chosen.port or 0, dpi=chosen.dpi, roll_mm=chosen.roll,
        fault=chosen.fault,
    ) as printer:  # fmt: skip
        # Said at once and whole, since whoever waits for it reads one line.
        print(f"listening on {chosen.host}:{printer.port}", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while not chosen.jobs or not printer.wait_for(chosen.jobs, 1.0):
                pass
        played = list(printer.played)
    terminal.answer(
        [{"files": [path.name for path in one.files], "words": one.words, "problems": one.problems} for one in played],
        [line for one in played for line in (*(path.name for path in one.files), *one.problems)],
    )
    return DONE_WITH_PROBLEMS if any(one.problems for one in played) else DONE
