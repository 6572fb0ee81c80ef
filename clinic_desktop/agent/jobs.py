"""What the background process does by itself, and when: one entry for each job."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.agent.papers import is_month_waiting, is_pack_wanted, write_downtime_pack, write_monthly_reports
from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.services.backups import last_made_at, make_backup
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.inbox import ESCALATION_EVERY, escalate
from clinic_desktop.services.jobs import begin_run, end_run

# A window that was just opened has better things to do than to wait for the disk.
SETTLE = timedelta(minutes=2)

Event = dict[str, object]


@dataclass(frozen=True)
class Job:
    """A job: `act` is the permission to ask for it; its work answers with the event that is told to the window."""

    name: str
    title: str
    act: str
    work: Callable[[Clinic], Event]
    every: Callable[[Path], timedelta]
    last: Callable[[Path], datetime | None]
    # Whether it has anything to do: what has not is no run, and leaves no row.
    is_wanted: Callable[[Clinic], bool] = lambda _clinic: True
    is_noted: bool = True

    def run(self, clinic: Clinic) -> Event:
        """Do it, and note how it went. Raises what the work raises."""
        if not self.is_noted:
            return self.work(clinic)
        run = begin_run(clinic.store, self.name)
        try:
            told = self.work(clinic)
        except (Refusal, Trouble) as error:
            remedy = error.remedy if isinstance(error, Trouble) else ""
            said = {"message": error.message, "remedy": remedy, "facts": error.facts}
            end_run(clinic.store, run, "failed", said)
            raise
        except Exception as error:
            end_run(clinic.store, run, "failed", {"message": type(error).__name__})
            raise
        end_run(clinic.store, run, "done", told)
        return told

    def next_at(self, profile: Path, now: datetime) -> datetime:
        """When it is due: an interval after it last ran, and not while everything is starting."""
        last = self.last(profile)
        due = now if last is None else last + self.every(profile)
        return max(due, now + SETTLE)


def _back_up(clinic: Clinic) -> Event:
    made = make_backup(clinic.profile, clinic.data_key, clock=clinic.store.clock)
    with clinic.store.write(act=new_id(), session=None) as unit:
        unit.accessed("backup.made", subject=Path(made.path).name)
    return {"event": "backup.verified", **asdict(made)}


def _backup_interval(profile: Path) -> timedelta:
    return timedelta(hours=max(1, settings.load(profile).backup_every_hours))


def _escalate(clinic: Clinic) -> Event:
    return {"event": "inbox.escalated", "told": escalate(clinic.store)}


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job("backup", N_("Proved backup"), "backups.create_backup", _back_up, _backup_interval, last_made_at),
        Job(
            "escalation", N_("Unanswered critical results go to the next person"), "inbox.send", _escalate,
            lambda _profile: ESCALATION_EVERY, lambda _profile: None, is_noted=False,
        ),
        Job(
            "downtime-pack", N_("Sealed paper of today's patients on a second disk"), "jobs.job_history",
            write_downtime_pack, lambda _profile: timedelta(hours=1), lambda _profile: None, is_pack_wanted,
        ),
        Job(
            "monthly-reports", N_("Last month's reports"), "jobs.job_history", write_monthly_reports,
            lambda _profile: timedelta(hours=6), lambda _profile: None, is_month_waiting,
        ),
    )
}  # fmt: skip
