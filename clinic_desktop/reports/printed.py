"""From what the clinic knows to a paper: each function asks the services and fills one document."""

from datetime import date, datetime

from clinic_desktop.clock import from_text
from clinic_desktop.reports import day_end as day_end_paper
from clinic_desktop.reports import invoice as invoice_paper
from clinic_desktop.reports import receipt as receipt_paper
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.page import ClinicHead, PatientIdentity, Printed
from clinic_desktop.reports.wording import card_words, day, method_words
from clinic_desktop.services import cash, invoices
from clinic_desktop.services.about import clinic_facts
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import patient_banner, sex_words, shown_name


def head_of(desk: Desk) -> ClinicHead:
    """The clinic at the head of a paper."""
    facts = clinic_facts(desk)
    return ClinicHead(facts.name, facts.address, facts.phone, facts.registration, facts.lines, facts.logo)


def identity_of(desk: Desk, patient_id: str, on: date | datetime | None = None) -> PatientIdentity:
    """Whose paper it is; the age is that on the day the paper is about, today where none is named."""
    facts = patient_banner(desk, patient_id)
    day_of = on.astimezone().date() if isinstance(on, datetime) else on
    return PatientIdentity(
        family=facts.family_name,
        given=facts.given_names,
        mrn=facts.mrn,
        sex=sex_words(facts.sex),
        born_on=facts.born_on,
        born_estimated=facts.born_precision != "day",
        age=facts.age if day_of is None else facts.age_on(day_of),
    )


def printed_by(desk: Desk) -> Printed:
    """When, in the workstation's own zone, and by whom."""
    return Printed(desk.now.astimezone(), desk.session.display_name)


def here(stored: str) -> datetime:
    """A stored instant in the workstation's own zone."""
    return from_text(stored).astimezone()


def today(desk: Desk) -> date:
    """The civil date at the workstation."""
    return desk.now.astimezone().date()


def invoice(desk: Desk, invoice_id: str) -> bytes:
    """An invoice as PDF."""
    facts = invoices.invoice(desk, invoice_id)
    return invoice_paper.invoice(
        invoice_paper.InvoicePaper(
            clinic=head_of(desk),
            patient=identity_of(desk, facts.patient_id, here(facts.issued_at)),
            printed=printed_by(desk),
            number=facts.number,
            issued_at=here(facts.issued_at),
            issued_by=facts.issued_by,
            currency=facts.currency,
            lines=tuple(
                invoice_paper.InvoicePaperLine(
                    line.description,
                    line.quantity,
                    line.unit_amount,
                    line.amount,
                    " ".join(part for part in (line.procedure_code, line.modifiers) if part),
                )
                for line in facts.lines
            ),
            total=facts.total,
            patient_owes=facts.patient_owes,
            discount=facts.discount,
            discount_reason=facts.discount_reason or "",
            shares=_shares(facts),
            payments=tuple(
                invoice_paper.InvoicePaperPayment(
                    row.number,
                    here(row.paid_at),
                    " ".join(part for part in (method_words(row.method), row.card_last_four) if part),
                    row.amount if row.kind == "payment" else -row.amount,
                )
                for row in facts.payments
            ),
            void_reason=facts.void_reason or "",
            due_on="" if facts.due_on is None else day(date.fromisoformat(facts.due_on)),
        )
    )


def _shares(facts: invoices.Invoice) -> tuple[invoice_paper.InvoicePaperShare, ...]:
    """What each insurer pays; where no cover stood, what the registration said."""
    if facts.insurer and not facts.shares:
        return (invoice_paper.InvoicePaperShare(facts.insurer, facts.insurer_owes, facts.insurance_share),)
    return tuple(invoice_paper.InvoicePaperShare(one.insurer, one.amount, one.share, one.copay) for one in facts.shares)


def receipt(desk: Desk, payment_id: str) -> bytes:
    """The receipt of a payment or refund as PDF, as wide as the roll."""
    return receipt_sheets(desk, payment_id).pdf()


def receipt_sheets(desk: Desk, payment_id: str, roll_mm: int = 80) -> LabelSheets:
    """The receipt of a payment or refund, for a roll so wide."""
    facts = cash.receipt(desk, payment_id)
    patient = identity_of(desk, facts.patient_id)
    return receipt_paper.receipt_sheets(
        receipt_paper.ReceiptPaper(
            clinic=head_of(desk),
            printed=printed_by(desk),
            number=facts.number,
            paid_at=here(facts.paid_at),
            patient_name=shown_name(patient.family, patient.given),
            mrn=patient.mrn,
            invoice_number=facts.invoice_number,
            method=" ".join(
                part
                for part in (card_words(facts.card.kind) or method_words(facts.method), facts.card.last_four)
                if part
            ),
            currency=facts.currency,
            amount=facts.amount,
            still_owed=facts.outstanding,
            cashier=facts.taken_by,
            reference=facts.reference or "",
            refund=facts.kind == "refund",
            roll_mm=roll_mm,
        )
    )


def day_end(desk: Desk, shift_id: str) -> bytes:
    """A cashier's day-end as PDF."""
    facts = cash.day_end(desk, shift_id)
    shift = facts.shift
    return day_end_paper.day_end(
        day_end_paper.DayEndPaper(
            clinic=head_of(desk),
            printed=printed_by(desk),
            cashier=shift.cashier,
            opened_at=here(shift.opened_at),
            closed_at=here(shift.closed_at) if shift.closed_at else desk.now.astimezone(),
            currency=shift.currency,
            opening_float=shift.opening_float,
            expected_cash=shift.expected_cash,
            counted_cash=shift.counted_cash if shift.counted_cash is not None else shift.expected_cash,
            methods=tuple(
                day_end_paper.DayEndMethod(
                    method_words(method),
                    sum(move.method == method for move in facts.movements),
                    taken,
                    back,
                )
                for method, taken, back in facts.by_method
            ),
            difference_reason=shift.difference_reason or "",
        )
    )
