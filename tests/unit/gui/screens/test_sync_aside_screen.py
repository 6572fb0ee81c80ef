"""What was set aside on the page Sync: what it is, whose, why, and what can be done about it by keys."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import Stage

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def there(store: Store, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    Clinic(store, desk_for, clock)
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as sandbox:
        sandbox.connect("healify")
        sandbox.run()
        yield sandbox


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def press(view: SyncView, key: Qt.Key) -> None:
    QTest.keyClick(view.items.view, key, ALT)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts


def test_what_was_set_aside_stands_in_the_list_and_one_key_notes_it_with_a_reason(
    stage: Stage, there: Connected, store: Store, desk_for: DeskFor
) -> None:
    number = there.changed_on_both_sides(store, desk_for("doctor"))
    view = cast("SyncView", stage.show("sync", "administrator", show="decide"))
    (item,) = view.items.rows()
    assert (item.sort, item.remote_id) == ("aside", number)
    view.items.select_row(0)
    assert view.decide.shown == item.id
    assert view.decide.sort.text() == "Set aside"
    assert "changed here and elsewhere" in view.decide.why.text()
    assert "Take FOUR tablets every hour" in [one.there for one in view.decide.members.rows()]
    offered = [name for name, button in view.decide.buttons.items() if button.isVisible()]
    assert offered == ["look", "seen"]
    assert view.decide.reason.isVisible()
    assert clashing_keys(view) == []
    press(view, Qt.Key.Key_N)
    assert view.items.rows(), "without a reason nothing is noted"
    view.decide.reason.set_value("Her cough came back with it")
    press(view, Qt.Key.Key_N)
    assert view.items.rows() == []
    assert "until their record changes" in stage.window.said[-1]


def test_what_was_set_aside_is_looked_at_again_by_a_key(
    stage: Stage, there: Connected, store: Store, desk_for: DeskFor
) -> None:
    there.changed_on_both_sides(store, desk_for("doctor"))
    view = cast("SyncView", stage.show("sync", "administrator", show="decide"))
    view.items.select_row(0)
    press(view, Qt.Key.Key_G)
    assert "looked at again" in stage.window.said[-1]
    with store.read() as connection:
        looks = connection.exec_driver_sql("SELECT kind, why FROM sync_look").all()
    assert [tuple(one) for one in looks] == [("prescription", "set aside")]
