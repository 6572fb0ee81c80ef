"""OUL: the container a result is of (SAC-3) names its specimen, wherever the message's structure keeps it."""

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.devices.hl7.protocol import framed, parse
from clinic_desktop.devices.hl7.reading import read
from clinic_desktop.domain import devices as rules
from clinic_desktop.services.devices import review_list
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.laboratory import lab_results, specimens
from tests.conftest import DeskFor
from tests.unit.devices.device_case import ready, speaking
from tests.unit.services.lab_case import Lab

OBX = "OBX|1|NM|2345-7^Glucose^LN||{}|mg/dL|||||F"
PID = "PID|1||G-1||Otieno^Grace||19860105|F"


def written(kind: str, *segments: str) -> bytes:
    head = f"MSH|^~\\&|ANALYSER|LAB|CLINIC|HERE|20260310090000||{kind}|M1|P|2.5.1"
    return "\r".join((head, PID, *segments)).encode() + b"\r"


def numbers(kind: str, *segments: str) -> list[tuple[str | None, tuple[str, ...]]]:
    found = read(parse(written(kind, *segments)), None)
    assert found is not None
    return [(one.value, one.numbers) for one in found.results]


@pytest.mark.parametrize(
    ("kind", "segments", "told"),
    [
        (
            "OUL^R21^OUL_R21",
            ("SAC|||T-1", "ORC|RE|P1", "OBR|1||A1|GLU", OBX.format(5), "OBX|2|NM|2951-2^Na^LN||140|mmol/L|||||F",
             "SAC|||T-2", "OBR|2||A2|GLU", OBX.format(9), "OBR|3||A3|GLU", OBX.format(7)),
            [("5", ("P1", "A1", "T-1")), ("140", ("P1", "A1", "T-1")), ("9", ("A2", "T-2")), ("7", ("A3",))],
        ),
        (
            "OUL^R22^OUL_R22",
            ("SPM|1|S-1||SER|||||||P", "SAC|||T-1&LAB", "INV|1", "SAC|||T-2", "OBR|1||A1|GLU", "ORC|RE|P1",
             OBX.format(5), "OBR|2||A2|GLU", OBX.format(6), "SPM|2|S-2||SER|||||||P", "OBR|1||A3|GLU", OBX.format(9)),
            [("5", ("A1", "S-1", "T-1", "T-2", "P1")), ("6", ("A2", "S-1", "T-1", "T-2")), ("9", ("A3", "S-2"))],
        ),
        (
            "OUL^R23^OUL_R23",
            ("SPM|1|S-1||SER|||||||P", "SAC|||T-1|T-0", "OBR|1||A1|GLU", OBX.format(5), "SAC|||T-2", "OBR|2||A2|GLU",
             OBX.format(9)),
            [("5", ("A1", "S-1", "T-1", "T-0")), ("9", ("A2", "S-1", "T-2"))],
        ),
        (
            "OUL^R24^OUL_R24",
            ("OBR|1||A1|GLU", "ORC|RE|P1", OBX.format(5), "SPM|1|S-1||SER|||||||P", "SAC|||T-1", "OBR|2||A2|GLU",
             "ORC|RE|P2", OBX.format(9), "SPM|2|S-2||SER|||||||P", "SAC|||T-2"),
            [("5", ("A1", "S-1", "T-1", "P1")), ("9", ("A2", "S-2", "T-2", "P2"))],
        ),
        (
            "ORU^R01^ORU_R01",
            ("ORC|RE|P1", "OBR|1||A1|GLU", OBX.format(5), "SAC|||T-2", "ORC|RE|P2", "OBR|2||A2|GLU", OBX.format(9)),
            [("5", ("P1", "A1")), ("9", ("P2", "A2"))],
        ),
    ],
)  # fmt: skip
def test_each_result_bears_the_container_of_its_own_order_and_no_other(
    kind: str, segments: tuple[str, ...], told: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert numbers(kind, *segments) == told


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


def test_the_number_of_our_label_in_the_container_alone_finds_the_order(lab: Lab) -> None:
    lab.collected("glucose")
    number = lab.rows(specimens)[0].number
    speaking(lab.anna).heard(framed(written("OUL^R21^OUL_R21", f"SAC|||{number}", "OBR|1", OBX.format(99))))
    assert [row.value for row in lab.rows(lab_results)] == ["99"]


def test_a_container_of_another_patients_order_is_looked_at(lab: Lab) -> None:
    lab.collected("glucose", patient=lab.person("Okot", "Peter", "male", "1970-02-02"))
    number = lab.rows(specimens)[0].number
    told = written("OUL^R22^OUL_R22", "SPM|1|S-1", f"SAC|||{number}", "OBR|1", OBX.format(99))
    speaking(lab.anna).heard(framed(told))
    assert lab.rows(lab_results) == []
    assert [one.why for one in review_list(lab.anna)] == [rules.OTHER_SEX]
