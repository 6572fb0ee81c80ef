"""Duplicates, merging and parting through the window: by keys, with drafts, as front desk."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.duplicates.view import DuplicatesView
from clinic_desktop.gui.screens.merge.view import MergeView
from clinic_desktop.gui.screens.reception.view import ReceptionView
from clinic_desktop.gui.screens.unmerge.view import UnmergeView
from clinic_desktop.services import chart, charting, drafts, identity, merging, parting, patients, relations
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewProblem
from tests.conftest import DeskFor
from tests.unit.gui.screens.stage import OKAFOR, Stage


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def pair(desk: Desk) -> tuple[str, str]:
    first = patients.register_patient(desk, OKAFOR).patient_id
    second = replace(OKAFOR, family_name="Okafro", phone="+234 803 123 4567", sex="female", city="Enugu")
    return first, patients.register_patient(desk, second).patient_id


def words(view: QWidget) -> str:
    return "\n".join(one.text() for one in view.findChildren(QLabel))


def keys_of(view: QWidget) -> list[str]:
    """The letters that are pressed with Alt, on what is shown."""
    texts = [one.text() for one in view.findChildren(QAbstractButton) if one.isVisibleTo(view)]
    texts += [one.text() for one in view.findChildren(QLabel) if one.buddy() is not None and one.isVisibleTo(view)]
    plain = [text.replace("&&", "") for text in texts]
    return [text[text.index("&") + 1].casefold() for text in plain if "&" in text]


def test_the_list_shows_a_pair_with_its_evidence_and_goes_to_merging(stage: Stage, pair: tuple[str, str]) -> None:
    view = stage.show("duplicates")
    assert isinstance(view, DuplicatesView)
    view.only.set_value("perhaps")
    (row,) = view.pairs.rows()
    assert {row.a_id, row.b_id} == set(pair)
    assert "Name: family close, given same" in view.evidence.text()
    assert stage.window.counts["duplicates"] == 1
    view.primary()
    assert stage.window.went == [("merge", {"patient_id": row.a_id, "other_id": row.b_id})]
    assert len(set(keys_of(view))) == len(keys_of(view))


def test_a_pair_said_to_be_two_people_leaves_the_list_and_its_reason_is_kept(
    stage: Stage, desk: Desk, pair: tuple[str, str]
) -> None:
    view = stage.show("duplicates")
    assert isinstance(view, DuplicatesView)
    view.only.set_value("perhaps")
    stage.click(view, "duplicates.different")
    assert view.dialog is not None
    stage.type(view.dialog, "duplicates.sure.reason", "came together")
    stage.qtbot.waitUntil(
        lambda: drafts.draft(desk, DraftKey("duplicates.different", view.pairs.rows()[0].a_id)) is not None
    )
    stage.click(view.dialog, "duplicates.sure.confirm")
    assert view.pairs.rows() == []
    assert [one.reason for one in relations.decisions(desk, pair[0])] == ["came together"]
    assert drafts.my_drafts(desk) == ()


def test_a_pair_linked_as_family_leaves_the_list(stage: Stage, desk: Desk, pair: tuple[str, str]) -> None:
    view = stage.show("duplicates")
    assert isinstance(view, DuplicatesView)
    view.only.set_value("perhaps")
    action = view.findChild(QAction, "duplicates.kinds.sibling")
    assert action is not None
    action.trigger()
    assert view.pairs.rows() == []
    assert [one.kind for one in relations.relatives(desk, pair[0])] == ["sibling"]


def test_merging_asks_what_a_person_has_once_and_opens_the_kept_one(
    stage: Stage, desk: Desk, desk_for: DeskFor, pair: tuple[str, str]
) -> None:
    charting.add_problem(desk_for("doctor"), pair[1], NewProblem("Asthma"))
    view = stage.show("merge", patient_id=pair[0], other_id=pair[1])
    assert isinstance(view, MergeView)
    assert stage.window.patient == pair[0]
    assert [(row.table, row.words) for row in view.rows.rows()] == [("problems", "Asthma active")]
    assert view.choices["name"].value() == "kept"
    assert view.choices["sex"].value() is None
    view.primary()
    assert "Please" in words(view)
    stage.type(view, "merge.reason", "same card")
    view.primary()
    assert "only one" in view.choices["sex"].error()
    assert patients.patient_banner(desk, pair[1]).patient_id == pair[1]
    stage.click(view, "merge.fact.sex.kept")
    view.primary()
    assert stage.window.went == [("reception", {"patient_id": pair[0]})]
    assert stage.window.counts == {"duplicates": 0}, "the number of pairs does not stay what it was"
    assert patients.patient_banner(desk, pair[1]).patient_id == pair[0]
    assert drafts.my_drafts(desk) == ()
    assert len(set(keys_of(view))) == len(keys_of(view))


def test_a_merge_half_decided_is_there_again_and_swapping_chooses_anew(
    stage: Stage, desk: Desk, pair: tuple[str, str]
) -> None:
    first = stage.show("merge", patient_id=pair[0], other_id=pair[1])
    stage.click(first, "merge.fact.sex.other")
    stage.type(first, "merge.reason", "same ca")
    first.leave()
    again = stage.show("merge", patient_id=pair[0])
    assert isinstance(again, MergeView)
    assert again.choices["sex"].value() == "other"
    assert again.reason.value() == "same ca"
    stage.click(again, "merge.swap")
    assert again.presenter.kept is not None
    assert again.presenter.kept.patient_id == pair[1]
    assert stage.window.patient == pair[1]
    assert again.choices["sex"].value() is None
    assert again.reason.value() == "same ca"
    again.leave()
    assert [one.subject for one in drafts.my_drafts(desk)] == [pair[1]]


def test_parting_gives_a_row_to_the_other_by_enter(
    stage: Stage, desk: Desk, desk_for: DeskFor, pair: tuple[str, str]
) -> None:
    done = merging.merge(desk, *pair, chosen={"sex": "kept"}, reason="same card")
    for title in ("Asthma", "Gout"):
        charting.add_problem(desk_for("doctor"), pair[0], NewProblem(title))
    view = stage.show("unmerge", patient_id=pair[0], merge_id=done.merge_id)
    assert isinstance(view, UnmergeView)
    assert [row.words for row in view.rows.rows()] == ["Asthma active", "Gout active"]
    assert "City: –" in words(view)
    view.rows.select_row(1)
    view.rows.opened.emit(view.rows.current())
    stage.type(view, "unmerge.reason", "they came together")
    view.leave()
    again = stage.show("unmerge", patient_id=pair[0])
    assert isinstance(again, UnmergeView)
    assert again.reason.value() == "they came together"
    assert len(again.presenter.taken) == 1
    again.primary()
    assert stage.window.went[-1] == ("reception", {"patient_id": pair[0]})
    assert stage.window.counts == {"duplicates": 0}, "they were said to be two"
    doctor = desk_for("doctor")
    for one, title in zip(pair, ("Asthma", "Gout"), strict=True):
        shown = chart.open_chart(doctor, one)
        assert [problem.title for problem in shown.problems] == [title]
    assert drafts.my_drafts(desk) == ()
    assert len(set(keys_of(again))) == len(keys_of(again))


def test_a_merge_undone_elsewhere_says_so(stage: Stage, desk: Desk, pair: tuple[str, str]) -> None:
    done = merging.merge(desk, *pair, chosen={"sex": "kept"}, reason="same card")
    view = stage.show("unmerge", patient_id=pair[0], merge_id=done.merge_id)
    parting.unmerge(desk, done.merge_id, reason="no")
    stage.type(view, "unmerge.reason", "they came together")
    view.primary()
    assert "undone already" in stage.window.errors[0]
    again = stage.show("unmerge", patient_id=pair[0])
    assert "No merge of this patient stands." in words(again)
    assert not again.primary_enabled


def test_reception_links_a_newcomer_as_family_once_registered(stage: Stage, desk: Desk, pair: tuple[str, str]) -> None:
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    stage.type(view, "reception.family_name", "Okafor")
    stage.type(view, "reception.given_names", "Chidi")
    stage.click(view, "reception.sex.male")
    stage.type(view, "reception.born_on", "4-Jul-1985")
    QTest.keyClick(view.form.born.editor(), Qt.Key.Key_Tab)
    stage.qtbot.waitUntil(lambda: pair[0] in {one.patient_id for one in view.duplicates.found})
    place = [one.patient_id for one in view.duplicates.found].index(pair[0])
    action = view.findChild(QAction, f"reception.duplicate{place}.kinds.sibling")
    assert action is not None
    action.trigger()
    stage.qtbot.waitUntil(lambda: pair[0] not in {one.patient_id for one in view.duplicates.found})
    view.primary()
    mine = view.presenter.patient_id
    assert mine
    assert [(one.patient_id, one.kind) for one in relations.relatives(desk, mine)] == [(pair[0], "sibling")]
    stage.qtbot.waitUntil(lambda: "OKAFOR, Chidi" in words(view.family) or bool(
        view.family.findChildren(QAbstractButton)))  # fmt: skip
    assert pair[0] not in {one.patient_id for one in view.duplicates.found}


def test_reception_goes_from_a_likely_duplicate_to_merging_and_from_a_merge_to_parting(
    stage: Stage, desk: Desk, pair: tuple[str, str]
) -> None:
    view = stage.show("reception", patient_id=pair[1])
    assert isinstance(view, ReceptionView)
    stage.qtbot.waitUntil(lambda: bool(view.duplicates.found))
    stage.click(view, "reception.duplicate0.merge")
    assert stage.window.went == [("merge", {"patient_id": pair[0], "other_id": pair[1]})]
    done = merging.merge(desk, *pair, chosen={"sex": "kept"}, reason="same card")
    view.open(patient_id=pair[1])
    stage.qtbot.waitUntil(lambda: view.findChild(QAbstractButton, "reception.merge0.part") is not None)
    stage.click(view, "reception.merge0.part")
    assert stage.window.went[-1] == ("unmerge", {"patient_id": pair[0], "merge_id": done.merge_id})


def test_a_nurse_sees_the_family_and_may_not_merge(stage: Stage, desk: Desk, pair: tuple[str, str]) -> None:
    relations.link_family(desk, *pair, "sibling")
    relations.end_relation(desk, relations.relatives(desk, pair[0])[0].relation_id, "wrong")
    view = stage.show("reception", role="nurse", patient_id=pair[1])
    assert isinstance(view, ReceptionView)
    stage.qtbot.waitUntil(lambda: bool(view.duplicates.found))
    assert view.findChild(QAbstractButton, "reception.duplicate0.merge") is None
    assert view.findChild(QAbstractButton, "reception.duplicate0.family") is not None
    assert sorted(set(keys_of(view))) == sorted(keys_of(view))


@pytest.mark.parametrize("registered", [False, True])
def test_no_two_acts_of_the_form_share_a_key(stage: Stage, pair: tuple[str, str], *, registered: bool) -> None:
    view = stage.show("reception", **({"patient_id": pair[1]} if registered else {}))
    assert isinstance(view, ReceptionView)
    stage.type(view, "reception.family_name", "Okafor")
    stage.type(view, "reception.given_names", "Chidi")
    stage.type(view, "reception.phone", "+234 803 123 4567")
    stage.qtbot.waitUntil(lambda: bool(view.duplicates.found))
    keys = [*keys_of(view), view.primary_text[view.primary_text.index("&") + 1].casefold()]
    assert sorted(set(keys)) == sorted(keys)


def test_names_that_look_like_markup_stay_words(stage: Stage, desk: Desk) -> None:
    for _n in range(2):
        patients.register_patient(desk, replace(OKAFOR, family_name="<b>O&mara</b>"))
    assert len(identity.duplicates(desk)) == 1
    view = stage.show("duplicates")
    assert isinstance(view, DuplicatesView)
    assert "<B>O&MARA</B>, Chidi" in view.who.text()


def test_the_reason_is_a_note_of_several_lines(stage: Stage, pair: tuple[str, str]) -> None:
    view = stage.show("merge", patient_id=pair[0], other_id=pair[1])
    assert isinstance(view.findChild(QWidget, "merge.reason"), QPlainTextEdit)
