"""Two desks at once: a prescription is handed out by one of them, whoever is first."""

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import pharmacy, prescribing, stock
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.work_orders import Pick
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.pharmacy import dispenses
from tests.conftest import KEY, NOW, DeskFor
from tests.medicines import World, amoxicillin, world

ROOT = Path(__file__).resolve().parents[3]

# One window of its own: it looks at the prescription, says so, waits for the word, and hands out.
WINDOW = """
import sys
from pathlib import Path
from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import pharmacy
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from tests.conftest import KEY, NOW
path, staff, patient, prescription = sys.argv[1:]
store = Store(Path(path), KEY, clock=SetClock(NOW), workstation="A7")
desk = Desk(store, Session(new_id(), staff, "pharmacist", "Pharmacist One", "pharmacist", "A7", NOW))
order = pharmacy.work_order(desk, patient, prescription)
print("ready", flush=True)
sys.stdin.readline()
try:
    done = pharmacy.dispense(
        desk, prescription, order.lines[0].proposed, counselled=True, expect=order.prescription.revision
    )
    print("won", done.status)
except Refusal as refusal:
    print("refused", refusal)
store.close()
"""


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


@pytest.fixture
def prescription(clinic: World) -> str:
    return prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()]).prescription_id


def handed_out(clinic: World) -> list[int]:
    with clinic.store.read() as connection:
        return list(connection.execute(select(dispenses.c.quantity)).scalars())


def test_of_two_windows_in_two_processes_one_hands_out(clinic: World, prescription: str) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    arguments = [str(clinic.store.path), clinic.pharmacist.session.staff_id, clinic.patient, prescription]
    windows = [
        subprocess.Popen(
            [sys.executable, "-c", WINDOW, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for window in windows:
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n"
    for window in windows:
        assert window.stdin is not None
        window.stdin.write("go\n")
        window.stdin.flush()
    said = sorted(window.communicate(timeout=60)[0].strip() for window in windows)
    assert said[0].startswith("refused Prescription RX-A7-")
    assert "already" in said[0] or "meanwhile" in said[0]
    assert said[1] == "won dispensed"
    assert handed_out(clinic) == [21]
    with clinic.store.read() as connection:
        assert stock.balance(connection, lot) == 79


def test_of_many_desks_that_hand_out_a_part_at_once_one_wins(
    clinic: World, prescription: str, desk_for: DeskFor
) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    found = pharmacy.work_order(clinic.pharmacist, clinic.patient, prescription)
    part = [Pick(found.lines[0].line.line_id, lot, 5)]
    refused: list[str] = []
    starting = threading.Barrier(4)

    def window() -> None:
        other = Store(clinic.store.path, KEY, clock=SetClock(NOW), workstation="A7")
        desk = Desk(other, clinic.pharmacist.session)
        starting.wait()
        try:
            pharmacy.dispense(desk, prescription, part, counselled=True, expect=found.prescription.revision)
        except Refusal as refusal:
            refused.append(str(refusal))
        finally:
            other.close()

    threads = [threading.Thread(target=window) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handed_out(clinic) == [5]
    assert len(refused) == 3
    assert all("changed at another desk meanwhile" in words for words in refused)


def test_two_parts_one_after_another_both_go_out(clinic: World, prescription: str) -> None:
    lot = clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)

    def hand_out_part(expect: int) -> None:
        part = [Pick(line, lot, 5)]
        pharmacy.dispense(clinic.pharmacist, prescription, part, counselled=True, expect=expect)

    def revision() -> int:
        return prescribing.prescription(clinic.doctor, prescription).revision

    line = prescribing.prescription(clinic.doctor, prescription).lines[0].line_id
    hand_out_part(revision())
    second = revision()
    hand_out_part(second)
    with pytest.raises(Refusal, match="meanwhile"):
        hand_out_part(second)
    assert handed_out(clinic) == [5, 5]
