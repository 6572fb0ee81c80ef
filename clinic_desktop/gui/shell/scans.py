"""Where a scan goes: to the page that takes it, to the record that bears it, or to a sentence that says what was read.

Imported with the first scan: what it asks of the services is not needed before.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.domain.packs import PackRefusal
from clinic_desktop.domain.scanning import Scan, meaning
from clinic_desktop.gui.shell.closed import SCAN
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import scanning
from clinic_desktop.services.scanning import PATIENT, Place

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.frame import Frame

# Which page takes a scan that the open one does not, for a role that has it.
TAKERS = {"pack": ("stock", {"act": "receive"}), "card": ("reception", {})}


class Scans:
    """Decides for one frame; `give_back` types the keys into the focus, as if nobody had listened."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame

    def take(self, raw: str, give_back: Callable[[], None] = lambda: None) -> None:
        """Take a scan to where it belongs."""
        frame = self._frame
        frame.toast.is_over(SCAN)
        scan = meaning(raw, frame.place.today())
        if scan.kind == "text":
            give_back()
            return
        if scan.problem:
            self._say_problem(scan)
            return
        if frame.current is not None and frame.may_act and frame.current.takes_scan(scan):
            return
        if scan.code is not None:
            code = scan.code
            self._ask(scan, lambda: scanning.place_of_code(frame.place.desk, code), give_back)
        elif scan.number:
            number = scan.number
            self._ask(scan, lambda: scanning.place_of_number(frame.place.desk, number), give_back)
        else:
            self._hand_over(scan)

    def _ask(self, scan: Scan, ask: Callable[[], Place | None], give_back: Callable[[], None]) -> None:
        def found(place: Place | None) -> None:
            if place is not None:
                self._go(place)
            elif scan.pack is not None:
                self._hand_over(scan)
            else:
                give_back()
                self._frame.say(_("Read “{words}”: nothing here bears it.").format(words=scan.shown))

        self._frame.ask(ask, found)

    def _go(self, place: Place) -> None:
        name = self._frame.place.patient_screen if place.screen == PATIENT else place.screen
        self._frame.go(name, **dict(place.arguments))

    def _hand_over(self, scan: Scan) -> None:
        """Open the page that takes such a scan, and give it there."""
        frame = self._frame
        name, arguments = TAKERS[scan.kind]
        if not frame.has_screen(name):
            frame.show_error(
                PackRefusal(N_("Read “{words}”: no page of yours takes it. Open the one where it is needed."),
                        words=scan.shown)
            )  # fmt: skip
            return
        frame.go(name, **arguments)
        if frame.current is None or not frame.current.takes_scan(scan):
            frame.say(_("Read “{words}”.").format(words=scan.shown))

    def _say_problem(self, scan: Scan) -> None:
        words = N_("{problem} Read: “{words}”.")
        if scan.kind == "pack":
            words = N_("This pack was not read right: ({identifier}) {problem}. Read: “{words}”.")
            if not scan.identifier:
                words = N_("This pack was not read right: {problem}. Read: “{words}”.")
        self._frame.show_error(
            PackRefusal(words, problem=_(scan.problem), identifier=scan.identifier, words=scan.shown)
        )
