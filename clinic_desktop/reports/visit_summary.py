"""A visit in words for the patient to keep: why, what was found, what was given, what comes next."""

from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, NORMAL, QUIET, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.reported import put_reported
from clinic_desktop.reports.result_line import ALARMING, FLAG_WORDS
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import moment
from clinic_desktop.services.outside_results import Elsewhere

INK = NORMAL.colour


@dataclass(frozen=True, repr=False)
class VisitSummaryPart:
    """A heading with paragraphs under it."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class VisitSummaryResult:
    """One released result of the visit; `value` with its unit, `range` in words."""

    name: str
    value: str
    flag: str
    range: str = ""


@dataclass(frozen=True, repr=False)
class VisitSummaryPaper:
    """Everything that stands on a visit summary; empty parts are left out."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    started_at: datetime
    clinician: str
    allergies: str
    reason: str
    vitals: tuple[tuple[str, str, str], ...] = ()  # ("Blood pressure", "128/82 mmHg", "H"): the flag last
    diagnoses: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    investigations: tuple[str, ...] = ()
    results: tuple[VisitSummaryResult, ...] = ()
    notes: tuple[VisitSummaryPart, ...] = ()
    plan: str = ""
    follow_up: str = ""
    addenda: tuple[str, ...] = ()
    signed_at: datetime | None = None
    allergies_listed: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()


def visit_summary(data: VisitSummaryPaper) -> bytes:
    """The visit summary as PDF."""
    number = _("Visit {number}").format(number=data.number)
    paper = Paper(A4, data.clinic, data.printed, _("Visit summary"), number=number, patient=data.patient)
    paper.labelled(_("Seen"), _("{moment} by {name}").format(moment=moment(data.started_at), name=data.clinician))
    paper.labelled(_("Reason"), data.reason)
    alarming = Style(BODY, bold=True, colour=CRITICAL) if data.allergies_listed else STRONG
    paper.labelled(_("Allergies"), data.allergies, alarming)
    if data.vitals:
        paper.section(_("Vital signs"))
        quarter = paper.width / 4
        columns = (Column(quarter), Column(quarter), Column(quarter), Column(quarter))
        for at in range(0, len(data.vitals), 2):
            pairs = data.vitals[at : at + 2]
            cells = [cell for name, value, flag in pairs for cell in (Cell(name), flagged(value, flag))]
            paper.row([*cells, *[Cell("")] * (4 - len(cells))], columns)
    _list(paper, _("Diagnoses"), data.diagnoses)
    for part in data.notes:
        paper.section(part.title)
        for paragraph in part.paragraphs:
            paper.say(paragraph, gap=5)
    _list(paper, _("Investigations"), data.investigations)
    _results(paper, data.results)
    put_reported(paper, data.elsewhere)
    _list(paper, _("Medicines"), data.medicines)
    for title, words in ((_("Plan"), data.plan), (_("Come back"), data.follow_up)):
        if words:
            paper.section(title)
            paper.say(words)
    _list(paper, _("Added later"), data.addenda)
    if data.signed_at:
        paper.signature(_("Signed {moment}").format(moment=moment(data.signed_at)), data.clinician)
    else:
        paper.space(12)
        paper.say(_("Not yet signed."), Style(BODY, bold=True, colour=CRITICAL))
    return paper.finish()


def flagged(value: str, flag: str) -> Cell:
    """A value with its flag in letter and word, and what is critical in red: never the colour alone."""
    if flag not in FLAG_WORDS:
        return Cell(value)
    return Cell(f"{value}  {_(FLAG_WORDS[flag])}", Style(BODY, bold=True, colour=CRITICAL if flag in ALARMING else INK))


def _results(paper: Paper, results: tuple[VisitSummaryResult, ...]) -> None:
    if not results:
        return
    paper.section(_("Results"))
    columns = (Column(paper.width * 0.38), Column(paper.width * 0.38), Column(paper.width * 0.24))
    for each in results:
        paper.row([Cell(each.name), flagged(each.value, each.flag), Cell(each.range, QUIET)], columns, padding=2)


def _list(paper: Paper, title: str, entries: tuple[str, ...]) -> None:
    if not entries:
        return
    paper.section(title)
    columns = (Column(5 * MM), Column(paper.width - 5 * MM))
    for entry in entries:
        paper.row(["•", entry], columns, padding=2)
