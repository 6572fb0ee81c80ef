"""Searching the documents: of one patient, and of all."""

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import document_reading as reading
from clinic_desktop.services import documents
from clinic_desktop.services.acts import Desk
from clinic_desktop.store import document_search
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access
from tests.conftest import DeskFor
from tests.papers import page_of
from tests.unit.services.test_services_chart import a_patient
from tests.unit.services.test_services_documents import letter


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def patient(store: Store) -> str:
    return a_patient(store)


def test_texts_and_the_words_in_a_pdf_are_found_by_every_word_of_a_question(
    doctor: Desk, patient: str, store: Store
) -> None:
    text = documents.keep_document(doctor, patient, letter())
    scan = documents.keep_document(doctor, patient, letter("imaging_report", page_of("Nodule in the left lung")))
    note = documents.write_document(doctor, patient, "note", "Téléphone", Letter("La mère rappelle."))
    reading.documents_of(doctor, patient)
    assert reading.search_in_chart(doctor, patient, "weeks FERRIT") == (text,)
    assert reading.search_in_chart(doctor, patient, "lung nodule") == (scan,)
    assert reading.search_in_chart(doctor, patient, "telephone mere") == (note,)
    for nothing in ("lung ferritin", "", '"', "* OR NEAR(", "-", "\0"):
        assert reading.search_in_chart(doctor, patient, nothing) == ()
    with store.write(act=new_id(), session=None) as unit:
        document_search.check(unit.conn)


def test_a_search_over_all_patients_is_noted_for_each_patient_it_shows(
    desk_for: DeskFor, doctor: Desk, store: Store, patient: str
) -> None:
    other = a_patient(store, family_name="Mwangi")
    for owner in (patient, other):
        documents.keep_document(doctor, owner, letter())
    found = reading.find_documents(doctor, "ferritin")
    assert {each.patient_id for each in found} == {patient, other}
    with store.read() as connection:
        noted = connection.execute(select(access.c.patient).where(access.c.kind == "document.found")).scalars().all()
    assert set(noted) == {patient, other}
    for role in ("front_desk", "cashier", "administrator", "pharmacist", "laboratory"):
        with pytest.raises(Refusal, match="may not do this"):
            reading.find_documents(desk_for(role), "ferritin")
