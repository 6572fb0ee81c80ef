"""A cashier's day-end: what was in the till, what came and went, what was counted."""

from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, Printed
from clinic_desktop.reports.sheet import CRITICAL
from clinic_desktop.reports.wording import moment, money, priced


@dataclass(frozen=True)
class DayEndMethod:
    """What one way of paying brought in and gave back, in minor units."""

    method: str
    count: int
    taken: int
    refunded: int


@dataclass(frozen=True)
class DayEndPaper:
    """Everything that stands on a day-end; amounts in minor units of one currency."""

    clinic: ClinicHead
    printed: Printed
    cashier: str
    opened_at: datetime
    closed_at: datetime
    currency: str
    opening_float: int
    expected_cash: int
    counted_cash: int
    methods: tuple[DayEndMethod, ...]
    difference_reason: str = ""
    number: str = ""


def day_end(data: DayEndPaper) -> bytes:
    """The day-end as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Day-end"), number=data.number)
    paper.labelled(_("Cashier"), data.cashier, STRONG)
    paper.labelled(_("Shift"), f"{moment(data.opened_at)} – {moment(data.closed_at)}")
    paper.space(8)
    wide = paper.width
    right = Column(wide * 0.19, "right")
    columns = (Column(wide * 0.31), Column(wide * 0.12, "right"), right, right, right)
    heads = (_("Paid by"), _("Number"), _("Taken"), _("Given back"), _("Kept"))
    paper.head_row(heads, columns)
    for row in data.methods:
        amounts = [money(minor, data.currency) for minor in (row.taken, -row.refunded, row.taken - row.refunded)]
        paper.row([row.method, str(row.count), *amounts], columns)
    paper.rule()
    taken, back = (sum(getattr(row, name) for row in data.methods) for name in ("taken", "refunded"))
    words = [_("All"), str(sum(row.count for row in data.methods))]
    words += [money(minor, data.currency) for minor in (taken, -back, taken - back)]
    paper.row([Cell(word, STRONG) for word in words], columns)
    paper.section(_("Cash in the till"))
    pair = (Column(wide * 0.74), Column(wide * 0.26, "right"))  # beneath what was kept
    difference = data.counted_cash - data.expected_cash
    alarming = Style(BODY, bold=True, colour=CRITICAL) if difference else STRONG
    for label, minor, style in (
        (_("At the start"), data.opening_float, Style()),
        (_("Expected"), data.expected_cash, Style()),
        (_("Counted"), data.counted_cash, STRONG),
        (_("Difference"), difference, alarming),
    ):
        paper.row([label, Cell(priced(minor, data.currency), style)], pair)
    if data.difference_reason:
        paper.labelled(_("Reason"), data.difference_reason)
    paper.signature(_("Cashier"), data.cashier)
    paper.signature(_("Received by"))
    return paper.finish()
