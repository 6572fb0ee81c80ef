"""Templates and the letterhead as an administrator writes them, and as a doctor's letter begins with them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.templates import Template
from clinic_desktop.gui.screens.administration.letters import LetterheadSection, TemplateSection
from clinic_desktop.gui.screens.documents.view import DocumentsView
from clinic_desktop.gui.widgets.documentview import DocumentView
from clinic_desktop.services import about, document_reading, templates
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.gui.screens.stage import Stage
from tests.unit.gui.screens.test_administration_screen import Admin
from tests.unit.services.test_services_chart import a_patient
from tests.unit.services.test_services_logos import picture

NOTE = Template("Visit", "note", "Visit of {today}", "Seen: {patient.family}\n{allergies}")


@pytest.fixture
def admin(store: Store, desk_for: DeskFor, qtbot: QtBot) -> Admin:
    return Admin(store, desk_for("administrator"), qtbot)


def section(admin: Admin) -> TemplateSection:
    page = admin.page("templates")
    assert isinstance(page, TemplateSection)
    return page


def write(page: TemplateSection, new: Template) -> None:
    page.form.set_values({"name": new.name, "kind": new.kind, "title": new.title})
    body = page.findChild(QPlainTextEdit, "administration.templates.body")
    assert body is not None
    body.setPlainText(new.body)


def test_a_template_is_written_beside_its_page_and_changed_to_a_second_version(admin: Admin, qtbot: QtBot) -> None:
    view = admin.open("templates")
    admin.press("add")
    page = section(admin)
    write(page, NOTE)
    qtbot.waitUntil(lambda: page.preview.drawn_pages() == 1, timeout=5000)
    view.primary()
    (made,) = templates.templates(admin.desk)
    assert made.text == NOTE
    page.table.select(made.template)
    assert page.form.values()["body"] == NOTE.body
    write(page, replace(NOTE, body="Two"))
    view.primary()
    assert [(one.version, one.text.body) for one in templates.template_versions(admin.desk, made.template)] == [
        (2, "Two"), (1, NOTE.body),
    ]  # fmt: skip


def test_a_place_that_there_is_not_is_named_beside_the_text_and_on_the_page(admin: Admin, qtbot: QtBot) -> None:
    view = admin.open("templates")
    admin.press("add")
    page = section(admin)
    write(page, replace(NOTE, body="{patient.wealth}"))
    qtbot.waitUntil(lambda: "{patient.wealth}" in _shown(page.preview), timeout=5000)
    view.primary()
    assert "{patient.wealth}" in admin.window.errors[-1]
    assert templates.templates(admin.desk) == ()
    assert page.form.values()["body"] == "{patient.wealth}"


def test_a_template_goes_out_of_use_with_a_reason(admin: Admin) -> None:
    made = templates.add_template(admin.desk, NOTE)
    admin.open("templates")
    page = section(admin)
    admin.press("retire_template")
    page._retired(templates.templates(admin.desk)[0], "")
    assert [one.id for one in templates.templates(admin.desk)] == [made]
    page._retired(templates.templates(admin.desk)[0], "never used")
    assert templates.templates(admin.desk) == ()
    page._dialog.reject()


def test_the_letterhead_is_typed_seen_and_saved_and_takes_a_logo(admin: Admin, tmp_path: Path, qtbot: QtBot) -> None:
    view = admin.open("letterhead")
    page = view._pages["letterhead"]
    assert isinstance(page, LetterheadSection)
    admin.type("clinic_registration", "REG-77")
    qtbot.waitUntil(lambda: page.preview.drawn_pages() == 1, timeout=5000)
    view.primary()
    given = tmp_path / "logo.png"
    given.write_bytes(picture("PNG"))
    page.take_logo(given)
    facts = about.clinic_facts(admin.desk)
    assert facts.registration == "REG-77"
    assert facts.logo
    (tmp_path / "logo.svg").write_text("<svg><script/></svg>")
    page.take_logo(tmp_path / "logo.svg")
    assert admin.window.errors
    assert about.clinic_facts(admin.desk).logo == facts.logo
    admin.press("remove_logo")
    assert about.clinic_facts(admin.desk).logo == b""


def test_a_letter_begins_with_a_template_is_written_further_and_keeps_its_name(
    qtbot: QtBot, store: Store, desk_for: DeskFor
) -> None:
    made = templates.add_template(desk_for("administrator"), NOTE)
    templates.add_template(desk_for("administrator"), replace(NOTE, name="Other", kind="certificate"))
    patient = a_patient(store)
    stage = Stage(qtbot, desk_for)
    view = stage.show("documents", "doctor", patient_id=patient)
    assert isinstance(view, DocumentsView)
    stage.click(view, "documents.write")
    stage.click(view, "documents.write.kind.note")
    box = view.findChild(QComboBox, "documents.write.template")
    assert box is not None
    assert [box.itemText(at) for at in range(box.count())] == ["An empty page", "Visit"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    form = view._write_form.form
    assert form.values()["title"] == "Visit of 10-Mar-2026"
    assert str(form.values()["body"]).splitlines()[1] == "not asked"
    body = view.findChild(QPlainTextEdit, "documents.write.body")
    assert body is not None
    body.appendPlainText("Mine.")
    view.primary()
    (shown,) = document_reading.documents_of(desk_for("doctor"), patient).documents
    assert (shown.template_id, shown.template) == (made, "Visit, version 1")
    assert (shown.body or "").endswith("Mine.")


def test_what_comes_late_for_another_patient_is_not_put_into_this_ones_letter(
    qtbot: QtBot, store: Store, desk_for: DeskFor
) -> None:
    made = templates.add_template(desk_for("administrator"), NOTE)
    patient = a_patient(store)
    stage = Stage(qtbot, desk_for)
    view = stage.show("documents", "doctor", patient_id=patient)
    assert isinstance(view, DocumentsView)
    late: list[Callable[[], None]] = []
    view.presenter.tasks.query = lambda _name, work, done, _failed=None: late.append(lambda: done(work()))  # type: ignore[method-assign, assignment]
    got: list[object] = []
    view.presenter.use_template(made, got.append)
    view.presenter.patient_id = "another"
    for each in late:
        each()
    assert got == []


def _shown(preview: DocumentView) -> str:
    return " ".join(label.text() for label in preview.findChildren(QLabel))
