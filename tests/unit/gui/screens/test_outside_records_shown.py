"""Records from elsewhere are seen where a person looks for them: documents, consents, and the chart's own list."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import find_patients
from tests.conftest import DeskFor
from tests.fhir import PATIENT, Json, bundle, person, taker
from tests.unit.gui.screens.stage import Stage

SUBJECT = {"reference": f"urn:uuid:{PATIENT}"}


def came() -> list[Json]:
    concept = {"text": "From elsewhere"}
    ids = (f"d{n}111111-1111-4111-8111-111111111111" for n in range(9))
    kinds: tuple[Json, ...] = (
        {"resourceType": "DocumentReference", "status": "current", "subject": SUBJECT, "type": concept,
         "content": [{"attachment": {"url": "http://elsewhere.example/letters/1.pdf", "title": "A letter"}}]},
        {"resourceType": "DocumentReference", "status": "entered-in-error", "subject": SUBJECT,
         "content": [{"attachment": {"data": "aGVsbG8=", "contentType": "text/plain"}}]},
        {"resourceType": "Consent", "status": "active", "patient": SUBJECT, "category": [concept],
         "scope": {"coding": [{"code": "patient-privacy"}]}, "policyRule": {"text": "OPTIN"}},
        {"resourceType": "Coverage", "status": "active", "beneficiary": SUBJECT, "payor": [{"display": "Scheme"}]},
        {"resourceType": "Appointment", "status": "booked", "description": "Eye clinic",
         "start": "2026-04-01T08:00:00Z", "end": "2026-04-01T08:20:00Z",
         "participant": [{"actor": SUBJECT, "status": "accepted"}]},
        {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": SUBJECT, "code": concept},
        {"resourceType": "Communication", "status": "completed", "subject": SUBJECT},
        {"resourceType": "Task", "status": "requested", "intent": "order", "for": SUBJECT},
    )  # fmt: skip
    return [person(), *(one | {"id": of} for of, one in zip(ids, kinds, strict=False))]


@pytest.fixture
def patient(desk_for: DeskFor, tmp_path: Path) -> str:
    admin: Desk = desk_for("administrator")
    assert taker(admin, tmp_path)(bundle(came())).problems == []
    (found,) = find_patients(admin, "olafsdottir")
    return found.patient_id


def test_the_chart_lists_what_came(qtbot: QtBot, desk_for: DeskFor, patient: str) -> None:
    view = Stage(qtbot, desk_for).show("chart", "doctor", patient_id=patient)
    assert isinstance(view, ChartView)
    titles = {row.title.partition(":")[0] for row in view.acts.rows()}
    assert titles >= {"Insurance", "Appointment", "Request", "Message", "Task"}
    assert "Appointment: Eye clinic" in {row.title for row in view.acts.rows()}


def test_documents_and_consents_from_elsewhere_are_opened_without_their_content(
    qtbot: QtBot, desk_for: DeskFor, patient: str
) -> None:
    stage = Stage(qtbot, desk_for)
    documents = stage.show("documents", "doctor", patient_id=patient)
    consents = stage.show("consents", "doctor", patient_id=patient)
    for view in (documents, consents):
        table = view.list  # type: ignore[attr-defined]
        assert len(table.rows()) >= 1
        for place in range(len(table.rows())):
            table.select_row(place)
            qtbot.wait(20)
    (consent,) = consents.list.rows()  # type: ignore[attr-defined]
    assert (consent.source, consent.scope) == ("outside", "disclosure")
    assert stage.window.errors == []
