"""Home and inbox: what waits for a decision at the connected systems stands there for whoever may decide it."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop import app
from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.sync_shown import waiting_items
from clinic_desktop.gui.screens.home.view import HomeView
from clinic_desktop.gui.screens.inbox.view import InboxView
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.services.restrictions import restrict_record
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import Stage
from tests.unit.gui.screens.test_sync_screen import HEALIFY, in_conflict


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


def test_what_waits_for_a_decision_stands_among_what_waits_and_leads_there(
    stage: Stage, there: Connected, small: Clinic
) -> None:
    home = cast("HomeView", stage.show("home", "administrator"))
    assert home.findChild(Pill, "home.sync.count") is None, "where no system is connected nothing is said of it"
    in_conflict(there, small)
    queue = home.findChild(LinkButton, "home.queue.row")
    assert queue is not None
    queue.setFocus()
    home.refresh(frozenset())
    held = QApplication.focusWidget()
    assert held is not None
    assert held.objectName() == "home.queue.row", "what comes beside it takes the focus from nobody"
    waits = len(waiting_items(there.desk))
    count = home.findChild(Pill, "home.sync.count")
    assert count is not None
    assert count.text() == str(waits) != "0"
    assert any("Healify" in one.text() for one in home.findChildren(QLabel))
    stage.click(home, "home.sync.open")
    assert stage.window.went[-1] == ("sync", {"show": "decide"})
    inbox = cast("InboxView", stage.show("inbox", "administrator"))
    assert inbox.decisions.text() == f"{waits} waits for a de&cision at the connected systems"
    assert clashing_keys(inbox) == []
    stage.click(inbox, "inbox.decisions")
    assert stage.window.went[-1] == ("sync", {"show": "decide"})
    assert not cast("InboxView", stage.show("inbox", "doctor")).decisions.isVisible()
    others = cast("HomeView", stage.show("home", "doctor"))
    assert others.findChild(Pill, "home.sync.count") is None, "who may not decide is not asked to"


def test_the_banner_and_the_sign_say_how_far_the_record_is(there: Connected, small: Clinic) -> None:
    doctor = small.desk_for("doctor")
    assert app._banner(doctor, small.patient).state is None
    assert app._standing(doctor) is None
    there.connect(HEALIFY)
    there.run()
    state, standing = app._banner(doctor, small.patient).state, app._standing(doctor)
    assert state is not None
    assert (state.text, state.meaning) == ("Sync: confirmed", "good")
    assert standing is not None
    assert standing.stopped == ()


def test_a_record_that_is_closed_to_somebody_says_nothing_of_where_it_is(there: Connected, small: Clinic) -> None:
    there.connect(HEALIFY)
    there.run()
    restrict_record(small.desk_for("front_desk"), small.patient, ("role:laboratory",), "A relative works here")
    assert app._banner(small.desk_for("doctor"), small.patient).state is None


def test_that_it_cannot_be_told_how_far_a_record_is_keeps_nobody_from_the_banner(
    there: Connected, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_asked: object) -> None:
        raise ValueError

    there.connect(HEALIFY)
    monkeypatch.setattr("clinic_desktop.gui.widgets.howfar.ask_marks", broken)
    facts = app._banner(small.desk_for("doctor"), small.patient)
    assert (facts.patient_id, facts.state) == (small.patient, None)
