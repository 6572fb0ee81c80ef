"""The dashboard through its window: who sees what, where each number leads, and that it asks no more than it must."""

import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.catalogue import SCREENS
from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain.dashboard import CARDS_OF, MEASURES_OF
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting_metrics import METRICS
from clinic_desktop.exchange.sync_shown import SystemShown
from clinic_desktop.gui.screens.dashboard import presenter as presenters
from clinic_desktop.gui.screens.dashboard import words
from clinic_desktop.gui.screens.dashboard.presenter import PAGES, Presenter
from clinic_desktop.gui.screens.dashboard.view import DashboardView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.civil import show_moment
from clinic_desktop.services import dashboard, dashboard_now, jobs
from clinic_desktop.services.dashboard import TodayNumber
from clinic_desktop.services.dashboard_now import MoneyNow, Owed
from clinic_desktop.services.dashboard_office import JobHealth, ScreenSpeed
from clinic_desktop.services.dashboard_quality import QualityNow
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import queue_entries
from tests.conftest import NOW, DeskFor
from tests.unit.gui.screens.framed import a_patient
from tests.unit.gui.screens.stage import Stage


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def show(stage: Stage, role: str, **arguments: str) -> DashboardView:
    view = stage.show("dashboard", role, **arguments)
    assert isinstance(view, DashboardView)
    return view


def said(view: QWidget) -> str:
    return " ".join(each.text() for each in view.findChildren(QLabel) if each.isVisibleTo(view))


def arrivals(store: Store, *days_ago: int) -> None:
    patient = a_patient(store, registered_at=to_text(NOW - timedelta(days=200)))
    with store.write(act=new_id(), session=None) as unit:
        for number, ago in enumerate(days_ago):
            unit.create(queue_entries, {
                "patient_id": patient, "priority": "routine", "status": "waiting", "ticket": number,
                "checked_in_at": to_text(NOW - timedelta(days=ago, minutes=30)),
            }, kind="queue.checked_in")  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_own_cards_in_an_empty_clinic(stage: Stage, role: str) -> None:
    view = show(stage, role)
    assert list(view._cards) == list(CARDS_OF[role])
    assert [key for key, _currency in view._tiles] == list(MEASURES_OF[role])
    seen = said(view)
    assert "Being counted" not in seen
    assert "Nothing to compare with yet" in seen
    assert "Nothing was counted in the four weeks up to yesterday: today stands above" in seen
    assert ("Money" in seen) == (role in {"cashier", "administrator"})
    assert stage.window.errors == []


def test_every_page_that_a_number_leads_to_is_open_to_those_whom_it_says() -> None:
    known = {name.split(".")[3]: importlib.import_module(name.partition(":")[0]).SCREEN for name in SCREENS}
    assert {name: known[name].roles for name in PAGES} == PAGES


def test_a_number_opens_its_report_of_today_for_the_administrator_and_the_work_for_others(
    store: Store, stage: Stage
) -> None:
    arrivals(store, 0, 0, 0, 7, 7, 14)
    view = show(stage, "administrator")
    tile = view._tiles["arrived", ""]
    assert said(tile).split() == ["3", "▲", "more", "than", "the", "usual", "0",
                                  "usually", "0", "in", "the", "whole", "day"]  # fmt: skip
    stage.click(view, "dashboard.today.arrived")
    asked = {"report": "queue-analytics", "first": "2026-03-10", "last": "2026-03-10"}
    assert stage.window.went == [("reports", asked)]
    other = show(stage, "front_desk")
    stage.click(other, "dashboard.today.arrived")
    assert stage.window.went[-1] == ("queue", {})
    doctor = show(stage, "doctor")
    stage.click(doctor, "dashboard.today.prescribed")
    assert stage.window.went[-1] == ("prescribed", {"first": "2026-03-10", "last": "2026-03-10"})


def test_a_bar_opens_the_days_behind_it_by_key_and_by_mouse(store: Store, stage: Stage) -> None:
    arrivals(store, 1, 1, 29)
    view = show(stage, "administrator")
    assert "2 in the four weeks up to yesterday, 1 in the four before: 100.0 % more." in said(view)
    view.chart.setFocus()
    QTest.keyClick(view.chart, Qt.Key.Key_End)
    for _press in range(28):
        QTest.keyClick(view.chart, Qt.Key.Key_Right)
    assert view.chart.accessibleDescription() == ("09-Mar-2026: 2\nfour weeks before, 09-Feb-2026: 1")
    QTest.keyClick(view.chart, Qt.Key.Key_Return)
    asked = {"report": "queue-analytics", "first": "2026-03-09", "last": "2026-03-09"}
    assert stage.window.went == [("reports", asked)]
    view.by.set_value("week")
    assert "twelve" in said(view)
    place = QPoint(view.chart.width() - 5, view.chart.height() // 2)
    QTest.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=place)
    asked = {"report": "queue-analytics", "first": "2026-03-02", "last": "2026-03-08"}
    assert stage.window.went[-1] == ("reports", asked)


def test_nothing_is_compared_with_days_before_the_clinic_began(store: Store, stage: Stage) -> None:
    arrivals(store, 1)
    with store.write(act=new_id(), session=None) as unit:
        unit.conn.execute(patients.update().values(registered_at=to_text(NOW - timedelta(days=40))))
    view = show(stage, "administrator")
    assert "the clinic began only on 29-Jan-2026." in said(view)
    before = [bar.before for bar in view.chart._bars]
    assert [value is None for value in before] == [True] * 16 + [False] * 12


def test_every_documented_metric_stands_with_its_formula_or_why_it_is_not_measured(stage: Stage) -> None:
    view = show(stage, "administrator", show="measured")
    texts = [each.text() for each in view.findChildren(QLabel) if each.isVisibleTo(view)]
    buttons = {each.text() for each in view.findChildren(QPushButton)}
    for metric in METRICS:
        assert any(metric.formula in text for text in texts), metric
        assert metric.words in buttons if metric.is_measured else metric.words in texts, metric
        assert not set("_.") & set(metric.words), "words, not a name in a message"
    assert any(text.startswith("Not measured here: patients are not asked") for text in texts)
    assert any("the lowest systolic below 140" in text and "Met / eligible" not in text for text in texts)
    assert any("Visits begun in the period" in text for text in texts)
    stage.click(view, "dashboard.measured.HMS Enterprise.revenue.total")
    asked = {"report": "revenue-analysis", "first": "2026-03-01", "last": "2026-03-10"}
    assert stage.window.went == [("reports", asked)]
    assert view.escape()
    assert not view.escape()
    assert "Today so far" in said(view)


def test_what_moves_is_asked_for_again_but_not_before_its_answer_has_stood(
    desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    desk = desk_for("nurse")
    made = Presenter(desk, Immediately())
    real: Callable[[str], Callable[[], object]] = made._work

    def noting(slot: str) -> Callable[[], object]:
        asked.append(slot)
        return real(slot)

    class Shown:
        def show_answer(self, slot: str, answer: object) -> None: ...

        def show_failure(self, slot: str, error: Exception) -> None:
            raise AssertionError(slot) from error

    made.view = Shown()
    monkeypatch.setattr(made, "_work", noting)
    made.ask()
    assert sorted(asked) == sorted(made._slots)
    asked.clear()
    for _entry in range(20):
        made.ask()
    assert asked == []
    clock.advance(timedelta(seconds=5))
    made.tick()
    assert sorted(asked) == ["laboratory", "queue", "today"]
    asked.clear()
    clock.advance(timedelta(seconds=60))
    made.tick()
    assert sorted(asked) == ["laboratory", "queue", "today", "trend"]
    assert presenters.EVERY["quality"] >= 60
    asked.clear()
    made.again()
    assert sorted(asked) == sorted(made._slots)


def test_heavy_questions_are_asked_one_after_another_and_one_that_was_cancelled_again(
    desk_for: DeskFor, clock: SetClock
) -> None:
    held: list[tuple[str, Callable[[object], None]]] = []

    class Waiting(Immediately):
        def query(self, slot: str, work: object, done: Callable[..., None], failed: object = None) -> None:  # noqa: ARG002
            held.append((slot, done))

    class Shown:
        def show_answer(self, slot: str, answer: object) -> None: ...

        def show_failure(self, slot: str, error: Exception) -> None: ...

    made = Presenter(desk_for("administrator"), Waiting())
    made.view = Shown()
    made.ask()
    heavy = [slot for slot, _done in held if slot.startswith(("money", "quality"))]
    assert heavy == ["money"]
    next(done for slot, done in held if slot == "money")(None)
    assert [slot for slot, _done in held if slot.startswith("quality")] == ["quality.blood_pressure"]
    held.clear()
    clock.advance(timedelta(seconds=10))
    made.ask()
    assert held == []  # nothing was answered yet
    clock.advance(timedelta(seconds=31))
    made.tick()
    assert {"queue", "today", "money"} <= {slot for slot, _done in held}


def test_a_card_that_could_not_be_counted_says_so_and_the_others_stand(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_desk: object) -> None:
        raise Refusal("The disk is full.")

    monkeypatch.setattr(dashboard_now, "queue_now", broken)
    monkeypatch.setattr(dashboard, "trend", lambda *_given: broken(None))
    view = show(stage, "nurse")
    assert "Could not be counted" in said(view._cards["queue"])
    assert "Could not be counted. The disk is full." in said(view)
    assert "To collect" in said(view._cards["laboratory"])


def test_words_say_by_shape_and_word_how_a_measure_stands_and_what_failed() -> None:
    def quality(rate: int | None, eligible: int | None) -> words.Line:
        return words.quality_line(QualityNow("x", "Blood pressure control", eligible, eligible, rate, 900, "How.",
                                             "2025-03-11", "2026-03-10"))  # fmt: skip

    reached, missed = quality(900, 10), quality(899, 10)
    assert (reached.value, reached.meaning, reached.icon) == ("90.0 %, reached (target 90 %)", "good", "check")
    assert (missed.value, missed.meaning, missed.icon) == ("89.9 %, missed (target 90 %)", "warning", "close")
    assert "Nobody" in quality(None, 0).value
    assert quality(None, None).value == "Not measured here"
    run = jobs.JobRun("backup", NOW, NOW, "failed", {"message": "Disk {name} is full.", "facts": {"name": "B"}})
    well = JobHealth("downtime-pack", NOW, None, is_running=False)
    broken = JobHealth("backup", NOW - timedelta(hours=30), run, is_running=False)
    done, failed, pack = words.job_lines([broken, well], NOW - timedelta(hours=30), NOW)
    assert (done.meaning, done.tip) == ("warning", "More than a day ago.")
    assert (failed.meaning, failed.tip) == ("critical", "Disk B is full.")
    assert pack.meaning == "good"
    run = jobs.JobRun("backup", NOW, NOW, "failed", {"message": "Broken {brace"})
    none, failed = words.job_lines([JobHealth("backup", None, run, is_running=False)], None, NOW)
    assert (none.value, none.meaning, failed.tip) == ("none yet", "critical", "Broken {brace")
    assert words.job_lines([], NOW, NOW)[0].meaning == "good"
    fewer = TodayNumber("taken", 100, 250.0, 900.0, 8, "KWD")
    assert words.tile_words(fewer) == ("▼ less than the usual 0.250", "usually 0.900 in the whole day")
    planned = TodayNumber("appointments", 4, None, 3.5, 8)
    assert words.tile_words(planned) == ("▲ more than the usual 3.5", "")


def test_words_say_how_systems_money_and_pages_stand() -> None:
    system = SystemShown("x", "Clinic Cloud", "https://x", "away", "a", None, "2026-03-10T07:30:00+00:00", False, 4,
                         None, 2, (), (), (), ())  # fmt: skip
    lines = words.sync_lines([system])
    assert [(line.words.strip(), line.value, line.meaning) for line in lines] == [
        ("Clinic Cloud", "Cannot be reached", "warning"),
        ("Waiting to be sent", "4", ""),
        ("Last looked through", show_moment(datetime(2026, 3, 10, 7, 30, tzinfo=UTC)), ""),
        ("Waits for a decision", "2", "warning"),
    ]
    owed = Owed("KWD", 1000, 0, 0, 2500, 3500, 2)
    lines = words.money_lines(MoneyNow((("cash", "KWD", -1250),), (owed,)))
    assert [(line.words.strip(), line.value, line.meaning) for line in lines] == [
        ("Today: Cash", "−1.250 KWD", ""),
        ("Owed on 2 invoices", "3.500 KWD", ""),
        ("0-30 days", "1.000", ""),
        ("Over 90 days", "2.500", "warning"),
    ]
    speeds = [ScreenSpeed("queue", 40, 63, 250), ScreenSpeed("chart", 4, 100, 400)]
    lines = words.speed_lines(speeds, {"queue": "Queue", "chart": "Chart"}, {"queue": (30, 480, 7)})
    assert [(line.words, line.value) for line in lines[1:]] == [
        ("Queue", "30 / 480 · ≤63 / ≤250"), ("Chart", "– · ≤100 / ≤400"),
    ]  # fmt: skip
    assert "session: 7; in the last 14 days: 40" in lines[1].tip
