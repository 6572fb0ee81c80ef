"""What others found, on a paper of this clinic: under a heading of its own, with who reported it and when.

Units, ranges and values stand as they were reported; what is withdrawn is never shown with a value, and what is not
final says so. Nobody here has verified any of it.
"""

from collections.abc import Sequence
from datetime import date

from clinic_desktop.domain.units import written
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.flow import QUIET, SMALL, Style
from clinic_desktop.reports.page import Paper
from clinic_desktop.reports.result_line import LaboratoryReportTest, name_columns, put_result, result_columns
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import day, moment
from clinic_desktop.services.outside import CORRECTED, PRELIMINARY
from clinic_desktop.services.outside_results import ON_PAPER, Elsewhere

HEADING = N_("From elsewhere")
SHORT = 24  # signs of a value that stand in a column of their own


def put_reported(paper: Paper, found: Sequence[Elsewhere]) -> None:
    """Put the results of others on a paper; nothing where there are none."""
    if not found:
        return
    paper.section(_(HEADING))
    paper.say(_("Measured and reported by others; this laboratory has not verified it."), QUIET, gap=4)
    columns = result_columns(paper)
    name_columns(paper, columns)
    for one in found:
        place = paper.y
        paper.need(40)  # a result is not parted from who reported it
        if paper.y < place:
            name_columns(paper, columns)
        put_result(paper, columns, _as_row(one))
        for words, style in _said(one):
            paper.say(words, style, indent=6 * MM, gap=1)
        paper.space(3)
    if len(found) >= ON_PAPER:
        paper.say(_("More results from elsewhere stand in the chart."), Style(SMALL, bold=True))


def reported_when(one: Elsewhere) -> str:
    """When something was measured, as exactly as it was said; else when it came here."""
    if one.taken_at is not None:
        return moment(one.taken_at.astimezone())
    if one.taken_text:
        try:
            return day(date.fromisoformat(one.taken_text))
        except ValueError:
            return one.taken_text  # a year or a month: no more is known
    return _("received {moment}").format(moment=moment(one.came_at.astimezone())) if one.came_at else ""


def reported_state(one: Elsewhere) -> str:
    """What is to be known of a result before it is acted on; nothing of one that is final as it came."""
    if one.status == PRELIMINARY:
        return _("Preliminary: the final result is still to come.")
    return _("Corrected by whoever reported it.") if one.status in CORRECTED else ""


def _as_row(one: Elsewhere) -> LaboratoryReportTest:
    if one.withdrawn:
        return LaboratoryReportTest(one.title, _("withdrawn"))
    return LaboratoryReportTest(one.title, one.value or "–", written(one.unit), one.flag, one.range_text or "")


def _said(one: Elsewhere) -> list[tuple[str, Style]]:
    """What stands beneath a result: who reported it and when, and what became of it."""
    who = one.source or _("another system")
    by = ", ".join(filter(None, (_("Reported by {source}").format(source=who), reported_when(one))))
    lines = [(by, QUIET)]
    loud = Style(SMALL, bold=True)
    if one.withdrawn:
        words = _("Withdrawn by whoever reported it: do not act on what it said.")
        lines.append((words, Style(SMALL, bold=True, colour=CRITICAL)))
    elif state := reported_state(one):
        lines.append((state, loud))
    if one.flagged_here and not one.withdrawn:
        lines.append((_("Flagged by the ranges that are kept here."), QUIET))
    return [*lines, *((line, loud) for line in one.note.split("\n") if line)]
