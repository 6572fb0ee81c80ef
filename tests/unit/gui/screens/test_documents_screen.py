"""The documents page through its keys and buttons: added, read, written, signed, withdrawn, printed, handed out."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.domain import contents
from clinic_desktop.domain.documents import Letter
from clinic_desktop.gui.screens.documents import files
from clinic_desktop.gui.screens.documents.view import DocumentsView
from clinic_desktop.gui.widgets.documentview import DocumentView
from clinic_desktop.gui.widgets.pictures import as_jpeg, as_png, pictures_of
from clinic_desktop.services import document_reading, documents
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access
from tests.conftest import DeskFor
from tests.papers import bursting_pdf, page_of, png
from tests.unit.gui.screens.stage import Stage
from tests.unit.services.consent_case import sign
from tests.unit.services.test_services_chart import a_patient

SUMMARY = "documents.health_summary"
Shown = tuple[DocumentsView, Stage]


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch) -> Stage:
    # A dialog of the system would wait for somebody for ever.
    for name in ("ask_file", "ask_where"):
        monkeypatch.setattr(files, name, lambda *_arguments: pytest.fail("a dialog was opened"))
    return Stage(qtbot, desk_for)


@pytest.fixture
def patient(store: Store) -> str:
    return a_patient(store)


def show(stage: Stage, patient: str, role: str = "doctor", **more: str) -> DocumentsView:
    view = stage.show("documents", role, patient_id=patient, **more)
    assert isinstance(view, DocumentsView)
    return view


def titles(view: DocumentsView) -> list[str]:
    return [row.title for row in view.list.rows()]


def paste(view: DocumentsView, *paths: Path, picture: QImage | None = None, text: str = "") -> None:
    held = QMimeData()
    if paths:
        held.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if picture is not None:
        held.setImageData(picture)
    if text:
        held.setText(text)
    QApplication.clipboard().setMimeData(held)
    button = view.findChild(QPushButton, "documents.paste")
    assert button is not None
    button.click()


def said(view: DocumentsView, words: str) -> bool:
    return any(words in each.text() for each in view.findChildren(QLabel) if each.isVisible())


def test_the_front_desk_scans_a_letter_and_the_doctor_reads_it_and_has_seen_it(
    stage: Stage, patient: str, tmp_path: Path, qtbot: QtBot
) -> None:
    letter = tmp_path / "Letter of Dr Outside.pdf"
    letter.write_bytes(page_of("Ferritin 9"))
    view = show(stage, patient, "front_desk")
    paste(view, letter)
    assert said(view, "Letter of Dr Outside.pdf")
    view._add_form.form.set_values({"kind": "letter", "author_name": "Dr Outside"})
    view.primary()
    assert stage.window.said[-1] == "The document was added."
    assert titles(view) == []
    assert said(view, "1 more that your role does not read.")
    view = show(stage, patient, "doctor")
    assert titles(view) == ["Letter of Dr Outside"]
    QTest.keyClick(view.list.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: view.reading.view.drawn_pages() == 1, timeout=5000)
    assert view.primary_text == "&Seen"
    view.primary()
    row = view.list.rows()[0]
    assert (row.signed_by, row.status) == ("Doctor One", "current")


def test_the_health_summary_is_printed_from_the_documents_by_whoever_may_read_it(stage: Stage, patient: str) -> None:
    assert stage.show("documents", role="front_desk", patient_id=patient).findChild(QPushButton, SUMMARY) is None
    view = stage.show("documents", role="doctor", patient_id=patient)
    stage.click(view, SUMMARY)
    assert stage.window.said[-1] == "Health summary"
    assert stage.window.document().startswith(b"%PDF")


def test_a_click_with_the_mouse_opens_a_document_too(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    documents.keep_document(
        desk_for("doctor"), patient, NewDocument("letter", "A", "scanned", examine(b"Hello", "a.txt"))
    )
    view = show(stage, patient)
    table = view.list.view
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(0, 1)).center()
    )
    assert view.reading.view.text() == "Hello"


def test_a_file_that_cannot_be_kept_is_refused_by_name_beside_the_form(
    stage: Stage, patient: str, tmp_path: Path
) -> None:
    program = tmp_path / "payslip.pdf"
    program.write_bytes(b"MZ\x90\0")
    view = show(stage, patient)
    paste(view, program)
    assert "The file “payslip.pdf” is a program." in stage.window.errors[-1]
    view.primary()
    assert view.list.rows() == []


def test_nothing_is_added_without_a_type_or_a_file(stage: Stage, patient: str) -> None:
    view = show(stage, patient, form="add")
    view.primary()
    assert said(view, "Please fill this in.")
    view._add_form.form.set_values({"kind": "letter", "title": "x"})
    view.primary()
    assert stage.window.errors[-1] == "Choose a file first."


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("everything.pdf", lambda path: path.open("wb").truncate(200 * contents.MEGABYTE), "is too large: 200 MB"),
        ("bomb.pdf", lambda path: path.write_bytes(bursting_pdf()), "more memory or time"),
        ("sub/../payslip.pdf", lambda path: path.write_bytes(b"MZ\x90\0"), "is a program"),
    ],
)  # fmt: skip
def test_what_would_harm_the_window_is_refused_by_its_name_and_nothing_is_kept(
    stage: Stage, patient: str, tmp_path: Path, name: str, make: Callable[[Path], object], words: str
) -> None:
    (tmp_path / "sub").mkdir()
    path = tmp_path / name
    make(path)
    view = show(stage, patient)
    paste(view, path)
    said_of = stage.window.errors[-1]
    assert words in said_of
    assert f"“{Path(name).name}”" in said_of
    assert ".." not in said_of
    assert view.list.rows() == []


def test_a_photograph_without_consent_is_refused_and_says_where_to_record_one(stage: Stage, patient: str) -> None:
    view = show(stage, patient)
    photo = QImage(60, 40, QImage.Format.Format_RGB32)
    photo.fill(QColor("teal"))
    paste(view, picture=photo)
    view._add_form.form.set_values({"kind": "photo", "title": "Wound"})
    view.primary()
    assert "Photographs" in stage.window.errors[-1]
    assert "Consents" in stage.window.errors[-1]
    assert view._add_form.form.field("title").value() == "Wound", "what was typed stays"
    assert list(view.list.rows()) == []


def test_a_pasted_picture_and_a_pasted_text_become_documents(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    sign(desk_for("nurse"), patient, "photography")
    view = show(stage, patient)
    photo = QImage(60, 40, QImage.Format.Format_RGB32)
    photo.fill(QColor("teal"))
    paste(view, picture=photo)
    assert view._add_form.preview.page_count() == 1
    view._add_form.form.set_values({"kind": "photo", "title": "Wound"})
    view.primary()
    paste(view, text="Told on the telephone")
    view._add_form.form.set_values({"kind": "letter", "title": "Call"})
    view.primary()
    assert sorted((row.title, row.source, row.media_type) for row in view.list.rows()) == [
        ("Call", "imported", "text/plain"),
        ("Wound", "photographed", "image/png"),
    ]


def test_a_sick_note_is_written_read_over_and_signed_by_keys(stage: Stage, patient: str, qtbot: QtBot) -> None:
    view = show(stage, patient)
    QTest.keyClick(view, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    qtbot.wait(150)
    stage.click(view, "documents.write.kind.sick_note")
    stage.type(view, "documents.from_on", "10/3/2026")
    view.primary()
    view.primary()  # to sign it: the last day is missing
    assert said(view, "Say until which day.")
    stage.type(view, "documents.until_on", "19/3/2026")
    view.primary()
    qtbot.waitUntil(lambda: view.reading.view.drawn_pages() == 1, timeout=5000)
    assert view.primary_text == "&Sign"
    view.primary()
    row = view.list.rows()[0]
    assert (row.kind, row.status, row.is_signed, str(row.until_on)) == ("sick_note", "current", True, "2026-03-19")


def test_a_referral_begins_with_what_the_chart_says(stage: Stage, patient: str) -> None:
    view = show(stage, patient)
    stage.click(view, "documents.write")
    stage.click(view, "documents.write.kind.referral_letter")
    stage.click(view, "documents.summary")
    assert view._write_form.form.field("body").draft().splitlines() == [
        "Problems: none on the list", "Medicines: none on the list", "Allergies: not asked",
    ]  # fmt: skip


def test_a_new_version_is_begun_changed_and_signed(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    made = documents.write_document(doctor, patient, "note", "Call", Letter("Called."))
    documents.sign_document(doctor, made, expect=1)
    view = show(stage, patient, document_id=made)
    stage.click(view, "documents.version")
    stage.click(view, "documents.edit")
    view._write_form.form.set_values({"body": "Called twice."})
    view.primary()
    view.primary()
    assert [(row.version, row.status, row.body) for row in view.list.rows()] == [(2, "current", "Called twice.")]
    view._older.set_value(True)
    assert sorted(row.status for row in view.list.rows()) == ["current", "superseded"]


def test_an_error_needs_its_reason_and_leaves_the_list(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    made = documents.write_document(desk_for("doctor"), patient, "note", "Call", Letter("Called."))
    view = show(stage, patient, document_id=made)
    stage.click(view, "documents.error")
    view.primary()
    assert said(view, "Please fill this in.")
    stage.type(view, "documents.reason", "another patient")
    view.primary()
    assert titles(view) == []
    view._older.set_value(True)
    view.list.select_row(0)
    assert said(view, "Entered in error: another patient")


def test_two_windows_changing_one_letter_lose_neither(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    made = documents.write_document(doctor, patient, "note", "Call", Letter("Called."))
    view = show(stage, patient, document_id=made)
    stage.click(view, "documents.edit")
    documents.change_document(doctor, made, "Call", Letter("Called from elsewhere."), expect=1)
    view._write_form.form.set_values({"body": "Called here."})
    view.primary()
    assert "Somebody changed this meanwhile" in stage.window.errors[-1]
    assert view._write_form.form.field("body").draft() == "Called here."
    assert document_reading.open_document(doctor, patient, made).document.body == "Called from elsewhere."


def test_words_in_documents_are_searched_as_they_are_typed(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    for title, words in (("One", b"Ferritin low"), ("Two", b"Nothing of note")):
        documents.keep_document(doctor, patient, NewDocument("letter", title, "scanned", examine(words, "a.txt")))
    view = show(stage, patient)
    stage.type(view, "documents.search", "ferr")
    assert titles(view) == ["One"]
    assert view.escape()
    assert sorted(titles(view)) == ["One", "Two"]


def test_a_print_goes_to_the_printer_with_no_name_and_no_file(
    stage: Stage, patient: str, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def printer(pdf: bytes, title: str) -> None:
        assert title == "Clinic document"
        sent.append(pdf)

    monkeypatch.setattr(files, "send_to_printer", printer)
    doctor = desk_for("doctor")
    sign(doctor, patient, "photography")
    for kind, data in (("letter", page_of("A")), ("photo", png(50, 80)), ("letter", b"Plain words")):
        made = documents.keep_document(doctor, patient, NewDocument(kind, "A", "scanned", examine(data, "a")))
        view = show(stage, patient, document_id=made)
        stage.click(view, "documents.print")
    assert [pdf.startswith(b"%PDF") for pdf in sent] == [True] * 3
    assert sent[0] == page_of("A")


def test_a_copy_is_saved_for_its_owner_alone_after_its_reason_is_on_record(
    stage: Stage, patient: str, desk_for: DeskFor, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = documents.keep_document(
        desk_for("doctor"), patient, NewDocument("letter", "A", "scanned", examine(b"Hello", "../../a.txt"))
    )
    target = tmp_path / "copy.txt"
    monkeypatch.setattr(files, "ask_where", lambda _parent, _document: target)
    view = show(stage, patient, document_id=made)
    stage.click(view, "documents.copy")
    view.primary()
    assert not target.exists()
    stage.type(view, "documents.reason", "asked for by the insurer")
    view.primary()
    assert target.read_bytes() == b"Hello"
    assert target.stat().st_mode & 0o077 == 0
    with store.read() as connection:
        rows = connection.execute(select(access.c.kind, access.c.detail)).all()
    assert ("document.disclosed", "asked for by the insurer") in [tuple(row) for row in rows]


@pytest.mark.parametrize("form", ["", "add", "write"])
def test_no_two_acts_that_are_seen_have_one_key(stage: Stage, patient: str, desk_for: DeskFor, form: str) -> None:
    doctor = desk_for("doctor")
    made = documents.write_document(doctor, patient, "referral_letter", "Call", Letter("Called.", "Dr Otieno"))
    view = show(stage, patient, form=form) if form else show(stage, patient, document_id=made)
    words = [each.text() for each in view.findChildren(QAbstractButton) if each.isVisible()]
    words += [each.text() for each in view.findChildren(QLabel) if each.isVisible() and each.buddy() is not None]
    keys = [found[1].casefold() for each in (*words, view.primary_text) if (found := re.search(r"&(\w)", each))]
    assert len(keys) == len(set(keys)), sorted(keys)


def test_a_picture_is_decoded_by_its_bytes_alone_and_never_more_than_is_safe() -> None:
    assert [page.width() for page in pictures_of(png(50, 80), "image/png")] == [50]
    assert pictures_of(b"anything", "text/plain") == ()
    for wrong in (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", png(60_000, 60_000, real=False)):
        with pytest.raises(Exception, match="damaged or cannot be shown"):
            pictures_of(wrong, "image/png")
    picture = QImage(40, 30, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    assert as_jpeg(picture).startswith(b"\xff\xd8\xff")
    assert examine(as_png(picture), "a").media_type == "image/png"


def test_a_page_that_says_it_is_vast_is_drawn_no_larger_than_is_safe(qtbot: QtBot) -> None:
    view = DocumentView("reader", "")
    qtbot.addWidget(view)
    view.resize(600, 600)
    view.show()
    view.show_pdf(page_of("tiny", box="0 0 9 5000"))
    qtbot.waitUntil(lambda: view.drawn_pages() == 1, timeout=5000)
    drawn = view._pictures[0]
    assert drawn is not None
    assert drawn.width() * drawn.height() <= 17_000_000


def test_words_like_markup_are_shown_as_they_are(stage: Stage, patient: str, desk_for: DeskFor) -> None:
    data = b"Note: <b>bold</b> and <img src=file:///etc/passwd>"
    made = documents.keep_document(
        desk_for("doctor"), patient, NewDocument("letter", "<h1>T</h1>", "scanned", examine(data, "<b>.txt"))
    )
    view = show(stage, patient, document_id=made)
    assert view.reading.view.text() == data.decode()
    assert said(view, "<h1>T</h1>")
    assert said(view, "was called <b>.txt")
