"""How the scanner of this workstation types, which ports its instruments are on, and a place to try them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from clinic_desktop.gui.shell.burst import ENDS, SETTING, Wedge, wedge_of
from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.hearing import Hearing
    from clinic_desktop.gui.shell.window import MainWindow
    from clinic_desktop.gui.widgets.settings import Remembered

CONTROLS = {"gs": "\x1d", "rs": "\x1e", "eot": "\x04"}


def show(window: "MainWindow", hearing: "Hearing") -> None:
    """Open the box over the window."""
    ScannerBox(window, hearing, window.frame.place.settings).open()


class ScannerBox(QDialog):
    """The settings; they are of the workstation, and nothing of a patient is in them."""

    def __init__(self, window: "MainWindow", hearing: "Hearing", settings: "Remembered") -> None:
        super().__init__(window)
        self.setObjectName("scanner")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(_("Scanner and instruments of this workstation"))
        self.setMinimumWidth(640)
        self._hearing, self._settings = hearing, settings
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(_("Scanner and instruments of this workstation"), "section"))
        self.form = Form()
        self._build()
        column.addWidget(self.form)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button(_("&Go back"), "scanner.close", self.reject))
        row.addWidget(PrimaryButton(_("&Save"), "scanner.save", self.save))
        column.addLayout(row)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.save)
        self._show(wedge_of(settings.get(SETTING)))

    def _build(self) -> None:
        self.on = self.form.add(CheckField(_("A scanner &types here like a keyboard"), "scanner.on"))
        self.prefix = TextField(_("It &begins with"), "scanner.prefix", longest=8, placeholder=_("nothing"))
        self.end = SegmentField(
            _("It &ends with"), "scanner.end", [("enter", _("Enter")), ("tab", _("Tab")), ("none", _("Nothing"))]
        )
        self.gap = NumberField(_("&Longest time between keys"), "scanner.gap_ms", unit="ms", least=5, most=200)
        self.form.add_row(self.prefix, self.end, self.gap)
        self.form.add_widget(
            label(_("With a beginning of its own, such as ~, no key that a person types is ever held."), "secondary",
                  wrap=True)
        )  # fmt: skip
        self.marks = {
            name: TextField(words, f"scanner.{name}", longest=8, placeholder=keys)
            for name, words, keys in (
                ("gs", _("Types for GS"), "Ctrl+]"),
                ("rs", _("Types for RS"), "Ctrl+^"),
                ("eot", _("Types for EOT"), "Ctrl+D"),
            )
        }
        self.form.add_row(*self.marks.values())
        self.form.add_widget(label(_("Instruments on a serial port, such as COM3 or /dev/ttyUSB0"), "strong"))
        self.ports = {
            "scanner": TextField(_("S&canner"), "scanner.port_scanner", longest=200),
            "scale": TextField(_("Sc&ale"), "scanner.port_scale", longest=200),
            "thermometer": TextField(_("Ther&mometer"), "scanner.port_thermometer", longest=200),
        }
        self.form.add_row(*self.ports.values())

    def _show(self, wedge: Wedge) -> None:
        meant = {control: mark for mark, control in wedge.substitutes.items()}
        values: dict[str, object] = {"on": wedge.on, "prefix": wedge.prefix, "end": wedge.end, "gap_ms": wedge.gap_ms}
        values |= {name: meant.get(control, "") for name, control in CONTROLS.items()}
        values |= {f"port_{kind}": port for kind, port in self._hearing.ports(self._settings).items()}
        self.form.set_values(values)

    def save(self) -> None:
        """Keep them, and listen so from now on."""
        if not self.form.check():
            return
        marks = {field.value(): CONTROLS[name] for name, field in self.marks.items() if field.value()}
        end = self.end.value() or "enter"
        wedge = Wedge(
            bool(self.on.value()), self.prefix.value(), end if end in ENDS else "enter",
            int(self.gap.value() or Wedge().gap_ms), substitutes=marks,
        )  # fmt: skip
        ports = {kind: field.value().strip() for kind, field in self.ports.items() if field.value().strip()}
        self._hearing.set_up(self._settings, wedge, ports)
        self.accept()
