"""A claim form of our own layout, with every field an insurer asks for, and the printed list of a batch."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import NORMAL, QUIET, SECTION, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL
from clinic_desktop.reports.wording import day, moment, money, priced


@dataclass(frozen=True, repr=False)
class ClaimPaperLine:
    """One service; amount in minor units."""

    served_on: date
    code: str
    modifiers: str
    pointers: str
    description: str
    quantity: int
    amount: int


@dataclass(frozen=True, repr=False)
class ClaimPaper:
    """Everything that stands on a claim form; amounts in minor units of one currency."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    state: str
    void: bool
    insurer: str
    payer_code: str
    insurer_address: str
    plan: str
    order: str
    policy_number: str
    group_number: str
    holder: str
    relation: str
    invoice: str
    diagnoses: tuple[str, ...]
    authorisation: str
    resubmission_of: str
    payer_reference: str
    file_by: date | None
    sent_at: datetime | None
    currency: str
    lines: tuple[ClaimPaperLine, ...]
    billed: int
    claimed: int
    missing: tuple[str, ...] = ()
    primary: str = ""  # what the first insurer answered, on a claim to the second


@dataclass(frozen=True, repr=False)
class BatchPaper:
    """The list that goes with a batch: (claim, record number, name, policy, amount in minor units)."""

    clinic: ClinicHead
    printed: Printed
    number: str
    insurer: str
    made_at: datetime
    sent_at: datetime | None
    currency: str
    claims: tuple[tuple[str, str, str, str, int], ...]
    claimed: int


def claim(data: ClaimPaper) -> bytes:
    """The claim form as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Insurance claim"), number=data.number, patient=data.patient)
    if data.void:
        paper.say(_("CANCELLED: not to be paid"), Style(SECTION, bold=True, colour=CRITICAL))
    elif data.missing:
        paper.say(_("NOT COMPLETE: not to be sent yet"), Style(SECTION, bold=True, colour=CRITICAL))
    _pairs(
        paper,
        _("Insurer and cover"),
        (
            (_("Insurer"), data.insurer),
            (_("Payer code"), data.payer_code),
            (_("Address"), data.insurer_address),
            (_("Plan"), data.plan),
            (_("Pays"), data.order),
            (_("Policy number"), data.policy_number),
            (_("Group number"), data.group_number),
            (_("Holder"), data.holder or data.patient.name()),
            (_("Patient is"), data.relation),
        ),
    )
    _pairs(
        paper,
        _("The claim"),
        (
            (_("State"), data.state),
            (_("Invoice"), data.invoice),
            (_("Authorisation"), data.authorisation),
            (_("Sent"), moment(data.sent_at) if data.sent_at else ""),
            (_("To be filed by"), day(data.file_by) if data.file_by else ""),
            (_("Sent again for"), data.resubmission_of),
            (_("Reference"), data.payer_reference),
            (_("First insurer"), data.primary),
        ),
    )
    paper.section(_("Diagnoses (ICD-10)"))
    places = "    ".join(f"{place}  {code}" for place, code in enumerate(data.diagnoses, start=1))
    paper.say(places or _("none"), STRONG if places else QUIET)
    _services(paper, data)
    if data.missing:
        paper.section(_("Still missing"))
        for words in data.missing:
            paper.say(words)
    paper.space(6)
    paper.say(_("I declare that the services above were given as stated and that the amounts are due."), QUIET)
    paper.signature(_("Date, stamp and signature for the clinic"))
    return paper.finish()


def batch(data: BatchPaper) -> bytes:
    """The list of a batch as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Batch of claims"), number=data.number)
    paper.labelled(_("Insurer"), data.insurer, STRONG)
    paper.labelled(_("Made"), moment(data.made_at))
    paper.labelled(_("Sent"), moment(data.sent_at) if data.sent_at else _("not yet"))
    paper.labelled(_("Claims"), str(len(data.claims)))
    paper.space(8)
    wide = paper.width
    columns = (
        Column(wide * 0.21), Column(wide * 0.23), Column(wide * 0.25), Column(wide * 0.16), Column(wide * 0.15, "right")
    )  # fmt: skip
    amount = _("Claimed ({currency})").format(currency=data.currency)
    paper.head_row((_("Claim"), _("Record"), _("Patient"), _("Policy"), amount), columns)
    for number, record, name, policy, minor in data.claims:
        paper.row([number, record, name, policy, money(minor, data.currency)], columns)
    paper.rule()
    _sum(paper, _("Claimed in all"), data.claimed, data.currency)
    paper.signature(_("Date and signature"))
    return paper.finish()


def _pairs(paper: Paper, title: str, pairs: tuple[tuple[str, str], ...]) -> None:
    """Labels and values, two beside one another; what is not there shows as a dash, so that it is seen."""
    paper.section(title)
    wide = paper.width / 2
    columns = (Column(wide * 0.32), Column(wide * 0.68), Column(wide * 0.32), Column(wide * 0.68))
    for place in range(0, len(pairs), 2):
        two = (*pairs[place : place + 2], ("", ""))[:2]
        cells = [cell for label, value in two for cell in (Cell(label, QUIET), _value(label, value))]
        paper.row(cells, columns)


def _value(label: str, value: str) -> Cell:
    if value:
        return Cell(value, NORMAL)
    return Cell("–" if label else "", QUIET)


def _services(paper: Paper, data: ClaimPaper) -> None:
    paper.section(_("Services"))
    wide = paper.width
    columns = (
        Column(wide * 0.14), Column(wide * 0.27), Column(wide * 0.09), Column(wide * 0.06), Column(wide * 0.22),
        Column(wide * 0.06, "right"), Column(wide * 0.16, "right"),
    )  # fmt: skip
    amount = _("Amount ({currency})").format(currency=data.currency)
    heads = (_("Date"), _("Code"), _("Modifier"), _("For"), _("Service"), _("No."), amount)
    paper.head_row(heads, columns)
    for line in data.lines:
        paper.row(
            [
                day(line.served_on), line.code or "–", line.modifiers, line.pointers or "–", line.description,
                str(line.quantity), money(line.amount, data.currency),
            ],
            columns,
        )  # fmt: skip
    paper.rule()
    _sum(paper, _("Billed"), data.billed, data.currency)
    _sum(paper, _("Claimed from this insurer"), data.claimed, data.currency)


def _sum(paper: Paper, label: str, minor: int, currency: str) -> None:
    columns = (Column(paper.width * 0.74, "right"), Column(paper.width * 0.26, "right"))
    paper.row([Cell(label, QUIET), Cell(priced(minor, currency), STRONG)], columns, gap=1)
