"""The inbox through the window: read, put off, done and taken back, sent."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.inbox.presenter import snoozed_until
from clinic_desktop.gui.screens.inbox.view import InboxView
from clinic_desktop.services import inbox
from clinic_desktop.services.inbox import Notice
from tests.conftest import NOW, DeskFor
from tests.unit.gui.screens.stage import Stage


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def show(stage: Stage, role: str = "nurse", **arguments: str) -> InboxView:
    view = stage.show("inbox", role, **arguments)
    assert isinstance(view, InboxView)
    return view


def send(desk_for: DeskFor, title: str = "The fridge is warm") -> None:
    inbox.send(desk_for("administrator"), Notice("message", "high", title, "nurse", "Look at it."))


def test_an_empty_inbox_says_what_goes_there_and_offers_no_act(stage: Stage) -> None:
    view = show(stage)
    assert (len(view.table.rows()), view.primary_enabled) == (0, False)
    assert stage.window.counts["inbox"] == 0


def test_what_is_chosen_is_read_and_the_count_goes_down(stage: Stage, desk_for: DeskFor) -> None:
    send(desk_for)
    view = show(stage)
    view.table.select_row(0)
    assert view._text.text() == "Look at it."
    assert (stage.window.counts["inbox"], inbox.unread(desk_for("nurse"))) == (0, 0)


def test_done_is_undone(stage: Stage, desk_for: DeskFor) -> None:
    send(desk_for)
    view = show(stage)
    view.table.select_row(0)
    view.primary()
    assert len(view.table.rows()) == 0
    stage.window.undo()
    assert len(view.table.rows()) == 1


def test_what_is_put_off_is_under_put_off(stage: Stage, desk_for: DeskFor) -> None:
    send(desk_for)
    view = show(stage)
    view.table.select_row(0)
    stage.click(view, "inbox.snooze.hour")
    assert len(view.table.rows()) == 0
    view.shows.set_value("snoozed")
    view.shows.edited.emit()
    assert len(view.table.rows()) == 1


def test_an_administrator_sends_and_a_missing_addressee_is_said_beside_the_field(
    stage: Stage, desk_for: DeskFor
) -> None:
    view = show(stage, "administrator", act="message")
    title = view.findChild(QLineEdit, "inbox.message.title")
    assert title is not None
    QTest.keyClicks(title, "Staff meeting at four")
    stage.click(view, "inbox.send")
    assert view.to.error()
    view.to.set_value("nurse")
    stage.click(view, "inbox.send")
    (item,) = inbox.inbox(desk_for("nurse"))
    assert (item.title, item.sender) == ("Staff meeting at four", "Administrator One")
    assert view.form.is_empty or view.title_field.value() == ""


def test_anybody_keeps_a_task_of_their_own(stage: Stage, desk_for: DeskFor) -> None:
    view = show(stage, "cashier", act="task")
    title = view.findChild(QLineEdit, "inbox.message.title")
    assert title is not None
    QTest.keyClicks(title, "Order receipt rolls")
    stage.click(view, "inbox.send")
    assert [item.title for item in inbox.inbox(desk_for("cashier"))] == ["Order receipt rolls"]


def test_what_looks_like_markup_is_shown_as_it_is(stage: Stage, desk_for: DeskFor) -> None:
    send(desk_for, "<b>bold</b> & <img src=x>")
    view = show(stage)
    view.table.select_row(0)
    assert view._what.text() == "<b>bold</b> & <img src=x>"
    assert view._what.textFormat().name == "PlainText"


def test_tomorrow_is_eight_in_the_morning_here() -> None:
    assert snoozed_until("tomorrow", NOW).astimezone().hour == 8
    assert (snoozed_until("hour", NOW) - NOW).seconds == 3600
