"""The part of `simulate` that plays scanners and instruments: a serial port made up, and what they say on it."""

import argparse
import sys
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal
from clinic_desktop.devices.identity_card import simulator as identity_card
from clinic_desktop.devices.scale import simulator as scale
from clinic_desktop.devices.scanner import simulator as scanner
from clinic_desktop.devices.serial_line import PretendPort
from clinic_desktop.devices.thermometer import simulator as thermometer

KINDS = ("scanner", "scale", "thermometer")
PACK = "]d20109501101530003172712311012345\\x1d21S1"


def add_words(words: argparse.ArgumentParser) -> None:
    """What these kinds are told."""
    words.add_argument("--text", default=PACK, help="of scanner: what it reads, \\x1d a separator; `card`: a card")
    words.add_argument("--kg", type=_number, default=Decimal("72.40"), help="of scale: who stands on it weighs so much")
    words.add_argument("--celsius", type=_number, default=Decimal("36.8"), help="of thermometer: what it measures")
    words.add_argument("--way", default="", help=f"how it writes: {', '.join((*scale.WAYS, *thermometer.WAYS))}")
    words.add_argument("--times", type=int, default=0, metavar="N", help="say it so many times; without, until Ctrl+C")
    words.add_argument("--every", type=float, default=3.0, metavar="SECONDS", help="how often it is said")


def run(
    terminal: Terminal, chosen: argparse.Namespace, *, opened: Callable[[PretendPort], None] = lambda _port: None
) -> int:
    """Make up a port, say its name, and speak on it."""
    try:
        said = _said(chosen)
        port = PretendPort()
    except (ValueError, OSError) as error:
        terminal.answer({"problem": str(error)}, [str(error)])
        return DONE_WITH_PROBLEMS
    terminal.answer(
        {"port": port.name},
        [f"{port.name}: enter this port under “Scanner and instruments of this workstation” (Ctrl+K)."],
    )
    sys.stdout.flush()  # whoever reads it through a pipe must learn the port before the device speaks
    opened(port)
    count = 0
    try:
        while not chosen.times or count < chosen.times:
            for message in said:
                port.write(message)
                time.sleep(min(chosen.every, 0.3))
            count += 1
            time.sleep(max(chosen.every - 0.3 * len(said), 0))
    except KeyboardInterrupt:
        pass
    finally:
        port.close()
    return DONE


def _said(chosen: argparse.Namespace) -> list[bytes]:
    if chosen.kind == "scanner":
        if chosen.text == "card":
            return [identity_card.compose(identity_card.SAMPLE).encode()]
        return scanner.compose(chosen.text)
    if chosen.kind == "scale":
        return scale.compose(chosen.kg, _way(chosen.way, scale.WAYS))
    return thermometer.compose(chosen.celsius, _way(chosen.way, thermometer.WAYS))


def _way(way: str, ways: tuple[str, ...]) -> str:
    if way and way not in ways:
        raise ValueError(f"it writes in one of these ways: {', '.join(ways)}")
    return way or ways[0]


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError("a number, as 72.4") from error
