"""Who saw a patient, against plain Python over the rows of the access log and the journal, at awkward hours."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain.reporting import Asked, cells
from clinic_desktop.services.reporting import Held, open_report
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import sessions
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import FIRST, LAST, Case, Line, local, rows_of, within

# What is written down, and the words that the report says for it.
LOOKS = (
    ("banner", "patients.patient_banner", None, "Patients patient banner"),
    ("chart", "chart.open_chart", None, "Opened the chart"),
    ("chart", "chart.chart_again", "=looked again", "Looked at the chart again"),
    ("search.closed", "a use", None, "Chosen in a search"),
    ("report", "prescription", "ليلى", "Printed: prescription"),
)


@pytest.fixture
def seen(store: Store, clock: SetClock) -> Iterator[Case]:
    """Looks and changes of four people, at midnights and about them, by staff of whom some signed in."""
    with case.in_beirut():
        made = Case(store).fill()
        begun = []
        with store.write(act=new_id(), session=None) as unit:
            for number, role in enumerate(("doctor", "nurse", "cashier")):
                begun.append(unit.create(sessions, {
                    "staff_id": made.staff[role][0], "role": "front_desk" if role == "cashier" else role,
                    "workstation": f"W{number}", "opened_at": to_text(clock.now()), "method": "password",
                }, kind="session.opened"))  # fmt: skip
        moments = sorted(made.moment() for _each in range(90))
        for at in moments:
            clock.set(datetime.fromisoformat(at))
            kind, subject, detail, _words = made.draw.choice(LOOKS)
            who, session = made.draw.choice(made.people[:5]), made.draw.choice([*begun, None])
            with store.write(act=new_id(), session=session) as unit:
                if made.draw.random() < 0.3:
                    unit.change(patients, who, {"city": made.draw.choice("abc")}, kind="patient.changed")
                else:
                    unit.accessed(kind, patient=who, subject=subject, detail=detail)
        yield made


@pytest.mark.parametrize("person", [0, 4])
def test_who_saw_a_patient_is_what_plain_looking_finds(seen: Case, desk_for: DeskFor, person: int) -> None:
    kept = case.kept(seen.store)
    mine = {one for one, known in kept.items() if known == kept[seen.people[person]]}
    began = {row["id"]: row for row in rows_of(seen.store, "sessions")}
    staff = {row["id"]: row for row in rows_of(seen.store, "staff")}
    words = {(kind, subject): said for kind, subject, _detail, said in LOOKS}
    found: list[tuple[int, Line]] = []
    for table in ("access", "journal"):
        for row in rows_of(seen.store, table):
            if row["patient"] not in mine or not within(row["at"]):
                continue
            what = "Patient changed" if table == "journal" else words[row["kind"], row["subject"]]
            session = began.get(row["session"])
            who = staff[session["staff_id"]] if session else {"display_name": "", "username": ""}
            found.append((row["hlc"], [
                f"{local(row['at']):%Y-%m-%d %H:%M}", who["display_name"], who["username"],
                session["role"].replace("_", " ") if session else "", session["workstation"] if session else "", what,
                row["detail"] or "" if table == "access" else row["reason"] or "",
            ]))  # fmt: skip
    run, held = open_report(desk_for("administrator"), Asked("who-saw-patient", FIRST, LAST,
                                                             patient_id=seen.people[person])), Held()  # fmt: skip
    run.into(held)
    shown = [[*cells(run.columns, row)] for row in held.rows]
    assert shown == [line for _hlc, line in sorted(found) if line[5] != "Patient registered"]
    assert len(shown) > 5
    assert held.lines == ()


def test_a_look_is_of_the_day_the_clock_on_the_wall_said(seen: Case, desk_for: DeskFor, clock: SetClock) -> None:
    """26-Mar-2028 begins at one o'clock in Beirut, 22:00 UTC of the day before."""
    whom, begins = seen.people[7], datetime(2028, 3, 25, 22, tzinfo=UTC)
    for at in (begins - timedelta(seconds=1), begins, begins + timedelta(hours=23), begins + timedelta(hours=22)):
        clock.set(at)
        with seen.store.write(act=new_id(), session=None) as unit:
            unit.accessed("banner", patient=whom)
    clock.set(begins + timedelta(days=10))  # the report is a look as well, and of another day
    day = date(2028, 3, 26)
    run, held = open_report(desk_for("administrator"), Asked("who-saw-patient", day, day, patient_id=whom)), Held()
    run.into(held)
    assert [row[0] for row in held.rows] == ["2028-03-26 01:00", "2028-03-26 23:00"]
