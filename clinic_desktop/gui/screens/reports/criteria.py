"""Over which days a report is asked, put together by what, narrowed to what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_desktop.domain.reporting import FILTERS, Asked, Group, Report
from clinic_desktop.gui.screens.reports.presenter import PRESETS, Choices, preset, preset_of
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _

PRESET_WORDS = {"today": N_("Today"), "week": N_("This week"), "month": N_("This month"), "year": N_("This year")}
GROUP_WORDS = {"none": N_("Whole"), "day": N_("Day"), "week": N_("Week"), "month": N_("Month")}
# As long as a person takes from one key to the next: what is still being typed is not asked yet.
WAIT_MS = 350


class Criteria(Form):
    """Emits `asked` with the question whenever it is another one, `about` with a record number."""

    asked = Signal(object)
    about = Signal(str)

    def __init__(self, report: Report, asked: Asked, choices: Choices, today: Callable[[], date]) -> None:
        super().__init__()
        self._asked, self._today = asked, today
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._ask)
        self._preset = SegmentField(_("Days"), "reports.preset", [(key, _(PRESET_WORDS[key])) for key in PRESETS])
        self._first = DateField(_("&From"), "reports.from", today=today)
        self._last = DateField(_("&To, counted in"), "reports.to", today=today)
        self._group = SegmentField(
            _("Put together by"), "reports.group_by", [(key, _(words)) for key, words in GROUP_WORDS.items()]
        )
        self._mrn = TextField(_("Record &number of the patient"), "reports.mrn", longest=40)
        self._only = {
            name: ChoiceField(_(FILTERS[name]), f"reports.only_{name}", values, none=_("all"))
            for name, values in choices
        }
        self.add_row(self._preset, self._first, self._last, stretch=(5, 2, 2))
        more: list[QWidget] = [self._group] if report.grouped else []
        more += [*self._only.values(), *([self._mrn] if report.about_patient else [])]
        if more:
            self.add_row(*more, stretch=(5, 2, 2, 2) if report.grouped and len(more) > 1 else ())
        self.show_asked(asked)
        for field in (self._first, self._last, self._group, *self._only.values()):
            field.edited.connect(self._wait.start)
        self._preset.edited.connect(self._choose_preset)
        self._mrn.line.editingFinished.connect(self._say_about)

    def show_asked(self, asked: Asked) -> None:
        """Show a question."""
        self._asked = asked
        only = dict(asked.only)
        shown: list[tuple[Field, object]] = [
            (self._first, asked.first), (self._last, asked.last), (self._group, asked.group.value),
            (self._preset, preset_of(asked, self._today())),
            *((field, only.get(name)) for name, field in self._only.items()),
        ]  # fmt: skip
        for field, value in shown:
            quiet = QSignalBlocker(field)
            field.set_value(value)
            quiet.unblock()
        self._wait.stop()

    def _choose_preset(self) -> None:
        chosen = self._preset.value()
        if chosen is not None:
            first, last = preset(chosen, self._today())
            self._put(replace(self._asked, first=first, last=last))

    def _ask(self) -> None:
        if not self.check():
            return
        first, last = self._first.value(), self._last.value()
        if first is None or last is None:
            return
        only = tuple((name, value) for name, field in self._only.items() if (value := field.value()) is not None)
        group = Group(self._group.value() or "none")
        self._put(replace(self._asked, first=first, last=last, group=group, only=only))

    def _put(self, asked: Asked) -> None:
        if asked != self._asked:
            self.show_asked(asked)
            self.clear_errors()
            self.asked.emit(asked)

    def _say_about(self) -> None:
        if self._mrn.value():
            self.about.emit(str(self._mrn.value()))
