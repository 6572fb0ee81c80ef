"""Statements of account: against an oracle in plain Python over the rows, across months, refunds and merges."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.statements import period
from clinic_desktop.reports import papers
from clinic_desktop.services import billing, cash, claim_answers, claim_batches, claims, invoices, merging, statements
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_views import claim
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.services.insured import Insured


def person(store: Store, mrn: str, *, share: int = 0) -> str:
    with store.write(act=new_id(), session=None) as unit:
        return unit.create(
            patients,
            {
                "mrn": mrn, "family_name": "Okafor", "given_names": f"Ada {mrn}", "sex": "female", "insurer": "NHIA",
                "insurance_share": share, "registered_at": "x", "family_key": "okafor", "given_key": "ada",
            },
            kind="patient.registered",
        )  # fmt: skip


@pytest.fixture
def priced(store: Store) -> None:
    with store.write(act=new_id(), session=None) as unit:
        price = {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1501, "currency": "USD"}
        unit.create(prices, price, kind="price.added")


def bill(desk: Desk, patient: str, quantity: int = 1) -> invoices.IssuedInvoice:
    return invoices.issue_invoice(desk, patient, [billing.charge_by_hand(desk, patient, "visit", quantity)])


# The oracle: rows of the ledger as they lie in the database, and nothing of the product -------------------


@dataclass
class Told:
    opening: int
    closing: int
    balances: list[int]
    ageing: list[int]
    credit: int
    insurers: int


def day(stored: str) -> date:
    return datetime.fromisoformat(stored).astimezone().date()


def oracle(store: Store, owners: set[str], first: date | None, last: date) -> Told:
    with store.read() as connection:
        rows = [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT movement, kind, account, amount, posted_at, patient_id, invoice_id FROM ledger ORDER BY rowid_"
            )
        ]
        issued = dict(tuple(row) for row in connection.exec_driver_sql("SELECT id, issued_at FROM invoices"))
    mine = [row for row in rows if row[5] in owners and day(row[4]) <= last]
    owed: dict[str, int] = {}
    balances, running, opening, seen = [], 0, 0, []
    for movement, kind, account, amount, at, _who, invoice in mine:
        if account == "receivable.patient":
            owed[invoice] = owed.get(invoice, 0) + amount
        if first is not None and day(at) < first:
            opening += amount if account == "receivable.patient" else 0
            continue
        if movement not in seen:
            seen.append(movement)
            parts = [row[3] for row in mine if row[0] == movement and row[2] == "receivable.patient"]
            if sum(parts) or kind in ("invoice", "void"):
                running += sum(parts)
                balances.append(running)
    ageing = [0, 0, 0, 0]
    for invoice, amount in owed.items():
        if amount > 0:
            days = (last - day(issued[invoice])).days
            ageing[0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3] += amount
    return Told(
        opening, sum(owed.values()), [opening + each for each in balances], ageing,
        sum(amount for amount in owed.values() if amount < 0),
        sum(row[3] for row in mine if row[2] == "receivable.insurer"),
    )  # fmt: skip


def told(desk: Desk, patient: str, first: date | None, last: date) -> Told:
    found = statements.statement(desk, patient, first, last)
    insurers = dict(found.insurers).get("USD", 0)
    if not found.accounts:
        return Told(0, 0, [], [0, 0, 0, 0], 0, insurers)
    (one,) = found.accounts
    return Told(
        one.opening, one.closing, [line.balance for line in one.lines], list(one.ageing), one.credit, insurers
    )  # fmt: skip


def periods(begun: date, today: date) -> Iterator[tuple[date | None, date]]:
    yield None, today
    for back in (1, 29, 30, 31, 60, 61, 90, 91, 120):
        yield None, today - timedelta(days=back)
        yield today - timedelta(days=back), today
    yield begun, begun
    yield begun - timedelta(days=400), begun - timedelta(days=1)


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("seed", [3, 11])
def test_whatever_a_cashier_does_a_statement_says_what_plain_python_makes_of_the_rows(
    store: Store, desk_for: DeskFor, clock: SetClock, seed: int
) -> None:
    chance = random.Random(seed)
    people = [person(store, f"M-{n}", share=share) for n, share in enumerate((0, 70, 100))]
    begun = clock.now().astimezone().date()
    desk = desk_for("cashier")
    cash.open_shift(desk, 1_000_000)
    bills: list[str] = []
    paid: list[str] = []
    for _step in range(45):
        clock.set(clock.now() + timedelta(days=chance.choice((0, 0, 1, 6, 11)), minutes=chance.randrange(900)))
        desk = desk_for("cashier")
        if not bills or chance.random() < 0.35:
            bills.append(bill(desk, chance.choice(people), chance.randrange(1, 4)).id)
            continue
        try:
            if paid and chance.random() < 0.35:
                cash.refund_payment(desk, chance.choice(paid), amount=chance.randrange(1, 900), reason="twice")
            elif chance.random() < 0.2:
                one = invoices.invoice(desk, chance.choice(bills))
                invoices.void_invoice(desk, one.id, reason="wrong", expect=one.revision)
            else:
                amount, method = chance.randrange(1, 1600), chance.choice(("cash", "card"))
                paid.append(cash.take_payment(desk, chance.choice(bills), amount=amount, method=method).id)
        except Refusal:
            continue
    today = clock.now().astimezone().date()
    assert (today - begun).days > 91
    for patient in people:
        for first, last in periods(begun, today):
            assert told(desk, patient, first, last) == oracle(store, {patient}, first, last), (first, last)
    whole = statements.statement(desk, people[0], None, today).accounts[0]
    assert whole.charged + whole.credited == whole.closing == sum(whole.ageing) + whole.credit


@pytest.mark.usefixtures("priced")
def test_a_refund_of_another_month_stands_in_its_own_and_the_balance_is_brought_forward(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    patient, desk = person(store, "M-1"), desk_for("cashier")
    clock.set(datetime(2028, 2, 29, 10, tzinfo=UTC))
    desk = desk_for("cashier")
    cash.open_shift(desk, 0)
    made = bill(desk, patient, 2)
    paid = cash.take_payment(desk, made.id, amount=3002, method="cash")
    clock.set(datetime(2028, 3, 31, 10, tzinfo=UTC))
    desk = desk_for("cashier")
    back = cash.refund_payment(desk, paid.id, amount=500, reason="charged too much")
    (before,) = statements.statement(desk, patient, *period("2028-02", date(2028, 3, 31))).accounts
    assert (before.opening, before.closing, before.ageing) == (0, 0, (0, 0, 0, 0))
    (after,) = statements.statement(desk, patient, *period("2028-03", date(2028, 3, 31))).accounts
    assert (after.opening, after.closing) == (0, 500)
    assert [(line.movement.number, line.balance) for line in after.lines] == [(back.number, 500)]
    assert after.ageing == (0, 500, 0, 0), "the age is that of the invoice"


@pytest.mark.usefixtures("priced")
def test_what_was_billed_under_a_merged_registration_is_on_the_kept_ones_statement(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    kept, other = person(store, "M-1"), person(store, "M-2")
    desk = desk_for("cashier")
    bill(desk, kept), bill(desk, other, 2)
    merging.merge(desk_for("front_desk"), kept, other, chosen={}, reason="same card")
    today = clock.now().astimezone().date()
    for asked in (kept, other):
        assert told(desk, asked, None, today) == oracle(store, {kept, other}, None, today)
        assert told(desk, asked, None, today).closing == 3 * 1501


def test_what_an_insurer_leaves_to_the_patient_and_takes_back_is_on_the_statement(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    insured = Insured(store, desk_for, copay=0)
    one = insured.claim(2)
    claims.make_ready(insured.cashier, one.id, expect=one.revision)
    claim_batches.mark_sent(insured.cashier, claim_batches.make_batch(insured.cashier, [one.id]), expect=1)
    today = clock.now().astimezone().date()
    answer = NewAnswer("paid", today, paid=1000, to_patient=300, reason="not covered", payer_reference="R-1")
    claim_answers.enter_answer(insured.cashier, one.id, answer, expect=claim(insured.cashier, one.id).revision)
    found = told(insured.cashier, insured.patient, None, today)
    assert found == oracle(store, {insured.patient}, None, today)
    assert found.balances == [600, 900]


@pytest.mark.usefixtures("priced")
def test_the_paper_says_each_number_with_its_balance_and_who_printed_it_is_on_record(
    store: Store, desk_for: DeskFor
) -> None:
    patient, desk = person(store, "M-1", share=70), desk_for("cashier")
    cash.open_shift(desk, 0)
    made = bill(desk, patient, 2)
    paid = cash.take_payment(desk, made.id, amount=400, method="card")
    (pdf,) = papers.make(desk, "statement", patient, None)
    read = pypdfium2.PdfDocument(pdf)
    text = " ".join(" ".join(read[at].get_textpage().get_text_range() for at in range(len(read))).split())
    for said in (made.number, paid.number, "9.01 9.01", "4.00 5.01", "To pay USD 5.01", "USD 21.01", "Up to 30 days"):
        assert said in text, (said, text)
    with store.read() as connection:
        kinds = [tuple(row) for row in connection.exec_driver_sql("SELECT kind, subject FROM access")]
    assert ("report", "statement") in kinds


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("role", ["doctor", "nurse", "pharmacist", "laboratory"])
def test_who_sees_no_bills_sees_no_statement(store: Store, desk_for: DeskFor, role: str) -> None:
    patient = person(store, "M-1")
    with pytest.raises(Refusal, match="may not"):
        papers.make(desk_for(role), "statement", patient, None)


def test_a_period_is_a_year_a_month_days_or_refused_in_words() -> None:
    today = date(2026, 11, 29)
    assert period(None, today) == (None, today)
    assert period(" 2024-02 ", today) == (date(2024, 2, 1), date(2024, 2, 29))
    assert period("2026", today) == (date(2026, 1, 1), today)
    assert period("2025-12..2026-02-03", today) == (date(2025, 12, 1), date(2026, 2, 3))
    for wrong in ("2026-13", "2026-02-30", "x", "2026-2", "..", "0000", "2026-03..2026-02", "٢٠٢٦"):
        with pytest.raises(Refusal) as refused:
            period(wrong, today)
        assert refused.value.field == "number"
