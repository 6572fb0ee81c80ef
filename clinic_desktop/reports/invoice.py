"""An invoice: what was done, who owes what, and what has been paid."""

from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import QUIET, SECTION, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL
from clinic_desktop.reports.wording import moment, money, priced


@dataclass(frozen=True, repr=False)
class InvoicePaperLine:
    """One charge; amounts in minor units."""

    description: str
    quantity: int
    unit_amount: int
    amount: int
    code: str = ""  # procedure and modifiers


@dataclass(frozen=True, repr=False)
class InvoicePaperPayment:
    """Money taken or, where negative, given back; in minor units."""

    number: str
    at: datetime
    method: str
    amount: int


@dataclass(frozen=True, repr=False)
class InvoicePaperShare:
    """What an insurer pays: a share in whole per cent after the patient's copay; amounts in minor units."""

    insurer: str
    amount: int
    share: int
    copay: int = 0


@dataclass(frozen=True, repr=False)
class InvoicePaper:
    """Everything that stands on an invoice; amounts in minor units of one currency."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    issued_at: datetime
    issued_by: str
    currency: str
    lines: tuple[InvoicePaperLine, ...]
    total: int
    patient_owes: int
    discount: int = 0
    discount_reason: str = ""
    payments: tuple[InvoicePaperPayment, ...] = ()
    void_reason: str = ""
    due_on: str = ""
    shares: tuple[InvoicePaperShare, ...] = ()  # in the order in which they pay


def invoice(data: InvoicePaper) -> bytes:
    """The invoice as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Invoice"), number=data.number, patient=data.patient)
    paper.labelled(_("Issued"), _("{moment} by {name}").format(moment=moment(data.issued_at), name=data.issued_by))
    if data.due_on:
        paper.labelled(_("To be paid by"), data.due_on, STRONG)
    if data.void_reason:
        words = _("VOID: {reason}").format(reason=data.void_reason)
        paper.say(words, Style(SECTION, bold=True, colour=CRITICAL))
    paper.space(8)
    wide = paper.width
    columns = (
        Column(wide * 0.52),
        Column(wide * 0.10, "right"),
        Column(wide * 0.19, "right"),
        Column(wide * 0.19, "right"),
    )
    amount = _("Amount ({currency})").format(currency=data.currency)
    paper.head_row((_("For"), _("Quantity"), _("Each"), amount), columns)
    for entry in data.lines:
        each, sum_of_line = (money(minor, data.currency) for minor in (entry.unit_amount, entry.amount))
        what = f"{entry.description}  {entry.code}" if entry.code else entry.description
        paper.row([what, str(entry.quantity), each, sum_of_line], columns)
    paper.rule()
    _sums(paper, data)
    if data.payments:
        paper.section(_("Payments"))
        columns = (Column(wide * 0.3), Column(wide * 0.28), Column(wide * 0.23), Column(wide * 0.19, "right"))
        for paid in data.payments:
            paper.row([paid.number, moment(paid.at), paid.method, money(paid.amount, data.currency)], columns)
    return paper.finish()


def _sums(paper: Paper, data: InvoicePaper) -> None:
    columns = (Column(paper.width * 0.74, "right"), Column(paper.width * 0.26, "right"))
    rows = [(_("Total"), data.total)]
    if data.discount:
        reason = f" ({data.discount_reason})" if data.discount_reason else ""
        rows.append((_("Discount") + reason, -data.discount))
    for one in data.shares:
        words = _("{insurer} pays {share} % after {copay}") if one.copay else _("{insurer} pays {share} %")
        copay = priced(one.copay, data.currency)
        rows.append((words.format(insurer=one.insurer, share=one.share, copay=copay), -one.amount))
    paid = sum(payment.amount for payment in data.payments)
    paper.need(18 * (len(rows) + 3))
    for label, minor in rows:
        paper.row([Cell(label, QUIET), priced(minor, data.currency)], columns, gap=1)
    paper.row([Cell(_("Patient pays"), STRONG), Cell(priced(data.patient_owes, data.currency), STRONG)], columns, gap=1)
    if data.payments:
        paper.row([Cell(_("Paid so far"), QUIET), priced(-paid, data.currency)], columns, gap=1)
    if not data.void_reason:
        due = priced(data.patient_owes - paid, data.currency)
        large = Style(SECTION, bold=True)
        paper.row([Cell(_("Still to pay"), STRONG), Cell(due, large)], columns)
