"""Documents through a kill, a full disk, a backup and a restore: whole or not there at all."""

import hashlib
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, SystemClock, new_id
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import document_reading, documents, patients
from clinic_desktop.services.audit import verify_audit
from clinic_desktop.services.backups import make_backup, prove_backup
from clinic_desktop.services.clinic import open_clinic
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import Examined, examine
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.restoring import restore_backup
from clinic_desktop.store import document_search
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.documents import attachment_parts, attachments
from clinic_desktop.store.tables.documents import documents as table
from clinic_desktop.store.tables.staff import staff
from tests.backed_up import CHEAP, NEW_PASSWORD
from tests.durability.keeping import KEY, opened
from tests.failing import NOW, ROOT, make, work
from tests.papers import page_of
from tests.unit.services.test_services_chart import a_patient

KILLS = 40


def test_forty_kills_in_the_middle_of_keeping_leave_whole_documents_alone(tmp_path: Path, empty_database: Path) -> None:
    (tmp_path / "clinic.db").write_bytes(empty_database.read_bytes())
    store = Store(tmp_path / "clinic.db", KEY, clock=SystemClock(), workstation="A7")
    with store.write(act=new_id(), session=None) as unit:
        doctor, administrator = (
            unit.create(staff, {"username": role, "display_name": role, "role": role}, kind="staff.added")
            for role in ("doctor", "administrator")
        )
    patient = a_patient(store)
    store.close()
    acknowledged: dict[str, str] = {}
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.keeping", str(tmp_path), doctor, patient],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert child.stdout
        lines = [child.stdout.readline()]
        time.sleep(random.uniform(0, 0.08))
        child.kill()
        lines += child.stdout.readlines()
        child.wait()
        acknowledged |= dict(line.split() for line in lines if line.endswith("\n") and " " in line)
    assert len(acknowledged) >= KILLS
    desk = opened(tmp_path, doctor, "doctor")
    with desk.store.read() as connection:
        for pragma in ("integrity_check", "cipher_integrity_check", "foreign_key_check"):
            assert [row[0] for row in connection.exec_driver_sql(f"PRAGMA {pragma}")] in (["ok"], [])
        joined = select(table.c.id, attachments.c.sha256).join(attachments, attachments.c.id == table.c.attachment_id)
        whole = {row.id: row.sha256 for row in connection.execute(joined)}
        used = set(connection.execute(select(table.c.attachment_id)).scalars())
        parted = set(connection.execute(select(attachment_parts.c.attachment_id)).scalars())
        there = set(connection.execute(select(attachments.c.id)).scalars())
        indexed = connection.exec_driver_sql("SELECT count(*) FROM document_search").scalar_one()
    assert acknowledged.items() <= whole.items()
    # Nobody's parts, nobody's content: what was not committed left nothing behind.
    assert used == parted == there
    assert indexed == len(whole)
    for document in random.sample(sorted(acknowledged), 10):
        content = document_reading.open_document(desk, patient, document).content
        assert content is not None
        assert hashlib.sha256(content).hexdigest() == acknowledged[document]
    with desk.store.write(act=new_id(), session=None) as unit:
        document_search.check(unit.conn)
    desk.store.close()
    administration = opened(tmp_path, administrator, "administrator")
    assert verify_audit(administration).findings == ()
    administration.store.close()


def card(data: bytes) -> NewDocument:
    return NewDocument("insurance_card", "Card", "scanned", examine(data, "card.txt"))


def test_a_restored_clinic_shows_its_documents(tmp_path: Path) -> None:
    profile, clock = tmp_path / "clinic", SetClock(NOW)
    recovery = make(profile, clock)
    clinic, desk = work(profile, clock)
    patient = patients.register_patient(desk, NewPatient("Ito", "Emi", "female")).patient_id
    scan = page_of("Insured until December")
    made = documents.keep_document(
        desk, patient, NewDocument("insurance_card", "Card", "scanned", examine(scan, "a.pdf"))
    )
    large = Examined(random.randbytes(3 << 20), "image/png", None, "", "b.png")
    other = documents.keep_document(desk, patient, NewDocument("identity_card", "Passport", "photographed", large))
    key = clinic.data_key
    clinic.close()
    path = Path(make_backup(profile, key, tmp_path / "drive", clock=clock).path)
    prove_backup(path, key)
    clock.advance(timedelta(hours=1))
    restore_backup(
        path, tmp_path / "elsewhere", recovery, admin_username="amina", new_password=NEW_PASSWORD,
        device_secret="file", clock=clock, kdf=CHEAP,
    )  # fmt: skip
    clinic, admin = open_clinic(tmp_path / "elsewhere", "amina", NEW_PASSWORD, clock=clock)
    assert {each.id for each in document_reading.documents_of(admin, patient).documents} == {made, other}
    assert document_reading.open_document(admin, patient, made).content == scan
    assert document_reading.open_document(admin, patient, other).content == large.content
    assert document_reading.search_in_chart(admin, patient, "insured december") == (made,)
    assert verify_audit(admin).findings == ()
    clinic.close()


def test_a_backup_whose_document_was_damaged_is_not_proved(tmp_path: Path) -> None:
    profile, clock = tmp_path / "clinic", SetClock(NOW)
    make(profile, clock)
    clinic, desk = work(profile, clock)
    patient = patients.register_patient(desk, NewPatient("Ito", "Emi", "female")).patient_id
    documents.keep_document(desk, patient, card(b"the card"))
    key = clinic.data_key
    clinic.close()
    raw = connect(profile / "clinic.db", key, WRITER_PRAGMAS, guard=False)
    trigger = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'no_update_attachment_parts'").fetchone()[0]
    raw.execute("DROP TRIGGER no_update_attachment_parts")
    raw.execute("UPDATE attachment_parts SET content = ?", (b"The card",))
    raw.execute(trigger)
    raw.close()
    with pytest.raises(Trouble, match="attachments"):
        make_backup(profile, key, tmp_path / "drive", clock=clock)
    assert list((tmp_path / "drive").glob("*.clinicbackup")) == []
