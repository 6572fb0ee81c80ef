"""Growth made for showing: curves, points and words, for the window and for paper alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain import growth as rules
from clinic_desktop.domain.growth import Measure, Score, Standard
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import growth
from clinic_desktop.services.growth import Growth, GrowthPoint

MEASURES: dict[str, str] = {
    "weight": N_("Weight"),
    "height": N_("Length or height"),
    "bmi": N_("Body mass index"),
    "head": N_("Head"),
    "by_length": N_("Weight for length"),
}
UNITS = {"weight": "kg", "height": "cm", "bmi": "kg/m²", "head": "cm", "by_length": "kg"}
WHO_ZS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
CDC_CENTILES = (3.0, 10.0, 25.0, 50.0, 75.0, 90.0, 97.0)
CDC_BMI_CENTILES = (5.0, 10.0, 25.0, 50.0, 75.0, 85.0, 95.0)
MONTH = rules.DAYS_IN_MONTH
_ALONE: tuple[Measure, ...] = ("weight", "height", "bmi", "head")


@dataclass(frozen=True)
class Line:
    """One reference curve to draw."""

    name: str
    points: tuple[tuple[float, float], ...]
    weight: str


@dataclass(frozen=True)
class Row:
    """One measurement, in words."""

    key: str
    on: date
    age: str
    value: str
    z: str
    centile: str
    called: str
    meaning: str
    x: float
    y: float


@dataclass(frozen=True)
class Shown:
    """Everything that is drawn and listed for one measure by one reference."""

    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    x_words: str
    y_words: str
    problem: str


def measures_of(found: Growth, measure: str) -> tuple[Measure, ...]:
    """The measures that one choice shows: a weight is held to the length under two years, to the height after."""
    if measure == "by_length":
        return ("weight_length",) if found.shown_to < rules.STANDING_FROM_DAYS else ("weight_height",)
    return tuple(each for each in _ALONE if each == measure)


def standards_of(measure: str) -> tuple[Standard, ...]:
    """The references that know a measure."""
    return ("who",) if measure == "by_length" else ("who", "cdc")


def shown(found: Growth, measure: str, by: Standard) -> Shown:
    """What is drawn and listed of a measure by a reference."""
    measures = measures_of(found, measure)
    points = sorted((point for each in measures for point in found.of(each)), key=lambda point: point.on)
    y_words = f"{_(MEASURES[measure])} ({UNITS[measure]})"
    if found.problem:
        return Shown((), (), (), "", y_words, _(found.problem))
    scored = [(point, point.score(by)) for point in points]
    rows = tuple(_row(point, score, measure) for point, score in scored)
    if found.age_days > rules.GROWN_DAYS and all(point.days > rules.GROWN_DAYS for point in found.points):
        return Shown((), rows, (), "", y_words, _("Growth charts end at 20 years; this patient is older."))
    if measure == "by_length":
        lines = _lines_by_length(measures[0], found.sex)
        ticks = tuple((float(cm), str(cm)) for cm in range(45 if measures[0] == "weight_length" else 65, 121, 5))
        ticks = tuple(tick for tick in ticks if tick[0] <= (110 if measures[0] == "weight_length" else 120))
        return Shown(lines, rows, ticks, _("Length or height (cm)"), y_words, "")
    first, last = _span(by, measure, max((point.corrected_days for point in points), default=found.shown_to))
    lines = _lines(by, measures[0], found.sex, first, last)
    if not lines:
        return Shown((), (), (), "", y_words, _("This reference has nothing for this age."))
    corrected = any(point.corrected_days != point.days for point in points)
    x_words = _("Age, corrected to 40 weeks until the second birthday") if corrected else _("Age")
    return Shown(lines, rows, _age_ticks(first, last), x_words, y_words, "")


def _span(standard: Standard, measure: str, oldest: int) -> tuple[int, int]:
    """The ages to show, in days: the first two years while the child is so young, else all of the reference."""
    if standard == "who":
        return (0, 731) if oldest <= 731 else (0, 1826)
    if measure == "head" or (measure != "bmi" and oldest <= 1096):
        return 0, 1095
    return 731, round(240 * MONTH)


def _age_ticks(first: int, last: int) -> tuple[tuple[float, str], ...]:
    months_apart = 3 if last - first <= 1100 else 6 if last - first <= 1900 else 24
    found = []
    for month in range(round(first / MONTH), round(last / MONTH) + 1, months_apart):
        words = _("{n} y").format(n=month // 12) if month % 12 == 0 and month else _("{n} m").format(n=month)
        found.append((month * MONTH, words))
    return tuple(found)


def _lines(standard: Standard, measure: Measure, sex: str, first: int, last: int) -> tuple[Line, ...]:
    places = [*range(first, last, max((last - first) // 120, 1)), last]
    return _named(standard, measure, growth.reference_curves(standard, measure, sex, _zs(standard, measure), places))


def _lines_by_length(measure: Measure, sex: str) -> tuple[Line, ...]:
    places = range(450, 1101, 5) if measure == "weight_length" else range(650, 1201, 5)
    found = growth.reference_curves("who", measure, sex, WHO_ZS, list(places))
    return _named("who", measure, [(z, [(place / 10, value) for place, value in points]) for z, points in found])


def _zs(standard: Standard, measure: Measure) -> tuple[float, ...]:
    if standard == "who":
        return WHO_ZS
    return tuple(rules.z_of(centile) for centile in (CDC_BMI_CENTILES if measure == "bmi" else CDC_CENTILES))


def _named(
    standard: Standard, measure: Measure, found: Sequence[tuple[float, Sequence[tuple[float, float]]]]
) -> tuple[Line, ...]:
    lines = []
    for z, points in found:
        if not points:
            continue
        if standard == "who":
            name, weight = f"{z:+.0f} SD" if z else "0", "middle" if z == 0 else "outer" if abs(z) >= 3 else "plain"
        else:
            centile = round(rules.centile(z))
            edge = {5, 95} if measure == "bmi" else {3, 97}
            name, weight = f"P{centile}", "middle" if centile == 50 else "outer" if centile in edge else "plain"
        lines.append(Line(name.replace("-", "−"), tuple((float(x), float(y)) for x, y in points), weight))
    return tuple(lines)


def _row(point: GrowthPoint, score: Score | None, measure: str) -> Row:
    called = rules.called(score) if score is not None else ""
    reads = [*([_(called)] if called else ()), *([_("far from the last: right?")] if point.is_odd else ())]
    severe = score is not None and abs(score.z) >= 3
    meaning = "" if not reads else "critical" if severe else "warning"
    x = float(point.at_cm) if point.at_cm is not None else float(point.corrected_days)
    return Row(
        f"{point.measure} {point.on}",
        point.on,
        age_words(point),
        _value(point, measure),
        "–" if score is None else f"{score.z:+.2f}".replace("-", "−"),
        "–" if score is None else centile_words(score.centile),
        ", ".join(reads),
        meaning,
        x,
        point.value,
    )


def _value(point: GrowthPoint, measure: str) -> str:
    """What was measured; a length measured the other way than the charts mean it says what it counts as."""
    if point.measured is None or point.measured == point.value:
        return f"{point.value:.1f} {UNITS[measure]}"
    words = (
        _("{cm} cm standing, counts as {charted}")
        if point.posture == "standing"
        else _("{cm} cm lying, counts as {charted}")
    )
    return words.format(cm=f"{point.measured:.1f}", charted=f"{point.value:.1f}")


def age_words(point: GrowthPoint) -> str:
    """An age in months or years, and the corrected one behind it where it differs."""
    words = _months(point.days)
    if point.corrected_days == point.days:
        return words
    return _("{age} (corrected {corrected})").format(age=words, corrected=_months(point.corrected_days))


def _months(days: int) -> str:
    if days < 0:
        return _("not yet due")
    if days < 61:
        return _("{n} w").format(n=days // 7)
    months = int(days / MONTH)
    if months < 24:
        return _("{n} m").format(n=months)
    return _("{years} y {months} m").format(years=months // 12, months=months % 12)


def centile_words(centile: float) -> str:
    """A centile with as many figures as mean anything."""
    if centile < 0.1:
        return "< 0.1"
    if centile > 99.9:
        return "> 99.9"
    return f"{centile:.1f}" if centile < 3 or centile > 97 else f"{centile:.0f}"
