"""Words are looked for in all documents when asked, and what is found opens in its own patient's record."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.gui.screens.found.view import FoundView
from clinic_desktop.services import documents
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access
from tests.conftest import DeskFor
from tests.unit.gui.screens.stage import Stage
from tests.unit.services.test_services_chart import a_patient


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def test_a_document_of_any_patient_is_found_noted_and_opened_in_its_own_record(
    stage: Stage, store: Store, desk_for: DeskFor
) -> None:
    patient = a_patient(store)
    new = NewDocument("letter", "From the hospital", "scanned", examine(b"Ferritin low", "a.txt"))
    made = documents.keep_document(desk_for("doctor"), patient, new)
    view = stage.show("found", "nurse")
    assert isinstance(view, FoundView)
    stage.type(view, "found.words", "ferritin")
    with store.read() as connection:
        assert connection.execute(select(access.c.kind)).scalars().all() == []
    QTest.keyClick(view._words.line, Qt.Key.Key_Return)
    assert [row.document.id for row in view.list.rows()] == [made]
    with store.read() as connection:
        assert connection.execute(select(access.c.kind, access.c.patient)).all() == [("document.found", patient)]
    QTest.keyClick(view.list.view, Qt.Key.Key_Return)
    assert stage.window.went == [("documents", {"patient_id": patient, "document_id": made})]


def test_nothing_found_and_nothing_typed_are_said(stage: Stage) -> None:
    view = stage.show("found", "doctor")
    assert isinstance(view, FoundView)
    view.primary()
    assert stage.window.errors == ["Type a word that the document holds."]
    stage.type(view, "found.words", "nowhere")
    view.primary()
    assert view.list.rows() == []
