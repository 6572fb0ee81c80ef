"""Any history of stock, with back-dating, cancels, dispensing and a clock set back: nothing falls below zero."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from sqlalchemy import select

from clinic_desktop.clock import SetClock, from_text, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import pharmacy, prescribing, shelf, stock
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.services.stock import Moved
from clinic_desktop.services.work_orders import Pick
from clinic_desktop.store import schema
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.pharmacy import stock_moves
from clinic_desktop.store.tables.staff import staff
from tests.conftest import KEY, NOW
from tests.medicines import World, amoxicillin, world

PREPARED: list[Path] = []


@dataclass
class Lot:
    """What the model knows of a lot: every movement as (instant, quantity), in the order it was written."""

    id: str
    moves: list[tuple[datetime, int]] = field(default_factory=list)

    def lowest_with(self, at: datetime, quantity: int) -> int:
        balance = low = 0
        for _at, each in sorted([*self.moves, (at, quantity)], key=lambda move: move[0]):
            balance += each
            low = min(low, balance)
        return low

    def sum_at(self, at: datetime) -> int:
        return sum(quantity for moved, quantity in self.moves if moved <= at)

    @property
    def balance(self) -> int:
        return sum(quantity for _moved, quantity in self.moves)


def desks(store: Store, clock: SetClock) -> dict[str, Desk]:
    people = {}
    with store.write(act=new_id(), session=None) as unit:
        for role in ("doctor", "pharmacist"):
            values = {"username": role, "display_name": role, "role": role}
            people[role] = unit.create(staff, values, kind="staff.added")
    return {
        role: Desk(store, Session(new_id(), person, role, role, role, "A7", clock.now()))
        for role, person in people.items()
    }


def prepared() -> Path:
    """An empty clinic with the reference pack, made once."""
    if not PREPARED:
        path = Path(tempfile.mkdtemp()) / "clinic.db"
        schema.create(path, KEY)
        PREPARED.append(path)
    return PREPARED[0]


class Shelf(RuleBasedStateMachine):
    """Random acts against the real services on a real encrypted database, each answer held against the model."""

    cancellable = Bundle("cancellable")
    handed_out = Bundle("handed_out")

    @initialize()
    def open_clinic(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(prepared(), self.folder / "clinic.db")
        self.clock = SetClock(NOW)
        self.store = Store(self.folder / "clinic.db", KEY, clock=self.clock, workstation="A7")
        made = desks(self.store, self.clock)
        self.clinic: World = world(self.store, lambda role: made[role])
        line = amoxicillin(quantity=10_000)
        self.prescription = prescribing.sign_prescription(
            self.clinic.doctor, self.clinic.patient, None, [line]
        ).prescription_id
        self.line = prescribing.prescription(self.clinic.doctor, self.prescription).lines[0].line_id
        self.lots: dict[str, Lot] = {}
        for name, expires in (("A", date(2027, 1, 1)), ("B", date(2027, 2, 1))):
            moved = stock.receive_stock(
                self.clinic.pharmacist, self.clinic.product("amoxicillin_500_cap"), name, expires, 10
            )
            self.lots[name] = Lot(moved.lot_id, [(self.clock.now(), 10)])
        # So that back-dating lands after the first delivery.
        self.time_passes(120)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def written(self, name: str, at: datetime, quantity: int, act: Callable[[], Moved]) -> Moved | None:
        """Do an act: it must be taken if and only if the model says that no balance falls below zero."""
        lot = self.lots[name]
        fits = quantity >= 0 or lot.lowest_with(at, quantity) >= 0
        if not fits:
            with pytest.raises(Refusal):
                act()
            return None
        moved = act()
        lot.moves.append((at, quantity))
        assert moved.balance == lot.balance
        return moved

    lot_names = st.sampled_from("AB")
    ages = st.integers(0, 90)

    @rule(target=cancellable, name=lot_names, quantity=st.integers(1, 30), age=ages)
    def receive(self, name: str, quantity: int, age: int) -> object:
        del age  # a delivery is written down when it comes
        desk, lot = self.clinic.pharmacist, self.lots[name]
        expires = {"A": date(2027, 1, 1), "B": date(2027, 2, 1)}[name]
        product = self.clinic.product("amoxicillin_500_cap")
        moved = self.written(
            name, self.clock.now(), quantity, lambda: stock.receive_stock(desk, product, name, expires, quantity)
        )
        assert moved is not None
        assert moved.lot_id == lot.id
        return (name, moved, quantity, self.clock.now())

    @rule(target=cancellable, name=lot_names, quantity=st.integers(-25, 10).filter(bool), age=ages)
    def adjust(self, name: str, quantity: int, age: int) -> object:
        at = self.clock.now() - timedelta(minutes=age)
        lot = self.lots[name].id
        moved = self.written(
            name,
            at,
            quantity,
            lambda: stock.adjust_stock(self.clinic.pharmacist, lot, quantity, "seen", moved_at=at),
        )
        return (name, moved, quantity, at) if moved is not None else multiple()

    @rule(target=cancellable, name=lot_names, counted=st.integers(0, 40), age=ages)
    def count(self, name: str, counted: int, age: int) -> object:
        at = self.clock.now() - timedelta(minutes=age)
        lot = self.lots[name]
        quantity = counted - lot.sum_at(at)
        moved = self.written(
            name,
            at,
            quantity,
            lambda: stock.count_stock(self.clinic.pharmacist, lot.id, counted, "counted", moved_at=at),
        )
        return (name, moved, quantity, at) if moved is not None else multiple()

    @rule(entry=consumes(cancellable))
    def cancel(self, entry: tuple[str, Moved, int, datetime]) -> None:
        name, moved, quantity, moved_at = entry
        at = max(self.clock.now(), moved_at)
        desk = self.clinic.pharmacist
        reversed_by = self.written(name, at, -quantity, lambda: stock.cancel_move(desk, moved.move_id, "mistake"))
        if reversed_by is None:
            return
        for again in (moved.move_id, reversed_by.move_id):
            with pytest.raises(Refusal):
                stock.cancel_move(desk, again, "again")

    @rule(target=handed_out, name=lot_names, quantity=st.integers(1, 20))
    def dispense(self, name: str, quantity: int) -> object:
        lot = self.lots[name]
        fits = lot.lowest_with(self.clock.now(), -quantity) >= 0
        found = prescribing.prescription(self.clinic.doctor, self.prescription)
        pick = Pick(self.line, lot.id, quantity)
        desk = self.clinic.pharmacist
        if not fits:
            with pytest.raises(Refusal):
                pharmacy.dispense(desk, self.prescription, [pick], counselled=True, expect=found.revision)
            return multiple()
        done = pharmacy.dispense(desk, self.prescription, [pick], counselled=True, expect=found.revision)
        lot.moves.append((self.clock.now(), -quantity))
        return (name, done.dispense_ids[0], quantity, self.clock.now())

    @rule(entry=consumes(handed_out))
    def take_back(self, entry: tuple[str, str, int, datetime]) -> None:
        name, dispense_id, quantity, moved_at = entry
        pharmacy.cancel_dispense(self.clinic.pharmacist, dispense_id, "returned")
        self.lots[name].moves.append((max(self.clock.now(), moved_at), quantity))
        with pytest.raises(Refusal):
            pharmacy.cancel_dispense(self.clinic.pharmacist, dispense_id, "again")

    @rule(minutes=st.integers(0, 40))
    def later(self, minutes: int) -> None:
        self.time_passes(minutes)

    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self.clinic.pharmacist.session.opened_at = self.clinic.doctor.session.opened_at = self.clock.now()

    @rule(minutes=st.integers(1, 20))
    def the_clock_is_set_back(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=-minutes))

    @invariant()
    def the_ledger_is_the_models_and_never_below_zero(self) -> None:
        if not hasattr(self, "store"):
            return
        for lot in self.lots.values():
            with self.store.read() as connection:
                rows = connection.execute(
                    select(stock_moves).where(stock_moves.c.lot_id == lot.id).order_by(stock_moves.c.rowid_)
                ).all()
            assert [(from_text(row.moved_at), row.quantity) for row in rows] == lot.moves
            shown = shelf.ledger(self.clinic.pharmacist, lot.id)
            assert min(row.balance for row in shown) >= 0
            assert shown[-1].balance == lot.balance
        (level,) = [
            each
            for each in shelf.stock_levels(self.clinic.pharmacist, "amoxicillin")
            if each.medicine_code == "amoxicillin_500_cap"
        ]
        assert level.on_hand == sum(lot.balance for lot in self.lots.values())


TestShelf = Shelf.TestCase
TestShelf.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
