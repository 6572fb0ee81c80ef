"""How the machine serves the people: its jobs and backups, and how fast each screen was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from clinic_desktop.clock import new_id
from clinic_desktop.domain import dashboard as rules
from clinic_desktop.services.acts import Desk, Read, allow, query
from clinic_desktop.services.backups import last_made_at
from clinic_desktop.services.jobs import JobRun, job_history
from clinic_desktop.services.patients import today
from clinic_desktop.store.tables.speeds import screen_speeds as speeds

DAYS = 14
KEPT_DAYS = 90
LISTED = 400  # runs: a backup every six hours and a pack every hour of a fortnight


@dataclass(frozen=True)
class JobHealth:
    """One job: when it was last done and how it last failed; `is_well` where nothing failed since."""

    name: str
    done_at: datetime | None
    failed: JobRun | None
    is_running: bool

    @property
    def is_well(self) -> bool:
        """Whether it was done since it failed last."""
        return self.failed is None or (self.done_at is not None and self.done_at > self.failed.started_at)


@dataclass(frozen=True)
class ScreenSpeed:
    """How fast one screen was over some days: half, and nineteen in twenty, of its openings took no longer than.

    In milliseconds, by the upper edge of a step of the scale.
    """

    screen: str
    openings: int
    half: int
    most: int


@query
def jobs_health(read: Read) -> tuple[JobHealth, ...]:
    """How each job of the background process went last, by name."""
    runs: dict[str, list[JobRun]] = {}
    for run in job_history.inside(read, LISTED):
        runs.setdefault(run.name, []).append(run)
    return tuple(
        JobHealth(
            name,
            next((run.ended_at for run in ran if run.outcome == "done"), None),
            next((run for run in ran if run.outcome == "failed"), None),
            any(run.outcome == "running" for run in ran[:1]),
        )
        for name, ran in sorted(runs.items())
    )


def newest_backup(desk: Desk) -> datetime | None:
    """When the newest proved backup in the profile's own folder was made, by the clock or by hand; None of none."""
    allow(desk, "dashboard_office.newest_backup")
    return last_made_at(desk.store.path.parent)


def note_speeds(desk: Desk, openings: Mapping[tuple[str, int], int]) -> None:
    """Add to the counts of today how often which screen took how long (screen and step of the scale).

    It stands beside the journal, since it says nothing of anybody.
    """
    allow(desk, "dashboard_office.note_speeds")
    if not openings:
        return
    day = desk.now.astimezone().date()
    rows = [
        {"day": day.isoformat(), "workstation": desk.store.workstation, "screen": screen, "within": within,
         "openings": number}
        for (screen, within), number in openings.items()
    ]  # fmt: skip
    made = insert(speeds)
    added = made.on_conflict_do_update(
        index_elements=["day", "workstation", "screen", "within"],
        set_={"openings": speeds.c.openings + made.excluded.openings},
    )
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.conn.execute(added, rows)
        unit.conn.execute(speeds.delete().where(speeds.c.day < (day - timedelta(days=KEPT_DAYS)).isoformat()))


@query
def screen_speeds(read: Read, days: int = DAYS) -> tuple[ScreenSpeed, ...]:
    """How fast each screen was on every workstation over the last days, today counted in; the slowest first."""
    first = today(read) - timedelta(days=days - 1)
    rows = read.conn.execute(
        select(speeds.c.screen, speeds.c.within, func.sum(speeds.c.openings))
        .where(speeds.c.day >= first.isoformat())
        .group_by(speeds.c.screen, speeds.c.within)
    )
    counts: dict[str, list[tuple[int, int]]] = {}
    for screen, within, number in rows:
        counts.setdefault(screen, []).append((within, number))
    found = [
        ScreenSpeed(
            screen, sum(number for _edge, number in each), rules.nearest(each, 50) or 0, rules.nearest(each, 95) or 0
        )
        for screen, each in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.most, -one.half, one.screen)))
