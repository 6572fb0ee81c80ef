"""Who is on the downtime pack, and that the pack says what must be known of each of them."""

import io
from datetime import date, timedelta

from pypdf import PdfReader

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.reports.downtime_pack import downtime_pack
from clinic_desktop.services import downtime, jobs, patients, queue, scheduling
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import settings as settings_table
from tests.conftest import DeskFor


def _ready(store: Store) -> None:
    with store.write(act=new_id(), session=None) as unit:
        values = {"name": "recovery_confirmed_at", "value": "2026-01-01T00:00:00.000000Z"}
        unit.create(settings_table, values, kind="recovery.confirmed")


def test_everybody_of_today_stands_on_the_pack_once_and_nobody_else(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    _ready(store)
    front, nurse = desk_for("front_desk"), desk_for("nurse")
    doctor = desk_for("doctor").session.staff_id

    def person(family: str) -> str:
        new = NewPatient(family, "Amina", "female", date(1980, 5, 4), "day")
        return patients.register_patient(front, new).patient_id

    here, booked, tomorrow, nobody = (person(name) for name in ("Waiting", "Booked", "Tomorrow", "Nobody"))
    at = clock.now() + timedelta(hours=2)
    scheduling.book(front, here, doctor, at)
    scheduling.book(front, booked, doctor, at + timedelta(hours=1))
    scheduling.book(front, tomorrow, doctor, at + timedelta(days=1))
    queue.check_in(front, here, complaint="headache")
    found = downtime.todays_patients(nurse)
    assert [(one.patient_id, one.where) for one in found] == [(here, "here"), (booked, "booked")]
    assert nobody not in {one.patient_id for one in found}
    pdf, count = downtime_pack(nurse, "a long password 1")
    assert count == 2
    reader = PdfReader(io.BytesIO(pdf))
    reader.decrypt("a long password 1")
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 3
    assert "WAITING" in pages[1].upper()
    assert "headache" in pages[1]
    assert "Allergies have not been asked about" in pages[1]
    assert "BOOKED" in pages[2].upper()
    assert "WAITING" not in pages[2].upper()


def test_a_run_that_never_ended_is_told_as_failed_by_the_next_one(store: Store, desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    jobs.begin_run(store, "backup")
    again = jobs.begin_run(store, "backup")
    jobs.end_run(store, again, "done", {"path": "/b"})
    assert [one.outcome for one in jobs.job_history(desk)] == ["done", "failed"]


def test_so_many_runs_are_kept_and_the_secret_is_in_no_journal(store: Store, desk_for: DeskFor) -> None:
    for _ in range(jobs.KEPT + 3):
        jobs.end_run(store, jobs.begin_run(store, "backup"), "done", {})
    desk = desk_for("administrator")
    assert len(jobs.job_history(desk, 1000)) == jobs.KEPT
    jobs.set_downtime_password(desk, "correct horse battery")
    jobs.set_downtime_password(desk, "another horse battery")
    with store.read() as connection:
        assert jobs.downtime_password(connection) == "another horse battery"
        rows = connection.exec_driver_sql("SELECT * FROM journal").all()
    assert not any("horse" in str(row) for row in rows)
