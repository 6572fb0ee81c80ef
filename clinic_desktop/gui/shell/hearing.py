"""What the window hears of the desk: a scanner that types, and scanners and instruments on serial lines.

The lines are read by threads of the window itself and not by the background process: what they say is for the page
that is open at this desk, and is worth nothing to anybody once it is not. Settings are those of the workstation.
"""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QObject, Signal

from clinic_desktop.domain.instruments import Reading
from clinic_desktop.gui.shell.burst import SETTING, Wedge, wedge_of
from clinic_desktop.gui.shell.wedge import WedgeFilter
from clinic_desktop.gui.widgets.vitals_entry import VitalsEntry
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.scans import Scans
    from clinic_desktop.gui.shell.window import MainWindow
    from clinic_desktop.gui.widgets.settings import Remembered

PORTS = "ports"
KINDS = {"scanner": "Scanner", "scale": "Scale", "thermometer": "Thermometer"}


class Instrument(Protocol):
    """A thread that listens to a line."""

    def start(self) -> None: ...  # noqa: D102
    def stop(self) -> None: ...  # noqa: D102


def ports_of(settings: "Remembered") -> dict[str, str]:
    """The port of each kind of device, where one is set."""
    try:
        told = json.loads(settings.get(PORTS) or "{}")
        return {kind: str(told[kind]) for kind in KINDS if told.get(kind)}
    except (ValueError, TypeError, AttributeError):
        return {}


class Hearing(QObject):
    """Listens for a window as long as somebody works in it and it is not locked."""

    _scanned_on_line = Signal(str)
    _measured = Signal(object)

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._scans: Scans | None = None
        self._instruments: list[Instrument] = []
        self.wedge = WedgeFilter(self.scanned, self._listens, Wedge(), self)
        # From the threads of the lines into the window's own.
        self._scanned_on_line.connect(lambda raw: self.scanned(raw) if self._listens() else None)
        self._measured.connect(self.measured)
        window.opened.connect(lambda _place: self.begin())
        window.left.connect(self.end)
        window.locked.connect(self.wedge.flush)
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.end)
        if window.has_frame:
            self.begin()

    def begin(self) -> None:
        """Somebody works here: listen as this workstation is set up."""
        frame = self._window.frame
        settings = frame.place.settings
        self.wedge.set_wedge(wedge_of(settings.get(SETTING)))
        frame.devices_asked.connect(self._asked)
        self.plug(ports_of(settings))

    @staticmethod
    def ports(settings: "Remembered") -> dict[str, str]:
        """The port of each kind of device, where one is set."""
        return ports_of(settings)

    def set_up(self, settings: "Remembered", wedge: Wedge, ports: dict[str, str]) -> None:
        """Keep how this workstation is set up, and listen so."""
        settings.set(SETTING, wedge.written())
        settings.set(PORTS, json.dumps(ports))
        self.wedge.set_wedge(wedge)
        self.plug(ports)

    def plug(self, ports: dict[str, str]) -> None:
        """Listen to these lines and no others."""
        self.end()
        for kind, port in ports.items():
            # pyserial is not needed where nothing is plugged in.
            driver = importlib.import_module(f"clinic_desktop.devices.{kind}.driver")
            told: Callable[..., None] = self._scanned_on_line.emit if kind == "scanner" else self._measured.emit
            made: Instrument = getattr(driver, KINDS[kind])(port, told)
            made.start()
            self._instruments.append(made)

    def end(self) -> None:
        """Let go of every line; the decisions of one person are not the next one's."""
        lines, self._instruments = self._instruments, []
        for line in lines:
            line.stop()
        self._scans = None

    def scanned(self, raw: str, give_back: Callable[[], None] = lambda: None) -> None:
        """A scanner read something."""
        if self._scans is None:
            # What it asks of the services is not needed before the first scan.
            from clinic_desktop.gui.shell.scans import Scans

            self._scans = Scans(self._window.frame)
        self._scans.take(raw, give_back)

    def told(self, event: Mapping[str, object]) -> None:
        """The background process says what happened: a scan of a paired device is fetched and goes its way."""
        if event.get("event") != "scan" or not self._listens():
            return
        from clinic_desktop.services import device_scans  # not needed before the first

        desk, scan_id = self._window.frame.place.desk, str(event.get("id"))
        self._window.frame.ask(
            lambda: device_scans.scan(desk, scan_id), lambda found: self._scanned_on_line.emit(found.content)
        )

    def measured(self, reading: Reading) -> None:
        """An instrument measured something: it goes to the entry that is open for the patient on the banner."""
        if not self._listens():
            return
        frame = self._window.frame
        entry = None
        if frame.banner.patient_id is not None and frame.may_act and frame.current is not None:
            entry = next((one for one in frame.current.findChildren(VitalsEntry) if one.isVisible()), None)
        if entry is None or not entry.take(reading, f"{frame.place.desk.now.astimezone():%H:%M}"):
            words = _("The instrument shows {entry}. Open the vital signs of the patient to take it over.")
            frame.say(words.format(entry=reading.entry))

    def _listens(self) -> bool:
        return self._window.has_frame and not self._window.is_locked

    def _asked(self, what: str) -> None:
        module = {"scanner": "scannerbox", "picture": "picturebox"}.get(what)
        if module is None:
            return
        # Not needed on any other day.
        importlib.import_module(f"clinic_desktop.gui.shell.{module}").show(self._window, self)
