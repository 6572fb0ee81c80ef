"""The pages of the steps: one form each, whose fields are the fields of the step's content."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain import consultation as path
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.wording import SYSTEM_WORDS

IDENTIFIER_WORDS = {
    "name": N_("&Name"),
    "born_on": N_("&Date of birth"),
    "mrn": N_("Record number"),
    "phone": N_("Phone number"),
    "national_id": N_("National identity"),
    "photo": N_("Photograph"),
}
SOON = ((7, N_("1 week")), (14, N_("2 weeks")), (30, N_("1 month")), (91, N_("3 months")))


def content_key(field_key: str) -> str:
    """The field of the content that an editor stands for: ``system_skin`` is ``system.skin``."""
    for prefix in (path.IDENTITY, path.SYSTEM):
        flat = prefix.replace(".", "_")
        if field_key.startswith(flat):
            return prefix + field_key.removeprefix(flat)
    return field_key


def row_of(*widgets: QWidget) -> QWidget:
    """Widgets beside one another, pushed to the left."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return holder


class StepPage(QScrollArea):
    """One step's page; fields that the form does not have, such as diagnoses, are kept beside it."""

    def __init__(self, step: str, keep: Callable[[], None]) -> None:
        super().__init__()
        self.step = step
        self.form = Form(DraftKeeper(lambda _fields: keep()))
        self._beside: dict[str, str] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self.column = QVBoxLayout(holder)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(12)
        self.column.addWidget(self.form)
        self.setWidget(holder)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def end(self) -> None:
        """Push everything to the top; called when the page is built."""
        self.column.addStretch(1)

    def typed(self) -> dict[str, str]:
        """What stands here, by field of the content."""
        typed = {content_key(field.key): _as_content(field) for field in self.form.fields()}
        return {**self._beside, **typed}

    def put(self, content: Mapping[str, str]) -> None:
        """Show values; no edit."""
        known = {content_key(field.key): field for field in self.form.fields()}
        for name, value in content.items():
            if name in known:
                self.form.set_values({known[name].key: _from_content(known[name], value)})
                if isinstance(known[name], DateField) and value and known[name].value() is None:
                    self.form.restore({known[name].key: value})
            else:
                self._beside[name] = value

    def clear(self) -> None:
        """Empty the page, for another encounter."""
        self.form.clear()
        self._beside = {}

    def start(self) -> None:
        """Put the cursor where typing begins."""
        for field in self.form.fields():
            if field.isEnabled():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return


def _as_content(field: Field) -> str:
    value = field.value()
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return field.draft().rstrip() if value is None else str(value)


def _from_content(field: Field, value: str) -> object:
    if isinstance(field, CheckField):
        return bool(value)
    if isinstance(field, DateField):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value


def overview(page: StepPage) -> None:
    """Confirm who this is, and read the alerts."""
    boxes = [CheckField(_(IDENTIFIER_WORDS[name]), f"consultation.identity_{name}") for name in path.IDENTIFIERS]
    page.form.add_widget(label(_("Confirmed with the patient: two of these"), "secondary"))
    page.form.add_row(*boxes[:3])
    page.form.add_row(*boxes[3:])
    page.form.add(CheckField(_("&Alerts and allergies read"), "consultation.alerts_read"))


def symptoms(page: StepPage) -> None:
    """What the patient comes for, since when, how bad."""
    form = page.form
    form.add(NoteEdit(_("What does the patient come for?"), "consultation.complaint", rows=2))
    form.add_row(
        TextField(_("Since when"), "consultation.onset", placeholder=_("3 days")),
        SegmentField(
            _("How severe"),
            "consultation.severity",
            (("mild", _("Mild")), ("moderate", _("Moderate")), ("severe", _("Severe"))),
        ),
        stretch=(2, 3),
    )
    needs = _("If ticked, examination and vital signs are required.")
    form.add(CheckField(_("There is a &red flag"), "consultation.red_flag", hint=needs))
    form.add(NoteEdit(_("Notes"), "consultation.symptoms_note", rows=4))


def history(page: StepPage) -> None:
    """Allergies and medicines gone through; past, family and social history."""
    form = page.form
    form.add(CheckField(_("Medicines gone &through with the patient"), "consultation.medicines_reconciled"))
    form.add(NoteEdit(_("Past illnesses and operations"), "consultation.past", rows=2))
    form.add(NoteEdit(_("Family"), "consultation.family", rows=2))
    form.add(NoteEdit(_("Work, home, tobacco, alcohol"), "consultation.social", rows=2))
    asked = [TextField(_(SYSTEM_WORDS[name]), f"consultation.review_{name}") for name in path.SYSTEMS]
    rows = [tuple(asked[start : start + 2]) for start in range(0, len(asked), 2)]
    form.add_section(_("Review of systems: what the patient says of each"), *rows, folded=True)


def examination(page: StepPage) -> None:
    """System by system; the rest is normal with one key."""
    fields = [
        TextField(_(words), f"consultation.system_{name}", placeholder=_("not examined"))
        for name, words in SYSTEM_WORDS.items()
    ]
    for start in range(0, len(fields), 2):
        page.form.add_row(*fields[start : start + 2])

    def all_normal() -> None:
        for field in fields:
            if not field.value():
                field.line.setText(_("normal"))

    page.form.add_widget(row_of(Button(_("All &others normal"), "consultation.all_normal", all_normal)))
    page.form.add(TextField(_("No examination is needed, because"), "consultation.not_indicated"))


def plan(page: StepPage) -> None:
    """Advice, procedure, referral, treatment."""
    for name, words in (
        ("treatment", _("Treatment")),
        ("advice", _("Advice")),
        ("procedure", _("Procedure")),
        ("referral", _("Referral")),
    ):
        page.form.add(NoteEdit(words, f"consultation.{name}", rows=2))
    page.form.add(TextField(_("Why"), "consultation.plan_reason"))


def follow_up(page: StepPage, today: Callable[[], date]) -> None:
    """The day of the next visit, or none."""
    on = DateField(_("Next visit on"), "consultation.date", today=today)
    page.form.add(on)
    soon = [
        LinkButton(_("In {time}").format(time=_(words)), f"consultation.in_{days}", partial(_in, on, today, days))
        for days, words in SOON
    ]
    page.form.add_widget(row_of(*soon))
    page.form.add(CheckField(_("&No further visit is needed"), "consultation.none"))
    page.form.add(NoteEdit(_("Come back earlier if"), "consultation.earlier", rows=2))


def _in(field: DateField, today: Callable[[], date], days: int) -> None:
    field.set_value(today() + timedelta(days=days))
