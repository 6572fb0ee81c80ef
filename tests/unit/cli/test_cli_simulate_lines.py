"""`simulate` of scanners and instruments: a port is made up, named, and spoken on."""

import argparse
import os
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from clinic_desktop.cli import simulate_lines
from clinic_desktop.cli.terminal import Terminal
from clinic_desktop.devices.scale.protocol import Weights
from clinic_desktop.devices.serial_line import PretendPort
from clinic_desktop.devices.thermometer.protocol import Temperatures


def play(*arguments: str) -> tuple[int, bytes]:
    """The exit code, and what comes out of the port while the device speaks once."""
    words = argparse.ArgumentParser()
    words.add_argument("kind")
    simulate_lines.add_words(words)
    chosen = words.parse_args([*arguments, "--times", "1", "--every", "0.05"])
    heard: list[bytes] = []
    readers: list[threading.Thread] = []

    def listen(handle: int) -> None:
        try:
            while came := os.read(handle, 4096):
                heard.append(came)
        except OSError:  # the plug was pulled
            os.close(handle)

    def opened(port: PretendPort) -> None:
        handle = os.open(port.name, os.O_RDONLY | os.O_NOCTTY)
        readers.append(threading.Thread(target=listen, args=(handle,), daemon=True))
        readers[0].start()

    code = simulate_lines.run(Terminal(Path("none"), None, None, as_json=True), chosen, opened=opened)
    for reader in readers:
        reader.join(5)
    return code, b"".join(heard)


def test_a_scale_weighs_who_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, raw = play("scale", "--kg", "81.5", "--way", "and")
    assert code == 0
    assert Weights().take(raw)[-1].value == Decimal("81.50")
    assert '"port": "/dev/' in capsys.readouterr().out


def test_a_thermometer_and_a_scanner_say_what_they_are_told() -> None:
    assert Temperatures().take(play("thermometer", "--celsius", "38.4", "--way", "suretemp")[1])[-1].value == Decimal(
        "38.4"
    )
    assert play("scanner", "--text", r"]C10109501101530003\x1d10A1")[1] == b"]C10109501101530003\x1d10A1\r\n"
    assert play("scanner", "--text", "card")[1].startswith(b"@\n\x1e\rANSI 636000")


def test_a_way_that_it_does_not_know_is_said() -> None:
    code, raw = play("thermometer", "--way", "toledo")
    assert (code, raw) == (1, b"")
