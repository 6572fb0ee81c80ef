"""Runs real acts in a child process and kills it with SIGKILL at a random instant, again and again.

Run as a program by the test beside it: it is a process of its own so that forking is safe (nothing is open, no Qt).
Prints one JSON line: rounds, acknowledged acts, acknowledged acts that were lost, and what the audit found.
"""

import argparse
import contextlib
import json
import os
import random
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import select as rows_of

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.services import billing, cash, drafts, invoices
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.audit import verify_audit
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges, invoice_lines, prices
from clinic_desktop.store.tables.billing import invoices as invoice_table
from clinic_desktop.store.tables.journal import acts
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

KEY = bytes(range(32))


def opened(folder: Path, staff_id: str, role: str = "cashier") -> Desk:
    """A desk on the database of the folder, as another process would open it."""
    anchor = Anchor(folder / "anchor", KEY, "window")
    store = Store(folder / "clinic.db", KEY, clock=SystemClock(), workstation="A7", anchor=anchor)
    return Desk(store, Session(f"s-{os.getpid()}", staff_id, role, "X", role, "A7", store.clock.now()))


def prepared(folder: Path) -> tuple[str, str, str]:
    """The people and the patient that the acts are about; returns cashier, administrator, patient."""
    store = Store(
        folder / "clinic.db",
        KEY,
        clock=SystemClock(),
        workstation="A7",
        anchor=Anchor(folder / "anchor", KEY, "window"),
    )
    with store.write(act=new_id(), session=None) as unit:
        people = [
            unit.create(staff, {"username": role, "display_name": role, "role": role}, kind="staff.added")
            for role in ("cashier", "administrator")
        ]
        price = {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1500, "currency": "USD"}
        unit.create(prices, price, kind="price.added")
        person = {
            "mrn": "M-1", "family_name": "A", "given_names": "B", "sex": "female", "registered_at": "x",
            "family_key": "a", "given_key": "b",
        }  # fmt: skip
        patient = unit.create(patients, person, kind="patient.registered")
    store.close()
    return people[0], people[1], patient


def work(desk: Desk, patient: str, acknowledge: Callable[[str], None], *, before_commit: bool) -> None:
    """Charge, invoice, pay, draft, without end; acknowledge each after its commit, or before, to see the test fail."""

    def act(do: Callable[[Desk], str]) -> str:
        act_id = new_id()

        def told(_connection: Connection) -> None:
            acknowledge(act_id)

        answer = do(desk.once(act_id, also=told if before_commit else None))
        if not before_commit:
            acknowledge(act_id)
        return answer

    if cash.my_shift(desk) is None:
        act(lambda desk: cash.open_shift(desk, 100))
    while True:
        made = [act(lambda desk: billing.charge_by_hand(desk, patient, "visit")) for _ in range(3)]
        invoice = act(lambda desk, made=made: invoices.issue_invoice(desk, patient, made).id)  # type: ignore[misc]
        act(lambda desk, invoice=invoice: cash.take_payment(desk, invoice, amount=700, method="cash").id)  # type: ignore[misc]
        drafts.keep_draft(desk, DraftKey("note"), {"text": "x" * random.randint(1, 5000)})


def one_round(folder: Path, cashier: str, patient: str, *, before_commit: bool) -> list[str]:
    """Let a child work, kill it at a random instant, and return what it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            work(opened(folder, cashier), patient, lambda act: _tell(writing, act), before_commit=before_commit)
        os._exit(1)
    os.close(writing)
    select.select([reading], [], [], 20)
    time.sleep(random.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as lines:
        return [line.strip() for line in lines if line.endswith("\n")]


def _tell(handle: int, act: str) -> None:
    os.write(handle, f"{act}\n".encode())


def judge(folder: Path, administrator: str, acknowledged: list[str]) -> dict[str, object]:
    """Open the database again and look for every act that was acknowledged, and for anything half-written."""
    desk = opened(folder, administrator, "administrator")
    with desk.store.read() as connection:
        there = set(connection.execute(rows_of(acts.c.id)).scalars())
        broken = [
            row[0]
            for pragma in ("integrity_check", "cipher_integrity_check", "foreign_key_check")
            for row in connection.exec_driver_sql(f"PRAGMA {pragma}").all()
            if row[0] != "ok"
        ]
        half = 0
        for row in connection.execute(rows_of(invoice_table.c.id, invoice_table.c.total)):
            amounts = connection.execute(
                rows_of(invoice_lines.c.amount).where(invoice_lines.c.invoice_id == row.id)
            ).scalars()
            half += sum(amounts) != row.total
        waiting = connection.execute(
            rows_of(charges.c.id).where(charges.c.status == "invoiced", charges.c.invoice_id.is_(None))
        ).all()
    verdict = verify_audit(desk)
    desk.store.close()
    return {
        "acknowledged": len(acknowledged),
        "lost": sorted(set(acknowledged) - there),
        "broken": broken,
        "half": half + len(waiting),
        "links": verdict.journal,
        "findings": [f"{finding.where} {finding.what}" for finding in verdict.findings],
    }


def main() -> None:
    """Kill as often as asked and print the verdict."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--acknowledge-before-commit", action="store_true")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    cashier, administrator, patient = prepared(arguments.folder)
    acknowledged: list[str] = []
    for _ in range(arguments.kills):
        acknowledged += one_round(arguments.folder, cashier, patient, before_commit=arguments.acknowledge_before_commit)
    print(json.dumps({"kills": arguments.kills, **judge(arguments.folder, administrator, acknowledged)}))  # noqa: T201


if __name__ == "__main__":
    main()
