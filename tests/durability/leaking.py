"""A day's work with planted words, as a process of its own: the test beside it looks for them wherever it writes.

Reads the profile and the words from standard input, tells one JSON object a line, and waits at each for a line.
"""

import json
import logging
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from clinic_desktop import logs
from clinic_desktop.reports.printed import invoice as invoice_paper
from clinic_desktop.services import (
    billing,
    cash,
    charting,
    consultation,
    drafts,
    encounters,
    invoices,
    patients,
    prescribing,
    terminology,
    vitals,
)
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewProblem
from clinic_desktop.services.clinic import Clinic, confirm_recovery, create_clinic, open_clinic
from clinic_desktop.services.patient_parts import Contact
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.staff import NewStaff, add_staff
from clinic_desktop.store.connection import READER_PRAGMAS, connect
from clinic_desktop.store.tables.patients import patients as patient_table
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD

log = logging.getLogger("clinic_desktop.day")
opened: list[str] = []
watching: list[bool] = []


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Note every file of the database that Python itself opens: closing one would cancel SQLite's locks."""
    if watching and event == "open" and str(arguments[0]).endswith(("clinic.db", "clinic.db-wal", "clinic.db-shm")):
        opened.append(str(arguments[0]))


def tell(**told: object) -> None:
    print(json.dumps(told), flush=True)  # noqa: T201
    sys.stdin.readline()


def see(clinic: Clinic, desks: dict[str, Desk], words: dict[str, str]) -> None:
    """Register, write, prescribe nothing, bill, print, search: each with the planted words."""
    person = NewPatient(
        words["family"], words["given"], "female", date(1985, 7, 4), "day", words["phone"], address=words["address"],
        national_id=words["identity"], alert=words["alert"], contacts=(Contact(words["contact"], "sister"),),
    )  # fmt: skip
    patient = patients.register_patient(desks["front_desk"], person).patient_id
    doctor, cashier = desks["doctor"], desks["cashier"]
    drafts.keep_draft(doctor, DraftKey("consultation", patient), {"onset": words["draft"]})
    visit = consultation.open_consultation(doctor, patient, "new").encounter_id
    consultation.save_step(doctor, visit, "symptoms", {"complaint": words["note"], "onset": words["note"]})
    charting.add_problem(doctor, patient, NewProblem(words["problem"], None, "confirmed"))
    vitals.record_vitals(doctor, patient, {"pressure": "120/75"})
    encounters.consultation(doctor, patient, visit)
    for text in (words["family"], f"{words['given']} {words['family'][:6]}", words["phone"], words["identity"], "x'\""):
        patients.find_patients(desks["front_desk"], text)
        terminology.find_diagnoses(doctor, text)
        prescribing.find_medicines(doctor, text)
    cash.open_shift(cashier, 1000)
    price = billing.price_list(cashier)[0][0]
    made = invoices.issue_invoice(cashier, patient, [billing.charge_by_hand(cashier, patient, price)])
    assert invoice_paper(cashier, made.id).startswith(b"%PDF")
    with clinic.store.read() as connection:
        # A sort too big for memory is where SQLite would reach for a file.
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            " SELECT count(*) FROM (SELECT family_name || i AS x FROM patients, n ORDER BY x DESC LIMIT -1 OFFSET 5)"
        ).all()


def fail(clinic: Clinic, words: dict[str, str]) -> None:
    """Let it go wrong in several rooms and write all of it into the log."""

    def twice() -> None:
        with clinic.store.write(act="a", session=None) as unit:
            row = {
                "id": "twice", "mrn": words["identity"], "family_name": words["family"], "given_names": words["given"],
                "sex": "female", "registered_at": "x", "family_key": "x", "given_key": "x",
            }  # fmt: skip
            unit.create(patient_table, row, kind="patient.registered")
            unit.conn.execute(patient_table.insert(), {**row, "revision": 1})

    def misspelt() -> None:
        with clinic.store.read() as connection:
            connection.exec_driver_sql("SELECT * FROM nowhere WHERE name = ?", (words["family"],))

    def unkeepable() -> None:
        with clinic.store.write(act="b", session=None) as unit:
            unit.create(
                patient_table, {"family_name": words["family"] + "\ud800", "sex": "x"}, kind="patient.registered"
            )

    for failing in (twice, misspelt, unkeepable):
        try:
            failing()
        except Exception as error:
            log.exception("%s", type(error).__name__)
            log.debug("%r %s", error, error)
    log.debug("%r %r", clinic, patients.NewPatient(words["family"], words["given"], "female"))


def background(profile: Path, key: bytes) -> str:
    """Let the background process make a backup; returns all it said."""
    command = [sys.executable, "-m", "clinic_desktop.agent", str(profile)]
    agent = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if agent.stdin is None or agent.stdout is None:
        raise RuntimeError("no pipes")
    agent.stdin.write(f"key {key.hex()}\nrun backup\n")
    agent.stdin.flush()
    said = []
    for line in agent.stdout:
        said.append(line)
        if "backup.verified" in line or "failed" in line:
            break
    agent.stdin.write("quit\n")
    agent.stdin.close()
    said += agent.stdout.readlines()
    agent.wait()
    return "".join(said)


def main() -> None:
    """Work a day."""
    asked = json.loads(sys.stdin.readline())
    profile, words = Path(asked["profile"]), asked["words"]
    sys.addaudithook(hook)
    logs.start(profile / "logs", "window", logging.DEBUG)
    made = create_clinic(
        profile, clinic_name="Kitgum Street Clinic", username="amina", display_name="OKELLO, Amina",
        password=PASSWORD, device_secret="file", kdf=CHEAP,
    )  # fmt: skip
    clinic, admin = open_clinic(profile, "amina", PASSWORD)
    watching.append(True)
    clinic.vault._kdf = CHEAP
    confirm_recovery(clinic, made.recovery_key)
    desks = {}
    for role in ("front_desk", "doctor", "cashier"):
        add_staff(admin, clinic, NewStaff(role, f"ADEYEMI, {role}", role, NEW_PASSWORD))
        desks[role] = clinic.sign_in(role, NEW_PASSWORD)
    see(clinic, desks, words)
    fail(clinic, words)
    leak = None
    if asked["leaky"] == "temp":
        leak = connect(profile / "clinic.db", clinic.data_key, READER_PRAGMAS, guard=False)
        leak.execute("PRAGMA query_only = 0")
        leak.execute("PRAGMA temp_store = FILE")
        leak.execute("PRAGMA temp.cache_size = 1")
        leak.execute(
            "CREATE TEMP TABLE copy AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
            " SELECT p.*, i FROM n, patients p"
        )
    if asked["leaky"] == "log":
        log.error("saved for %s", words["family"])
    tell(at="working", key=clinic.data_key.hex(), recovery=made.recovery_key, opened=opened)
    heard = background(profile, clinic.data_key) if asked["leaky"] == "" else ""
    if leak is not None:
        leak.close()
    for desk in desks.values():
        clinic.sign_out(desk)
    clinic.close()
    tell(at="closed", opened=opened, agent=heard)
    with (profile / "clinic.db").open("rb"):
        pass
    tell(at="hook", opened=opened)


if __name__ == "__main__":
    main()
