"""Editors: what is typed, what it means, what is said of it, and that none of it is lost."""

from datetime import date, time
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import Birth, read_birth, read_date, read_time, show_age, show_birth
from clinic_desktop.gui.widgets.dates import BirthField, DateField, TimeField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import MoneyField, NumberField
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.text import NoteEdit, TextField

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14-Jul-1945", date(1945, 7, 14)),
        ("14/7/1945", date(1945, 7, 14)),
        ("14.7.45", date(1945, 7, 14)),
        ("1945-07-14", date(1945, 7, 14)),
        ("14 july 1945", date(1945, 7, 14)),
        ("14jul1945", date(1945, 7, 14)),
        ("14071945", date(1945, 7, 14)),
        ("1/2/03", date(2003, 2, 1)),
        ("today", TODAY),
        ("31/2/2001", None),
        ("7/14/1945", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_read_as_people_type_them_day_before_month(typed: str, meant: date | None) -> None:
    assert read_date(typed, TODAY, past=True) == meant


@pytest.mark.parametrize(
    ("typed", "meant", "shown"),
    [
        ("14/7/1945", Birth(date(1945, 7, 14), "day"), "14-Jul-1945"),
        ("jul 1945", Birth(date(1945, 7, 1), "month"), "Jul-1945"),
        ("7/1945", Birth(date(1945, 7, 1), "month"), "Jul-1945"),
        ("1945", Birth(date(1945, 1, 1), "year"), "1945"),
        ("34y", Birth(date(1992, 11, 20), "estimated"), "about 20-Nov-1992"),
        ("8m", Birth(date(2026, 3, 20), "estimated"), "about 20-Mar-2026"),
        ("3 weeks", Birth(date(2026, 10, 30), "estimated"), "about 30-Oct-2026"),
        ("unknown", Birth(None, "unknown"), "unknown"),
    ],
)
def test_a_birth_date_may_be_a_part_of_one_an_age_or_unknown(typed: str, meant: Birth, shown: str) -> None:
    assert read_birth(typed, TODAY) == meant
    assert show_birth(meant) == shown


def test_a_birth_on_29_february_gives_an_age_that_exists() -> None:
    assert read_birth("1y", date(2028, 2, 29)) == Birth(date(2027, 2, 28), "estimated")
    assert show_age(date(2024, 2, 29), date(2026, 2, 28)) == "23 m"


@pytest.mark.parametrize(
    ("on", "age"),
    [
        ("2026-11-01", "19 d"),
        ("2026-09-01", "11 w"),
        ("2025-05-20", "18 m"),
        ("1945-11-21", "80 y"),
        ("1945-11-20", "81 y"),
    ],
)
def test_ages_are_said_in_the_unit_that_matters(on: str, age: str) -> None:
    assert show_age(date.fromisoformat(on), TODAY) == age


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9:30", time(9, 30)), ("0930", time(9, 30)), ("14h30", time(14, 30)), ("9", time(9)), ("25", None)],
)
def test_times_are_read_with_and_without_a_colon(typed: str, meant: time | None) -> None:
    assert read_time(typed) == meant


def test_the_example_in_a_date_to_come_lies_ahead(qtbot: QtBot) -> None:
    until = DateField("Until", "x.until", today=lambda: date(2026, 12, 1))
    since = DateField("Since", "x.since", today=lambda: date(2026, 12, 1), past=True)
    for field in (until, since):
        qtbot.addWidget(field)
    assert until.line.placeholderText() == "30-Jun-2028"
    assert since.line.placeholderText() == "14-Jul-1945"


def test_a_date_is_tidied_when_it_is_left_and_an_unreadable_one_is_said_to_be(qtbot: QtBot) -> None:
    field = DateField("Date", "x.date", today=lambda: TODAY)
    qtbot.addWidget(field)
    QTest.keyClicks(field.line, "14/7/2026")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.line.text() == "14-Jul-2026"
    field.line.setText("14/14/2026")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.line.text() == "14/14/2026"
    assert "not a date" in field.error()
    assert field.value() is None


def test_an_age_stays_an_age_and_says_what_it_comes_to(qtbot: QtBot) -> None:
    field = BirthField("Born", "x.born", today=lambda: TODAY)
    qtbot.addWidget(field)
    QTest.keyClicks(field.line, "34y")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.line.text() == "34y"
    assert field.value() == Birth(date(1992, 11, 20), "estimated")
    field.restore("14-Jul-2030")
    assert "future" in field.problem()


@pytest.mark.parametrize(
    ("typed", "value", "problem"),
    [
        ("37,5", Decimal("37.5"), ""),
        ("37.55", Decimal("37.55"), "decimals"),
        ("29", 29, "less"),
        ("abc", None, "not a number"),
        ("nan", None, "not a number"),
    ],
)
def test_a_number_takes_comma_or_point_and_says_what_is_wrong(
    qtbot: QtBot, typed: str, value: Decimal | None, problem: str
) -> None:
    field = NumberField("T", "x.t", unit="°C", decimals=1, least=30, most=44)
    qtbot.addWidget(field)
    field.line.setText(typed)
    assert field.value() == value
    assert problem in field.problem()


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.125", "0.125"), ("0,125", "0.125"), ("1000", "1000"), ("1,5", "1.5"), ("٥", "5"), ("−2", "-2"),
     ("1,000", None), ("12,500", None), ("1e309", None), ("1e3", None), ("0x10", None), ("1_000", None), ("NaN", None)],
)  # fmt: skip
def test_a_number_is_plain_digits_and_never_a_guess_at_a_comma(qtbot: QtBot, typed: str, value: str | None) -> None:
    field = NumberField("T", "x.t", decimals=3)
    qtbot.addWidget(field)
    field.line.setText(typed)
    assert field.value() == (None if value is None else Decimal(value))
    assert bool(field.problem()) is (value is None)


def test_money_is_whole_minor_units(qtbot: QtBot) -> None:
    field = MoneyField("Paid", "x.paid", currency="KES")
    qtbot.addWidget(field)
    field.line.setText("1250.5")
    assert field.minor() == 125_050
    field.line.setText("0.001")
    assert field.minor() is None
    field.line.setText("-1")
    assert field.minor() is None
    field.set_minor(7)
    assert field.line.text() == "0.07"
    francs = MoneyField("Paid", "x.cfa", currency="XOF")
    qtbot.addWidget(francs)
    francs.line.setText("1500")
    assert francs.minor() == 1500


@pytest.mark.parametrize(
    ("currency", "typed", "minor", "shown", "too_fine"),
    [("JPY", "1500", 1500, "1500", "1500.5"), ("TND", "12.345", 12_345, "12.345", "12.3456"),
     ("USD", "12.34", 1_234, "12.34", "12.345")],
)  # fmt: skip
def test_money_has_the_decimals_of_its_currency_also_when_it_changes(
    qtbot: QtBot, currency: str, typed: str, minor: int, shown: str, too_fine: str
) -> None:
    field = MoneyField("Paid", "x.paid", currency="")
    qtbot.addWidget(field)
    field.set_unit(currency)
    field.line.setText(typed)
    assert (field.minor(), field.problem()) == (minor, "")
    field.set_minor(minor)
    assert field.line.text() == shown
    field.line.setText(too_fine)
    assert field.minor() is None
    assert field.problem()
    assert money_text(minor, currency) == f"{Decimal(typed):,} {currency}"


def test_segments_are_chosen_by_their_first_letter(qtbot: QtBot) -> None:
    field = SegmentField("Sex", "x.sex", (("f", "Female"), ("m", "Male"), ("u", "Unknown")))
    qtbot.addWidget(field)
    assert field.value() is None
    first = field.focusProxy()
    assert first is not None
    QTest.keyClick(first, Qt.Key.Key_M)
    assert field.value() == "m"
    field.restore("")
    assert field.value() is None


def everything() -> Form:
    form = Form()
    form.add_row(TextField("Name", "x.name", required=True), NumberField("N", "x.n"))
    form.add(DateField("Date", "x.date", today=lambda: TODAY))
    form.add(BirthField("Born", "x.born", today=lambda: TODAY))
    form.add(TimeField("At", "x.at"))
    form.add(MoneyField("Paid", "x.paid", currency="KES"))
    form.add(ChoiceField("Payer", "x.payer", (("a", "Cash"), ("b", "NHIF"))))
    form.add(SegmentField("Sex", "x.sex", (("f", "Female"), ("m", "Male"))))
    form.add(CheckField("Told", "x.told"))
    form.add(SearchField("Diagnosis", "x.dx", lambda _text, show: show([Suggestion("I10", "Hypertension")])))
    form.add(NoteEdit("Note", "x.note"))
    return form


def test_what_was_typed_comes_back_as_it_was_typed_valid_or_not(qtbot: QtBot) -> None:
    form, again = everything(), everything()
    qtbot.addWidget(form)
    qtbot.addWidget(again)
    typed = {
        "name": " <b>Ana</b> '; DROP--",
        "n": "12a",
        "date": "32/13",
        "born": "34y",
        "at": "9h",
        "paid": "12.",
        "payer": "b",
        "sex": "m",
        "told": "1",
        "dx": "I10\tHypertension",
        "note": "one\ntwo  ",
    }
    form.restore(typed)
    assert form.draft() == typed
    again.restore(form.draft())
    assert again.draft() == typed
    assert again.values()["dx"] == "I10"
    assert again.values()["n"] is None


def test_a_password_is_never_a_draft(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    secret = form.add(TextField("Password", "x.password", secret=True, required=True))
    secret.line.setText("green-river-42")
    assert form.draft() == {}
    assert form.check()


def test_every_edit_is_handed_over_within_a_fifth_of_a_second_even_while_typing_goes_on(qtbot: QtBot) -> None:
    kept: list[dict[str, str]] = []
    form = Form(DraftKeeper(kept.append))
    qtbot.addWidget(form)
    note = form.add(NoteEdit("Note", "x.note"))
    for letter in "typing on and on":
        QTest.keyClicks(note.note, letter)
        qtbot.wait(30)
    assert len(kept) >= 2, "typing on must not put the draft off"
    qtbot.waitUntil(lambda: kept[-1] == {"note": "typing on and on"}, timeout=200)


def test_showing_values_is_no_edit_and_forgetting_keeps_nothing(qtbot: QtBot) -> None:
    kept: list[dict[str, str]] = []
    keeper = DraftKeeper(kept.append)
    form = Form(keeper)
    qtbot.addWidget(form)
    name = form.add(TextField("Name", "x.name"))
    form.set_values({"name": "Ana"})
    form.restore({"name": "Ana B"})
    assert not keeper.waiting
    QTest.keyClicks(name.line, "x")
    form.clear()
    qtbot.wait(250)
    assert kept == []


def test_a_refusal_stands_beside_its_field_and_goes_when_the_field_is_edited(qtbot: QtBot) -> None:
    form = everything()
    qtbot.addWidget(form)
    form.show()
    assert form.show_refusal(Refusal("{n} is too high.", field="n", n=51))
    assert form.field("n").error() == "51 is too high."
    assert form.field("n").editor().accessibleDescription() == "51 is too high."
    form.field("n").restore("40")
    assert form.field("n").error() == ""
    assert not form.show_refusal(OSError("disk"))


def test_a_missing_required_field_gets_the_focus(qtbot: QtBot) -> None:
    form = everything()
    qtbot.addWidget(form)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    form.field("n").setFocus()
    assert not form.check()
    assert QApplication.focusWidget() is form.field("name").editor()


def test_search_shows_the_newest_answer_only_and_enter_chooses(qtbot: QtBot) -> None:
    asked: list[tuple[str, Show]] = []
    window = QWidget()
    window.resize(500, 400)
    qtbot.addWidget(window)
    field = SearchField("Diagnosis", "x.dx", lambda text, show: asked.append((text, show)))
    field.setParent(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field.line.setFocus()
    QTest.keyClicks(field.line, "hy")
    QTest.keyClicks(field.line, "p")
    (_hy, late), (_hyp, newest) = asked
    newest([Suggestion("I10", "Hypertension"), Suggestion("I11", "Heart")])
    late([Suggestion("X", "too late")])
    assert [each.key for each in field.popup.results()] == ["I10", "I11"]
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.value() == "I11"
    assert not field.popup.isVisible()
    QTest.keyClicks(field.line, "x")
    assert field.value() is None
    assert "Choose" in field.problem()


def test_a_choice_too_long_for_its_box_is_cut_with_an_ellipsis_and_told_when_hovered(qtbot: QtBot) -> None:
    field = ChoiceField("Plan", "x.plan", [("a", "Northern Harbour Mutual: Family plan for everyone"), ("b", "Own")])
    qtbot.addWidget(field)
    field.narrow()
    field.set_value("a")
    field.resize(220, 60)
    field.show()
    field.grab()
    assert field.box.shown_text().endswith("…")
    assert "everyone" in field.box.toolTip()
    field.set_value("b")
    field.grab()
    assert (field.box.shown_text(), field.box.toolTip()) == ("Own", "")
