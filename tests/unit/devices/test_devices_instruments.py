"""Scanners, scales and thermometers: every way they write, whatever else comes, and a line that is unplugged."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.devices import serial_line
from clinic_desktop.devices.gs1 import protocol as gs1
from clinic_desktop.devices.gs1 import simulator as gs1_simulator
from clinic_desktop.devices.identity_card import protocol as identity_card
from clinic_desktop.devices.identity_card import simulator as card_simulator
from clinic_desktop.devices.scale import simulator as scale_simulator
from clinic_desktop.devices.scale.driver import Scale
from clinic_desktop.devices.scale.protocol import LONGEST, Weights
from clinic_desktop.devices.scanner import simulator as scanner_simulator
from clinic_desktop.devices.scanner.driver import Scanner
from clinic_desktop.devices.scanner.protocol import Scans
from clinic_desktop.devices.serial_line import PretendPort
from clinic_desktop.devices.thermometer import simulator as thermometer_simulator
from clinic_desktop.devices.thermometer.protocol import Temperatures
from clinic_desktop.domain.gs1 import Gs1Error
from clinic_desktop.domain.identity_parts import CardError
from clinic_desktop.domain.instruments import Reading

KILOGRAMS = st.integers(300, 30_000).map(lambda hundredths: Decimal(hundredths) / 100)
CELSIUS = st.integers(300, 430).map(lambda tenths: Decimal(tenths) / 10)


def weights(raw: bytes) -> list[Reading]:
    return Weights().take(raw)


@settings(deadline=None)
@given(KILOGRAMS, st.sampled_from(scale_simulator.WAYS), st.integers(1, 7))
def test_a_weight_is_read_in_every_way_it_is_written_however_the_bytes_come(
    weight: Decimal, way: str, piece: int
) -> None:
    raw = b"".join(scale_simulator.compose(weight, way))
    reader = Weights()
    found = [reading for at in range(0, len(raw), piece) for reading in reader.take(raw[at : at + piece])]
    assert (found[-1].value, found[-1].unit, found[-1].stable) == (weight, "kg", True)
    assert [reading.stable for reading in found[:-1]] == [False] * (len(found) - 1)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"S S     150.30 lb\r\n", Reading("weight", Decimal("150.30"), "lb")),
        (b"ST,+00003.250 kg\r\n", Reading("weight", Decimal("3.250"), "kg")),
        (b"ST,NT,+ 0072.4kg\r\n", Reading("weight", Decimal("72.4"), "kg")),
        (b"\x1bR\x1bW0200.5\x1bNc\x1bE", Reading("weight", Decimal("200.5"), "lb")),
        (b"\x02\x2b\x20\x20  1503     0\r", Reading("weight", Decimal("150.3"), "lb")),
    ],
)
def test_pounds_and_kilograms_are_told_apart(raw: bytes, expected: Reading) -> None:
    assert weights(raw) == [expected]


@pytest.mark.parametrize(
    "raw",
    [b"S I\r\n", b"S +\r\n", b"S -\r\n", b"OL,GS,+99999.9kg\r\n", b"S S  -0.40 kg\r\n", b"S S   0.00 kg\r\n",
     b"\x1bR\x1bW999.90\x1bNm\x1bE", b"\x02\x2c\x34\x20 99999     0\r", b"ES\r\n", b"S S 1.2.3 kg\r\n"],
)  # fmt: skip
def test_what_is_no_weight_of_anybody_is_passed_over(raw: bytes) -> None:
    assert weights(raw) == []


def test_height_comes_with_the_weight_of_a_physician_s_scale() -> None:
    found = weights(b"\x1bR\x1bI0000000000\x1bW072.45\x1bH178.00\x1bB22.9\x1bNm\x1bE")
    assert [(one.sign, one.value, one.unit) for one in found] == [
        ("weight", Decimal("72.45"), "kg"), ("height", Decimal("178.00"), "cm"),
    ]  # fmt: skip
    assert found[0].entry == "72.45 kg"


@settings(deadline=None)
@given(CELSIUS, st.sampled_from(thermometer_simulator.WAYS), st.integers(1, 9))
def test_a_temperature_is_read_in_every_way_it_is_written(celsius: Decimal, way: str, piece: int) -> None:
    raw = b"".join(thermometer_simulator.compose(celsius, way))
    reader = Temperatures()
    found = [reading for at in range(0, len(raw), piece) for reading in reader.take(raw[at : at + piece])]
    assert (found[-1].value, found[-1].unit, found[-1].stable) == (celsius, "Cel", True)


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [(b"98.2 F\r\n", "98.2", "degF"), (b"+036.8 C\r", "36.8", "Cel"), (b"101.3\n", "101.3", "degF"),
     (b"T=37,2C\r\n", "37.2", "Cel")],
)  # fmt: skip
def test_fahrenheit_and_celsius_are_told_apart(raw: bytes, value: str, unit: str) -> None:
    assert Temperatures().take(raw) == [Reading("temperature", Decimal(value), unit)]


def test_a_block_with_a_wrong_sum_or_a_room_s_temperature_says_nothing() -> None:
    good = thermometer_simulator.compose(Decimal("36.8"), "suretemp")[-1]
    assert Temperatures().take(good[:-1] + bytes((good[-1] ^ 1,))) == []
    assert Temperatures().take(b"T=21.5C\r\n") == []
    assert Temperatures().take(good + good)[-1].value == Decimal("36.8")


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_bytes_are_an_error_and_none_are_kept_for_long(pieces: list[bytes]) -> None:
    for reader in (Weights(), Temperatures()):
        for piece in pieces:
            reader.take(piece * 20)
        assert len(reader._held) <= LONGEST
    scans = Scans()
    for piece in pieces:
        scans.take(piece)
        assert isinstance(scans.take(b""), str)
    for raw in pieces:
        for read in (lambda raw=raw: gs1.read(raw, date(2026, 1, 1)), lambda raw=raw: identity_card.read(raw)):
            try:
                read()
            except (Gs1Error, CardError):
                continue


def test_a_scan_that_never_ends_is_thrown_away_whole() -> None:
    scans = Scans()
    for _ in range(100):
        scans.take(b"9" * 1000)
    assert scans.take(b"") == ""
    scans.take(b"12345678\r\n")
    assert scans.take(b"") == "12345678"


def test_the_bytes_of_packs_and_cards_are_read() -> None:
    pack = gs1.read(gs1_simulator.compose(lot="A1", expires_on=date(2027, 1, 31)).encode(), date(2026, 1, 1))
    assert pack is not None
    assert (pack.lot, pack.expires_on) == ("A1", date(2027, 1, 31))
    with pytest.raises(Gs1Error):
        gs1.text("]d201é".encode())
    assert identity_card.read(card_simulator.compose(card_simulator.SAMPLE).encode("latin-1")).family == "SAMPLE"


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.01)


def test_a_line_that_is_unplugged_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_line, "RETRY_SECONDS", 0.05)
    port = PretendPort()
    measured: list[Reading] = []
    scale = Scale("missing", measured.append)
    scale.line._port = port.name
    scale.start()
    try:
        until(lambda: scale.line.is_open)
        for message in scale_simulator.compose(Decimal("72.40")):
            port.write(message)
        until(lambda: measured)
        # The same person still stands on it.
        port.write(scale_simulator.compose(Decimal("72.50"))[-1])
        port.close()
        until(lambda: not scale.line.is_open)
        again = PretendPort()
        scale.line._port = again.name
        until(lambda: scale.line.is_open)
        for message in scale_simulator.compose(Decimal("81.10"), "and"):
            again.write(message)
        until(lambda: len(measured) == 2)
        again.close()
    finally:
        scale.stop()
    assert [one.value for one in measured] == [Decimal("72.40"), Decimal("81.10")]


def test_a_card_read_over_a_line_is_one_scan() -> None:
    port = PretendPort()
    scans: list[str] = []
    scanner = Scanner(port.name, scans.append)
    scanner.start()
    try:
        until(lambda: scanner.line.is_open)
        card = card_simulator.compose(card_simulator.SAMPLE)
        port.write(card.encode())
        until(lambda: scans)
        port.write(scanner_simulator.compose("]C10109501101530003\\x1d10A1")[0])
        until(lambda: len(scans) == 2)
    finally:
        scanner.stop()
        port.close()
    assert scans == [card.strip(), "]C10109501101530003\x1d10A1"]
