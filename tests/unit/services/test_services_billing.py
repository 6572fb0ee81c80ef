"""Billing end to end on the real store: the ledger's invariants hold whatever cashiers do."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import billing, cash, invoices
from clinic_desktop.services.acts import Act, Desk
from clinic_desktop.services.remotes import last_change
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges, ledger, payments, prices, shifts
from clinic_desktop.store.tables.billing import invoices as invoice_table
from clinic_desktop.store.tables.journal import access
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor


@pytest.fixture
def patient(store: Store) -> str:
    with store.write(act=new_id(), session=None) as unit:
        unit.create(
            prices,
            {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1500, "currency": "USD"},
            kind="price.added",
        )
        return unit.create(
            patients,
            {
                "mrn": "M-1",
                "family_name": "Okafor",
                "given_names": "Ada",
                "sex": "female",
                "insurer": "NHIA",
                "insurance_share": 70,
                "registered_at": "x",
                "family_key": "okafor",
                "given_key": "ada",
            },
            kind="patient.registered",
        )


def charge(desk: Desk, patient_id: str, quantity: int = 1) -> str:
    return billing.charge_by_hand(desk, patient_id, "visit", quantity)


def test_a_payment_that_a_system_did_not_answer_for_is_named_by_its_numbers_here(
    desk_for: DeskFor, patient: str
) -> None:
    desk = desk_for("cashier")
    cash.open_shift(desk, 0)
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)], use_insurance=False)
    paid = cash.take_payment(desk, issued.id, amount=500, method="cash")
    admin = desk_for("administrator")
    told = [last_change(admin, one.id, patient) for one in (paid, issued)]
    assert [one.number for one in told if one] == [f"{paid.number} · {issued.number} · 5.00 USD", issued.number]


@pytest.mark.parametrize("wrong", [1.5, 10**18, 0, -1, True])
def test_no_number_that_is_not_money_reaches_the_ledger(desk_for: DeskFor, patient: str, wrong: int) -> None:
    desk = desk_for("cashier")
    with pytest.raises(Refusal):
        charge(desk, patient, wrong)
    if wrong != 0:
        with pytest.raises(Refusal):
            cash.open_shift(desk, wrong)
        with pytest.raises(Refusal):
            invoices.issue_invoice(desk, patient, [charge(desk, patient)], discount=wrong, discount_reason="goodwill")
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)])
    cash.open_shift(desk, 0)
    with pytest.raises(Refusal):
        cash.take_payment(desk, issued.id, amount=wrong, method="cash")
    assert invoices.invoice(desk, issued.id).outstanding == issued.patient_owes


def test_each_bill_that_is_opened_leaves_a_row_once(desk_for: DeskFor, patient: str, store: Store) -> None:
    desk = desk_for("cashier")
    first, second = charge(desk, patient), charge(desk, patient)
    bills = [invoices.issue_invoice(desk, patient, [each]).id for each in (first, second)]
    for _ in range(2):
        for each in bills:
            invoices.invoice(desk, each)
    with store.read() as connection:
        rows = connection.execute(select(access.c.kind, access.c.subject).where(access.c.patient == patient)).all()
    assert [tuple(row) for row in rows] == [("bill", "invoices.invoice")] * 2


def test_no_more_cash_is_given_back_than_lies_in_the_till(desk_for: DeskFor, patient: str) -> None:
    desk = desk_for("cashier")
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)])
    cash.open_shift(desk, 0)
    paid = cash.take_payment(desk, issued.id, amount=100, method="cash")
    cash.close_shift(desk, counted_cash=100)
    cash.open_shift(desk, 99)
    with pytest.raises(Refusal, match="till"):
        cash.refund_payment(desk, paid.id, amount=100, reason="charged twice")
    assert cash.refund_payment(desk, paid.id, amount=99, reason="charged twice").amount == 99


def test_an_invoice_is_shared_with_the_insurer_and_paid_in_parts(desk_for: DeskFor, patient: str) -> None:
    desk = desk_for("cashier")
    first, second = charge(desk, patient), charge(desk, patient, 2)
    issued = invoices.issue_invoice(desk, patient, [first, second], discount=1, discount_reason="goodwill")
    assert (issued.insurer_owes, issued.patient_owes) == (3149, 1350)
    with pytest.raises(Refusal, match="shift"):
        cash.take_payment(desk, issued.id, amount=100, method="cash")
    cash.open_shift(desk, 5000)
    assert cash.take_payment(desk, issued.id, amount=1000, method="cash").outstanding == 350
    with pytest.raises(Refusal, match="more than is still owed"):
        cash.take_payment(desk, issued.id, amount=351, method="cash")
    paid = cash.take_payment(desk, issued.id, amount=350, method="card")
    assert paid.outstanding == 0
    back = cash.refund_payment(desk, paid.id, amount=50, reason="card charged twice")
    assert back.outstanding == 50
    assert [row.number for row in invoices.unpaid_invoices(desk)] == [issued.number]
    with pytest.raises(Refusal, match="differs"):
        cash.close_shift(desk, counted_cash=5999)
    closed = cash.day_end(desk, cash.close_shift(desk, counted_cash=6000))
    assert closed.difference == 0
    assert closed.by_method == (("cash", 1000, 0), ("card", 350, 50))
    assert cash.receipt(desk, paid.id).outstanding == 0  # printed again, it says what it said
    assert cash.my_shift(desk) is None


def test_a_payment_pressed_twice_is_taken_once(desk_for: DeskFor, patient: str) -> None:
    desk = desk_for("cashier")
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)])
    cash.open_shift(desk, 0)
    once = desk.once()
    first = cash.take_payment(once, issued.id, amount=100, method="cash")
    assert cash.take_payment(once, issued.id, amount=100, method="cash") == first
    assert invoices.invoice(desk, issued.id).outstanding == issued.patient_owes - 100


def test_a_till_holds_one_currency(desk_for: DeskFor, patient: str, store: Store) -> None:
    desk = desk_for("cashier")
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)])
    cash.open_shift(desk, 0)
    with store.write(act=new_id(), session=None) as unit:
        shift = unit.conn.execute(select(shifts.c.id)).scalar_one()
        unit.change(shifts, shift, {"currency": "KES"}, kind="shift.changed")
    with pytest.raises(Refusal, match="Your till is in KES, this invoice in USD"):
        cash.take_payment(desk, issued.id, amount=100, method="cash")


def test_a_void_invoice_gives_its_charges_back(desk_for: DeskFor, patient: str) -> None:
    desk = desk_for("cashier")
    issued = invoices.issue_invoice(desk, patient, [charge(desk, patient)])
    invoices.void_invoice(desk, issued.id, reason="wrong patient", expect=1)
    assert invoices.invoice(desk, issued.id).outstanding == 0
    assert len(billing.pending_charges(desk, patient)) == 1


def test_something_without_a_price_is_still_charged_and_says_so(desk_for: DeskFor, store: Store, patient: str) -> None:
    desk = desk_for("cashier")
    with store.write(act=new_id(), session=desk.session.id) as unit:
        billing.add_charge(
            Act(unit, desk.session, "A7"),
            patient_id=patient,
            encounter_id=None,
            source_kind="test",
            source_id="x",
            price_code="nothing",
            description="Rare test",
        )
    assert [(row.amount, row.note) for row in billing.pending_charges(desk, patient)] == [(0, "no price in the list")]


class Cashiers(RuleBasedStateMachine):
    """Anything two cashiers may do in any order; refusals are part of life."""

    desk: Desk
    patient_id: str
    made = Bundle("invoices")
    paid = Bundle("payments")

    @initialize()
    def open(self) -> None:
        self.attempt(lambda: cash.open_shift(self.desk, 1000))

    def attempt(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Refusal:
            return None

    @rule(target=made, quantities=st.lists(st.integers(-1, 4), min_size=1, max_size=3), discount=st.integers(-1, 4000))
    def invoice(self, quantities: list[int], discount: int) -> object:
        made = [self.attempt(lambda q=q: charge(self.desk, self.patient_id, q)) for q in quantities]  # type: ignore[misc]
        ids = [str(item) for item in made if item]
        issued = self.attempt(
            lambda: invoices.issue_invoice(
                self.desk, self.patient_id, ids, discount=discount, discount_reason="x", use_insurance=discount % 2 == 0
            )
        )
        return issued.id if isinstance(issued, invoices.IssuedInvoice) else "none"

    @rule(target=paid, invoice=made, amount=st.integers(-1, 7000), method=st.sampled_from(["cash", "card", "beads"]))
    def pay(self, invoice: str, amount: int, method: str) -> object:
        taken = self.attempt(lambda: cash.take_payment(self.desk, invoice, amount=amount, method=method))
        return taken.id if isinstance(taken, cash.TakenPayment) else "none"

    @rule(payment=paid, amount=st.integers(0, 7000))
    def refund(self, payment: str, amount: int) -> None:
        self.attempt(lambda: cash.refund_payment(self.desk, payment, amount=amount, reason="x"))

    @rule(invoice=made)
    def void(self, invoice: str) -> None:
        self.attempt(lambda: invoices.void_invoice(self.desk, invoice, reason="x", expect=1))

    @rule(counted=st.integers(0, 9000))
    def end_of_day(self, counted: int) -> None:
        self.attempt(lambda: cash.close_shift(self.desk, counted_cash=counted, difference_reason="x"))
        self.attempt(lambda: cash.open_shift(self.desk, 0))

    @invariant()
    def books_hold(self) -> None:
        with self.desk.store.read() as connection:
            sums = connection.execute(select(func.sum(ledger.c.amount)).group_by(ledger.c.movement)).scalars().all()
            assert all(total == 0 for total in sums)
            for row in connection.execute(select(invoice_table)):
                money = connection.execute(select(payments).where(payments.c.invoice_id == row.id)).all()
                net = sum(p.amount if p.kind == "payment" else -p.amount for p in money)
                owed = billing.outstanding(connection, row.id)
                assert owed == (0 if row.status == "void" else row.patient_owes) - net
                assert 0 <= owed <= row.patient_owes
                assert row.total == row.discount + row.insurer_owes + row.patient_owes
            for row in connection.execute(select(shifts)):
                money = connection.execute(
                    select(payments).where(payments.c.shift_id == row.id, payments.c.method == "cash")
                ).all()
                net = sum(p.amount if p.kind == "payment" else -p.amount for p in money)
                assert row.expected_cash in {None, row.opening_float + net}
            twice = connection.execute(
                select(func.count())
                .select_from(charges)
                .where(charges.c.status == "invoiced", charges.c.invoice_id.is_(None))
            ).scalar_one()
            assert twice == 0


def test_the_books_hold_whatever_cashiers_do(desk_for: DeskFor, patient: str) -> None:
    Cashiers.desk = desk_for("cashier")
    Cashiers.patient_id = patient
    run_state_machine_as_test(
        Cashiers,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
