"""A laboratory report: values with their flags and ranges; corrections stay in sight."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.flow import BODY, NORMAL, QUIET, SMALL, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import moment

Flag = Literal["N", "L", "H", "LL", "HH", "A", "none"]

# A letter, an arrow and a word: seen in black and white, and read aloud.
FLAG_WORDS: Final[dict[str, str]] = {
    "L": N_("L low"),
    "H": N_("H high"),
    "LL": N_("LL critically low"),
    "HH": N_("HH critically high"),
    "A": N_("A abnormal"),
}

_SHORT: Final = 10  # characters that the column of values holds


@dataclass(frozen=True, repr=False)
class Corrected:
    """What a result was before it was corrected."""

    value: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, repr=False)
class LaboratoryReportTest:
    """One released result; `range` in words, such as "3.5 to 5.1"."""

    name: str
    value: str
    unit: str = ""
    flag: Flag = "none"
    range: str = ""
    panel: str = ""
    comment: str = ""
    corrected: tuple[Corrected, ...] = ()
    critical_note: str = ""  # "Called to Dr Okafor 20-Nov-2026 10:15 by S. Njeri, read back"
    pending: bool = False


@dataclass(frozen=True, repr=False)
class LaboratoryReportPaper:
    """Everything that stands on a laboratory report."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    ordered_by: str
    ordered_at: datetime
    tests: tuple[LaboratoryReportTest, ...]
    collected_at: datetime | None = None
    specimen: str = ""
    verified_by: str = ""
    verified_at: datetime | None = None
    note: str = ""
    clinical_information: str = ""
    conclusion: str = ""


def laboratory_report(data: LaboratoryReportPaper) -> bytes:
    """The laboratory report as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Laboratory report"), number=data.number, patient=data.patient)
    ordered = f"{data.ordered_by}, {moment(data.ordered_at)}"
    paper.labelled(_("Ordered by"), ordered)
    if data.collected_at or data.specimen:
        taken = ", ".join(filter(None, (data.specimen, moment(data.collected_at) if data.collected_at else "")))
        paper.labelled(_("Specimen"), taken)
    if data.clinical_information:
        paper.labelled(_("For"), data.clinical_information)
    paper.space(8)
    columns = (
        Column(paper.width * 0.33),
        Column(paper.width * 0.15, "right"),
        Column(paper.width * 0.14),
        Column(paper.width * 0.19),
        Column(paper.width * 0.19),
    )
    paper.head_row((_("Test"), _("Value"), _("Unit"), _("Flag"), _("Range")), columns)
    panel = ""
    for test in data.tests:
        if test.panel != panel:
            panel = test.panel
            if panel:
                paper.need(40)
                paper.space(4)
                paper.say(panel, Style(BODY, bold=True))
        _result(paper, columns, test)
    paper.rule()
    if data.note:
        paper.labelled(_("Note"), data.note)
    if data.conclusion:
        paper.labelled(_("Conclusion"), data.conclusion)
    if data.verified_by:
        when = f", {moment(data.verified_at)}" if data.verified_at else ""
        paper.labelled(_("Verified by"), f"{data.verified_by}{when}", STRONG)
    else:
        paper.say(_("Not yet verified: do not act on it without asking the laboratory."), STRONG)
    return paper.finish()


def _result(paper: Paper, columns: tuple[Column, ...], test: LaboratoryReportTest) -> None:
    critical = test.flag in {"LL", "HH"}
    marked = test.flag in FLAG_WORDS
    style = Style(BODY, bold=marked, colour=CRITICAL if critical else NORMAL.colour)
    value = _("pending") if test.pending else test.value
    marker = _(FLAG_WORDS[test.flag]) if marked else ""
    first, *middle, last = columns
    name, normal = Cell(test.name), Cell(test.range, QUIET)
    if test.unit or len(value) <= _SHORT:
        cells = [name, Cell(value, style), Cell(test.unit, QUIET), Cell(marker, style), normal]
        paper.row(cells, columns, gap=1)
    else:
        # Words for a value take the room of value, unit and flag.
        worded = Cell("     ".join(filter(None, (value, marker))), style)
        paper.row([name, worded, normal], (first, Column(sum(column.width for column in middle)), last), gap=1)
    said = Style(SMALL, bold=True, colour=CRITICAL)
    if test.critical_note:
        paper.say(test.critical_note, said, indent=6 * MM)
    for before in test.corrected:
        words = _("Corrected {moment} by {name}: was {value}. {reason}").format(
            moment=moment(before.at), name=before.by, value=before.value, reason=before.reason
        )
        paper.say(words, Style(SMALL, bold=True), indent=6 * MM)
    if test.comment:
        paper.say(test.comment, QUIET, indent=6 * MM)
    paper.space(2)
