"""`clinic-desktop jobs`: what the background process does by itself, and doing one of them now."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from clinic_desktop.agent.jobs import JOBS, Job
from clinic_desktop.cli.terminal import DONE, SignedIn, Terminal, parser, read_secret
from clinic_desktop.clock import to_text
from clinic_desktop.i18n import _
from clinic_desktop.services import administration, jobs
from clinic_desktop.services.jobs import JobRun
from clinic_desktop.services.permissions import require

SETTINGS = ("downtime_folder", "reports_folder", "monthly_reports")


def run(terminal: Terminal, arguments: list[str]) -> int:
    """List the jobs with when each is due, or run one."""
    words = parser("jobs", "Background jobs.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    which.add_parser("list", help="every job and when it is due")
    which.add_parser("history", help="what was done by itself, and how it went, newest first")
    put = which.add_parser("set", help="where its papers go: downtime_folder, reports_folder, monthly_reports")
    put.add_argument("setting", choices=SETTINGS)
    put.add_argument("value", help="a whole path, or the names of reports; empty for none")
    which.add_parser("password", help="the password that the downtime pack opens with, from --from-file").add_argument(
        "--from-file", required=True, type=Path, metavar="F"
    )
    now = which.add_parser("run", help="do one now")
    now.add_argument("name", choices=sorted(JOBS))
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        if chosen.which == "list":
            listed = [
                {"name": job.name, "title": job.title, "due_at": to_text(job.next_at(terminal.profile, here.desk.now))}
                for job in JOBS.values()
            ]
            terminal.answer(listed, [_listed(job, here) for job in JOBS.values()])
            return DONE
        if chosen.which == "history":
            runs = jobs.job_history(here.desk)
            terminal.answer(
                [asdict(one) for one in runs],
                [f"{_at(one.started_at)}  {one.name:<17}{one.outcome:<8}{_told(one)}" for one in runs],
            )
            return DONE
        if chosen.which == "set":
            administration.change_setting(here.desk, chosen.setting, chosen.value)
            terminal.answer({"name": chosen.setting, "value": chosen.value}, [f"{chosen.setting}: {chosen.value}"])
            return DONE
        if chosen.which == "password":
            jobs.set_downtime_password(here.desk, read_secret(chosen.from_file))
            terminal.answer({"set": True}, [_("The downtime pack opens with this password from now on.")])
            return DONE
        job = JOBS[chosen.name]
        require(here.desk.session.role, job.act)
        event = job.run(here.clinic)
        terminal.answer(event, [f"{name}: {value}" for name, value in event.items()])
    return DONE


def _at(instant: datetime) -> str:
    """An instant by the clock on the wall."""
    return f"{instant.astimezone():%Y-%m-%d %H:%M}"


def _listed(job: Job, here: SignedIn) -> str:
    """A job in one line: when it is due by the clock on the wall, or that nothing is set up for it."""
    due = _at(job.next_at(here.clinic.profile, here.desk.now)) if job.is_wanted(here.clinic) else _("nothing to do")
    return f"{job.name:<17}{due:<18}{_(job.title)}"


def _told(one: JobRun) -> str:
    """What a run told in one line: of a failure its words."""
    if "message" in one.said:
        facts = one.said.get("facts")
        return str(one.said["message"]).format(**(facts if isinstance(facts, dict) else {}))
    return " ".join(f"{name}: {value}" for name, value in one.said.items() if name in {"path", "patients", "told"})
