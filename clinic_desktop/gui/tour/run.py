"""Runs the tour: steps in order, each timed, counted, pictured and checked; the first failure ends it."""

import contextlib
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.gate import Door
from clinic_desktop.gui.shell.start import follow
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.tour import (
    agreement,
    care,
    counter,
    crash,
    dashboard,
    devices,
    growth,
    identity,
    immunizations,
    imports,
    inbox,
    insurance,
    labels,
    letters,
    opening,
    papers,
    refills,
    reports,
    rounds,
    scanning,
    sync,
    treatment,
)
from clinic_desktop.gui.tour.driver import Driver, TourError
from clinic_desktop.gui.tour.hands import ADMIN, PASSPHRASE, Hands
from clinic_desktop.gui.tour.record import Record, Step
from clinic_desktop.gui.tour.visit import drawn
from clinic_desktop.i18n import N_
from clinic_desktop.services.clinic import Clinic, open_clinic

Work = Callable[[Hands, Step], None]

STEPS: tuple[tuple[str, str, Work], ...] = (
    ("first run", "administrator", opening.first_run),
    ("staff begin", "administrator", opening.staff_begin),
    ("register a patient", "front_desk", opening.register),
    ("likely duplicate", "front_desk", opening.duplicate_warning),
    ("check in", "front_desk", opening.check_in),
    ("vital signs", "nurse", care.vitals),
    ("give a vaccine", "nurse", immunizations.vaccinate),
    ("call", "doctor", care.call),
    ("overview to examination", "doctor", care.talk),
    ("order tests", "doctor", care.order),
    ("collect and enter", "laboratory", care.bench),
    ("release and call back", "laboratory", care.release),
    ("diagnosis and plan", "doctor", treatment.diagnose),
    ("an allergy stops a drug", "doctor", treatment.stopped),
    ("prescribe another", "doctor", treatment.prescribe),
    ("sign", "doctor", treatment.sign),
    ("addendum", "doctor", treatment.addendum),
    ("documents", "doctor", papers.documents),
    ("dispense", "pharmacist", counter.dispense),
    ("scan packs", "pharmacist", scanning.receive_packs),
    ("open the till", "cashier", counter.open_shift),
    ("invoice", "cashier", counter.invoice),
    ("part payment", "cashier", counter.pay),
    ("day-end", "cashier", counter.day_end),
    ("consents and sharing", "front_desk", agreement.consents),
    ("the other screens", "pharmacist", rounds.other_screens),
    ("merge and un-merge", "front_desk", identity.merge_and_part),
    ("import records", "administrator", imports.bring_in),
    ("measure a child", "nurse", growth.measure),
    ("a message", "nurse", inbox.send_and_read),
    ("refills", "doctor", refills.ask_and_decide),
    ("a cover and its invoice", "cashier", insurance.cover_and_split),
    ("a claim", "cashier", insurance.claim),
    ("a label printed", "administrator", labels.print_a_card),
    ("devices heard and reviewed", "administrator", devices.hear_and_review),
    ("a template of letters", "administrator", letters.write_a_template),
    ("reports", "administrator", reports.look_behind_money),
    ("sync", "administrator", sync.connect_and_settle),
    ("the doctor's dashboard", "doctor", dashboard.doctor_looks),
    ("the administrator's dashboard", "administrator", dashboard.administrator_looks),
    ("administration and audit", "administrator", rounds.administration),
    ("lock", "administrator", rounds.lock),
    ("killed in the middle of a note", "doctor", crash.killed),
)


def run(
    out: Path,
    seed: int,
    make_door: Callable[[Path], Door],
    screens: Sequence[str],
    say: Callable[[str], None],
    steps: Sequence[tuple[str, str, Work]] = STEPS,
) -> int:
    """Walk the tour; 0 when every check held, 1 when not."""
    _fresh(out)
    record = Record(seed)
    hands, close = begin(out, seed, make_door, screens)
    driver = hands.driver
    for place, (name, role, work) in enumerate(steps, start=1):
        say(f"{place} of {len(steps)}: {name}")
        with record.step(name, role, lambda: (driver.counted.keys, driver.counted.typed)) as step:
            try:
                work(hands, step)
            except Exception as error:  # noqa: BLE001 - whatever it was, the tour failed and says where
                step.error = f"{type(error).__name__}: {error} {_place(error)}"
                with contextlib.suppress(TourError):  # keys that clash are what failed already
                    step.picture += driver.pictures(out, "failed")
        if step.error:
            break
    close()
    record.save(out)
    for problem in record.problems():
        say(f"FAILED {problem}")
    return 0 if record.ok else 1


def _fresh(out: Path) -> None:
    """Make room for a new tour: an earlier tour's clinic goes, anything else that stands there is refused."""
    profile = out / "profile"
    if profile.exists():
        if not (out / "tour.json").exists():
            raise Refusal(
                N_("There is a clinic in {folder} that no tour made. Name a new folder."), folder=str(profile)
            )
        shutil.rmtree(profile)
    out.mkdir(parents=True, exist_ok=True)
    # Written before anything else, so that a tour that is broken off is known as one the next time.
    (out / "tour.json").write_text("{}", encoding="utf-8")


def run_part(out: Path, seed: int, part: str, make_door: Callable[[Path], Door], screens: Sequence[str]) -> int:
    """Be the window that is killed (``note``), or the one that is started again (``again``)."""
    hands, close = begin(out, seed, make_door, screens)
    (crash.write_note if part == "note" else crash.read_note)(hands)
    close()
    return 0


def _say_of_qt(_kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
    """What Qt says goes to standard error, but not that a screen which is none cannot do what a real one can."""
    if not words.startswith("This plugin does not support"):
        sys.stderr.write(f"{words}\n")


def begin(
    out: Path, seed: int, make_door: Callable[[Path], Door], screens: Sequence[str]
) -> tuple[Hands, Callable[[], None]]:
    """Open the real window on the tour's clinic; returns the hands at it and the way to close it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    profile = out / "profile"
    qInstallMessageHandler(_say_of_qt)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("a window needs a QApplication")
    theme.apply(app, "light")
    door = make_door(profile)
    window = MainWindow(door, screens, settings=door.remembered)
    follow(window, door, profile)
    window.begin()
    window.show()
    second = Second(profile)

    def close() -> None:
        second.close()
        window.close()
        app.processEvents()

    return Hands(Driver(app, window), window, drawn(seed), out, profile, second), close


class Second:
    """The second connection: opened when it is first asked for, and only ever read from."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._clinic: Clinic | None = None

    def __call__(self) -> Clinic:
        """The clinic as another process would see it."""
        if self._clinic is None:
            self._clinic, desk = open_clinic(self._profile, ADMIN[0], PASSPHRASE, process="command")
            self._clinic.sign_out(desk)
        return self._clinic

    def close(self) -> None:
        """Close it."""
        if self._clinic is not None:
            self._clinic.close()
            self._clinic = None


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "gui/tour" in frame.filename]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-3:]))
