"""Cash: the cashier's shift, payments and refunds, and the day's end. Part of billing; amounts in minor units."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.domain import billing, coding
from clinic_desktop.domain.counting import money
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.billing import outstanding, post
from clinic_desktop.services.merges import kept_id, kept_of
from clinic_desktop.store.tables.billing import invoices, ledger, payments, prices, shifts
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class Shift:
    """A cashier's shift; `expected_cash` is worked out from the ledger while it is open."""

    id: str
    revision: int
    cashier: str
    opened_at: str
    opening_float: int
    currency: str
    expected_cash: int
    closed_at: str | None
    counted_cash: int | None
    difference_reason: str | None


@dataclass(frozen=True)
class Card:
    """Which card was paid with: its kind, and no more of its number than the last four digits."""

    kind: str = ""
    last_four: str = ""


NO_CARD = Card()


@dataclass(frozen=True)
class TakenPayment:
    """What taking or giving back money answers with."""

    id: str
    number: str
    amount: int
    outstanding: int
    currency: str


@dataclass(frozen=True)
class ShiftMovement:
    """One payment or refund of a shift."""

    number: str
    invoice_number: str
    mrn: str
    kind: str
    method: str
    amount: int
    paid_at: str


@dataclass(frozen=True)
class DayEnd:
    """What a shift came to: its movements, the sum of each method, and the count."""

    shift: Shift
    by_method: tuple[tuple[str, int, int], ...]
    movements: tuple[ShiftMovement, ...]
    difference: int | None


@dataclass(frozen=True)
class Receipt:
    """What a receipt says."""

    number: str
    invoice_number: str
    patient_id: str
    kind: str
    method: str
    amount: int
    currency: str
    paid_at: str
    taken_by: str
    outstanding: int
    reference: str | None
    card: Card = NO_CARD


@command
def open_shift(act: Act, opening_float: int) -> str:
    """Open this cashier's shift with the money that lies in the till. Raises Refusal."""
    money(opening_float, field="opening_float")
    if _open_shift(act.conn, act.session.staff_id) is not None:
        raise Refusal(N_("Your shift is open already."), field="opening_float")
    currency = act.conn.execute(select(prices.c.currency).limit(1)).scalar_one_or_none()
    if currency is None:
        raise Refusal(N_("There is no price list yet. Ask an administrator."), field="opening_float")
    values = {
        "cashier_id": act.session.staff_id,
        "opened_at": act.at,
        "opening_float": opening_float,
        "currency": currency,
    }
    return act.create(shifts, values, kind="shift.opened")


@command
def take_payment(
    act: Act, invoice_id: str, *, amount: int, method: str, reference: str = "", card: Card = NO_CARD
) -> TakenPayment:
    """Take money from a patient for an invoice, whole or in part. Raises Refusal."""
    paid_with = _card_columns(method, card)
    shift = _need_shift(act)
    row = _issued(act, invoice_id)
    _same_money(shift.currency, row.currency)
    billing.check_payment(amount, outstanding(act.conn, invoice_id))
    postings = billing.payment_postings(method, amount)
    number = act.number("RCP")
    payment_id = act.create(
        payments,
        {
            "number": number,
            "invoice_id": invoice_id,
            "patient_id": row.patient_id,
            "shift_id": shift.id,
            "kind": "payment",
            "method": method,
            "amount": amount,
            "currency": row.currency,
            "paid_at": act.at,
            "taken_by": act.session.staff_id,
            "reference": reference.strip() or None,
            **paid_with,
        },
        kind="payment.taken",
    )
    post(
        act,
        "payment",
        postings,
        currency=row.currency,
        patient_id=row.patient_id,
        invoice_id=invoice_id,
        payment_id=payment_id,
        shift_id=shift.id,
    )
    return TakenPayment(payment_id, number, amount, outstanding(act.conn, invoice_id), row.currency)


@command
def refund_payment(act: Act, payment_id: str, *, amount: int, reason: str) -> TakenPayment:
    """Give back money of one payment, by the way it came, with the reason. Raises Refusal."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    shift = _need_shift(act)
    paid = act.conn.execute(
        select(payments).where(payments.c.id == payment_id, payments.c.kind == "payment")
    ).one_or_none()
    if paid is None:
        raise Refusal(N_("There is no such payment."), field="payment")
    _same_money(shift.currency, paid.currency)
    back = act.conn.execute(
        select(func.coalesce(func.sum(payments.c.amount), 0)).where(payments.c.refund_of == payment_id)
    ).scalar_one()
    in_till = _expected(act.conn, shift.id, shift.opening_float) if paid.method == "cash" else None
    billing.check_refund(amount, paid.amount, back, in_till=in_till)
    number = act.number("RFD")
    refund_id = act.create(
        payments,
        {
            "number": number,
            "invoice_id": paid.invoice_id,
            "patient_id": paid.patient_id,
            "shift_id": shift.id,
            "kind": "refund",
            "method": paid.method,
            "amount": amount,
            "currency": paid.currency,
            "paid_at": act.at,
            "taken_by": act.session.staff_id,
            "refund_of": payment_id,
            "reason": reason.strip(),
        },
        kind="payment.refunded",
        reason=reason.strip(),
    )
    post(
        act,
        "refund",
        billing.payment_postings(paid.method, -amount),
        currency=paid.currency,
        patient_id=paid.patient_id,
        invoice_id=paid.invoice_id,
        payment_id=refund_id,
        shift_id=shift.id,
    )
    return TakenPayment(refund_id, number, amount, outstanding(act.conn, paid.invoice_id), paid.currency)


@command
def close_shift(act: Act, *, counted_cash: int, difference_reason: str = "") -> str:
    """Count the till and close this cashier's shift; a difference needs a reason. Raises Refusal. Returns its id."""
    shift = _need_shift(act)
    expected = _expected(act.conn, shift.id, shift.opening_float)
    billing.check_count(counted_cash, expected, difference_reason)
    act.change(
        shifts,
        shift.id,
        {
            "closed_at": act.at,
            "counted_cash": counted_cash,
            "expected_cash": expected,
            "difference_reason": difference_reason.strip() or None,
        },
        kind="shift.closed",
        reason=difference_reason.strip() or None,
    )
    return str(shift.id)


@query
def my_shift(read: Read) -> Shift | None:
    """This cashier's open shift, or None."""
    row = _open_shift(read.conn, read.session.staff_id)
    return None if row is None else _shift(read.conn, row)


@query
def day_end(read: Read, shift_id: str) -> DayEnd:
    """What a shift came to so far, or in the end. Raises Refusal when there is none."""
    row = read.conn.execute(select(shifts).where(shifts.c.id == shift_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such shift."), field="shift")
    shift = _shift(read.conn, row)
    rows = read.conn.execute(
        select(payments, invoices.c.number.label("invoice_number"), patients.c.mrn)
        .join(invoices, invoices.c.id == payments.c.invoice_id)
        .join_from(payments, patients, patients.c.id == kept_of(payments.c.patient_id))
        .where(payments.c.shift_id == shift_id)
        .order_by(payments.c.paid_at, payments.c.id)
    )
    movements = tuple(
        ShiftMovement(r.number, r.invoice_number, r.mrn, r.kind, r.method, r.amount, r.paid_at) for r in rows
    )
    sums = []
    for method in billing.METHODS:
        taken = sum(move.amount for move in movements if move.method == method and move.kind == "payment")
        back = sum(move.amount for move in movements if move.method == method and move.kind == "refund")
        if taken or back:
            sums.append((method, taken, back))
    difference = None if shift.counted_cash is None else shift.counted_cash - shift.expected_cash
    return DayEnd(shift, tuple(sums), movements, difference)


@query
def recent_shifts(read: Read) -> tuple[Shift, ...]:
    """The last fifty shifts, newest first."""
    rows = read.conn.execute(select(shifts).order_by(shifts.c.opened_at.desc(), shifts.c.id.desc()).limit(50)).all()
    return tuple(_shift(read.conn, row) for row in rows)


@query(access="bill", once=True, of=lambda found: (found.patient_id,))
def receipt(read: Read, payment_id: str) -> Receipt:
    """What the receipt of a payment or refund says. Raises Refusal when there is none."""
    row = read.conn.execute(
        select(payments, invoices.c.number.label("invoice_number"), staff.c.display_name)
        .join(invoices, invoices.c.id == payments.c.invoice_id)
        .join(staff, staff.c.id == payments.c.taken_by)
        .where(payments.c.id == payment_id)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such payment."), field="payment")
    # What was owed right after this payment, so that a receipt printed again says what it said the first time.
    owed = read.conn.execute(
        select(func.coalesce(func.sum(ledger.c.amount), 0)).where(
            ledger.c.invoice_id == row.invoice_id,
            ledger.c.account == billing.PATIENT,
            ledger.c.rowid_
            <= select(func.max(ledger.c.rowid_)).where(ledger.c.payment_id == payment_id).scalar_subquery(),
        )
    ).scalar_one()
    return Receipt(
        row.number,
        row.invoice_number,
        kept_id(read.conn, row.patient_id),
        row.kind,
        row.method,
        row.amount,
        row.currency,
        row.paid_at,
        row.display_name,
        int(owed),
        row.reference,
        Card(row.card_type or "", row.card_last_four or ""),
    )


def _card_columns(method: str, card: Card) -> dict[str, str | None]:
    if card != NO_CARD and method != "card":
        raise Refusal(N_("A card belongs to a payment by card."), field="card_type")
    if card.kind and card.kind not in coding.CARD_TYPES:
        raise Refusal(N_("Choose the card from the list."), field="card_type")
    return {"card_type": card.kind or None, "card_last_four": coding.last_four(card.last_four) or None}


def _shift(connection: Connection, row: Row[tuple[object, ...]]) -> Shift:
    cashier = connection.execute(select(staff.c.display_name).where(staff.c.id == row.cashier_id)).scalar_one()
    expected = row.expected_cash
    if expected is None:
        expected = _expected(connection, row.id, row.opening_float)
    return Shift(
        row.id,
        row.revision,
        cashier,
        row.opened_at,
        row.opening_float,
        row.currency,
        expected,
        row.closed_at,
        row.counted_cash,
        row.difference_reason,
    )


def _expected(connection: Connection, shift_id: str, opening_float: int) -> int:
    moved = connection.execute(
        select(ledger.c.amount).where(ledger.c.shift_id == shift_id, ledger.c.account == billing.CASH)
    ).scalars()
    return billing.expected_cash(opening_float, moved)


def _open_shift(connection: Connection, staff_id: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(shifts).where(shifts.c.cashier_id == staff_id, shifts.c.closed_at.is_(None))
    ).one_or_none()


def _need_shift(act: Act) -> Row[tuple[object, ...]]:
    shift = _open_shift(act.conn, act.session.staff_id)
    if shift is None:
        raise Refusal(N_("Open your shift first: say what lies in the till."), field="shift")
    return shift


def _same_money(till: str, asked: str) -> None:
    """Refuse to put two currencies into one till: their sum would be counted as one."""
    if till != asked:
        raise Refusal(N_("Your till is in {till}, this invoice in {asked}."), field="amount", till=till, asked=asked)


def _issued(act: Act, invoice_id: str) -> Row[tuple[object, ...]]:
    row = act.conn.execute(select(invoices).where(invoices.c.id == invoice_id)).one_or_none()
    if row is None or row.status != "issued":
        raise Refusal(N_("This invoice cannot be paid: it is void or not there."), field="invoice")
    return row
