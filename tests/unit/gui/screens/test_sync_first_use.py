"""The page Sync for somebody who sees it first: what is missing, what was wrong, where one stands, what is left."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.systems import SYSTEMS, require_setting
from clinic_desktop.exchange.post_office import in_words
from clinic_desktop.exchange.sync_shown import KindShown, LimitShown, SystemShown
from clinic_desktop.gui.screens.sync.card import SystemCard
from clinic_desktop.gui.screens.sync.connecting import _CHOSEN
from clinic_desktop.gui.screens.sync.view import CARD, CONNECT, TRIED, WHO, SyncView
from clinic_desktop.gui.screens.sync.words import (
    FOUND,
    at_short,
    found_line,
    found_words,
    limit_words,
    member_words,
    side_words,
)
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.howfar import KINDS
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.store.engine import Store
from sync.transport.outcomes import Call, NoBudget, SignInNeeded, Unsent
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.unit.gui.screens.stage import Stage

HEALIFY, AROCORD = "healify", "arocord_hims"


@pytest.fixture
def there(store: Store, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del store
    with connected(desk_for("administrator"), HEALIFY, AROCORD, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def shown(stage: Stage, **arguments: str) -> SyncView:
    return cast("SyncView", stage.show("sync", "administrator", **arguments))


def words_of(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_asked(stage: Stage, store: Store) -> None:
    del store
    form = shown(stage, show="connect").connecting
    form.system.set_value(AROCORD)
    form.fit()
    form.base_url.set_value("https://there.example/v1")
    assert not form.check()
    assert form.secrets["username"].error()
    assert form.secrets["password"].error()
    assert not form.secrets["mfa_code"].error()  # not every account has one
    form.system.set_value(HEALIFY)
    form.system.edited.emit()
    assert not any(field.error() for field in form.secrets.values())
    assert not form.check()
    form.secrets["token"].set_value("x")
    assert form.check()


def test_what_may_be_left_empty_when_signing_in_again_says_that_it_stays(stage: Stage, there: Connected) -> None:
    there.connect(HEALIFY)
    view = shown(stage)
    stage.click(view, "sync.sign_in")
    assert QApplication.focusWidget() in view.connecting.secrets["token"].findChildren(QWidget)
    assert view.connecting.check()
    assert any("stays" in words for words in words_of(view.connecting))
    view.escape()
    stage.click(view, "sync.connect")
    assert not any("stays" in words for words in words_of(view.connecting))


@pytest.mark.parametrize("system", _CHOSEN)
def test_everything_that_the_form_asks_for_may_be_set(system: str) -> None:
    said = {"tier": "premium", "graphql": "/graphql", "webhook.host": "hooks.clinic.example"}
    for name in _CHOSEN[system]:
        require_setting(SYSTEMS[system], name, said[name])


def test_what_could_not_be_reached_is_not_said_any_more_when_it_answers(stage: Stage, there: Connected) -> None:
    view = shown(stage, show="connect")
    view.connecting.base_url.set_value("http://127.0.0.1:9")
    view.connecting.secrets["token"].set_value(there.secrets(HEALIFY)["token"])
    view.primary()
    assert any("could not be reached" in words for words in words_of(view.connecting))
    view.connecting.base_url.set_value(there.told[HEALIFY]["base_url"])
    view.primary()
    assert view.right.place == TRIED
    assert not any("could not be reached" in words for words in words_of(view))
    view.escape()
    assert view.right.place == CONNECT
    assert not any("could not be reached" in words for words in words_of(view))


def test_what_was_connected_last_is_chosen_and_has_the_keys(stage: Stage, there: Connected) -> None:
    there.connect(HEALIFY)
    view = shown(stage)
    stage.click(view, "sync.connect")
    view.connecting.system.set_value(AROCORD)
    view.connecting.system.edited.emit()
    view.connecting.base_url.set_value(there.told[AROCORD]["base_url"])
    for name, value in there.secrets(AROCORD).items():
        view.connecting.secrets[name].set_value(value)
    view.primary()
    told = words_of(view.tried)
    assert "X-api-version" not in told  # it is said in the words in which the card says it
    assert "Says of its version" in told
    view.primary()
    assert view.right.place == CARD
    one = view.systems.current()
    assert one is not None
    assert one.system == AROCORD
    assert QApplication.focusWidget() is view.systems.view
    stage.click(view, "sync.who_is_who")
    assert view.right.place == WHO
    view.who.remote_id.setFocus()
    assert view.escape()
    assert QApplication.focusWidget() is view.systems.view


def test_nobody_is_named_without_a_number(stage: Stage, there: Connected, desk_for: DeskFor) -> None:
    desk_for("doctor")
    there.connect(HEALIFY)
    view = shown(stage)
    stage.click(view, "sync.who_is_who")
    view.primary()
    assert view.who.remote_id.error() == "Give the number under which they know this person."


def test_the_limit_kept_here_is_not_called_a_system_that_cannot_be_reached() -> None:
    call = Call("GET /providers", "GET", "/providers")
    assert "limit" in in_words(HEALIFY, NoBudget(call, 1.0)).message
    assert "reached" in in_words(HEALIFY, Unsent(call)).message
    assert "accept" in in_words(HEALIFY, SignInNeeded(call)).message


def test_limits_are_said_in_words_the_scarcest_first() -> None:
    hour, minute = 3600, 60
    every = [
        LimitShown("hour GET /patients", 49, 50, hour), LimitShown("hour POST /patients", 0, 10, hour),
        LimitShown("hour GET /patients/{patient_id}", 10, 100, hour), LimitShown("hour PUT /consents/{id}", 5, 5, hour),
        LimitShown("minute", 30, 60, minute), LimitShown("patient search", 1, 100, minute),
        LimitShown("hour GET /patients/{patient_id}/consent-status", 199, 200, hour),
    ]  # fmt: skip
    assert limit_words(every).splitlines() == [
        "0 of 10 in an hour · sending new patients", "1 of 100 in a minute · patient search",
        "10 of 100 in an hour · reading patients (one by one)", "30 of 60 in a minute",
        "and 3 more, of which more is left",
    ]  # fmt: skip
    assert limit_words([LimitShown("hour", 1000, 1000, hour), LimitShown("minute", 100, 100, minute)]) == (
        "1000 of 1000 in an hour\nand 1 more, of which more is left"
    )
    assert limit_words([]) == ""
    assert (
        limit_words([LimitShown("hour GET /patients/search", 0, 20, hour)]) == "0 of 20 in an hour · searching patients"
    )


def test_what_was_found_has_words() -> None:
    assert all(found_words(name) == words for name, words in FOUND.items())
    assert found_words("list of lab_order") == "Its list can be read (laboratory order)"
    assert found_line("list of notice", "without what is needed").startswith("no: it does not show enough")
    assert found_line("list of lab_order", "not understood (404)") == "no: it gave no answer that can be used (404)"
    learnt = found_line("put.patient", "merge: set by an administrator, 2001-02-03T10:00:00+00:00")
    assert learnt.startswith("only what is sent is changed there (set by an administrator, 03-Feb-2001")
    assert [found_line("fhir", each) for each in ("no", "4.0.1")] == ["it has none", "version 4.0.1"]
    assert [found_line("patients", each) for each in ("-", "17")] == ["not said", "17"]
    assert at_short(None) == ""
    assert at_short("2001-02-03T10:00:00Z").startswith("0")  # not of today: with its day


def test_days_stand_as_everywhere_else_and_names_of_members_are_words() -> None:
    assert side_words("1960-01-02") == "02-Jan-1960"
    assert side_words("born: 1960-02-01, number: X-1960-02-01-9") == "born: 01-Feb-1960, number: X-1960-02-01-9"
    assert side_words("1960-13-45") == "1960-13-45"
    assert side_words("") == "–"
    assert [member_words(name) for name in ("mrn", "dateOfBirth", "contact_number", "")] == [
        "MRN", "Date of birth", "Contact number", "",
    ]  # fmt: skip


def test_facts_do_not_grow_by_being_filled_anew(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    for _time in range(20):
        facts.clear()
        facts.add("Limit left", "a line")
    grid = facts.layout()
    assert isinstance(grid, QGridLayout)
    assert grid.rowCount() == 1


def test_facts_that_say_something_else_are_changed_in_their_place(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_facts([("Waiting", "3"), ("Set aside", ""), ("Limit left", "9"), ("Found there", "much")])
    before = facts.findChildren(QLabel)
    facts.show_facts([("Waiting", "2"), ("Limit left", "9"), ("Found there", "much")])
    assert facts.findChildren(QLabel) == before
    assert [one.text() for one in before] == ["Waiting", "2", "Limit left", "9", "Found there", "much"]
    facts.show_facts([("Waiting", "2"), ("Found there", "much")])
    facts.show_facts([("Waiting", "2"), ("Found there", "much"), ("Set aside", "1")])
    shown = [one.text() for one in facts.findChildren(QLabel) if not one.isHidden()]
    assert shown == ["Waiting", "2", "Found there", "much", "Set aside", "1"]


class Moved(QObject):
    """Writes down what is changed of a page: widgets that come, go, are laid out or get other words."""

    KINDS = frozenset({
        QEvent.Type.ChildAdded, QEvent.Type.ChildRemoved, QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent,
        QEvent.Type.HideToParent, QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.EnabledChange,
    })  # fmt: skip

    def __init__(self, page: SyncView) -> None:
        super().__init__(page)
        self.events: list[object] = []
        page.primary_changed.connect(lambda: self.events.append("primary"))
        for table in (page.systems, page.card.kinds, page.items):
            table.view.model().modelReset.connect(lambda: self.events.append("rows"))
            table.view.model().layoutChanged.connect(lambda: self.events.append("rows"))
        for one in (page, *page.findChildren(QWidget)):
            one.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in self.KINDS:
            self.events.append((watched.objectName(), event.type()))
        return False


def test_asking_again_changes_nothing_on_the_page_where_nothing_has_changed(stage: Stage, there: Connected) -> None:
    there.connect(HEALIFY)
    view = shown(stage)
    view._asking.stop()
    stage.qtbot.wait(50)
    moved = Moved(view)
    view._ask_again()
    stage.qtbot.wait(50)
    assert moved.events == []
    view.presenter.reload()
    stage.qtbot.wait(50)
    assert moved.events, "it would be seen"
    there.connect(AROCORD)
    view._ask_again()
    assert [one.system for one in view.systems.rows()] == [HEALIFY, AROCORD]


def test_no_fact_of_a_system_is_cut_where_the_window_is_low(qtbot: QtBot) -> None:
    card = SystemCard(RememberedHere(), may=True)
    qtbot.addWidget(card)
    card.resize(660, 590)
    card.show()
    limits = tuple(LimitShown(f"hour GET /things-of-{n}", n, 100, 3600) for n in range(5))
    found = tuple((f"what was found at the address number {n}", "yes, and it is said at some length") for n in range(4))
    kinds = tuple(KindShown(kind, 9, 1, 1, 1, 0, 1, 1, 1, 1, 4, 2, None) for kind in KINDS)
    card.show_system(
        SystemShown(
            "healify",
            "Healify",
            "https://there.example",
            "on",
            "",
            "2026-11-29T10:00:00Z",
            "2026-11-29T10:00:00Z",
            False,
            9,
            None,
            4,
            limits,
            found,
            (("X-API-Version", "v1"),),
            kinds,
        )
    )
    qtbot.waitUntil(lambda: card.panel.heightForWidth(660) > 250)
    card.resize(660, card.panel.heightForWidth(660) + card.counts.minimumSizeHint().height() + 60)
    wrapped = [one for one in card.panel.findChildren(QLabel) if one.wordWrap() and one.text()]

    def whole() -> bool:
        return all(one.isHidden() or one.height() >= one.heightForWidth(one.width()) for one in wrapped)

    qtbot.waitUntil(lambda: whole() and card.panel.geometry().bottom() + 12 < card.counts.y() + 1)


@pytest.mark.parametrize(("state", "said"), [("on", "now"), ("sign_in", "not yet"), ("paused", "not yet")])
def test_a_look_that_was_begun_is_not_called_one_that_goes_on_while_nothing_is_asked(
    qtbot: QtBot, state: str, said: str
) -> None:
    card = SystemCard(RememberedHere(), may=True)
    qtbot.addWidget(card)
    card.show_system(
        SystemShown("healify", "Healify", "https://x.example", state, "", None, None, True, 1, None, 0, (), (), (), ())
    )
    words = [one.text() for one in card.facts.findChildren(QLabel)]
    assert words[words.index("Looked through") + 1] == said


@pytest.mark.parametrize(("torn", "said"), [(("patient", "lab_order"), ["Registration · Laboratory order"]), ((), [])])
def test_a_list_that_cannot_be_looked_through_is_said_on_the_card(
    qtbot: QtBot, torn: tuple[str, ...], said: list[str]
) -> None:
    card = SystemCard(RememberedHere(), may=True)
    qtbot.addWidget(card)
    one = SystemShown(
        "healify", "Healify", "https://x.example", "on", "", None, None, False, 1, None, 0, (), (), (), ()
    )
    card.show_system(replace(one, torn=torn))
    words = [each.text() for each in card.facts.findChildren(QLabel)]
    assert [words[n + 1] for n, each in enumerate(words) if each == "Cannot be looked through"] == said


def test_a_column_that_was_hidden_comes_back_as_wide_as_it_was(qtbot: QtBot) -> None:
    remembered = RememberedHere()
    columns: list[Column[str]] = [Column(name, name, str, 120) for name in ("one", "two", "three")]
    table: ListTable[str] = ListTable("things", columns, settings=remembered)
    qtbot.addWidget(table)
    table.show()
    table.set_rows(["a"])
    table.view.setColumnHidden(1, True)
    table.view.setColumnWidth(0, 90)  # what somebody drags is remembered
    again: ListTable[str] = ListTable("things", columns, settings=remembered)
    qtbot.addWidget(again)
    again.show()
    assert [again.view.columnWidth(place) for place in (0, 1)] == [90, 120]
    kept = json.loads(remembered.get("columns.things") or "")
    remembered.set("columns.things", json.dumps({**kept, "width": {"two": 40}}))  # as it was kept once
    healed: ListTable[str] = ListTable("things", columns, settings=remembered)
    qtbot.addWidget(healed)
    assert healed.view.columnWidth(1) == 120


def test_a_number_is_asked_about_before_it_takes_the_place_of_another(
    stage: Stage, there: Connected, desk_for: DeskFor
) -> None:
    desk_for("doctor")
    there.connect(HEALIFY)
    view = shown(stage)
    stage.click(view, "sync.who_is_who")
    view.who.remote_id.set_value("doc_456def")
    view.primary()
    assert stage.window.said == ["Kept; what waited for it goes on"], "the first is taken unasked"
    view.who.remote_id.set_value("doc_2")
    view.primary()
    assert view.dialog is not None
    assert any("doc_2 takes its place" in words for words in words_of(view.dialog))
    assert next(one.remote_id for one in view.who.staff.rows()) == "doc_456def", "nothing is taken before a yes"
    view.dialog.accept()
    stage.qtbot.waitUntil(lambda: next(one.remote_id for one in view.who.staff.rows()) == "doc_2")
