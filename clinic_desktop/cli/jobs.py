"""`clinic-desktop jobs`: what the background process does by itself, and doing one of them now."""

from clinic_desktop.agent.jobs import JOBS
from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.clock import to_text
from clinic_desktop.services.permissions import require


def run(terminal: Terminal, arguments: list[str]) -> int:
    """List the jobs with when each is due, or run one."""
    words = parser("jobs", "Background jobs.")
    which = words.add_subparsers(dest="which", required=True)
    which.add_parser("list", help="every job and when it is due")
    now = which.add_parser("run", help="do one now")
    now.add_argument("name", choices=sorted(JOBS))
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        if chosen.which == "list":
            listed = [
                {"name": job.name, "title": job.title, "due_at": to_text(job.next_at(terminal.profile, here.desk.now))}
                for job in JOBS.values()
            ]
            terminal.answer(listed, [f"{job['name']:<12}{job['due_at']}  {job['title']}" for job in listed])
            return DONE
        job = JOBS[chosen.name]
        require(here.desk.session.role, job.act)
        event = job.work(here.clinic)
        terminal.answer(event, [f"{name}: {value}" for name, value in event.items()])
    return DONE
