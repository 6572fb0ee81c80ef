"""Decides what billing shows and does; knows no Qt."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import billing, cash, charge_codes, drafts, invoices, outside_bills
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.billing import Charge, ToBill
from clinic_desktop.services.cash import NO_CARD, Card, DayEnd, Shift, TakenPayment
from clinic_desktop.services.charge_codes import ChargeCode
from clinic_desktop.services.invoices import Insurance, Invoice, InvoiceRow, IssuedInvoice
from clinic_desktop.services.outside_bills import MoneyElsewhere

T = TypeVar("T")


class View(Protocol):
    """What the presenter tells the view."""

    def show_waiting(self, rows: Sequence[ToBill]) -> None:
        """The patients with charges on no invoice."""
        ...

    def show_unpaid(self, rows: Sequence[InvoiceRow]) -> None:
        """The invoices on which something is owed."""
        ...

    def show_shift(self, shift: Shift | None, day: DayEnd | None) -> None:
        """The cashier's shift, if it is open."""
        ...

    def show_charges(self, patient_id: str, charges: Sequence[Charge], cover: Insurance) -> None:
        """The pending charges of the patient chosen."""
        ...

    def show_elsewhere(self, patient_id: str, found: MoneyElsewhere) -> None:
        """What care elsewhere cost the patient chosen."""
        ...

    def show_invoice(self, invoice: Invoice) -> None:
        """The invoice chosen."""
        ...

    def issued(self, invoice: IssuedInvoice) -> None:
        """An invoice was made."""
        ...

    def paid(self, payment: TakenPayment) -> None:
        """Money was taken or given back."""
        ...

    def closed(self, shift_id: str) -> None:
        """The shift was closed."""
        ...

    def refused(self, error: Exception) -> None:
        """An act was refused."""
        ...


class BillingPresenter:
    """The thinking of the billing screen."""

    TOUCHED = ("charge.", "invoice.", "payment.", "shift.", "bill.", "bill_line.")

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk = desk
        self.tasks = tasks
        self.patient_id: str | None = None
        self.invoice_id: str | None = None
        self.shift: Shift | None = None
        self._act_id = new_id()
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The view that this presenter speaks to."""
        if self._view is None:
            raise LookupError("no view yet")
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        self._view = view

    def touches(self, kinds: frozenset[str]) -> bool:
        """Whether entries of these kinds change what is shown."""
        return not kinds or any(kind.startswith(self.TOUCHED) for kind in kinds)

    def ask(self) -> None:
        """Ask for both lists and the shift."""
        self.tasks.query("waiting", lambda: billing.patients_to_bill(self.desk), self.view.show_waiting)
        self.tasks.query("unpaid", lambda: invoices.unpaid_invoices(self.desk), self.view.show_unpaid)
        self.tasks.query("shift", self._shift, self._shift_arrived)
        if self.invoice_id is not None:
            self.open_invoice(self.invoice_id)
        elif self.patient_id is not None:
            self.open_patient(self.patient_id)

    def _shift(self) -> tuple[Shift | None, DayEnd | None]:
        shift = cash.my_shift(self.desk)
        return shift, None if shift is None else cash.day_end(self.desk, shift.id)

    def _shift_arrived(self, found: tuple[Shift | None, DayEnd | None]) -> None:
        self.shift = found[0]
        self.view.show_shift(*found)

    def open_patient(self, patient_id: str) -> None:
        """Show the pending charges of a patient."""
        self.patient_id, self.invoice_id = patient_id, None
        self.tasks.query(
            "detail",
            lambda: (billing.pending_charges(self.desk, patient_id), invoices.insurance(self.desk, patient_id)),
            lambda found: self.view.show_charges(patient_id, *found),
        )
        self.tasks.query(
            "elsewhere",
            lambda: outside_bills.money_elsewhere(self.desk, patient_id),
            lambda found: self.view.show_elsewhere(patient_id, found),
        )

    def open_invoice(self, invoice_id: str) -> None:
        """Show an invoice."""

        def arrived(invoice: Invoice) -> None:
            self.patient_id = invoice.patient_id
            self.view.show_invoice(invoice)

        self.invoice_id = invoice_id
        self.tasks.query("detail", lambda: invoices.invoice(self.desk, invoice_id), arrived)

    def close(self) -> None:
        """Nobody is open any more."""
        self.patient_id = self.invoice_id = None

    def draft_key(self, form: str) -> DraftKey:
        """The draft of one of the forms, about what is open."""
        about = "" if form == "shift" else self.invoice_id or self.patient_id or ""
        return DraftKey(f"billing.{form}", about)

    def kept_reason(self, act: str, about: str) -> KeptDraft:
        """The draft of why a charge is taken off, money given back or an invoice made void."""
        return KeptDraft(self.desk, self.tasks, f"billing.{act}", about)

    def keep(self, form: str, fields: dict[str, str]) -> None:
        """Keep what is being typed."""
        key, desk = self.draft_key(form), self.desk
        self.tasks.change(lambda: drafts.keep_draft(desk, key, fields))

    def recall(self, form: str, restore: Callable[[dict[str, object]], None]) -> None:
        """Put back what was typed and not done."""
        key, desk = self.draft_key(form), self.desk
        self.tasks.query(f"draft {form}", lambda: drafts.draft(desk, key), lambda kept: restore(kept) if kept else None)

    def charge_by_hand(self, price_code: str, quantity: int, done: Callable[[], None]) -> None:
        """Charge something from the price list."""
        patient_id = self.patient_id
        if patient_id is not None:
            desk = self._once("charge")
            self._do(lambda: billing.charge_by_hand(desk, patient_id, price_code, quantity), lambda _made: done())

    def take_off(self, charge: Charge, reason: str) -> None:
        """Take a charge off, with the reason."""
        desk = self.desk.once(self._act_id, draft=self.kept_reason("take_off", charge.id).key)
        self._do(lambda: billing.cancel_charge(desk, charge.id, reason=reason), lambda _done: None)

    def code(self, charge: Charge, new: ChargeCode, done: Callable[[], None]) -> None:
        """Code a charge for insurers."""
        desk = self.desk.once(self._act_id, draft=self.kept_reason("code", charge.id).key)
        self._do(
            lambda: charge_codes.code_charge(desk, charge.id, new, expect=charge.revision), lambda _revision: done()
        )

    def issue(
        self, charges: Sequence[str], *, discount: int, reason: str, use_insurance: bool, due_on: date | None = None
    ) -> None:
        """Make an invoice of the charges chosen."""
        patient_id = self.patient_id
        if patient_id is None:
            return
        desk = self._once("invoice")

        def work() -> IssuedInvoice:
            return invoices.issue_invoice(
                desk, patient_id, charges, discount=discount, discount_reason=reason, use_insurance=use_insurance,
                due_on=due_on,
            )  # fmt: skip

        def done(issued: IssuedInvoice) -> None:
            self.open_invoice(issued.id)
            self.view.issued(issued)

        self._do(work, done)

    def pay(self, amount: int, method: str, reference: str, card: Card = NO_CARD) -> None:
        """Take money for the invoice that is open."""
        invoice_id = self.invoice_id
        if invoice_id is not None:
            desk = self._once("payment")
            self._do(
                lambda: cash.take_payment(
                    desk, invoice_id, amount=amount, method=method, reference=reference, card=card
                ),
                self.view.paid,
            )

    def refund(self, payment_id: str, amount: int, reason: str) -> None:
        """Give money of a payment back."""
        desk = self.desk.once(self._act_id, draft=self.kept_reason("refund", payment_id).key)
        self._do(lambda: cash.refund_payment(desk, payment_id, amount=amount, reason=reason), self.view.paid)

    def void(self, invoice: Invoice, reason: str) -> None:
        """Void the invoice that is open."""
        desk = self.desk.once(self._act_id, draft=self.kept_reason("void", invoice.id).key)
        self._do(
            lambda: invoices.void_invoice(desk, invoice.id, reason=reason, expect=invoice.revision), lambda _done: None
        )

    def open_shift(self, opening_float: int) -> None:
        """Open the cashier's shift."""
        desk = self.desk.once(self._act_id, draft=self.draft_key("shift"))
        self._do(lambda: cash.open_shift(desk, opening_float), lambda _done: None)

    def close_shift(self, counted: int, reason: str) -> None:
        """Count the till and close the shift."""
        desk = self._once("shift")
        self._do(lambda: cash.close_shift(desk, counted_cash=counted, difference_reason=reason), self.view.closed)

    def _once(self, form: str) -> Desk:
        """The same id until the act has succeeded: pressed twice, it is done once."""
        return self.desk.once(self._act_id, draft=self.draft_key(form))

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def succeeded(answer: T) -> None:
            self._act_id = new_id()
            done(answer)
            self.ask()

        self.tasks.change(work, succeeded, self._failed)

    def _failed(self, error: Exception) -> None:
        # A refused act was not done: what is tried next is another. After anything else nobody knows: the id stays.
        if isinstance(error, Refusal):
            self._act_id = new_id()
        self.view.refused(error)
