"""The immunization card: what was given with its lots, what did not count, what comes next."""

from dataclasses import dataclass

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, QUIET, SMALL, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL, MM


@dataclass(frozen=True, repr=False)
class GivenLine:
    """One dose: in words when, what, which lot, by whom and what it counts as; `wrong` why it must be repeated."""

    when: str
    vaccine: str
    lot: str
    by: str
    counts: str
    wrong: str = ""
    told: bool = False  # copied from another record


@dataclass(frozen=True, repr=False)
class DueLine:
    """One antigen that something is still to come of; `urgent` is overdue or due."""

    name: str
    state: str
    dose: str
    when: str
    urgent: bool = False


@dataclass(frozen=True, repr=False)
class ImmunizationCard:
    """Everything that stands on the card; empty parts are left out."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    schedule: str
    given: tuple[GivenLine, ...]
    due: tuple[DueLine, ...]
    complete: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()
    unsure: str = ""  # why nothing can be said of what is due


def immunization_card(data: ImmunizationCard) -> bytes:
    """The card as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Immunization card"), patient=data.patient)
    paper.section(_("Given"))
    if data.given:
        _given(paper, data.given)
    else:
        paper.say(_("No immunization is recorded."))
    for title, lines in ((_("Reactions"), data.reactions), (_("Not given"), data.declined)):
        if lines:
            paper.section(title)
            for line in lines:
                paper.say(line, gap=3)
    if data.unsure:
        paper.section(_("What comes next"))
        paper.say(data.unsure)
    elif data.due:
        paper.section(_("What comes next"))
        _due(paper, data.due)
    if data.complete:
        paper.section(_("Complete"))
        paper.say(", ".join(data.complete))
    if data.schedule:
        paper.space(6)
        paper.say(_("By the schedule: {name}").format(name=data.schedule), QUIET)
    return paper.finish()


def _given(paper: Paper, lines: tuple[GivenLine, ...]) -> None:
    shares = (0.14, 0.2, 0.16, 0.24, 0.26)
    columns = tuple(Column(paper.width * share) for share in shares)
    paper.head_row((_("Date"), _("Vaccine"), _("Lot, expiry"), _("Given by"), _("Counts as")), columns)
    alarming = Style(SMALL, bold=True, colour=CRITICAL)
    for line in lines:
        cells = (
            Cell(line.when, Style(BODY, bold=True)),
            Cell(line.vaccine),
            Cell(line.lot, QUIET),
            Cell(_("{who} (from a record)").format(who=line.by).strip() if line.told else line.by, QUIET),
            Cell(line.counts or "–", QUIET),
        )
        paper.row(cells, columns, gap=1)
        if line.wrong:
            paper.say(line.wrong, alarming, indent=6 * MM)
        paper.space(2)
    paper.rule()


def _due(paper: Paper, lines: tuple[DueLine, ...]) -> None:
    shares = (0.38, 0.18, 0.14, 0.3)
    columns = tuple(Column(paper.width * share) for share in shares)
    paper.head_row((_("Against"), _("State"), _("Dose"), _("When")), columns)
    for line in lines:
        style = Style(BODY, bold=line.urgent, colour=CRITICAL if line.urgent else Style().colour)
        paper.row((Cell(line.name), Cell(line.state, style), Cell(line.dose, QUIET), Cell(line.when)), columns, gap=2)
    paper.rule()
