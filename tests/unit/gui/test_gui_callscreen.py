"""The screen in the waiting room: tickets alone by default, right while the window is locked, silent with no key."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.shell.callscreen import SETTING, Calling, CallScreen
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.widgets.settings import Remembered, RememberedHere
from clinic_desktop.services import administration, patients, queue
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_views import Board, board
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.gui.gallery import PretendGate


class Room(PretendGate):
    """A door with a real queue behind it."""

    def __init__(self, store: Store) -> None:
        self.store: Store | None = store
        self.remembered: Remembered = RememberedHere()

    def board(self) -> Board | None:
        return None if self.store is None else board(self.store)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def calling(work: MainWindow, room: Room) -> Iterator[Calling]:
    made = Calling(work, room)
    yield made
    made.end()


def someone(desk: Desk, family: str) -> int:
    patient = patients.register_patient(desk, NewPatient(family, "Ann", "female")).patient_id
    return queue.check_in(desk, patient).ticket


def words(screen: CallScreen) -> str:
    return " ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def test_the_ticket_is_shown_and_of_the_name_only_what_the_clinic_chose(
    qtbot: QtBot, calling: Calling, work: MainWindow, desk: Desk, desk_for: DeskFor
) -> None:
    tickets = [someone(desk, name) for name in ("Okafor", "Eze", "Bello")]
    queue.call_next(desk_for("nurse"))
    work.frame.devices_asked.emit("callscreen")
    screen = calling.screen
    assert screen is not None
    qtbot.waitUntil(lambda: screen.ticket.text() == str(tickets[0]))
    assert screen.following.text() == f"Next: {tickets[1]}  {tickets[2]}"
    assert "kafor" not in words(screen).casefold()
    administration.change_setting(desk_for("administrator"), "call_screen_shows", "name")
    calling.moved(frozenset({"setting.changed"}))
    qtbot.waitUntil(lambda: "OKAFOR, Ann" in words(screen))
    queue.call_next(desk_for("nurse"))
    calling.moved(frozenset({"queue.called"}))
    qtbot.waitUntil(lambda: screen.ticket.text() == str(tickets[1]) or screen.earlier[0].text() != "")


def test_it_goes_on_while_the_work_window_is_locked_and_shows_the_clinic_alone_without_a_key(
    qtbot: QtBot, calling: Calling, work: MainWindow, room: Room, desk: Desk, desk_for: DeskFor
) -> None:
    calling.open()
    screen = calling.screen
    assert screen is not None
    ticket = someone(desk, "Okafor")
    work.lock()
    assert screen.isVisible()
    queue.call_next(desk_for("nurse"))
    calling.moved(frozenset({"queue.called"}))
    qtbot.waitUntil(lambda: screen.ticket.text() == str(ticket))
    room.store = None
    work.switch_user()
    qtbot.waitUntil(lambda: screen.ticket.text() == "")
    assert words(screen).replace(screen.clock.text(), "").split() == ["Riverside", "Clinic"]
    calling.moved(frozenset({"queue.called"}))
    qtbot.wait(30)
    assert screen.ticket.text() == ""


def test_closed_by_hand_it_stays_closed_and_after_a_new_start_it_is_there_again(
    qtbot: QtBot, work: MainWindow, room: Room
) -> None:
    room.remembered.set(SETTING, "open")
    calling = Calling(work, room)
    screen = calling.screen
    assert screen is not None
    calling.end()
    assert room.remembered.get(SETTING) == "open", "an end of the program is no wish to close it"
    again = Calling(work, room)
    assert again.screen is not None
    qtbot.waitExposed(again.screen)
    QTest.keyClick(again.screen, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not room.remembered.get(SETTING))
    assert Calling(work, room).screen is None
    again.end()


def test_nobody_who_has_left_or_was_called_long_ago_is_shown(
    store: Store, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    someone(desk, "Okafor")
    queue.call_next(desk_for("nurse"))
    assert len(board(store).calls) == 1
    clock.advance(timedelta(minutes=31))
    assert board(store).calls == ()
