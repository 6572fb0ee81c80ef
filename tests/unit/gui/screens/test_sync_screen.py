"""The sync screen: nothing connected, connecting by keys, deciding by keys, and what others may not do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.gui.screens.sync.view import CARD, CONNECT, NONE, TRIED, SyncView
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.gui.widgets.howfar import full_words
from clinic_desktop.services.patients import change_patient, patient_details, register_patient
from clinic_desktop.services.remotes import remote_systems
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import OKAFOR, Stage

HEALIFY = "healify"
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def shown(stage: Stage, role: str = "administrator", **arguments: str) -> SyncView:
    return cast("SyncView", stage.show("sync", role, **arguments))


def fill(view: SyncView, there: Connected, token: str) -> None:
    view.connecting.base_url.set_value(there.told[HEALIFY]["base_url"])
    view.connecting.secrets["token"].set_value(token)


def words_of(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]


def in_conflict(there: Connected, small: Clinic) -> str:
    """Both sides change the telephone; returns the patient's id there."""
    there.connect(HEALIFY)
    there.run()
    known = patient_details(small.desk_for("front_desk"), small.patient)
    new = replace(known.patient, phone="+15550000002")
    change_patient(small.desk_for("front_desk"), small.patient, new, known.revision)
    theirs = str(next(row["id"] for row in there.rows(HEALIFY, "patients") if row["last_name"] == "Okello"))
    there.people(HEALIFY).edit("patients", theirs, phone="+15550000001")
    sync_connecting.sync_now(there.desk)
    there.run()
    return theirs


def test_where_nothing_is_connected_the_page_says_so_and_offers_to_connect(stage: Stage, store: Store) -> None:
    del store
    view = shown(stage)
    assert view.pages.currentIndex() == NONE
    stage.click(view, "sync.first")
    assert view.pages.currentIndex() != NONE
    assert view.right.place == CONNECT
    assert view.escape()
    assert (view.pages.currentIndex(), view.escape()) == (NONE, False)


def test_a_system_is_asked_only_for_what_it_is_signed_in_to_with(stage: Stage, store: Store) -> None:
    del store
    view = shown(stage, show="connect")
    form = view.connecting
    for system, asked in (
        ("healify", {"token"}),
        ("arocord_hims", {"username", "password", "mfa_code"}),
        ("practice_studio", {"client_id", "client_secret", "scope"}),
    ):
        form.system.set_value(system)
        assert {name for name, field in form.secrets.items() if field.isVisible()} == asked
    assert all(form.secrets[name].is_secret for name in ("token", "password", "mfa_code", "client_secret"))


def test_it_is_connected_only_after_it_answered(stage: Stage, there: Connected, small: Clinic) -> None:
    del small
    view = shown(stage, show="connect")
    fill(view, there, "wrong")
    view.primary()
    assert any("does not accept this sign-in" in words for words in words_of(view.connecting.form))
    assert view.right.place == CONNECT
    assert remote_systems(there.desk) == ()
    view.connecting.secrets["token"].set_value(there.secrets(HEALIFY)["token"])
    view.primary()
    assert view.right.place == TRIED
    assert "entered in error" in view.tried.untold.text()
    assert remote_systems(there.desk) == ()
    view.primary()
    assert [one.system for one in remote_systems(there.desk)] == [HEALIFY]
    assert view.right.place == CARD
    assert view.connecting.secrets["token"].value() == ""
    assert not any("sign-in" in words for words in words_of(view))


def test_both_sides_stand_beside_one_another_and_one_key_decides(stage: Stage, there: Connected, small: Clinic) -> None:
    theirs = in_conflict(there, small)
    view = shown(stage, show="decide")
    (row,) = view.decide.members.rows()
    assert (row.here, row.there) == ("+15550000002", "+15550000001")
    assert stage.window.counts["sync"] == 1
    assert clashing_keys(view) == []
    QTest.keyClick(view.items.view, Qt.Key.Key_T, ALT)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts
    there.run()
    view.presenter.reload()
    assert view.items.rows() == []
    assert patient_details(small.desk_for("front_desk"), small.patient).patient.phone == "+15550000001"
    assert next(one for one in there.rows(HEALIFY, "patients") if one["id"] == theirs)["phone"] == "+15550000001"


@pytest.mark.parametrize(
    ("member", "value", "shown_as", "acts"),
    [
        ("gender", "woman", "woman", ["here", "value", "two", "noted"]),
        (
            "phone",
            {"home": "+15550003333", "work": "+15550004444"},
            "home: +15550003333\nwork: +15550004444",
            ["noted"],
        ),
    ],
)
def test_what_cannot_be_read_stands_before_a_person_as_it_came(
    stage: Stage, there: Connected, clock: SetClock, member: str, value: object, shown_as: str, acts: list[str]
) -> None:
    there.connect(HEALIFY)
    there.run()
    theirs = str(next(row["id"] for row in there.rows(HEALIFY, "patients") if row["last_name"] == "Okello"))
    there.people(HEALIFY).edit("patients", theirs, **{member: value})
    clock.advance(timedelta(minutes=20))
    sync_connecting.sync_now(there.desk)
    there.run()
    view = shown(stage, show="decide")
    (row,) = view.decide.members.rows()
    assert (row.name, row.there) == (member, shown_as)
    assert view.decide.sort.text() == "Not in the chart"
    assert [name for name, button in view.decide.buttons.items() if not button.isHidden()] == acts
    assert clashing_keys(view) == []
    QTest.keyClick(view.items.view, Qt.Key.Key_N, ALT)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts
    there.run()
    view.presenter.reload()
    assert view.items.rows() == []
    assert next(one for one in there.rows(HEALIFY, "patients") if one["id"] == theirs)[member] == value


def test_nothing_waits_is_said_where_nothing_waits(stage: Stage, there: Connected, small: Clinic) -> None:
    del small
    there.connect(HEALIFY)
    view = shown(stage, show="decide")
    assert view.items.rows() == []
    assert not view.decide.panel.isVisible()
    assert stage.window.counts["sync"] == 0


def test_a_pause_stops_the_telling_and_can_be_taken_back(stage: Stage, there: Connected, small: Clinic) -> None:
    del small
    there.connect(HEALIFY)
    view = shown(stage)
    stage.click(view, "sync.pause")
    assert view.presenter.systems[0].state == "paused"
    there.run()
    assert all(not kind.sent for kind in view.presenter.systems[0].kinds)
    assert view.pausing.text() == "&Resume"
    stage.click(view, "sync.pause")
    assert view.presenter.systems[0].state == "new"


@pytest.mark.parametrize("role", ["doctor", "cashier"])
def test_others_look_and_are_offered_no_act(stage: Stage, there: Connected, small: Clinic, role: str) -> None:
    del small
    there.connect(HEALIFY)
    view = shown(stage, role, show="decide")
    assert len(view.systems.rows()) == 1
    assert view.primary_text == ""
    offered = [each.objectName() for each in view.findChildren(QPushButton) if each.isVisible()]
    assert [name for name in offered if name.startswith("sync.") and name != "sync.fold"] == []


def test_a_record_says_how_far_it_is_and_says_nothing_where_nothing_is_connected(
    stage: Stage, there: Connected, small: Clinic
) -> None:
    before = cast("ChartView", stage.show("chart", "doctor", patient_id=small.patient))
    assert "confirmed" not in before._family.text()
    there.connect(HEALIFY)
    there.run()
    view = cast("ChartView", stage.show("chart", "doctor", patient_id=small.patient))
    assert "confirmed" in view._family.text()
    assert full_words(view._far.marks, "patient", small.patient) == (
        "Healify: confirmed. Not told there: allergies, record number"
    )
    (visit,) = view.visits.rows()
    assert "saved here" in (view.visits.detail_of("about") or str)(visit)


def test_a_question_of_who_is_who_is_found_above_the_rest_and_by_its_sort(
    stage: Stage, there: Connected, small: Clinic
) -> None:
    register_patient(small.desk_for("front_desk"), OKAFOR)
    almost = {"first_name": "Chidi", "last_name": "Okafor", "date_of_birth": "1985-07-04", "gender": "male"}
    stamps = dict.fromkeys(("created_at", "updated_at"), "2026-03-10T09:00:00Z")
    there.people(HEALIFY).add("patients", {**almost, "phone": "+15559998877", **stamps}, "pat_77aa00bb11")
    in_conflict(there, small)
    view = shown(stage, show="decide")
    assert view.items.rows()[0].sort == "identity"
    assert len({one.sort for one in view.items.rows()}) > 1
    view.sorts.set_value("identity")
    assert {one.sort for one in view.items.rows()} == {"identity"}
    opened = view.presenter.detail
    assert opened is not None
    assert opened.item.sort == "identity"
    assert stage.window.counts["sync"] == len(view.presenter.items), "the count in the rail is of everything"
    stage.click(view, "sync.apart")
    stage.qtbot.waitUntil(lambda: view.sorts.value() is None)
    assert view.items.rows(), "of the sort nothing is left: everything else stands there again"
