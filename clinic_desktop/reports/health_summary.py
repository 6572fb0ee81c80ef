"""What is known of a patient on one paper: to take along, or to be shared with somebody outside."""

from dataclasses import dataclass
from datetime import date

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.reports.sheet import CRITICAL, MM
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


def put_parts(paper: Paper, data: HealthSummaryPaper) -> None:
    """Put the parts that were asked for on a paper, which is this summary or holds several people's."""
    if data.contact is not None:
        paper.section(_("Contact details"))
        for by, words in data.contact:
            paper.labelled(by, words)
        if not data.contact:
            paper.say(_("None on record."))
    if data.allergies is not None:
        alarming = Style(BODY, bold=True, colour=CRITICAL) if data.allergies_listed else STRONG
        paper.section(_("Allergies"))
        paper.say(data.allergies, alarming)
    wide = paper.width
    _table(
        paper, _("Problems"), data.problems, (_("Problem"), _("Code"), _("Since")), (wide * 0.6, wide * 0.2, wide * 0.2)
    )
    _table(paper, _("Medicines"), data.medicines, (_("Medicine"), _("Dose"), _("Since")),
           (wide * 0.42, wide * 0.4, wide * 0.18))  # fmt: skip
    _table(
        paper,
        _("Vital signs"),
        data.vitals,
        (_("Sign"), _("Value"), _("Flag"), _("Taken")),
        (wide * 0.42, wide * 0.18, wide * 0.2, wide * 0.2),
    )
    _table(paper, _("Laboratory results"), data.results, (_("Test"), _("Value"), _("Flag"), _("Range"), _("Released")),
           (wide * 0.28, wide * 0.18, wide * 0.2, wide * 0.14, wide * 0.2))  # fmt: skip
    _table(paper, _("Immunizations"), data.immunizations, (_("Vaccine"), _("Lot"), _("Given")),
           (wide * 0.6, wide * 0.2, wide * 0.2))  # fmt: skip
    _table(paper, _("Procedures"), data.procedures, (_("Procedure"), _("Code"), _("Done")),
           (wide * 0.6, wide * 0.2, wide * 0.2))  # fmt: skip
    _table(paper, _("Visits"), data.visits, (_("Date"), _("With"), _("What for")), (28 * MM, 45 * MM, wide - 73 * MM))


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
