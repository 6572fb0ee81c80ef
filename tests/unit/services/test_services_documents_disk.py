"""A disk that fills up in the middle of a document: said, nothing of it left, and it goes on when there is room."""

import random
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import document_reading, documents, patients
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import Examined, examine
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.tables.documents import attachment_parts, attachments
from clinic_desktop.store.tables.documents import documents as table
from tests.failing import NOW, work


def test_a_full_disk_in_the_middle_of_a_document_is_said_and_leaves_nothing_of_it(
    whole: Path, small_disk: Path
) -> None:
    profile = Path(shutil.copytree(whole, small_disk / "clinic"))
    clinic, desk = work(profile, SetClock(NOW + timedelta(hours=1)))
    patient = patients.register_patient(desk, NewPatient("Ito", "Emi", "female")).patient_id
    first = documents.keep_document(
        desk, patient, NewDocument("insurance_card", "Card", "scanned", examine(b"the card", "card.txt"))
    )
    huge = Examined(random.randbytes(20 << 20), "image/png", None, "", "huge.png")
    with pytest.raises(Trouble, match="disk is full"):
        documents.keep_document(desk, patient, NewDocument("insurance_card", "Card", "scanned", huge))
    with clinic.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(attachments)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(attachment_parts)).scalar_one() == 1
    assert document_reading.open_document(desk, patient, first).content == b"the card"
    subprocess.run(["mount", "-o", "remount,size=90m", str(small_disk)], check=True)
    again = documents.keep_document(desk, patient, NewDocument("insurance_card", "Card", "scanned", huge))
    assert document_reading.open_document(desk, patient, again).content == huge.content
    clinic.close()
