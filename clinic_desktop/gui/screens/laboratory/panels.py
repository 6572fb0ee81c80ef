"""The parts of an order beside the result grid: critical results to call back, specimens, a correction."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button, LinkButton, PrimaryButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.flags import flag_look
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.laboratory import CollectedSpecimen
from clinic_desktop.services.sheets import OrderSheet, SheetSpecimen, SheetTest


class CallBackPanel(Panel):
    """Critical results that nobody was called about, and the call: who was told, and that they read it back."""

    def __init__(self, record: Callable[[str, str, bool], None], keeper: DraftKeeper) -> None:
        super().__init__(_("Critical: call back now"), name="laboratory.critical")
        self.setProperty("meaning", "critical")
        self._record = record
        self._results = QWidget()
        self._list = QHBoxLayout(self._results)
        self._list.setContentsMargins(0, 0, 0, 0)
        self.add(self._results)
        self.form = Form(keeper)
        whom = TextField(_("&Told whom"), "laboratory.told_whom", required=True, placeholder=_("Name and role"))
        note = TextField(_("Note"), "laboratory.note", placeholder=_("By telephone, in person"))
        self.form.add_row(whom, note, stretch=(1, 1))
        read_back = CheckField(_("They read the value bac&k"), "laboratory.read_back")
        button = Button(_("Record call-&back"), "laboratory.record_callback", self._press)
        self.form.add_row(read_back, button, stretch=(1, 0))
        self.add(self.form)
        self.hide()

    def show_tests(self, tests: Sequence[SheetTest]) -> None:
        """Show what is to be told; nothing hides the panel."""
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for test in tests:
            if test.result is None:
                continue
            look = flag_look(test.result.flag) or Look(test.result.flag, "critical")
            value = f"{test.name} {test.result.value} {test.result.unit or ''}".strip()
            self._list.addWidget(label(value, "strong", meaning="critical"))
            self._list.addWidget(Pill(look.text, look.meaning, look.icon))
        self._list.addStretch(1)
        self.setVisible(bool(tests))

    def _press(self) -> None:
        if self.form.check():
            values = self.form.values()
            if self.form.keeper is not None:
                self.form.keeper.flush()
            self._record(str(values["told_whom"]), str(values["note"]), bool(values["read_back"]))


class SpecimenPanel(Panel):
    """Specimens that wait to be taken, each to be ticked off, and those that were taken."""

    chosen = Signal()

    def __init__(self, reject: Callable[[SheetSpecimen], None]) -> None:
        super().__init__(_("Specimens"), name="laboratory.specimens")
        self._reject = reject
        self._boxes: dict[str, CheckField] = {}

    def kinds(self) -> tuple[str, ...]:
        """The kinds ticked."""
        return tuple(kind for kind, box in self._boxes.items() if box.value())

    def show_sheet(
        self, sheet: OrderSheet, labels: Sequence[CollectedSpecimen], *, may_collect: bool, may_reject: bool
    ) -> None:
        """Show the specimens of an order."""
        unticked = {kind for kind, box in self._boxes.items() if not box.value()}
        self.clear()
        self._boxes = {}
        waiting: dict[str, list[str]] = {}
        for test in sheet.tests:
            if test.status in {"ordered", "rejected"}:
                waiting.setdefault(test.specimen, []).append(test.name)
        for place, (kind, tests) in enumerate(waiting.items(), start=1):
            self.add(self._waiting(place, kind, tests, ticked=kind not in unticked, may_collect=may_collect))
        fresh = {one.id: one for one in labels}
        for specimen in sheet.specimens:
            self.add(self._taken(specimen, fresh.get(specimen.id), may_reject=may_reject))

    def _waiting(self, place: int, kind: str, tests: Sequence[str], *, ticked: bool, may_collect: bool) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        box = CheckField(
            _("&{place} {kind}").format(place=place, kind=kind), f"laboratory.kind.{kind.replace(' ', '_')}"
        )
        box.set_value(ticked)
        box.setEnabled(may_collect)
        box.edited.connect(self.chosen)
        self._boxes[kind] = box
        line.addWidget(box)
        line.addWidget(label(", ".join(tests), "secondary", wrap=True), 1)
        return row

    def _taken(self, specimen: SheetSpecimen, fresh: CollectedSpecimen | None, *, may_reject: bool) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        number = label(specimen.number, "strong", name=f"laboratory.specimen.{specimen.kind.replace(' ', '_')}")
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(number)
        line.addWidget(label(specimen.kind))
        at = specimen.collected_at.astimezone()
        words = _("taken {date} {time} by {who}").format(
            date=show_date(at.date()), time=f"{at:%H:%M}", who=specimen.collected_by
        )
        line.addWidget(label(words, "secondary", wrap=True), 1)
        if specimen.status == "rejected":
            line.addWidget(label(specimen.rejected_reason or "", "secondary"))
            line.addWidget(Pill(_("Rejected"), "warning"))
        elif fresh is not None:
            line.addWidget(Pill(_("Write this number on the label"), "information", "barcode"))
        if specimen.status == "collected" and may_reject:
            name = f"laboratory.reject.{specimen.kind.replace(' ', '_')}"
            line.addWidget(LinkButton(_("Reject"), name, lambda: self._reject(specimen)))
        return row


class CorrectionPanel(Panel):
    """A released result being corrected: the new value, and why."""

    def __init__(
        self, correct: Callable[[str, str, str, bool], None], leave: Callable[[], None], keeper: DraftKeeper
    ) -> None:
        super().__init__("", name="laboratory.correction")
        self._correct = correct
        self.code = ""
        self._asked = ""
        self.form = Form(keeper)
        value = TextField(_("&New value"), "laboratory.new_value", required=True)
        reason = TextField(_("Wh&y"), "laboratory.reason", required=True)
        self.form.add_row(value, reason, stretch=(1, 3))
        self.add(self.form)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(Button(_("&Leave as it is"), "laboratory.correction.leave", leave))
        line.addWidget(PrimaryButton(_("Corr&ect result"), "laboratory.correction.save", self._press))
        self.add(row)
        self.hide()

    def open_for(self, test: SheetTest) -> None:
        """Correct a test's released result."""
        self.code, self._asked = test.test_code, ""
        stands = test.result.value if test.result is not None else ""
        unit = test.assay.unit or ""
        self.set_title(
            _("Correct {test}: {value} {unit} stays visible").format(test=test.name, value=stands, unit=unit)
        )
        self.form.clear()
        self.show()
        self.form.field("new_value").setFocus()

    def restore(self, code: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed, unless another result is being corrected by now."""
        if self.isVisible() and code == self.code and self.form.is_empty:
            self.form.restore(fields)

    def ask_again(self, words: str) -> None:
        """An odd value was refused: pressing once more confirms it."""
        self._asked = str(self.form.field("new_value").value())
        self.form.field("new_value").show_error(words + " " + _("Press again to confirm."))

    def close_down(self) -> None:
        """Put the panel away; what is kept of it stays kept."""
        self.form.clear()
        self.hide()

    def _press(self) -> None:
        if self.form.check():
            values = self.form.values()
            value = str(values["new_value"])
            if self.form.keeper is not None:
                self.form.keeper.flush()
            self._correct(self.code, value, str(values["reason"]), value == self._asked)
