"""The administrator's screen with real services, a real store and real key presses."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.administration.jobs import JobsSection, told
from clinic_desktop.gui.screens.administration.research import ResearchSection
from clinic_desktop.gui.screens.administration.roles import role_rows
from clinic_desktop.gui.screens.administration.section import ListSection
from clinic_desktop.gui.screens.administration.view import AdministrationScreen
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import administration, jobs, permissions, reference, staff
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.backups import KeptBackup
from clinic_desktop.services.office import Office
from clinic_desktop.services.staff import NewStaff
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from tests.unit.services import consent_case

DeskFor = Callable[[str], Desk]


class PretendWindow:
    """What a screen may ask of the shell, written down."""

    def __init__(self) -> None:
        self.patient: str | None = None
        self.said: list[str] = []
        self.errors: list[str] = []
        self.went: list[tuple[str, dict[str, str]]] = []
        self.counts: dict[str, int] = {}
        self.undo: Callable[[], None] | None = None
        self.paper: tuple[Callable[[], bytes], str] | None = None

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append((screen, arguments))

    def back(self) -> None:
        self.went.append(("back", {}))

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        self.errors.append(str(error))
        if isinstance(near, Form):
            near.show_refusal(error)

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said.append(text)
        self.undo = undo

    def set_patient(self, patient_id: str | None) -> None:
        self.patient = patient_id

    def refresh_banner(self) -> None:
        return None

    def set_count(self, screen: str, n: int) -> None:
        self.counts[screen] = n

    def preview(self, document: Callable[[], bytes], title: str) -> None:
        self.paper = (document, title)


class PretendOffice:
    """The key slots in a dictionary, and no disk behind them."""

    def __init__(self) -> None:
        self.slots: dict[str, str] = {}
        self.proved: list[str] = []

    def give_key(self, user_id: str, username: str, password: str, display_name: str) -> None:
        if len(password) < 10:
            raise Refusal(f"too short for {username} ({display_name})", field="password")
        self.slots[user_id] = password

    def take_key(self, user_id: str) -> None:
        self.slots.pop(user_id, None)

    def add_staff(self, desk: Desk, new: NewStaff) -> str:
        return staff.add_staff(desk, self, new)

    def disable_staff(self, desk: Desk, staff_id: str, reason: str, *, expect: int) -> int:
        return staff.disable_staff(desk, self, staff_id, reason, expect=expect)

    def enable_staff(self, desk: Desk, staff_id: str, password: str, *, expect: int) -> int:
        return staff.enable_staff(desk, self, staff_id, password, expect=expect)

    def set_password(self, desk: Desk, staff_id: str, password: str) -> None:
        staff.set_password(desk, self, staff_id, password)

    def kept_backups(self, _desk: Desk) -> tuple[KeptBackup, ...]:
        return (KeptBackup("/b/one", "Riverside", "2026-03-10T08:00:00.000000Z", 12, 4_000_000),)

    def verify_backup(self, _desk: Desk, path: str) -> None:
        self.proved.append(path)

    def change_setting(self, desk: Desk, name: str, value: str) -> None:
        administration.change_setting(desk, name, value)


class Admin:
    """The screen, and what stands behind it."""

    def __init__(self, store: Store, desk: Desk, qtbot: QtBot) -> None:
        self.store, self.desk, self.qtbot = store, desk, qtbot
        self.office = PretendOffice()
        self.window = PretendWindow()
        with store.write(act=new_id(), session=None) as unit:
            reference.load_starter_pack(unit)

    def open(self, section: str, **arguments: str) -> AdministrationScreen:
        context = ScreenContext(
            self.desk, Immediately(), self.window, RememberedHere(), lambda: date(2026, 3, 10),
            cast("Office", self.office),
        )  # fmt: skip
        self.view = AdministrationScreen(context)
        self.qtbot.addWidget(self.view)
        self.view.resize(1160, 700)
        self.view.show()
        self.qtbot.waitExposed(self.view)
        self.view.open(section=section, **arguments)
        return self.view

    def page(self, section: str) -> ListSection[object]:
        page = self.view._pages[section]
        assert isinstance(page, ListSection)
        return page

    def type(self, name: str, text: str) -> None:
        edit = self.view.findChild(QLineEdit, f"administration.{name}")
        assert edit is not None, name
        edit.clear()
        QTest.keyClicks(edit, text)

    def text(self, name: str) -> str:
        edit = self.view.findChild(QLineEdit, f"administration.{name}")
        assert edit is not None, name
        return edit.text()

    def role(self) -> QComboBox:
        found = self.view.findChild(QComboBox, "administration.role")
        assert found is not None
        return found

    def press(self, name: str) -> None:
        button = self.view.findChild(QPushButton, f"administration.{name}")
        assert button is not None, name
        button.click()

    def choose(self, section: str, words: str) -> None:
        table = self.page(section).table
        row = next(row for row in table.rows() if words in repr(row))
        assert table.select(self.page(section)._key(row))


@pytest.fixture
def admin(store: Store, desk_for: DeskFor, qtbot: QtBot) -> Admin:
    return Admin(store, desk_for("administrator"), qtbot)


def test_somebody_is_taken_on_with_a_role_and_a_password(admin: Admin) -> None:
    view = admin.open("staff")
    admin.press("add")
    admin.type("username", "amina")
    admin.type("display_name", "Amina Yusuf")
    role = admin.role()
    role.setFocus()
    QTest.keyClicks(role, "Doc")
    admin.type("password", "short")
    view.primary()
    assert "too short" in admin.window.errors[0]
    assert admin.text("display_name") == "Amina Yusuf"
    admin.type("password", "green river forty two")
    view.primary()
    found = next(one for one in staff.staff_members(admin.desk) if one.username == "amina")
    assert (found.display_name, found.role) == ("Amina Yusuf", "doctor")
    assert admin.office.slots == {found.id: "green river forty two"}
    assert admin.text("password") == ""


def test_an_account_is_closed_with_a_reason_and_its_key_goes(admin: Admin) -> None:
    view = admin.open("staff")
    admin.choose("staff", "username='nurse'")
    admin.press("close_account")
    why = view.findChild(QPlainTextEdit, "administration.close_dialog.reason")
    assert why is not None
    QTest.keyClicks(why, "Left the clinic")
    admin.press("close_dialog.confirm")
    nurse = next(one for one in staff.staff_members(admin.desk) if one.username == "nurse")
    assert not nurse.active
    admin.type("password", "another green river")
    admin.press("give_password")
    assert admin.office.slots[nurse.id] == "another green river"


def test_ones_own_role_is_refused_in_words(admin: Admin) -> None:
    view = admin.open("staff")
    admin.choose("staff", "username='administrator'")
    role = admin.role()
    role.setCurrentIndex(role.findData("doctor"))
    view.primary()
    assert "own role" in admin.window.errors[0]


def test_the_table_of_roles_shows_every_act(admin: Admin) -> None:
    admin.open("roles")
    assert len(role_rows()) == len(permissions.ACTS)
    released = next(row for row in role_rows() if row.act == "release results")
    assert released.roles == {"laboratory"}


def test_a_price_is_changed_from_the_next_charge_on(admin: Admin) -> None:
    view = admin.open("prices")
    admin.choose("prices", "consult_new")
    admin.type("amount", "35.50")
    view.primary()
    found = next(one for one in administration.price_list(admin.desk) if one.code == "consult_new")
    assert found.amount == 3550
    admin.press("add")
    admin.type("code", "home_visit")
    admin.type("name", "Home visit")
    admin.type("amount", "60")
    view.primary()
    assert "home_visit" in {one.code for one in administration.price_list(admin.desk)}


def test_a_product_is_taken_out_of_use(admin: Admin) -> None:
    view = admin.open("formulary")
    admin.choose("formulary", "amlodipine")
    admin.type("reorder_level", "40")
    view.primary()
    found = next(one for one in administration.formulary(admin.desk) if one.name == "amlodipine")
    assert found.reorder_level == 40


def test_a_range_without_a_source_is_refused_and_with_one_is_kept(admin: Admin) -> None:
    admin.open("catalogue")
    admin.choose("catalogue", "code='crp'")
    admin.press("new_range")
    admin.type("age_from_days", "0")
    admin.type("age_to_days", "28")
    admin.type("high", "1.6")
    admin.press("save_range")
    admin.type("range_source", "A textbook of newborns")
    admin.press("save_range")
    assert admin.window.errors == []
    crp = next(one for one in administration.lab_catalogue(admin.desk) if one.code == "crp")
    assert [(row.age_to_days, row.high, row.source) for row in crp.ranges if row.age_from_days == 0] == [
        (28, "1.6", "A textbook of newborns")
    ]


def test_a_backup_is_checked_by_another_process(admin: Admin) -> None:
    view = admin.open("backups")
    page = view._pages["backups"]
    page.table.select_row(0)  # type: ignore[attr-defined]  # the section's own table
    admin.press("verify_backup")
    assert admin.office.proved == ["/b/one"]


def test_who_saw_a_patient_is_shown_with_that_patients_banner(admin: Admin) -> None:
    with admin.store.write(act=new_id(), session=None) as unit:
        person = {
            "mrn": "MRN-1", "family_name": "Otieno", "given_names": "Grace", "sex": "female", "born_on": "1986-01-05",
            "family_key": "otieno", "given_key": "grace", "registered_at": "2026-01-01T00:00:00.000000Z",
        }  # fmt: skip
        patient = unit.create(patients, person, kind="patient.registered")
    view = admin.open("sights", patient_id=patient)
    assert admin.window.patient == patient
    assert [row.what for row in view._pages["sights"].table.rows()] == ["patient.registered"]  # type: ignore[attr-defined]


def test_settings_are_saved_and_what_was_not_changed_is_left_alone(admin: Admin) -> None:
    view = admin.open("settings")
    admin.type("clinic_name", "Riverside Clinic")
    admin.type("currency", "KES")
    admin.type("idle_lock_minutes", "7")
    view.primary()
    assert admin.window.errors == []
    assert {one.name: one.value for one in administration.clinic_settings(admin.desk)} == {
        "clinic_name": "Riverside Clinic", "currency": "KES", "idle_lock_minutes": "7",
    }  # fmt: skip


def test_what_was_typed_of_somebody_new_comes_back_without_the_password(admin: Admin) -> None:
    admin.open("staff")
    admin.press("add")
    admin.type("username", "amina")
    admin.type("password", "green river forty two")
    admin.view.leave()
    admin.open("staff")
    admin.press("add")
    assert admin.text("username") == "amina"
    assert admin.text("password") == ""


def test_stock_is_received_on_its_own_page(admin: Admin) -> None:
    admin.open("staff")
    admin.press("section.stock")
    assert admin.window.went == [("stock", {})]


def test_a_key_reaches_the_list(admin: Admin) -> None:
    admin.open("staff")
    view = admin.page("staff").table.view
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert admin.page("staff").table.view.currentIndex().row() == 1


def test_an_export_for_research_is_made_from_its_form_and_refused_in_words(
    qtbot: QtBot, desk_for: DeskFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, window = desk_for("nurse"), PretendWindow()
    for number in range(2):
        patient = consent_case.register(nurse, f"Okafor{number}")
        consent_case.sign(nurse, patient, "research")
    context = ScreenContext(
        desk_for("administrator"), Immediately(), window, RememberedHere(), lambda: date(2026, 3, 10)
    )
    view = AdministrationScreen(context)
    qtbot.addWidget(view)
    view.open(section="research")
    page = cast("ResearchSection", view._pages["research"])
    out = tmp_path / "study.zip"
    monkeypatch.setattr(page, "ask_where", lambda: out)
    view.primary()
    assert page.form.field("approval").error()
    page.form.set_values({"approval": "IRB-2026-7", "purpose": "Blood pressure"})
    view.primary()  # five are needed, two have agreed
    assert "2 people can be in this export" in page.form.field("k").error()
    assert not out.exists()
    page.form.set_values({"k": 2})
    view.primary()
    assert out.is_file()
    (row,) = page.table.rows()
    assert (row.export.approval, row.export.patients, row.export.k) == ("IRB-2026-7", 2, 2)
    assert page.form.values()["approval"] == ""
    page._presenter.progress = "50/120"
    page.show_progress()
    assert page.said.text() == "Patients read: 50/120"
    page._presenter.progress = None
    page.show_progress()
    assert page.said.text() == ""


def test_where_papers_go_is_saved_beside_the_record_of_every_run(admin: Admin) -> None:
    run = jobs.begin_run(admin.store, "downtime-pack")
    said = {"message": "The folder {path} is not there.", "remedy": "Plug in its disk.", "facts": {"path": "/mnt/b"}}
    jobs.end_run(admin.store, run, "failed", said)
    view = admin.open("jobs")
    page = view.findChild(JobsSection)
    assert page is not None
    assert [told(row) for row in page.table.rows()] == ["The folder /mnt/b is not there. Plug in its disk."]
    page.form.set_values({"downtime_folder": "/mnt/b", "downtime_password": "twelve letters", "reports_folder": ""})
    page.primary()
    assert {one.name: one.value for one in administration.clinic_settings(admin.desk)}["downtime_folder"] == "/mnt/b"
    with admin.store.read() as connection:
        assert jobs.downtime_password(connection) == "twelve letters"
    page.form.set_values({"downtime_folder": "not a path"})
    page.primary()
    assert admin.window.errors
