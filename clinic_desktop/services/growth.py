"""A child's growth: what was measured, and where each value stands by WHO's and CDC's references."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import growth as rules
from clinic_desktop.domain import vitals, weight_change
from clinic_desktop.domain.growth import Measure, Score, Standard
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.growth_tables import growth_tables
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.patients import today
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("reference_curves",)

# Pregnancies shorter than 22 weeks end before a child can live (WHO), longer than 45 are a slip of the pen.
SHORTEST_DAYS, LONGEST_DAYS = 22 * 7, 45 * 7
_CODES: dict[str, Measure] = {vitals.WEIGHT: "weight", vitals.HEIGHT: "height", vitals.HEAD: "head"}


@dataclass(frozen=True)
class GrowthPoint:
    """One value (kg, cm, kg/m2) on one day, scored at the corrected age; `at_cm` is the length a weight is held to.

    Of a length that was not measured as the charts mean it, `value` is what it counts as and `measured` what was read;
    `is_odd` says that a weight is far from those before it.
    """

    measure: Measure
    on: date
    days: int
    corrected_days: int
    value: float
    who: Score | None
    cdc: Score | None
    at_cm: float | None = None
    measured: float | None = None
    posture: str | None = None
    is_odd: bool = False

    def score(self, standard: Standard) -> Score | None:
        """Where it stands by one of the references."""
        return self.who if standard == "who" else self.cdc


@dataclass(frozen=True)
class Growth:
    """A child's growth, each measure oldest first; `problem` says why nothing can be scored."""

    patient_id: str
    revision: int
    sex: str
    born_on: date | None
    gestation_days: int | None
    points: tuple[GrowthPoint, ...]
    problem: str = ""
    age_days: int = 0  # today

    @property
    def shown_to(self) -> int:
        """The age in days to which the curves are of use: that of the last measurement, or today's before the first."""
        return max((point.corrected_days for point in self.points), default=self.age_days)

    def __repr__(self) -> str:
        return f"Growth({self.patient_id})"

    def of(self, measure: Measure) -> tuple[GrowthPoint, ...]:
        """The points of one measure."""
        return tuple(point for point in self.points if point.measure == measure)


@query(access="chart")
def growth(read: Read, patient_id: str) -> Growth:
    """Every weight, length and head circumference that stands, with z-scores and centiles."""
    row = read.conn.execute(select(patients).where(patients.c.id == kept_id(read.conn, patient_id))).one_or_none()
    if row is None:
        raise Refusal(N_("This patient is not here."), field="patient")
    born_on = None if row.born_on is None else date.fromisoformat(row.born_on)
    problem = ""
    if born_on is None or row.born_precision != "day":
        problem = N_("The birth date is not known to the day: no age can be told, and nothing can be scored.")
    elif row.sex not in {"female", "male"}:
        problem = N_("The references are for girls and boys: nothing can be scored without the sex.")
    measured = _measured(read.conn, ids_of(read.conn, patient_id))
    age_days = 0 if born_on is None else rules.age_in_days(born_on, today(read))
    points = () if problem or born_on is None else _points(measured, born_on, row.sex, row.gestation_days)
    return Growth(patient_id, row.revision, row.sex, born_on, row.gestation_days, points, problem, age_days)


@command
def set_gestation(act: Act, patient_id: str, weeks: int | None, days: int, expect: int) -> int:
    """Note how long the pregnancy lasted (weeks and 0 to 6 days), or that it is not known. Returns the revision."""
    chart_rows.patient_row(act.conn, patient_id)
    total = None if weeks is None else weeks * 7 + days
    if not 0 <= days <= 6:
        raise Refusal(N_("Days are 0 to 6: seven make a week."), field="gestation_days")
    if total is not None and not SHORTEST_DAYS <= total <= LONGEST_DAYS:
        raise Refusal(N_("A pregnancy lasts between 22 and 45 weeks."), field="gestation_weeks")
    return act.change(patients, patient_id, {"gestation_days": total}, kind="patient.gestation_noted", expect=expect)


def reference_curves(
    standard: Standard, measure: Measure, sex: str, zs: Iterable[float], places: Sequence[int]
) -> list[tuple[float, list[tuple[float, float]]]]:
    """The curves of some z-scores: (z, [(days of age, or tenths of a centimetre for a weight by length), value])."""
    tables = growth_tables()
    if measure in {"weight_length", "weight_height"}:
        table = tables["who", measure, sex]
        rows = [(place, table.find(place / 10)) for place in places]
        return [(z, [(place, row.value(z)) for place, row in rows if row is not None]) for z in zs]
    return [(z, [(float(d), v) for d, v in rules.curve(tables, standard, measure, sex, z, places)]) for z in zs]


@dataclass
class _Day:
    """The last value of each measure on one day, and how the length was measured."""

    values: dict[Measure, float] = field(default_factory=dict)
    posture: str | None = None


def _measured(conn: Connection, ids: Sequence[str]) -> dict[date, _Day]:
    """What was measured on each day, oldest day first."""
    rows = conn.execute(
        select(vital_signs.c.code, vital_signs.c.value, vital_signs.c.taken_at, vital_signs.c.posture)
        .where(vital_signs.c.patient_id.in_(ids), vital_signs.c.code.in_(list(_CODES)), vital_signs.c.status == "final")
        .order_by(vital_signs.c.taken_at, vital_signs.c.rowid_)
    )
    found: dict[date, _Day] = {}
    for row in rows:
        on = from_text(row.taken_at).astimezone().date()
        day = found.setdefault(on, _Day())
        day.values[_CODES[row.code]] = float(Decimal(row.value))
        if row.code == vitals.HEIGHT:
            day.posture = row.posture
    return found


def _points(measured: dict[date, _Day], born_on: date, sex: str, gestation: int | None) -> tuple[GrowthPoint, ...]:
    tables = growth_tables()
    points: list[GrowthPoint] = []
    weighed: list[tuple[int, float]] = []
    for on, day in measured.items():
        days = rules.age_in_days(born_on, on)
        if days < 0:
            continue
        corrected = rules.corrected_days(born_on, on, gestation)
        of_day: dict[Measure, float] = dict(day.values)
        if "height" in of_day:
            of_day["height"] = rules.as_charted(of_day["height"], day.posture, corrected)
        if "weight" in of_day and "height" in of_day:
            of_day["bmi"] = rules.body_mass_index(of_day["weight"], of_day["height"])
        for measure, value in of_day.items():
            who = rules.score(tables, "who", measure, sex, corrected, value)
            cdc = rules.score(tables, "cdc", measure, sex, corrected, value)
            point = GrowthPoint(measure, on, days, corrected, value, who, cdc)
            if measure == "height":
                point = replace(point, measured=day.values["height"], posture=day.posture)
            elif measure == "weight":
                point = replace(point, is_odd=_is_odd(point, weighed))
            points.append(point)
        if "bmi" in of_day:
            weight, length = of_day["weight"], of_day["height"]
            by_length = rules.score_for_length(tables, sex, corrected, weight, length)
            if by_length is not None:
                points.append(GrowthPoint(by_length.measure, on, days, corrected, weight, by_length, None, length))
    return tuple(points)


def _is_odd(point: GrowthPoint, weighed: list[tuple[int, float]]) -> bool:
    """Whether a weight is far from those before it, to which it is added."""
    score = point.score(rules.preferred(point.corrected_days))
    if score is None:
        return False
    odd = weight_change.is_odd_for_child(score.z, point.corrected_days, weighed)
    weighed.append((point.corrected_days, score.z))
    return odd
