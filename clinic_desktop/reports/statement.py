"""A statement of account: what was owed, each movement with the balance after it, and how old what is owed is."""

from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain.statements import Account, Movement
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.flow import QUIET, SECTION, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.wording import day, method_words, money, priced

KINDS = {
    "invoice": N_("Invoice {number}"),
    "void": N_("Invoice {number} made void"),
    "payment": N_("Payment {number}"),
    "refund": N_("Given back {number}"),
    "insurer_answer": N_("Left to the patient by the insurer, invoice {number}"),
    "insurer_answer_reversed": N_("Answer of the insurer taken back, invoice {number}"),
}
AGES = (N_("Up to 30 days"), N_("31 to 60 days"), N_("61 to 90 days"), N_("Over 90 days"))


@dataclass(frozen=True, repr=False)
class StatementPaper:
    """Everything that stands on a statement; `insurers` is what insurers still owe, by currency."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    last: date
    accounts: tuple[Account, ...]
    first: date | None = None
    insurers: tuple[tuple[str, int], ...] = ()


def statement(data: StatementPaper) -> bytes:
    """The statement as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Statement of account"), patient=data.patient)
    words = _("until {last}") if data.first is None else _("from {first} until {last}")
    first = "" if data.first is None else day(data.first)
    paper.labelled(_("Period"), words.format(first=first, last=day(data.last)))
    if not data.accounts:
        paper.space(8)
        paper.say(_("Nothing was invoiced in this period or before it."))
    for account in data.accounts:
        _account(paper, account, data)
    for currency, amount in data.insurers:
        paper.space(6)
        words = _("Insurers still owe {amount} for this patient; that is no part of the balance.")
        paper.say(words.format(amount=priced(amount, currency)), QUIET)
    return paper.finish()


def _account(paper: Paper, account: Account, data: StatementPaper) -> None:
    wide = paper.width
    columns = (
        Column(wide * 0.16), Column(wide * 0.42), Column(wide * 0.14, "right"), Column(wide * 0.14, "right"),
        Column(wide * 0.14, "right"),
    )  # fmt: skip
    paper.section(_("Account in {currency}").format(currency=account.currency))
    paper.head_row((_("Date"), _("What"), _("Charged"), _("Taken off"), _("Balance")), columns)
    if data.first is not None:
        opening = money(account.opening, account.currency)
        paper.row([day(data.first), Cell(_("Balance brought forward"), STRONG), "", "", Cell(opening, STRONG)], columns)
    for line in account.lines:
        moved = line.movement
        amount = money(abs(moved.amount), account.currency)
        added, taken = ("", amount) if _takes_off(moved) else (amount, "")
        paper.row([day(moved.on), _what(moved), added, taken, money(line.balance, account.currency)], columns)
    paper.rule()
    sums = [
        Cell(text, STRONG)
        for text in (
            day(data.last), _("Total"), money(account.charged, account.currency),
            money(-account.credited, account.currency), money(account.closing, account.currency),
        )
    ]  # fmt: skip
    paper.row(sums, columns)
    _ageing(paper, account)


def _ageing(paper: Paper, account: Account) -> None:
    paper.need(90)
    paper.space(10)
    ages = [*AGES, N_("To the patient's credit")] if account.credit else [*AGES]
    columns = [Column(paper.width / len(ages), "right")] * len(ages)
    amounts = [*account.ageing, account.credit] if account.credit else [*account.ageing]
    paper.say(_("Age of what is owed, counted from the day of the invoice"), QUIET, gap=4)
    paper.head_row([_(age) for age in ages], columns)
    paper.row([money(amount, account.currency) for amount in amounts], columns)
    paper.space(8)
    large = Style(SECTION, bold=True)
    due = (Column(paper.width * 0.6, "right"), Column(paper.width * 0.4, "right"))
    words, amount = (
        (_("To pay"), account.closing) if account.closing >= 0 else (_("Owed to the patient"), -account.closing)
    )
    paper.row([Cell(words, STRONG), Cell(priced(amount, account.currency), large)], due)


def _takes_off(moved: Movement) -> bool:
    return moved.amount < 0 or (not moved.amount and moved.kind == "void")


def _what(moved: Movement) -> str:
    words = _(KINDS.get(moved.kind, N_("Correction, {number}"))).format(number=moved.number)
    if moved.kind in {"payment", "refund"}:
        return f"{words}, {method_words(moved.detail)}"
    return f"{words} ({moved.detail})" if moved.detail else words
