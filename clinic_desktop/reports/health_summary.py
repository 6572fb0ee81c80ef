"""What is known of a patient on one paper: to take along, or to be shared with somebody outside."""

from dataclasses import dataclass
from datetime import date

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.reports.sheet import CRITICAL
from clinic_desktop.reports.wording import day

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, repr=False)
class SharedWith:
    """For whom a copy was made, and what it may be used for."""

    recipient: str
    purpose: str
    expires_on: date


@dataclass(frozen=True, repr=False)
class HealthSummaryPaper:
    """Everything that stands on a health summary; a part that was not asked for is None, one with nothing is empty."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str = ""
    allergies: str | None = None
    allergies_listed: bool = False
    problems: Rows | None = None
    medicines: Rows | None = None
    vitals: Rows | None = None
    results: Rows | None = None
    visits: Rows | None = None
    contact: Rows | None = None
    immunizations: Rows | None = None
    procedures: Rows | None = None
    shared: SharedWith | None = None
    elsewhere: Rows | None = None  # results of others; None where there are none


def health_summary(data: HealthSummaryPaper, *, seal: Seal | None = None) -> bytes:
    """The health summary as PDF, sealed with a password where asked."""
    paper = Paper(A4, data.clinic, data.printed, _("Health summary"), number=data.number, patient=data.patient)
    if data.shared is not None:
        paper.labelled(_("Made for"), data.shared.recipient, STRONG)
        paper.labelled(_("Purpose"), data.shared.purpose)
        until = _("{day}. This copy must not be used or passed on after that.")
        paper.labelled(_("Until"), until.format(day=day(data.shared.expires_on)))
        paper.rule()
    put_parts(paper, data)
    return paper.finish(seal=seal)


def put_parts(paper: Paper, data: HealthSummaryPaper, *, briefly: bool = False) -> None:
    """Put the parts that were asked for on a paper; `briefly` names those with nothing on record in one line."""
    nothing: list[str] = []
    wide = paper.width
    if data.contact or (data.contact is not None and not briefly):
        paper.section(_("Contact details"))
        for by, words in data.contact:
            paper.labelled(by, words)
        if not data.contact:
            paper.say(_("None on record."))
    elif data.contact is not None:
        nothing.append(_("Contact details"))
    if data.allergies is not None:
        alarming = Style(BODY, bold=True, colour=CRITICAL) if data.allergies_listed else STRONG
        paper.section(_("Allergies"))
        paper.say(data.allergies, alarming)
    for title, rows, heads, widths in (
        (_("Problems"), data.problems, (_("Problem"), _("Code"), _("Since")), (0.6, 0.2, 0.2)),
        (_("Medicines"), data.medicines, (_("Medicine"), _("Dose"), _("Since")), (0.42, 0.4, 0.18)),
        (_("Vital signs"), data.vitals, (_("Sign"), _("Value"), _("Flag"), _("Taken")), (0.42, 0.18, 0.2, 0.2)),
        (_("Laboratory results"), data.results, (_("Test"), _("Value"), _("Flag"), _("Range"), _("Released")),
         (0.28, 0.18, 0.2, 0.14, 0.2)),
        (_("Results from elsewhere"), data.elsewhere,
         (_("Test"), _("Value"), _("Flag"), _("Range"), _("Reported")), (0.26, 0.16, 0.18, 0.14, 0.26)),
        (_("Immunizations"), data.immunizations, (_("Vaccine"), _("Lot"), _("Given")), (0.6, 0.2, 0.2)),
        (_("Procedures"), data.procedures, (_("Procedure"), _("Code"), _("Done")), (0.6, 0.2, 0.2)),
        (_("Visits"), data.visits, (_("Date"), _("With"), _("What for")), (0.15, 0.25, 0.6)),
    ):  # fmt: skip
        if briefly and rows is not None and not rows:
            nothing.append(title)
        else:
            _table(paper, title, rows, heads, tuple(wide * share for share in widths))
    if nothing:
        paper.labelled(_("None on record"), ", ".join(nothing))


def _table(paper: Paper, title: str, rows: Rows | None, heads: tuple[str, ...], widths: tuple[float, ...]) -> None:
    if rows is None:
        return
    paper.section(title)
    if not rows:
        paper.say(_("None on record."))
        return
    columns = tuple(Column(width) for width in widths)
    paper.head_row(heads, columns)
    for row in rows:
        paper.row([Cell(words) for words in row], columns)
