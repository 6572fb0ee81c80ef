"""Documents: kept, read by whom may, signed, followed by versions, withdrawn; and what is never half-written."""

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.documents import KINDS, Letter
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import document_reading as reading
from clinic_desktop.services import documents, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.document_rows import DocumentShown
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store import audit, document_search
from clinic_desktop.store.tables.documents import attachment_parts, attachments
from clinic_desktop.store.tables.documents import documents as table
from tests.conftest import DeskFor

TEXT = "Ferritin was low, no cause was found. Please repeat in six weeks.".encode()


@pytest.fixture
def patient(desk_for: DeskFor) -> str:
    return _register(desk_for("front_desk"), "Okafor")


def _register(desk: Desk, family: str) -> str:
    return patients.register_patient(desk, NewPatient(family_name=family, given_names="Adaeze", sex="female")).id
