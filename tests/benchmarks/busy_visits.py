"""One visit of the busy clinic: who came, how long they waited, what was found, given, measured and paid."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from clinic_desktop.clock import to_text

START = datetime(2024, 11, 20, 6, tzinfo=UTC)
CODES = ("I10", "E11.9", "J06.9", "A09", "M54.5", "B54", "K29.7", "N39.0", "L30.9", "R51")
TESTS = ("hgb", "k", "hba1c", "crea")


def visit(chance: random.Random, n: int, visits: int) -> Iterator[tuple[str, dict[str, object]]]:
    """The rows of one visit, each with its table."""
    begun = START + timedelta(seconds=n * 730 * 86_400 / visits)
    patient, doctor = f"p{chance.randrange(max(visits * 2 // 9, 10))}", f"s{2 + chance.randrange(20)}"

    def at(minutes: float) -> str:
        return to_text(begun + timedelta(minutes=minutes))

    yield (
        "appointments",
        {
            "id": f"a{n}",
            "patient_id": patient,
            "practitioner_id": doctor,
            "starts_at": at(0),
            "minutes": 15,
            "booked_by": "x",
            "status": chance.choice(("completed", "completed", "cancelled", "no_show")),
        },
    )
    wait = chance.randrange(60)
    yield (
        "encounters",
        {
            "id": f"e{n}",
            "patient_id": patient,
            "practitioner_id": doctor,
            "preset": "new",
            "status": "signed",
            "started_at": at(wait),
            "signed_at": at(wait + 12),
        },
    )
    yield (
        "queue_entries",
        {
            "id": f"q{n}",
            "patient_id": patient,
            "priority": "routine",
            "checked_in_at": at(0),
            "called_at": at(wait),
            "finished_at": at(wait + 12),
            "status": "done",
            "ticket": n,
            "encounter_id": f"e{n}",
        },
    )
    for code, value in (("8480-6", 110 + n % 60), ("8462-4", 70 + n % 30)):
        yield (
            "vital_signs",
            {
                "id": f"v{n}{code}",
                "patient_id": patient,
                "encounter_id": f"e{n}",
                "code": code,
                "value": str(value),
                "unit": "mm[Hg]",
                "taken_at": at(wait),
            },
        )
    code = chance.choice(CODES)
    yield (
        "problems",
        {
            "id": f"d{n}",
            "patient_id": patient,
            "code": code,
            "title": f"Title of {code}",
            "status": "active",
            "certainty": "confirmed",
            "noted_at": at(wait),
        },
    )
    yield (
        "prescriptions",
        {
            "id": f"r{n}",
            "number": f"RX{n}",
            "patient_id": patient,
            "prescriber_id": doctor,
            "pack": "p",
            "signed_at": at(wait + 5),
            "status": "dispensed",
        },
    )
    yield (
        "prescription_lines",
        {
            "id": f"rl{n}",
            "prescription_id": f"r{n}",
            "patient_id": patient,
            "position": 0,
            "name": "x",
            "dose_amount": "1",
            "dose_unit": "t",
            "route": "oral",
            "frequency": "daily",
            "quantity": 1,
            "quantity_unit": "t",
            "sig": "x",
        },
    )
    lot = chance.randrange(400)
    yield (
        "dispenses",
        {
            "id": f"x{n}",
            "prescription_id": f"r{n}",
            "line_id": f"rl{n}",
            "patient_id": patient,
            "quantity": 10,
            "covers": 10,
            "product_id": f"g{lot % 80}",
            "lot_id": f"l{lot}",
            "dispensed_at": at(wait + 20),
            "dispensed_by": doctor,
            "status": "dispensed",
        },
    )
    yield (
        "stock_moves",
        {
            "id": f"m{n}",
            "product_id": f"g{lot % 80}",
            "lot_id": f"l{lot}",
            "kind": "dispense",
            "quantity": -10,
            "moved_at": at(wait + 20),
            "recorded_at": at(wait + 20),
            "dispense_id": f"x{n}",
        },
    )
    if n % 3 == 0:
        yield from _tested(chance, n, patient, doctor, at(wait), at(wait + 30), at(wait + 90))
    yield from _billed(chance, n, patient, doctor, at(wait + 25))


def _tested(
    chance: random.Random, n: int, patient: str, doctor: str, ordered: str, taken: str, released: str
) -> Iterator[tuple[str, dict[str, object]]]:
    code = chance.choice(TESTS)
    own = {"patient_id": patient}
    yield (
        "lab_orders",
        {
            "id": f"o{n}",
            "number": f"LAB{n}",
            **own,
            "ordered_by": doctor,
            "ordered_at": ordered,
            "priority": "routine",
            "status": "released",
        },
    )
    yield (
        "specimens",
        {
            "id": f"sp{n}",
            "number": f"S{n}",
            "order_id": f"o{n}",
            **own,
            "kind": "blood",
            "collected_at": taken,
            "collected_by": doctor,
            "status": "collected",
        },
    )
    yield (
        "lab_order_tests",
        {"id": f"ot{n}", "order_id": f"o{n}", **own, "test_code": code, "specimen_id": f"sp{n}", "status": "released"},
    )
    yield (
        "lab_results",
        {
            "id": f"lr{n}",
            "order_test_id": f"ot{n}",
            **own,
            "test_code": code,
            "value": "7.1",
            "unit": "%",
            "flag": chance.choice(("N", "HH")),
            "entered_at": taken,
            "entered_by": doctor,
            "released_at": released,
            "status": "released",
        },
    )


def _billed(
    chance: random.Random, n: int, patient: str, doctor: str, at: str
) -> Iterator[tuple[str, dict[str, object]]]:
    amount = chance.randrange(500, 9000)
    yield (
        "charges",
        {
            "id": f"c{n}",
            "patient_id": patient,
            "encounter_id": f"e{n}",
            "source_kind": "hand",
            "source_id": "x",
            "price_code": chance.choice(("consultation", "test", "medicine")),
            "description": "d",
            "quantity": 1,
            "unit_amount": amount,
            "currency": "USD",
            "charged_at": at,
            "status": "invoiced",
            "provider_id": doctor,
        },
    )
    yield (
        "invoices",
        {
            "id": f"i{n}",
            "number": f"INV{n}",
            "patient_id": patient,
            "issued_at": at,
            "issued_by": "s1",
            "currency": "USD",
            "total": amount,
            "discount": 0,
            "insurer_owes": 0,
            "patient_owes": amount,
            "status": "issued",
        },
    )
    yield (
        "invoice_lines",
        {
            "id": f"il{n}",
            "invoice_id": f"i{n}",
            "patient_id": patient,
            "charge_id": f"c{n}",
            "description": "d",
            "quantity": 1,
            "unit_amount": amount,
            "amount": amount,
            "position": 0,
        },
    )
    moves = [("invoice", "receivable.patient", amount), ("invoice", "revenue", -amount)]
    if n % 20:
        moves += [("payment", "till.cash", amount), ("payment", "receivable.patient", -amount)]
        yield (
            "payments",
            {
                "id": f"pay{n}",
                "number": f"RCP{n}",
                "invoice_id": f"i{n}",
                "patient_id": patient,
                "shift_id": f"h{n % 730}",
                "kind": "payment",
                "method": "cash",
                "amount": amount,
                "currency": "USD",
                "paid_at": at,
                "taken_by": "s1",
            },
        )
    for kind, account, value in moves:
        yield (
            "ledger",
            {
                "id": f"{kind}{account}{n}",
                "movement": f"{kind}{n}",
                "kind": kind,
                "account": account,
                "amount": value,
                "currency": "USD",
                "posted_at": at,
                "invoice_id": f"i{n}",
            },
        )
