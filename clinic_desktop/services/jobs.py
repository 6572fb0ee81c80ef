"""The record of what the background process does by itself: begun, done or failed and why, for the administrator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from clinic_desktop.clock import from_text, new_id, to_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.jobs import job_runs, job_secrets
from clinic_desktop.store.tables.journal import settings

IN_ACT = ("begin_run", "end_run", "chosen", "downtime_password", "last_done_at")

# Of each job so many runs are kept: a backup every six hours for seven weeks.
KEPT = 200
PASSWORD = "downtime_password"  # noqa: S105 - the name of the row, not the word in it
# A downtime paper is copied to a disk that may be carried away.
SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class JobRun:
    """One run of a job; `said` is what it told, of a failure with `message` and perhaps `remedy`."""

    name: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    said: Mapping[str, object]


def begin_run(store: Store, name: str) -> int:
    """Note that a job begins; returns the run. One that never ended is a process that was ended meanwhile."""
    with store.write(act=new_id(), session=None) as unit:
        unit.conn.execute(
            update(job_runs)
            .where(job_runs.c.name == name, job_runs.c.outcome == "running")
            .values(outcome="failed", said=json.dumps({"message": "it was ended before it was done"}))
        )
        values = {"name": name, "started_at": to_text(unit.now), "outcome": "running"}
        made = unit.conn.execute(insert(job_runs).values(values)).inserted_primary_key
        kept = select(job_runs.c.rowid_).where(job_runs.c.name == name).order_by(job_runs.c.rowid_.desc()).limit(KEPT)
        unit.conn.execute(delete(job_runs).where(job_runs.c.name == name, job_runs.c.rowid_.not_in(kept)))
    assert made is not None
    return int(made[0])


def end_run(store: Store, run: int, outcome: str, said: Mapping[str, object]) -> None:
    """Note how a run ended."""
    with store.write(act=new_id(), session=None) as unit:
        values = {"ended_at": to_text(unit.now), "outcome": outcome, "said": json.dumps(said, default=str)}
        unit.conn.execute(update(job_runs).where(job_runs.c.rowid_ == run).values(values))


def last_done_at(conn: Connection, name: str) -> datetime | None:
    """When a job was last done whole."""
    found = select(func.max(job_runs.c.ended_at)).where(job_runs.c.name == name, job_runs.c.outcome == "done")
    at = conn.execute(found).scalar()
    return None if at is None else from_text(at)


@query
def job_history(read: Read, limit: int = 100) -> tuple[JobRun, ...]:
    """What the background process did by itself, the newest first."""
    rows = read.conn.execute(select(job_runs).order_by(job_runs.c.rowid_.desc()).limit(limit))
    return tuple(
        JobRun(
            row.name, from_text(row.started_at), None if row.ended_at is None else from_text(row.ended_at), row.outcome,
            json.loads(row.said or "{}"),
        )
        for row in rows
    )  # fmt: skip


@command
def set_downtime_password(act: Act, password: str) -> None:
    """Choose the password that the downtime pack opens with; it is written on paper and kept where staff find it.

    Latin letters, figures and marks alone: a PDF is opened with whatever keyboard is at hand. Raises Refusal.
    """
    if len(password) < SHORTEST_PASSWORD or not (password.isascii() and password.isprintable()):
        raise Refusal(
            N_("The password has at least {least} Latin letters, figures or marks."),
            field=PASSWORD, least=str(SHORTEST_PASSWORD),
        )  # fmt: skip
    act.conn.execute(delete(job_secrets).where(job_secrets.c.name == PASSWORD))
    act.conn.execute(insert(job_secrets).values(name=PASSWORD, value=password))
    known = act.conn.execute(select(settings).where(settings.c.name == f"{PASSWORD}_at")).one_or_none()
    if known is None:
        act.create(settings, {"name": f"{PASSWORD}_at", "value": act.at}, kind="setting.made")
    else:
        act.change(settings, known.id, {"value": act.at}, kind="setting.changed")


def downtime_password(conn: Connection) -> str | None:
    """The password of the downtime pack; None where nobody has chosen one."""
    return conn.execute(select(job_secrets.c.value).where(job_secrets.c.name == PASSWORD)).scalar()


def chosen(conn: Connection, name: str) -> str:
    """A setting of the clinic, empty where it was never made."""
    return str(conn.execute(select(settings.c.value).where(settings.c.name == name)).scalar() or "")
