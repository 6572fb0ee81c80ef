"""Documents and notes that a system brings are opened, found and called here as those that were imported."""

import base64
from typing import Any

import pytest
from sqlalchemy import update

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.documents import read as documents_read
from clinic_desktop.exchange.told import made, written
from clinic_desktop.services.document_reading import documents_of, open_document, search_in_chart
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import problems
from clinic_desktop.store.tables.documents import documents
from sync.records.document import DocumentReference
from sync.records.elements import Resource
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.brought_case import Bench


@pytest.fixture
def bench(store: Store, clock: SetClock, small: Clinic) -> Bench:
    return Bench(store, clock, small)


def note(text: str, **more: Any) -> Resource:
    data = base64.b64encode(text.encode()).decode()
    said = {
        "resourceType": "DocumentReference", "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "55107-7"}]},
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
    }  # fmt: skip
    return made(said | more)


def test_the_note_of_a_visit_there_is_opened_and_found_here_as_one_that_was_imported(
    bench: Bench, desk_for: DeskFor
) -> None:
    def read() -> tuple[str, str]:
        (one,) = documents_of(doctor, bench.patient).documents
        opened = open_document(doctor, bench.patient, one.id)
        return one.title, (opened.content or b"").decode()

    doctor, store = desk_for("doctor"), bench.heard.store
    bench.visit([], note("No fracture of the hip."))
    assert read() == ("Note of a visit", "No fracture of the hip.")
    assert len(search_in_chart(doctor, bench.patient, "fracture")) == 1
    bench.visit([], note("A displaced fracture of the femur."))
    assert read() == ("Note of a visit", "A displaced fracture of the femur.")
    assert len(search_in_chart(doctor, bench.patient, "femur")) == 1
    with store.write(act=new_id(), session=None) as unit:  # as an earlier program kept it: there is nothing to open
        unit.conn.execute(update(documents).values(attachment_id=None, title="55107-7"))
    bench.visit([], note("A displaced fracture of the femur."))
    assert read() == ("Note of a visit", "A displaced fracture of the femur.")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            {"type": {"coding": [{"system": "urn:x", "code": "imaging_report"}]}, "description": "X-ray hip"},
            "X-ray hip",
        ),
        ({"type": {"coding": [{"system": "http://loinc.org", "code": "18776-5"}]}}, "Plan"),
        ({"type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}]}}, "Discharge summary"),
        (
            {"type": {"coding": [{"system": "http://loinc.org", "code": "1-8", "display": "Letter home"}]}},
            "Letter home",
        ),
        ({"type": {"coding": [{"system": "urn:x", "code": "imaging_report"}]}}, "Imaging report"),
    ],
)
def test_a_document_is_called_by_a_name_that_people_read(said: dict[str, Any], title: str) -> None:
    named = documents_read(DocumentReference.model_validate(written(note("all well", **said)))).values["title"]
    assert named == title


def test_a_content_that_is_not_safe_to_open_is_kept_with_its_visit_and_not_opened(
    bench: Bench, desk_for: DeskFor
) -> None:
    empty = [{"attachment": {"contentType": "text/plain", "data": "", "title": "Note"}}]
    bench.visit(["Asthma"], note("", content=empty))
    assert bench.of(problems, "title") == [("Asthma",)]
    (one,) = documents_of(desk_for("doctor"), bench.patient).documents
    assert open_document(desk_for("doctor"), bench.patient, one.id).content is None
