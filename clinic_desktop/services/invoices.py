"""Invoices: made of charges, split with an insurer, voided but never erased. Part of billing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from clinic_desktop.domain import billing
from clinic_desktop.domain.claims import LIVE
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.billing import need_reason, outstanding, pending, post
from clinic_desktop.services.covers import Paying, Shared, note_shares, paying_on, shared_among, shares_of
from clinic_desktop.services.merges import ids_of, kept_id, kept_of
from clinic_desktop.store.tables.billing import charges, invoice_lines, invoices, ledger, payments
from clinic_desktop.store.tables.insurance import claims
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class InvoiceRow:
    """One invoice in a list, with what the patient still owes on it."""

    id: str
    number: str
    patient_id: str
    mrn: str
    family_name: str
    given_names: str
    issued_at: str
    total: int
    outstanding: int
    currency: str
    status: str
    due_on: str | None = None


@dataclass(frozen=True)
class InvoiceLine:
    """One line of an invoice."""

    description: str
    quantity: int
    unit_amount: int
    amount: int
    procedure_code: str = ""
    modifiers: str = ""


@dataclass(frozen=True)
class PaymentRow:
    """Money taken or given back against an invoice."""

    id: str
    number: str
    kind: str
    method: str
    amount: int
    paid_at: str
    refunded: int
    reason: str | None
    reference: str = ""
    card_type: str = ""
    card_last_four: str = ""


@dataclass(frozen=True)
class Invoice:
    """An invoice whole: lines, who owes what, and what was paid."""

    id: str
    revision: int
    number: str
    patient_id: str
    issued_at: str
    issued_by: str
    currency: str
    insurer: str | None
    insurance_share: int
    total: int
    discount: int
    discount_reason: str | None
    insurer_owes: int
    patient_owes: int
    outstanding: int
    status: str
    void_reason: str | None
    lines: tuple[InvoiceLine, ...]
    payments: tuple[PaymentRow, ...]
    shares: tuple[Shared, ...] = ()
    due_on: str | None = None


@dataclass(frozen=True)
class IssuedInvoice:
    """What issuing an invoice answers with."""

    id: str
    number: str
    patient_owes: int
    insurer_owes: int
    currency: str


@dataclass(frozen=True)
class Insurance:
    """The patient's cover as an invoice would use it; `share` in whole per cent, of the first that pays.

    `paying` are the covers in force today, in their order; where there are none, what the registration says counts.
    """

    insurer: str | None
    share: int
    paying: tuple[Paying, ...] = ()

    def owed(self, amount: int, currency: str) -> tuple[int, ...]:
        """What each insurer would owe of an amount in minor units. Raises Refusal."""
        if self.paying:
            return tuple(one.amount for one in shared_among(self.paying, amount, currency))
        return (amount * self.share // 100,) if self.insurer and self.share else ()


@command
def issue_invoice(
    act: Act,
    patient_id: str,
    charge_ids: Sequence[str],
    *,
    discount: int = 0,
    discount_reason: str = "",
    use_insurance: bool = True,
    due_on: date | None = None,
) -> IssuedInvoice:
    """Make an invoice of pending charges of one patient; discount in minor units needs a reason. Raises Refusal.

    Without `due_on` it is to be paid at once.
    """
    rows = pending(act, charge_ids)
    people = ids_of(act.conn, patient_id)
    if any(row.patient_id not in people for row in rows):
        raise Refusal(N_("These charges are not all of this patient."), field="charges")
    currencies = {row.currency for row in rows}
    if len(currencies) != 1:
        raise Refusal(N_("Charges in different currencies cannot stand on one invoice."), field="charges")
    if discount:
        need_reason(discount_reason, "discount_reason")
    today = act.now.astimezone().date()
    if due_on is not None and due_on < today:
        raise Refusal(N_("This day is in the past."), field="due_on")
    cover = _insurance(act.conn, patient_id, today) if use_insurance else Insurance(None, 0)
    amounts = [billing.line_amount(row.quantity, row.unit_amount) for row in rows]
    currency = currencies.pop()
    parts = billing.split(amounts, discount=discount, insurance_share=0 if cover.paying else cover.share)
    shared = shared_among(cover.paying, parts.total - parts.discount, currency)
    if shared:
        parts = billing.shared(parts, sum(one.amount for one in shared))
    number = act.number("INV")
    invoice_id = act.create(
        invoices,
        {
            "number": number,
            "patient_id": patient_id,
            "issued_at": act.at,
            "issued_by": act.session.staff_id,
            "currency": currency,
            "insurer": cover.insurer if cover.share else None,
            "insurance_share": cover.share,
            "total": parts.total,
            "discount": parts.discount,
            "discount_reason": discount_reason.strip() or None,
            "insurer_owes": parts.insurer,
            "patient_owes": parts.patient,
            "status": "issued",
            "due_on": None if due_on is None else due_on.isoformat(),
        },
        kind="invoice.issued",
    )
    note_shares(act, invoice_id, patient_id, shared, currency)
    for position, (row, amount) in enumerate(zip(rows, amounts, strict=True)):
        line = {
            "invoice_id": invoice_id,
            "patient_id": patient_id,
            "charge_id": row.id,
            "description": row.description,
            "quantity": row.quantity,
            "unit_amount": row.unit_amount,
            "amount": amount,
            "position": position,
            "procedure_code": row.procedure_code,
            "modifiers": row.modifiers,
        }
        act.create(invoice_lines, line, kind="invoice_line.made")
        act.change(charges, row.id, {"status": "invoiced", "invoice_id": invoice_id}, kind="charge.invoiced")
    post(
        act,
        "invoice",
        billing.invoice_postings(parts),
        currency=currency,
        patient_id=patient_id,
        invoice_id=invoice_id,
    )
    return IssuedInvoice(invoice_id, number, parts.patient, parts.insurer, currency)


@command
def void_invoice(act: Act, invoice_id: str, *, reason: str, expect: int) -> int:
    """Void an invoice: its postings are reversed and its charges can be invoiced again.

    Refused while money lies on it: that is given back first.
    """
    need_reason(reason, "reason")
    row = act.conn.execute(select(invoices).where(invoices.c.id == invoice_id)).one_or_none()
    if row is None or row.status == "void":
        raise Refusal(N_("This invoice is void already."), field="invoice")
    _require_unclaimed(act.conn, invoice_id, row.insurer_owes)
    if outstanding(act.conn, invoice_id) != row.patient_owes:
        raise Refusal(N_("Money was paid on this invoice. Give it back first, then void the invoice."), field="invoice")
    changes = {"status": "void", "void_reason": reason.strip()}
    revision = act.change(invoices, invoice_id, changes, kind="invoice.voided", reason=reason.strip(), expect=expect)
    parts = billing.Split(row.total, row.discount, row.insurer_owes, row.patient_owes)
    post(
        act,
        "void",
        billing.reversed_postings(billing.invoice_postings(parts)),
        currency=row.currency,
        patient_id=row.patient_id,
        invoice_id=invoice_id,
    )
    lines = select(charges.c.id, charges.c.undone).where(charges.c.invoice_id == invoice_id)
    for charge in act.conn.execute(lines).all():
        if charge.undone is not None:
            # It was taken back or cancelled after it was invoiced: nobody pays for it on the next invoice either.
            cancelled = {"status": "cancelled", "invoice_id": None, "reason": reason.strip()}
            act.change(charges, charge.id, cancelled, kind="charge.cancelled", reason=reason.strip())
        else:
            act.change(charges, charge.id, {"status": "pending", "invoice_id": None}, kind="charge.released")
    return revision


@query(access="bill", once=True)
def insurance(read: Read, patient_id: str) -> Insurance:
    """The patient's cover."""
    return _insurance(read.conn, patient_id, read.now.astimezone().date())


@query(access="bill", once=True, of=lambda found: (found.patient_id,))
def invoice(read: Read, invoice_id: str) -> Invoice:
    """An invoice whole. Raises Refusal when there is none."""
    row = read.conn.execute(select(invoices).where(invoices.c.id == invoice_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such invoice."), field="invoice")
    lines = read.conn.execute(
        select(invoice_lines).where(invoice_lines.c.invoice_id == invoice_id).order_by(invoice_lines.c.position)
    )
    return Invoice(
        id=row.id,
        revision=row.revision,
        number=row.number,
        patient_id=kept_id(read.conn, row.patient_id),
        issued_at=row.issued_at,
        issued_by=read.conn.execute(select(staff.c.display_name).where(staff.c.id == row.issued_by)).scalar_one(),
        currency=row.currency,
        insurer=row.insurer,
        insurance_share=row.insurance_share,
        total=row.total,
        discount=row.discount,
        discount_reason=row.discount_reason,
        insurer_owes=row.insurer_owes,
        patient_owes=row.patient_owes,
        outstanding=outstanding(read.conn, invoice_id),
        status=row.status,
        void_reason=row.void_reason,
        lines=tuple(
            InvoiceLine(line.description, line.quantity, line.unit_amount, line.amount, line.procedure_code or "",
                        line.modifiers or "")
            for line in lines
        ),
        payments=_payments(read.conn, invoice_id),
        shares=shares_of(read.conn, invoice_id),
        due_on=row.due_on,
    )  # fmt: skip


@query(access="bill", once=True)
def invoices_of(read: Read, patient_id: str) -> tuple[InvoiceRow, ...]:
    """The invoices of a patient, newest first."""
    return _rows(read.conn, patient_id=patient_id, unpaid=False)


@query
def unpaid_invoices(read: Read) -> tuple[InvoiceRow, ...]:
    """The newest five hundred invoices on which a patient still owes something."""
    return _rows(read.conn, patient_id=None, unpaid=True)


def _rows(connection: Connection, *, patient_id: str | None, unpaid: bool) -> tuple[InvoiceRow, ...]:
    owed = (
        select(func.coalesce(func.sum(ledger.c.amount), 0))
        .where(ledger.c.invoice_id == invoices.c.id, ledger.c.account == billing.PATIENT)
        .scalar_subquery()
    )
    statement = (
        select(
            invoices,
            patients.c.id.label("person"),
            patients.c.mrn,
            patients.c.family_name,
            patients.c.given_names,
            owed.label("owed"),
        )
        .join_from(invoices, patients, patients.c.id == kept_of(invoices.c.patient_id))
        .order_by(invoices.c.issued_at.desc(), invoices.c.id.desc())
        .limit(500)
    )
    if patient_id is not None:
        statement = statement.where(invoices.c.patient_id.in_(ids_of(connection, patient_id)))
    if unpaid:
        statement = statement.where(invoices.c.status == "issued", owed > 0)
    return tuple(
        InvoiceRow(
            row.id,
            row.number,
            row.person,
            row.mrn,
            row.family_name,
            row.given_names,
            row.issued_at,
            row.total,
            row.owed,
            row.currency,
            row.status,
            row.due_on,
        )
        for row in connection.execute(statement)
    )


def _payments(connection: Connection, invoice_id: str) -> tuple[PaymentRow, ...]:
    back = payments.alias()
    refunded = select(func.coalesce(func.sum(back.c.amount), 0)).where(back.c.refund_of == payments.c.id)
    rows = connection.execute(
        select(payments, refunded.scalar_subquery().label("refunded"))
        .where(payments.c.invoice_id == invoice_id)
        .order_by(payments.c.paid_at, payments.c.id)
    )
    return tuple(
        PaymentRow(
            row.id, row.number, row.kind, row.method, row.amount, row.paid_at, row.refunded, row.reason,
            row.reference or "", row.card_type or "", row.card_last_four or "",
        )
        for row in rows
    )  # fmt: skip


def _insurance(connection: Connection, patient_id: str, day: date) -> Insurance:
    row = connection.execute(
        select(patients.c.insurer, patients.c.insurance_share).where(patients.c.id == kept_id(connection, patient_id))
    ).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such patient."), field="patient")
    paying = paying_on(connection, patient_id, day)
    if paying:
        return Insurance(" + ".join(one.insurer for one in paying), paying[0].terms.share, paying)
    return Insurance(row.insurer, (row.insurance_share or 0) if row.insurer else 0)


def _require_unclaimed(connection: Connection, invoice_id: str, insurer_owes: int) -> None:
    """Refuse to void what an insurer was asked for, or has answered with money."""
    standing = connection.execute(
        select(claims.c.number).where(claims.c.invoice_id == invoice_id, claims.c.status.in_(LIVE)).limit(1)
    ).scalar()
    if standing is not None:
        raise Refusal(
            N_("Claim {number} stands on this invoice. Cancel it or take back its answer first."),
            field="invoice", number=standing,
        )  # fmt: skip
    owes = select(func.coalesce(func.sum(ledger.c.amount), 0)).where(
        ledger.c.invoice_id == invoice_id, ledger.c.account == billing.INSURER
    )
    if connection.execute(owes).scalar_one() != insurer_owes:
        raise Refusal(N_("An insurer's answer moved money on this invoice. Take that back first."), field="invoice")
