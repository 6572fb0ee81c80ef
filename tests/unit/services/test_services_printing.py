"""Printers and the log of prints: who may, what is refused, and that every print is a row before its first byte."""

from dataclasses import replace

import pytest

from clinic_desktop.domain import printing as rules
from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import inbox, printing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.printing import Print
from tests.conftest import DeskFor

LABELS = Target("Zebra", "label", "network", "192.168.1.40", documents=("medicine-label", "patient-card"))
LABEL = Print("medicine-label", "line-1 B22 2026-11-29", "RX-A7-000044-8", 1, "0" * 64)


@pytest.fixture
def admin(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


def test_a_printer_takes_what_it_is_set_up_for_and_nothing_else(admin: Desk, desk_for: DeskFor) -> None:
    made = printing.add_printer(admin, LABELS)
    (shown,) = printing.printers(admin)
    assert shown.target.address == "192.168.1.40:9100"
    pharmacist = desk_for("pharmacist")
    found = printing.printer_for(pharmacist, "medicine-label")
    assert found is not None
    assert found.id == made
    assert printing.printer_for(pharmacist, "receipt") is None
    with pytest.raises(Refusal) as refused:
        printing.add_printer(admin, replace(LABELS, address="10.0.0.1"))
    assert refused.value.field == "name"
    # Two windows: the second change is refused, not laid over the first.
    assert printing.change_printer(admin, made, replace(LABELS, dpi=300), active=False, expect=1) == 2
    with pytest.raises(Refusal):
        printing.change_printer(admin, made, LABELS, expect=1)
    assert printing.printer_for(pharmacist, "medicine-label") is None
    with pytest.raises(Refusal):
        printing.add_printer(pharmacist, replace(LABELS, name="Mine"))
    with pytest.raises(Refusal):
        printing.prints(pharmacist)


def test_a_second_medicine_label_says_why_and_a_failed_one_is_no_first(admin: Desk, desk_for: DeskFor) -> None:
    printer = printing.add_printer(admin, LABELS)
    desk = desk_for("pharmacist")
    failed = printing.begin_print(desk, printer, LABEL)
    printing.end_print(desk, failed, "Zebra was not reached.")
    assert printing.printed_before(desk, LABEL.document, LABEL.record_id).times == 0
    first = printing.begin_print(desk, printer, LABEL)
    printing.end_print(desk, first)
    assert printing.printed_before(desk, LABEL.document, LABEL.record_id).needs_reason
    with pytest.raises(Refusal) as refused:
        printing.begin_print(desk, printer, LABEL)
    assert refused.value.field == "reason"
    again = printing.begin_print(desk, printer, replace(LABEL, reason="The first one\nwas torn", copies=2))
    rows = {row.id: row for row in printing.prints(admin)}
    assert [(rows[one].state, rows[one].again) for one in (failed, first, again)] == [
        ("failed", False), ("sent", False), ("sending", True)
    ]  # fmt: skip
    assert (rows[again].reason, rows[again].copies) == ("The first one was torn", 2)
    told = [item.title for item in inbox.inbox(desk)]
    assert any("RX-A7-000044-8: not printed" in title for title in told)
    card = Print("patient-card", "patient-1", "MRN-A7-000001-K", 1, "0" * 64)
    for _turn in range(2):
        printing.begin_print(desk, printer, card)  # a card needs no reason


def test_nobody_ends_the_print_of_another(admin: Desk, desk_for: DeskFor) -> None:
    printer = printing.add_printer(admin, LABELS)
    begun = printing.begin_print(desk_for("pharmacist"), printer, LABEL)
    with pytest.raises(Refusal):
        printing.end_print(admin, begun)
    with pytest.raises(Refusal):
        printing.begin_print(admin, printer, replace(LABEL, copies=0, reason="x"))
    with pytest.raises(Refusal):
        printing.begin_print(admin, "no such printer", LABEL)


@pytest.mark.parametrize(
    ("way", "address", "kept"),
    [
        ("network", " printer.local ", "printer.local:9100"),
        ("network", "10.0.0.7:6101", "10.0.0.7:6101"),
        ("network", "[fe80::1]:9100", "[fe80::1]:9100"),
        ("serial", "/dev/ttyUSB0", "/dev/ttyUSB0,9600"),
        ("serial", "COM3,19200", "COM3,19200"),
        ("device", "/dev/usb/lp0", "/dev/usb/lp0"),
        ("queue", "Zebra_ZD410", "Zebra_ZD410"),
        ("folder", "/srv/print out", "/srv/print out"),
    ],
)
def test_an_address_is_kept_whole(way: str, address: str, kept: str) -> None:
    assert rules.address_of(way, address) == kept


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("network", ""), ("network", "a b"), ("network", "host:0"), ("network", "host:99999"), ("network", "-x"),
        ("network", "http://host"), ("serial", "ttyUSB0"), ("serial", "/dev/ttyS0,1"), ("serial", "COM3;rm"),
        ("queue", "-o raw"), ("queue", "a;b"), ("queue", "a\nb"), ("device", "lp0"), ("device", "/dev/../etc/passwd"),
        ("folder", "../out"), ("folder", "/srv/\0"), ("folder", "/" + "x" * 300),
    ],
)  # fmt: skip
def test_an_address_that_reaches_nothing_is_refused(way: str, address: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.address_of(way, address)
    assert refused.value.field == "address"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"), ({"name": "a\x1bb"}, "name"), ({"kind": "fax"}, "kind"), ({"way": "pigeon"}, "way"),
        ({"dpi": 204}, "dpi"), ({"roll_mm": 70}, "roll_mm"), ({"documents": ("receipt",)}, "documents"),
        ({"drawer": True}, "drawer"), ({"kind": "receipt", "documents": (), "dpi": 300}, "dpi"),
    ],
)  # fmt: skip
def test_what_no_printer_is_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.checked(replace(LABELS, **wrong))  # type: ignore[arg-type]
    assert refused.value.field == field
