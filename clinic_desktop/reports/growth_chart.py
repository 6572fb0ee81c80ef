"""A growth chart on paper: the curves with their names, the measurements on them, and a table of every one."""

from dataclasses import dataclass

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, SMALL, STRONG, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import ACCENT, CRITICAL, MM, RULE, SUBTLE, Colour
from clinic_desktop.reports.text import line

GREEN: Colour = (0.106, 0.431, 0.235)
_MARK = 6.0  # points: one is found at arm's length


@dataclass(frozen=True, repr=False)
class GrowthCurve:
    """One reference curve; `weight` is middle, plain or outer."""

    name: str
    points: tuple[tuple[float, float], ...]
    weight: str


@dataclass(frozen=True, repr=False)
class GrowthMark:
    """One measurement on the chart."""

    x: float
    y: float
    striking: bool


@dataclass(frozen=True, repr=False)
class GrowthPaper:
    """Everything that stands on a growth chart; `steps` and `ticks` are the grid."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    title: str
    reference: str
    gestation: str
    curves: tuple[GrowthCurve, ...]
    marks: tuple[GrowthMark, ...]
    steps: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    x_words: str
    y_words: str
    rows: tuple[tuple[str, str, str, str, str, str], ...]  # date, age, value, z, centile, reads as
    problem: str = ""


def growth_chart(data: GrowthPaper) -> bytes:
    """The growth chart as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Growth chart"), patient=data.patient)
    paper.labelled(_("Chart"), data.title)
    paper.labelled(_("Reference"), data.reference)
    if data.gestation:
        paper.labelled(_("Born at"), data.gestation)
    if data.curves:
        _draw(paper, data)
    else:
        paper.say(data.problem, Style(BODY, bold=True, colour=CRITICAL))
    columns = (
        Column(28 * MM), Column(46 * MM), Column(24 * MM, "right"), Column(20 * MM, "right"), Column(20 * MM, "right"),
        Column(44 * MM),
    )  # fmt: skip
    if data.rows:
        heads = (_("Date"), _("Age"), _("Measured"), _("Z-score"), _("Centile"), _("Reads as"))
        paper.head_row(heads, columns)
        for row in data.rows:
            paper.row(row, columns)
    elif data.curves:
        paper.say(_("Nothing of this has been measured yet."), STRONG)
    return paper.finish()


def _draw(paper: Paper, data: GrowthPaper) -> None:
    high, left, right = 128 * MM, paper.left + 12 * MM, paper.left + paper.width - 13 * MM
    paper.need(high + 24 * MM)
    top = paper.y + 28
    foot = top + high
    low, most = data.steps[0], data.steps[-1]
    first, last = data.ticks[0][0], data.ticks[-1][0]

    def place(x: float, y: float) -> tuple[float, float]:
        return left + (x - first) / (last - first) * (right - left), foot - (y - low) / (most - low) * high

    sheets = paper.sheets
    for step in data.steps:
        _x, y = place(first, step)
        sheets.rule(left, y, right - left, weight=0.3)
        _words(paper, f"{step:g}", left - 3, y + 2.5, "right")
    for at, words in data.ticks:
        x, _y = place(at, low)
        sheets.path([(x, top), (x, foot)], weight=0.3, colour=RULE)
        _words(paper, words, x, foot + 13, "centre")
    _words(paper, data.x_words, (left + right) / 2, foot + 25, "centre")
    _words(paper, data.y_words, paper.left, top - 14, "left")
    lowest = float("inf")
    for curve in sorted(data.curves, key=lambda one: one.points[-1][1]):
        inside = [place(x, y) for x, y in curve.points if first <= x <= last]
        colour, wide = {"middle": (GREEN, 1.4), "outer": (CRITICAL, 0.9)}.get(curve.weight, (SUBTLE, 0.5))
        sheets.path(inside, weight=wide, colour=colour)
        y = min(inside[-1][1] + 2.5, lowest - 8)
        lowest = y
        _words(paper, curve.name, right + 3, y, "left")
    sheets.path([place(mark.x, mark.y) for mark in data.marks], weight=0.9, colour=ACCENT)
    for mark in data.marks:
        x, y = place(mark.x, mark.y)
        half = _MARK / 2
        sheets.box(x - half, y - half, _MARK, _MARK, fill=CRITICAL if mark.striking else ACCENT)
        if mark.striking:  # by its shape too: a frame round it is seen on a print without colours
            sheets.box(x - half - 2, y - half - 2, _MARK + 4, _MARK + 4, edge=CRITICAL)
    paper.y = foot + 34


def _words(paper: Paper, text: str, x: float, y: float, align: str) -> None:
    set_line = line(text)
    wide = set_line.width * SMALL / 1000
    start = {"right": x - wide, "centre": x - wide / 2}.get(align, x)
    paper.sheets.words(set_line, start, y, SMALL, SUBTLE)
