"""What this workstation listens to: chosen by an administrator, and whether it runs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.listeners import BAUDS, LOOPBACK, Listeners
from clinic_desktop.gui.screens.devices import trial
from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _

TITLES = {
    "api": N_("Local API"), "mllp": N_("HL7 v2 (MLLP)"), "mllps": N_("HL7 v2 with TLS"), "astm": N_("ASTM analysers"),
    "drop": N_("Files of analysers"), "serial": N_("Analyser on a serial line"),
}  # fmt: skip
_FAILED_OF = {"api": "local API"}


@dataclass(frozen=True)
class Running:
    """One listener: what is wanted of it, and what the background process told."""

    name: str
    wanted: str
    told: str
    state: str  # runs, waits, failed, off


class ListeningPanel(QWidget):
    """The form above, what runs beneath."""

    def __init__(
        self, keep: Callable[[dict[str, str]], None], try_out: Callable[[str], None], settings: Remembered
    ) -> None:
        super().__init__()
        self._kept = Listeners()
        self._try_out = try_out
        self.form = Form(DraftKeeper(keep))
        self.form.add_row(*(
            NumberField(_(words), f"devices.{name}", least=0, most=65535) for name, words in (
                ("api_port", N_("&Local API, port")), ("mllp_port", N_("&HL7 v2, port")),
                ("mllps_port", N_("HL7 v2 with TL&S, port")), ("astm_port", N_("&ASTM, port")),
            )
        ))  # fmt: skip
        bauds = [(str(baud), f"{baud}") for baud in BAUDS]
        self.form.add_row(
            TextField(_("&Folder where analysers put files"), "devices.drop_folder", longest=500),
            TextField(_("S&erial line"), "devices.serial_line", longest=200, hint=_("COM3 or /dev/ttyUSB0")),
            ChoiceField(_("Spee&d of the line"), "devices.serial_baud", bauds),
            TextField(_("Add&ress"), "devices.listen_on", longest=60, hint=_("127.0.0.1: this machine alone")),
            stretch=(2, 1, 1, 1),
        )  # fmt: skip
        self.warning = label("", "warning", name="devices.open_network", wrap=True)
        columns: list[Column[Running]] = [
            Column("name", _("Listener"), lambda one: _(TITLES[one.name]), width=210, strong=True),
            Column("state", _("State"), _state, width=130, look=_look),
            Column("wanted", _("Chosen"), lambda one: one.wanted, width=200),
            Column("told", _("The background process tells"), lambda one: one.told, width=240, stretch=True),
        ]
        self.table: ListTable[Running] = ListTable(
            "devices.running", columns, key=lambda one: one.name, settings=settings,
            empty=Empty(_("Nothing is listened to."), icon="barcode"),
        )  # fmt: skip
        self.try_button = Button(_("Tr&y it with a made-up result"), "devices.try", self._try)
        self.result = label("", "secondary", name="devices.trial", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        panel = Panel(_("What this workstation listens to"), name="devices.choose")
        panel.add(label(_("An empty port is none. It is kept open while nobody is signed in; what comes then is sealed."
                          ), "secondary", wrap=True))  # fmt: skip
        panel.add(self.form)
        panel.add(self.warning)
        column.addWidget(panel)
        column.addWidget(self.table, 1)
        column.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.result)
        self.table.selected.connect(lambda _one: self._offer())
        self.form.edited.connect(lambda _key: self._warn())

    def show_wanted(self, wanted: Listeners) -> None:
        """What was chosen, unless somebody is typing it anew; nothing of it is a draft."""
        self._kept = wanted
        if self.form.is_touched:
            return
        values: dict[str, object] = dict(asdict(wanted))
        for name in ("api_port", "mllp_port", "mllps_port", "astm_port"):
            values[name] = values[name] or None
        self.form.set_values(values | {"serial_baud": str(wanted.serial_baud)})
        self._warn()

    def wanted(self) -> Listeners:
        """What is asked for in the form."""
        values = self.form.values()
        ports = {name: int(str(values[name] or 0)) for name in ("api_port", "mllp_port", "mllps_port", "astm_port")}
        texts = {name: str(values[name] or "") for name in ("drop_folder", "serial_line", "listen_on")}
        return Listeners(**ports, **texts, serial_baud=int(str(values["serial_baud"] or 9600)))  # type: ignore[arg-type]

    def show_running(self, program: Program) -> None:
        """What the background process told."""
        self.table.set_rows(running(self._kept, program))
        self._offer()

    def chosen(self) -> Listeners:
        """What was chosen and kept: that is what runs, whatever is typed now."""
        return self._kept

    def _warn(self) -> None:
        address = str(self.form.field("listen_on").value() or "").strip()
        opened = address not in {"", LOOPBACK}
        words = _("Whoever is in the network of {address} can send. Only HL7 v2 with TLS is encrypted on the way.")
        self.warning.setText(words.format(address=address) if opened else "")
        self.warning.setVisible(opened)

    def _offer(self) -> None:
        one = self.table.current()
        self.try_button.setEnabled(one is not None and one.state == "runs" and one.name in trial.CAN)

    def _try(self) -> None:
        one = self.table.current()
        if one is not None:
            self._try_out(one.name)


def running(wanted: Listeners, program: Program) -> list[Running]:
    """Each listener, with what was chosen and what was told."""
    chosen = {
        "api": wanted.api_port, "mllp": wanted.mllp_port, "mllps": wanted.mllps_port, "astm": wanted.astm_port,
        "drop": wanted.drop_folder, "serial": wanted.serial_line,
    }  # fmt: skip
    found = []
    for name, value in chosen.items():
        told = program.ports.get(name)
        failed = program.failed.get(_FAILED_OF.get(name, "listeners"), "") if value else ""
        state = "runs" if told else "failed" if failed else "waits" if value else "off"
        words = failed if state == "failed" else _("on port {port}").format(port=told) if type(told) is int else ""
        if name == "api" and program.network and told:
            words = " · ".join(part for part in (words, program.network) if part)
        found.append(Running(name, str(value or ""), words, state))
    return found


def _state(one: Running) -> str:
    words = {"runs": N_("runs"), "waits": N_("starting"), "failed": N_("does not run"), "off": N_("off")}
    return _(words[one.state])


def _look(one: Running) -> Look:
    meaning, icon = {
        "runs": ("good", "check"), "waits": ("information", "clock"), "failed": ("critical", "alert"),
        "off": ("neutral", "minus"),
    }[one.state]  # fmt: skip
    return Look(_state(one), meaning, icon)
