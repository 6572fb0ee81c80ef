"""The chart of one patient: what is known, in bounded work, whether there was one visit or a thousand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.services import chart_rows, outside, outside_results
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.chart_rows import (
    AllergyShown,
    ChartPatient,
    MedicineTaken,
    Problem,
    ResultShown,
    VitalShown,
)
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.outside import OutsideAct
from clinic_desktop.services.relations import Relative, relatives
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("visits_of",)

PAGE = 20
COUNTED_TO = 200


@dataclass(frozen=True)
class Cursor:
    """Where a page of the timeline ended."""

    started_at: datetime
    id: str


@dataclass(frozen=True)
class Visit:
    """One encounter in the timeline."""

    id: str
    started_at: datetime
    preset: str
    status: str
    practitioner: str
    practitioner_id: str | None
    summary: str | None
    signed_at: datetime | None
    # Of a visit elsewhere: where, when in the words that came, and what became of it there.
    organisation: str | None = None
    when: str | None = None
    outside_status: str | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it was a visit to others, that cannot be opened here."""
        return self.status == "outside"


@dataclass(frozen=True)
class TimelinePage:
    """Some encounters, newest first, and where the next page begins; None at the end."""

    visits: tuple[Visit, ...]
    following: Cursor | None


@dataclass(frozen=True)
class Chart:
    """Everything the chart screen shows when it opens."""

    patient: ChartPatient
    problems: tuple[Problem, ...]
    allergies: tuple[AllergyShown, ...]
    medicines: tuple[MedicineTaken, ...]
    vitals: tuple[VitalShown, ...]
    results: tuple[ResultShown, ...]
    acts: tuple[OutsideAct, ...]
    timeline: TimelinePage
    visit_count: int
    open_visit: Visit | None
    family: tuple[Relative, ...] = ()

    @property
    def counted_all(self) -> bool:
        """Whether `visit_count` is the whole number: counting stops at two hundred."""
        return self.visit_count < COUNTED_TO


@query(access="chart")
def open_chart(read: Read, patient_id: str) -> Chart:
    """Open a chart; who did is in the access log before the first value is read."""
    return _chart(read, patient_id)


@query
def chart_again(read: Read, patient_id: str) -> Chart:
    """The same chart after something changed; refused to a session that never opened it."""
    chart_rows.require_opened(read, patient_id)
    return _chart(read, patient_id)


@query
def timeline(read: Read, patient_id: str, after: Cursor | None = None, limit: int = PAGE) -> TimelinePage:
    """A page of encounters, newest first."""
    chart_rows.require_opened(read, patient_id)
    return _timeline(read, patient_id, after, limit)


@query
def resolved_problems(read: Read, patient_id: str) -> tuple[Problem, ...]:
    """The problems that are over."""
    chart_rows.require_opened(read, patient_id)
    return chart_rows.problems_of(read.conn, patient_id, "resolved")


def _chart(read: Read, patient_id: str) -> Chart:
    connection = read.conn
    counted = (
        select(encounters.c.id)
        .where(encounters.c.patient_id.in_(ids_of(read.conn, patient_id)))
        .limit(COUNTED_TO)
        .subquery()
    )
    return Chart(
        patient=chart_rows.patient_of(connection, patient_id),
        problems=chart_rows.problems_of(connection, patient_id),
        allergies=chart_rows.allergies_of(connection, patient_id),
        medicines=chart_rows.medicines_of(connection, patient_id),
        vitals=chart_rows.latest_vitals(connection, patient_id),
        results=outside_results.results_of(connection, patient_id),
        acts=outside.outside_acts(connection, patient_id),
        timeline=_timeline(read, patient_id, None, PAGE),
        visit_count=int(connection.execute(select(func.count()).select_from(counted)).scalar_one()),
        open_visit=_open_visit(read, patient_id),
        family=relatives.inside(read, patient_id),
    )


_VISITS = select(
    encounters.c.id,
    encounters.c.started_at,
    encounters.c.preset,
    encounters.c.status,
    staff.c.display_name,
    encounters.c.practitioner_id,
    encounters.c.summary,
    encounters.c.signed_at,
    encounters.c.outside_practitioner,
    encounters.c.outside_organisation,
    encounters.c.started_text,
    encounters.c.outside_status,
).outerjoin(staff, staff.c.id == encounters.c.practitioner_id)


def _timeline(read: Read, patient_id: str, after: Cursor | None, limit: int) -> TimelinePage:
    wanted = _VISITS.where(encounters.c.patient_id.in_(ids_of(read.conn, patient_id)), encounters.c.status != "void")
    if after is not None:
        at = to_text(after.started_at)
        # Written so that the index is walked from the cursor on; a row value is not (speed.md).
        wanted = wanted.where(
            encounters.c.started_at <= at, or_(encounters.c.started_at < at, encounters.c.id < after.id)
        )
    rows = read.conn.execute(
        wanted.order_by(encounters.c.started_at.desc(), encounters.c.id.desc()).limit(limit + 1)
    ).all()
    visits = tuple(_visit(tuple(row)) for row in rows[:limit])
    more = len(rows) > limit
    return TimelinePage(visits, Cursor(visits[-1].started_at, visits[-1].id) if more else None)


def visits_of(read: Read, patient_id: str, limit: int = PAGE) -> tuple[Visit, ...]:
    """The newest encounters of a patient, inside another query."""
    return _timeline(read, patient_id, None, limit).visits


def _open_visit(read: Read, patient_id: str) -> Visit | None:
    # Not ordered in SQL: with an order the planner walks every visit in time order instead of the few open ones.
    rows = read.conn.execute(
        _VISITS.where(
            encounters.c.patient_id.in_(ids_of(read.conn, patient_id)),
            encounters.c.status.in_(("open", "awaiting_results")),
        )
    ).all()
    visits = [_visit(tuple(row)) for row in rows]
    return max(visits, key=lambda visit: visit.started_at, default=None)


def _visit(row: tuple[str, ...]) -> Visit:
    who = row[4] or row[8] or row[9] or ""
    return Visit(
        row[0], from_text(row[1]), row[2], row[3], who, row[5], row[6], chart_rows.instant(row[7]), row[9], row[10],
        row[11],
    )  # fmt: skip
