"""Pictures of the frame and the widgets with made-up people: ``python tests/unit/gui/gallery.py OUT``."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.gate import BannerFacts, NewClinic, Workplace
from clinic_desktop.gui.shell.screen import PaletteAct, Screen, ScreenContext, ScreenView
from clinic_desktop.gui.shell.staffline import StaffLine
from clinic_desktop.gui.widgets.bars import Bar, BarChart
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import BirthField
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import MoneyField, NumberField
from clinic_desktop.gui.widgets.panel import Empty, Figure, Panel
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.steprail import Step, StepRail
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.gui.widgets.trend import Band, Point, Series, TrendChart

TODAY = date(2026, 11, 20)
EVERYONE = frozenset({"doctor", "nurse", "front_desk"})


@dataclass(frozen=True)
class Waiting:
    id: str
    name: str
    reason: str
    minutes: int
    state: Look


STATES = (
    Look("Waiting", "information", "clock"),
    Look("In triage", "warning"),
    Look("Done", "good"),
    Look("Urgent", "critical"),
)
NAMES = (
    "MORALES, Ana",
    "OKAFOR, Chidi",
    "NGUYEN, Thi Mai",
    "SMITH, John",
    "EL-AMIN, Fatima",
    "KOWALSKA, Zofia",
    "SATO, Haruto",
)
ROWS = [
    Waiting(
        str(n),
        NAMES[n % 7],
        ("Follow-up", "Cough for two weeks", "Blood pressure", "Results")[n % 4],
        7 * n % 61,
        STATES[n % 4],
    )
    for n in range(23)
]
COLUMNS: Sequence[Column[Waiting]] = (
    Column("name", "Patient", lambda row: row.name, 200, strong=True),
    Column("reason", "Reason", lambda row: row.reason, 200, stretch=True, subtle=True),
    Column(
        "waiting",
        "Waiting",
        lambda row: str(row.minutes),
        90,
        number=True,
        sort=lambda row: row.minutes,
        unit=lambda _row: "min",
    ),
    Column("state", "State", lambda row: row.state.text, 130, look=lambda row: row.state),
)


class QueueView(ScreenView):
    def __init__(self, context: ScreenContext) -> None:
        super().__init__("queue")
        self.context = context
        self.set_title("Queue")
        self.add_button("&Walk-in", "queue.walk_in", lambda: context.window.say("Heard."))
        self.table = ListTable("queue.list", COLUMNS, key=lambda row: row.id, settings=context.settings)
        self.set_body(self.table)
        side = Panel("MORALES, Ana", kind="none")
        side.add(
            Empty(
                "What the nurse writes at triage shows here.",
                icon="vitals",
                act_text="&Take vitals",
                name="queue.vitals",
                act=print,
            )
        )
        self.set_context(side)
        self.set_primary("&Call next", lambda: context.window.say("Called."))

    def open(self, **_arguments: str) -> None:
        self.table.set_rows(ROWS)
        self.table.select("3")
        self.table.setFocus()


class ChartView(ScreenView):
    def __init__(self, context: ScreenContext) -> None:
        super().__init__("chart")
        self.context = context
        self.set_title("Consultation")
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        rail = StepRail("consultation.steps")
        rail.set_steps(_steps(), "symptoms")
        row.addWidget(rail)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addLayout(self._figures())
        column.addWidget(self._form(), 1)
        row.addLayout(column, 3)
        row.addLayout(self._charts(), 2)
        self.set_body(body)
        self.set_primary("&Sign and send to pharmacy", lambda: None)

    def open(self, **arguments: str) -> None:
        self.context.window.set_patient(arguments.get("patient_id", "p1"))

    def _figures(self) -> QHBoxLayout:
        figures = QHBoxLayout()
        for words, number, meaning in (
            ("&Waiting", "7", ""),
            ("&Overdue results", "2", "critical"),
            ("&Done today", "31", "good"),
        ):
            figure = Figure(words, f"chart.{words[1:4]}", lambda: None)
            figure.show_number(number, meaning)
            figures.addWidget(figure)
        return figures

    def _form(self) -> Panel:
        form = Form()
        form.add_row(
            TextField("&Family name", "reception.family_name", required=True),
            TextField("&Given names", "reception.given"),
        )
        born = BirthField("&Born, or age", "reception.born", today=lambda: TODAY)
        form.add_row(born, SegmentField("Sex", "reception.sex", (("f", "Female"), ("m", "Male"), ("u", "Unknown"))))
        temperature = NumberField(
            "Temperature", "vitals.temperature", unit="°C", decimals=1, least=Decimal(30), most=Decimal(44)
        )
        form.add_row(
            temperature,
            MoneyField("Paid", "billing.paid", currency="KES"),
            ChoiceField("Payer", "b.payer", (("a", "Cash"), ("b", "NHIF"))),
        )
        diagnosis = SearchField("&Diagnosis", "consultation.diagnosis", _ask)
        form.add(diagnosis)
        form.add(NoteEdit("&Note", "consultation.note", rows=3))
        form.add(CheckField("Told about &danger signs", "consultation.told"))
        form.add_stretch()
        form.set_values(
            {
                "family_name": "Morales",
                "born": date(1945, 7, 14),
                "sex": "f",
                "temperature": "51",
                "paid": 125000,
                "told": True,
            }
        )
        form.check()
        self.form = form
        panel = Panel("Symptoms")
        panel.add(form)
        return panel

    def _charts(self) -> QVBoxLayout:
        start = datetime(2026, 1, 5, 9, tzinfo=UTC)
        upper = (128, 134, 151, 149, 162, 186, 158, 141, 138, 132)
        flags: tuple[Literal["", "H", "HH"], ...] = ("", "", "H", "H", "H", "HH", "H", "H", "", "")
        high = tuple(
            Point(start + timedelta(days=31 * n), v, f) for n, (v, f) in enumerate(zip(upper, flags, strict=True))
        )
        low = tuple(
            Point(start + timedelta(days=31 * n), v) for n, v in enumerate((82, 84, 88, 91, 95, 104, 96, 88, 85, 82))
        )
        trend = TrendChart("chart.bp", unit="mmHg", title="Blood pressure")
        trend.set_series([Series("Systolic", high, Band(90, 140)), Series("Diastolic", low, Band(60, 89))])
        bars = BarChart("chart.visits", title="Visits")
        bars.set_bars(
            [
                Bar(day, day, count)
                for day, count in zip(("Mon", "Tue", "Wed", "Thu", "Fri"), (31, 28, 40, 22, 35), strict=True)
            ]
        )
        column = QVBoxLayout()
        for title, chart in (("Blood pressure", trend), ("Visits this week", bars)):
            panel = Panel(title)
            panel.add(chart, 1)
            column.addWidget(panel, 1)
        return column


def _ask(text: str, show: Show) -> None:
    found = [
        Suggestion("I10", "Essential (primary) hypertension", "I10", "used 41 times"),
        Suggestion("I11.9", "Hypertensive heart disease without heart failure", "I11.9"),
        Suggestion(
            "R03.0",
            "Elevated blood-pressure reading, without diagnosis of hypertension",
            "R03.0",
            "suspected",
            "warning",
        ),
    ]
    show([each for each in found if text.casefold() in each.text.casefold()])


def _steps() -> list[Step]:
    titles = [
        "Overview",
        "Vitals",
        "Symptoms",
        "History",
        "Examination",
        "Investigations",
        "Diagnosis",
        "Plan",
        "Prescription",
        "Follow-up",
        "Review",
    ]
    states = [
        "completed",
        "completed",
        "in_progress",
        "skipped_by_rule",
        "not_started",
        "blocked",
        "not_started",
        "not_started",
        "not_started",
        "not_applicable",
        "not_started",
    ]
    reasons = {"History": "no change since 14-Aug-2026", "Investigations": "no result yet"}
    return [
        Step(title.lower(), title, state, reasons.get(title, ""), f"F{place}" if place < 10 else "")
        for place, (title, state) in enumerate(zip(titles, states, strict=True), start=1)
    ]


QUEUE = Screen(
    "queue",
    "Queue",
    "queue",
    EVERYONE,
    QueueView,
    "Alt+2",
    acts=(PaletteAct("New patient", (("act", "new"),), "Ctrl+N"),),
)
CHART = Screen("chart", "Consultation", "stethoscope", EVERYONE, ChartView, "Alt+3", about_patient=True)
HOME = replace(QUEUE, name="home", title="Home", icon="home", shortcut="Alt+1", acts=())
OTHERS = tuple(
    replace(QUEUE, name=name, title=title, icon=icon, shortcut="", acts=())
    for name, title, icon in (
        ("reception", "Reception", "reception"),
        ("calendar", "Calendar", "calendar"),
        ("pharmacy", "Pharmacy", "pill"),
        ("laboratory", "Lab", "flask"),
        ("billing", "Billing", "receipt"),
        ("admin", "Settings", "settings"),
    )
)
RECEPTION, CALENDAR, PHARMACY, LABORATORY, BILLING, ADMIN = OTHERS
SCREENS = [
    f"{__name__}:{n}"
    for n in ["HOME", "RECEPTION", "QUEUE", "CALENDAR", "CHART", "PHARMACY", "LABORATORY", "BILLING", "ADMIN"]
]

FACTS = BannerFacts(
    "p1", "Morales", "Ana María", "14-Jul-1945", "80 y", "Female", "MRN-A7-000123-4", "listed", ("penicillin", "latex"),
    None, ("Falls risk",), "61.5 kg", date(2026, 10, 2), "", Look("Saved here", "neutral", "saved"),
)  # fmt: skip


class PretendGate:
    """A door without a clinic behind it."""

    there = True

    def exists(self) -> bool:
        return self.there

    def clinic(self) -> str:
        return "Riverside Clinic"

    def staff(self) -> Sequence[StaffLine]:
        return (StaffLine("amina", "Amina Yusuf", "doctor"), StaffLine("ben", "Ben Otieno", "nurse"))

    def demo_words(self) -> str:
        return "A demo clinic, everyone in it made up. Every password here is: green-river-42"

    def has_keyring(self) -> bool:
        return False

    def strength(self, password: str, others: Sequence[str]) -> tuple[int, str]:  # noqa: ARG002 - as the protocol names it
        return (min(len(password) // 4, 4), "Add another word or two." if len(password) < 12 else "")

    def create(self, new: NewClinic) -> str:  # noqa: ARG002 - as the protocol names it
        return "K7QX-2MPL-9TRA-WW3E-5HNC-8YDV"

    def recovery_sheet(self) -> bytes:
        return b"%PDF-"

    def confirm_recovery(self) -> None:
        return None

    def unlock(self, username: str, password: str) -> Workplace:  # noqa: ARG002 - as the protocol names it
        return Workplace(
            desk=None,  # type: ignore[arg-type]  # no service is called from here
            username=username,
            display_name="Amina Yusuf",
            role="doctor",
            clinic="Riverside Clinic",
            banner=lambda patient_id: replace(FACTS, patient_id=patient_id),
            find=lambda _text: [Suggestion("p1", "MORALES, Ana María", "born 14-Jul-1945 · F · MRN-A7-000123-4")],
            counts=lambda: {"queue": 7, "pharmacy": 3, "laboratory": 12},
            today=lambda: TODAY,
        )

    def lock(self) -> None:
        return None

    def resume(self, password: str) -> None:  # noqa: ARG002 - as the protocol names it
        return None

    def leave(self) -> None:
        return None

    def change_password(self, old: str, new: str) -> None:  # noqa: ARG002 - as the protocol names it
        if old != "green-river-42":
            raise Refusal("The username or the password is wrong.", field="old")
