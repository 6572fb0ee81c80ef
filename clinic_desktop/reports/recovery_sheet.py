"""The recovery key on paper: the only way back in where every password is lost."""

from dataclasses import dataclass
from typing import Final

from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.flow import BODY, QUIET, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, Printed
from clinic_desktop.reports.sheet import CRITICAL, INK, MM

_RULES: Final = (
    N_("Whoever holds this sheet and a copy of the clinic's files can read every chart. Keep it as you keep cash."),
    N_("Keep it away from the computers and from the backups, best in a sealed envelope in a safe."),
    N_("With it, a backup can be restored on a new machine, and a new administrator can be let in."),
    N_("If it may have been seen, make a new recovery key under Administration; this one then stops working."),
)


@dataclass(frozen=True, repr=False)
class RecoverySheetPaper:
    """The key as it is typed, and which clinic's it is."""

    clinic: ClinicHead
    printed: Printed
    recovery_key: str  # its lines as they are typed, one under another
    database: str = ""  # its uuid, so that sheets of two clinics are told apart


def recovery_sheet(data: RecoverySheetPaper) -> bytes:
    """The recovery sheet as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Recovery key"))
    paper.say(_("Keep this sheet. There is no other copy."), Style(BODY, bold=True, colour=CRITICAL))
    paper.space(10)
    lines = data.recovery_key.split("\n")
    paper.sheets.box(paper.left, paper.y, paper.width, len(lines) * 32 + 16, edge=INK)
    paper.y += 12
    columns = (Column(paper.width * 0.2, "right"), Column(paper.width * 0.8))
    for position, letters in enumerate(lines, start=1):
        number = Cell(_("line {n}").format(n=position), QUIET)
        paper.row([number, Cell(letters, Style(18, bold=True))], columns, gap=32 - 18 * 1.36, padding=16)
    paper.space(22)
    for position, rule in enumerate(_RULES, start=1):
        paper.row([Cell(f"{position}.", STRONG), _(rule)], (Column(8 * MM), Column(paper.width - 8 * MM)), gap=5)
    if data.database:
        paper.space(6)
        paper.labelled(_("Database"), data.database)
    paper.signature(_("Kept by, and where"))
    return paper.finish()
