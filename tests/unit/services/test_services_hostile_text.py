"""Hostile strings and names of every script: stored, found and shown exactly, or refused naming the field."""

import csv
import json
import os
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.patients import LONGEST, unseen, visible
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column, RowsModel
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.reports import text as paper
from clinic_desktop.services import consultation, drafts, encounters, patients, prescribing, terminology
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "text_names"
# A few of each kind, for machines without the corpus.
STRINGS = (
    "500 mg (2x)", "<b>bold</b>", "<script>alert(1)</script>", "<img src=file:///etc/passwd>",
    "'; DROP TABLE patients;--",
    '" OR 1=1 --', "NULL", "None", "undefined", "%s%n{0}{name}", "\\u0000", "\\", "O'Brien-Smith", "=1+1", "@SUM(A1)",
    "café", "cafe\u0301", "ÅÄÖ", "Łukasz", "Nguyễn", "王小明", "田中さん", "김민수", "محمد العبد الله", "שרה כהן",
    "สมชาย",
    "சுப்பிரமணியன்", "अनिल कुमार", "Ελένη", "Владимир", "ქეთევან", "Հայկ", "\U0001f469\u200d\u2695\ufe0f\U0001f9ec",
    "ﷺ", "𝒳𝓎𝓏", "a\u200db", "\u202eabc",
    "Z" * 500, "\ufeffx", "AND", "OR NOT", "NEAR(a b)", "*", '"', "a*b", "(", "^a", "col:x", "-", "' '",
    "%", "_", "?", ":a",
)  # fmt: skip


def hostile() -> list[str]:
    found = list(STRINGS)
    if CORPUS.is_dir():
        found += json.loads((CORPUS / "blns.json").read_text("utf-8"))
        with (CORPUS / "person_names_by_locale.csv").open(encoding="utf-8") as file:
            found += [row["name"] for row in csv.DictReader(file)][::150]
    return list(dict.fromkeys(found))


HOSTILE = hostile()
KEPT = [text for text in HOSTILE if text.strip() and not any(map(unseen, text)) and len(text) <= LONGEST]
NAMES = [text for text in KEPT if visible(text)]


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


def test_every_name_is_kept_exactly_and_found_again(desk: Desk) -> None:
    made = {
        text: patients.register_patient(desk, NewPatient(text, "Ada", "female", date(1985, 7, 4), "day")).patient_id
        for text in NAMES
    }
    lost = []
    for text, patient_id in made.items():
        assert patients.patient_details(desk, patient_id).patient.family_name == text.strip()
        banner = patients.patient_banner(desk, patient_id)
        assert banner.family_name == text.strip()
        hits = patients.find_patients(desk, text, 50)
        letters = any(unicodedata.category(c)[0] in "LN" for c in text)
        if letters and len(text) > 2 and patient_id not in {hit.patient_id for hit in hits}:
            lost.append(text)
    # Of several hundred, those that share all their letters with fifty others may be further down.
    assert len(lost) <= len(made) // 50, lost


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\n", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize("field", ["family_name", "given_names", "national_id", "city"])
def test_what_cannot_be_seen_in_a_name_is_refused_naming_the_field(desk: Desk, field: str, character: str) -> None:
    values = {"family_name": "Okafor", "given_names": "Ada"} | {field: f"a{character}b"}
    with pytest.raises(Refusal) as refusal:
        patients.register_patient(desk, NewPatient(sex="female", **values))  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert patients.find_patients(desk, "ada") == ()


def test_no_search_term_is_an_error(desk: Desk, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    terms = [*HOSTILE, *(f"okafor {text}" for text in STRINGS), "a\0b", "\ud800", "ok\udfffafor", "a\x1bb", "9" * 5000]
    for term in terms:
        patients.find_patients(desk, term)
    for term in [*STRINGS, "a\0b", "\ud800x", *HOSTILE[::7]]:
        terminology.find_diagnoses(doctor, term)
        prescribing.find_medicines(doctor, term)


SEARCHED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SEARCHED
@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_no_text_at_all_makes_the_search_fail(desk: Desk, term: str) -> None:
    patients.find_patients(desk, term)


@pytest.fixture
def visit(desk: Desk, desk_for: DeskFor) -> tuple[Desk, str, str]:
    doctor = desk_for("doctor")
    patient = patients.register_patient(desk, NewPatient("Okafor", "Ada", "female")).patient_id
    return doctor, patient, consultation.open_consultation(doctor, patient, "new").encounter_id


def note(desk: Desk, patient: str, encounter: str) -> str:
    return encounters.consultation(desk, patient, encounter).step("symptoms").content.get("onset", "")


def test_every_note_is_kept_exactly_with_its_lines(visit: tuple[Desk, str, str]) -> None:
    doctor, patient, encounter = visit
    before = ""
    for text in [*KEPT, "first\n\tsecond\r\nthird", "\x1b[0;31mred", "x" * (1 << 20), "ш" * (1 << 19)]:
        saved = consultation.save_step(doctor, encounter, "symptoms", {"onset": text}, expect={"onset": before})
        before = text
        assert saved.content["onset"] == note(doctor, patient, encounter) == text


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff"])
def test_a_note_with_no_text_in_it_is_refused_and_what_stood_there_stands(
    visit: tuple[Desk, str, str], text: str
) -> None:
    doctor, patient, encounter = visit
    consultation.save_step(doctor, encounter, "symptoms", {"onset": "good"})
    with pytest.raises(Refusal) as refusal:
        consultation.save_step(doctor, encounter, "symptoms", {"onset": text}, expect={"onset": "good"})
    assert refusal.value.field == "onset"
    assert note(doctor, patient, encounter) == "good"


def test_a_draft_is_what_was_typed_whatever_it_was(desk: Desk) -> None:
    for text in [*HOSTILE, "a\0b", "\ud800", "x\udfffy", "a\nb\tc", "ш" * 100_000]:
        drafts.keep_draft(desk, DraftKey("registration"), {"family_name": text})
        assert drafts.draft(desk, DraftKey("registration")) == {"family_name": text}


def test_labels_lines_notes_and_tables_show_it_exactly(qtbot: QtBot) -> None:
    line = QLineEdit()
    line.setMaxLength(1 << 20)
    edit = NoteEdit("Note", "test.note")
    qtbot.addWidget(line)
    qtbot.addWidget(edit)
    column: Column[str] = Column("words", "Words", text=lambda row: row)
    table = RowsModel([column])
    table.set_rows(KEPT)
    assert [table.data(table.index(row, 0)) for row in range(len(KEPT))] == KEPT
    # A byte order mark at the very start is taken for one by Qt's conversion; it is seen by nobody.
    for text in (text for text in KEPT if text[0] != "\ufeff"):
        shown = label(text)
        assert shown.text() == text
        assert shown.textFormat() == Qt.TextFormat.PlainText
        line.setText(text)
        assert line.text() == text
        edit.set_value(text)
        assert edit.value() == text.replace("\u2029", "\n").replace("\u2028", "\n").rstrip()


def test_on_paper_each_is_printed_or_named(store: Store) -> None:
    """Nothing goes in silence: what is laid holds every character, or its number in brackets."""
    for text in HOSTILE:
        laid = paper.prepare(text)
        for character in text:
            if character in "\r\n\t" or "\u1100" <= character <= "\u11ff":
                continue
            assert character in laid or f"[U+{ord(character):04X}]" in laid, (text, character)
    assert paper.prepare("500 mg (2x)") == "500 mg (2x)"
