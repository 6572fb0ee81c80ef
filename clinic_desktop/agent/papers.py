"""Papers that the background process writes by itself: the downtime pack of today, and the reports of last month."""

import contextlib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import Asked
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.i18n import N_
from clinic_desktop.reports.whole import written_whole
from clinic_desktop.services import jobs

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic

Event = dict[str, object]

PACK = "downtime-"
# Two days of hourly packs; an older one names patients of whom nothing is needed any more.
KEPT_PACKS = 48
MONTHLY = (
    "revenue-analysis", "appointment-utilization", "doctor-performance", "patient-demographics", "queue-analytics",
)  # fmt: skip


def write_downtime_pack(clinic: "Clinic") -> Event:
    """Write the sealed pack of today's patients to the second disk, whole or not at all. Raises Refusal and Trouble."""
    from clinic_desktop.reports.downtime_pack import downtime_pack  # a paper is heavy: only when one is due

    with clinic.store.read() as connection:
        folder = jobs.chosen(connection, "downtime_folder")
        password = jobs.downtime_password(connection)
    if not folder or password is None:
        raise Refusal(N_("Choose a folder and a password for the downtime pack first."), field="downtime_folder")
    place = _folder(Path(folder))
    desk = clinic.begin_downtime()
    try:
        pdf, people = downtime_pack(desk, password)
        at = desk.now.astimezone()
    finally:
        clinic.sign_out(desk, "downtime pack written")
    path = place / f"{PACK}{at:%Y-%m-%d-%H%M%S}.pdf"
    _put(path, pdf)
    for old in sorted(place.glob(f"{PACK}*.pdf"))[:-KEPT_PACKS]:
        with contextlib.suppress(OSError):
            old.unlink()
    return {"event": "downtime.written", "path": str(path), "patients": people, "bytes": len(pdf)}


def is_pack_wanted(clinic: "Clinic") -> bool:
    """Whether an administrator chose where the downtime pack goes."""
    with clinic.store.read() as connection:
        return bool(jobs.chosen(connection, "downtime_folder"))


def write_monthly_reports(clinic: "Clinic") -> Event:
    """Write last month's reports as PDF and Excel; one that fails is told and takes no other with it."""
    from clinic_desktop.reports.report_file import write_report
    from clinic_desktop.services.reporting import open_report

    with clinic.store.read() as connection:
        folder, named = jobs.chosen(connection, "reports_folder"), jobs.chosen(connection, "monthly_reports")
    if not folder:
        raise Refusal(N_("Choose a folder for the monthly reports first."), field="reports_folder")
    wanted = named.split() or list(MONTHLY)
    unknown = [name for name in wanted if name not in REPORTS or REPORTS[name].about_patient]
    if unknown:
        raise Refusal(N_("There is no monthly report {name}."), field="monthly_reports", name=unknown[0])
    desk = clinic.begin_reports()
    first, last = _last_month(desk.now.astimezone().date())
    place = _folder(Path(folder)) / f"{first:%Y-%m}"
    written, failed = [], []
    try:
        place.mkdir(exist_ok=True)
        for name in wanted:
            for form in ("pdf", "xlsx"):
                try:
                    path = place / f"{name}.{form}"
                    write_report(desk, open_report(desk, Asked(name, first, last)), path, form)
                    written.append(path.name)
                except (Refusal, Trouble) as error:
                    failed.append(f"{name}.{form}: {error.message.format(**error.facts)}")
    except OSError as error:
        raise _not_written(place, error) from error
    finally:
        clinic.sign_out(desk, "monthly reports written")
    if failed:
        raise Trouble(
            N_("{count} of the monthly reports could not be written: {first}"),
            remedy=N_("Mend what is said, then run the job again."), count=len(failed), first=failed[0],
        )  # fmt: skip
    return {"event": "reports.written", "path": str(place), "month": f"{first:%Y-%m}", "written": written}


def is_month_waiting(clinic: "Clinic") -> bool:
    """Whether somebody wants monthly reports and last month's are not written yet."""
    with clinic.store.read() as connection:
        folder, done = jobs.chosen(connection, "reports_folder"), jobs.last_done_at(connection, "monthly-reports")
    today = clinic.store.clock.now().astimezone().date()
    return bool(folder) and (done is None or done.astimezone().date() < today.replace(day=1))


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _folder(folder: Path) -> Path:
    """A folder that is there: a disk that is not plugged in is told, never made as a folder of the first disk."""
    if not folder.is_dir():
        raise Trouble(
            N_("The folder {path} is not there."),
            remedy=N_("Plug in its disk, or choose another folder."), path=str(folder),
        )  # fmt: skip
    return folder


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    try:
        with written_whole(path) as file:
            file.write(data)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> Trouble:
    return Trouble(
        N_("{path} could not be written ({why})."),
        remedy=N_("Look whether the disk is there, has room and may be written to."),
        path=str(path), why=error.strerror or type(error).__name__,
    )  # fmt: skip
