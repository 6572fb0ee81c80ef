"""From a child's measurements to the growth chart on paper."""

from clinic_desktop.domain.growth import Standard, preferred
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scale import nice_steps
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import growth_chart as paper
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.wording import day
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.growth import growth
from clinic_desktop.services.growth_shown import MEASURES, shown, standards_of

REFERENCES: dict[Standard, str] = {
    "who": N_("WHO Child Growth Standards (2006)"),
    "cdc": N_("CDC growth charts (2000), body mass index above P95 by the extension of 2022"),
}


def growth_chart(desk: Desk, patient_id: str, measure: str = "weight", standard: str | None = None) -> bytes:
    """The growth chart of one measure as PDF; the reference of the child's age where none is named."""
    if measure not in MEASURES:
        raise Refusal(N_("Name one of {known}."), field="number", known=", ".join(MEASURES))
    found = growth(desk, patient_id)
    last = max((point.corrected_days for point in found.points), default=0)
    known = standards_of(measure)
    wanted: Standard = "cdc" if standard == "cdc" else "who" if standard == "who" else preferred(last)
    by = wanted if wanted in known else known[0]
    drawn = shown(found, measure, by)
    marks = tuple(paper.GrowthMark(row.x, row.y, row.meaning == "critical") for row in drawn.rows if row.z != "–")
    inside = [y for one in drawn.lines for x, y in one.points if drawn.ticks[0][0] <= x <= drawn.ticks[-1][0]]
    values = [*inside, *(mark.y for mark in marks)]
    gestation = ""
    if found.gestation_days is not None:
        weeks, days = divmod(found.gestation_days, 7)
        gestation = _("{weeks} weeks and {days} days").format(weeks=weeks, days=days)
    return paper.growth_chart(
        paper.GrowthPaper(
            head_of(desk),
            identity_of(desk, patient_id),
            printed_by(desk),
            _(MEASURES[measure]),
            _(REFERENCES[by]),
            gestation,
            tuple(paper.GrowthCurve(one.name, one.points, one.weight) for one in drawn.lines),
            marks,
            tuple(nice_steps(min(values), max(values), 8)) if values else (0.0, 1.0),
            drawn.ticks,
            drawn.x_words,
            drawn.y_words,
            tuple((day(row.on), row.age, row.value, row.z, row.centile, row.called) for row in drawn.rows),
            drawn.problem,
        )
    )
