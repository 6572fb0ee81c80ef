"""The safety check beside the lines: what stops asks for a reason in place, what is quiet waits to be asked."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.alerts import PREGNANCY_NOT_KNOWN
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout, label
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.prescribing import ShownAlert

LOOKS = {
    "stop": ("critical", "Stop"),
    "warn": ("warning", "Warning"),
    "quiet": ("information", "For information"),
}


class AlertsPanel(QWidget):
    """Every alert of the prescription, the loudest first."""

    reason_typed = Signal(str, str)  # key, reason
    pregnancy_told = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prescribing.alerts")
        self.fields: dict[str, TextField] = {}
        self._shown: tuple[ShownAlert, ...] = ()
        self._quiet_open = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._pack = label("", "secondary", name="prescribing.pack", wrap=True)
        inside = QWidget()
        self._body = QVBoxLayout(inside)
        self._body.setContentsMargins(0, 0, 4, 0)
        self._body.setSpacing(8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        column.addWidget(self._pack)
        self.show_alerts((), {}, "", checked=False)

    def show_alerts(
        self, alerts: Sequence[ShownAlert], reasons: Mapping[str, str], pack: str, *, checked: bool
    ) -> None:
        """Show alerts; a reason that is being typed stays where it is."""
        if tuple(alerts) == self._shown and self.fields.keys() == {a.key for a in alerts if a.tier == "stop"}:
            self._say_pack(pack)
            if alerts:
                return
        typing = next((key for key, field in self.fields.items() if field.line.hasFocus()), None)
        self._shown = tuple(alerts)
        clear_layout(self._body)
        self.fields = {}
        loud = [alert for alert in alerts if alert.tier != "quiet"]
        quiet = [alert for alert in alerts if alert.tier == "quiet"]
        for alert in loud:
            self._body.addWidget(self._alert(alert, reasons))
        if quiet and not self._quiet_open:
            words = ngettext("Show {n} for information", "Show {n} for information", len(quiet))
            self._body.addWidget(LinkButton(words, "prescribing.show_quiet", self._open_quiet))
        for alert in quiet if self._quiet_open else ():
            self._body.addWidget(self._alert(alert, reasons))
        if not alerts:
            words = _("Nothing found against these lines.") if checked else _("What the safety check says stands here.")
            self._body.addWidget(Empty(words, icon="shield"))
        self._body.addStretch(1)
        self._say_pack(pack)
        if typing in self.fields:
            self.fields[typing].line.setFocus()

    def ask_reason(self, key: str) -> None:
        """Go to the reason that is missing."""
        field = self.fields.get(key)
        if field is not None:
            field.show_error(_("Say why, or change the prescription."))
            field.line.setFocus()

    def _say_pack(self, pack: str) -> None:
        self._pack.setText(_("Checked with {pack}").format(pack=pack) if pack else "")
        self._pack.setVisible(bool(pack))

    def _open_quiet(self) -> None:
        self._quiet_open = True
        shown, self._shown = self._shown, ()
        self.show_alerts(shown, {key: field.value() for key, field in self.fields.items()}, "", checked=True)

    def _alert(self, alert: ShownAlert, reasons: Mapping[str, str]) -> Panel:
        meaning, word = LOOKS[alert.tier]
        if alert.kind == "not_checked":
            word = "Not checked"
        box = Panel(name=f"prescribing.alert.{alert.tier}", kind="plain")
        box.add_beside_title(Pill(_(word), meaning, "help" if alert.kind == "not_checked" else ""))
        box.set_title(alert.drug)
        box.add(label(_(alert.template).format(**dict(alert.facts)), wrap=True))
        if alert.source:
            box.add(label(alert.source, "secondary", wrap=True))
        if alert.key.startswith(f"{PREGNANCY_NOT_KNOWN}|"):
            box.add(self._pregnancy_question())
        if alert.tier == "stop":
            field = TextField(_("Reason to go on"), f"prescribing.reason_{len(self.fields)}", required=True)
            field.set_value(reasons.get(alert.key, ""))
            field.edited.connect(lambda: self.reason_typed.emit(alert.key, field.value()))
            self.fields[alert.key] = field
            box.add(field)
        return box

    def _pregnancy_question(self) -> QWidget:
        """The two answers, each by one key: the question is asked while the patient is there."""
        answers = QWidget()
        row = QHBoxLayout(answers)
        row.setContentsMargins(0, 0, 0, 0)
        for words, name, pregnant in (
            (_("No&t pregnant"), "prescribing.not_pregnant", False),
            (_("&Yes, pregnant"), "prescribing.pregnant", True),
        ):
            row.addWidget(Button(words, name, partial(self.pregnancy_told.emit, pregnant)))
        row.addStretch(1)
        return answers
