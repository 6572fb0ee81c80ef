"""Decides what the device screen shows and does; knows no Qt."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.listeners import LOOPBACK, Listeners
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.devices import trial
from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _, ngettext
from clinic_desktop.services import device_health, pairing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_health import Sender, Sent
from clinic_desktop.services.office import Office
from clinic_desktop.services.pairing import DeviceShown, NewDevice, Offered

T = TypeVar("T")
TOUCHED = ("device", "pairing_code.", "setting.")
# A device that was silent for so long is looked at: most send every working day.
SILENT_DAYS = 7


class View(Protocol):
    """What the presenter asks of the view."""

    def show_paired(self, devices: Sequence[DeviceShown]) -> None: ...  # noqa: D102
    def show_senders(self, senders: Sequence[Sender]) -> None: ...  # noqa: D102
    def show_sent(self, sent: Sequence[Sent]) -> None: ...  # noqa: D102
    def show_listeners(self, wanted: Listeners) -> None: ...  # noqa: D102
    def show_running(self) -> None: ...  # noqa: D102
    def show_code(self, code: str, offered: Offered) -> None: ...  # noqa: D102
    def show_token(self, token: str, device: NewDevice) -> None: ...  # noqa: D102
    def did(self, words: str) -> None: ...  # noqa: D102
    def show_trial(self, words: str) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """The devices of the clinic, and what this workstation listens to."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View, office: Office | None, program: Program) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self._office, self.program = office, program
        self._pair_id, self._listen_id = new_id(), new_id()

    def reload(self) -> None:
        """Ask for everything."""
        self.tasks.query("devices.paired", lambda: pairing.paired(self.desk), self.view.show_paired)
        self.tasks.query("devices.senders", lambda: device_health.senders(self.desk), self.view.show_senders)
        self.view.show_running()

    def ask_listeners(self) -> None:
        """Ask what this workstation listens to."""
        if self._office is not None:
            self.tasks.query("devices.listeners", self._office.listeners, self.view.show_listeners)

    def refresh(self, kinds: frozenset[str]) -> None:
        """A device was let in, heard, or sent something."""
        if not kinds or any(kind.startswith(TOUCHED) for kind in kinds):
            self.reload()

    def look(self, sender: Sender) -> None:
        """Ask for the last messages of one."""
        desk = self.desk
        self.tasks.query(
            "devices.sent", lambda: device_health.sent_by(desk, sender.kind, sender.device), self.view.show_sent
        )

    def draft(self, form: str) -> KeptDraft:
        """Where what is typed is kept."""
        return KeptDraft(self.desk, self.tasks, f"devices.{form}")

    # Acts ----------------------------------------------------------------------------------------------

    def offer_code(self, kind: str, name: str) -> None:
        """A code to be read off the screen."""
        code = pairing.new_code()
        desk = self.desk.once(new_id(), draft=self.draft("pair").key)
        self._do(lambda: pairing.offer_code(desk, kind, name, code), lambda offered: self.view.show_code(code, offered))

    def give_token(self, kind: str, name: str) -> None:
        """A token at once; it is kept nowhere and shown once."""
        token = pairing.new_token()
        desk = self.desk.once(new_id(), draft=self.draft("pair").key)
        self._do(lambda: pairing.pair_device(desk, kind, name, token), lambda made: self.view.show_token(token, made))

    def revoke(self, device: DeviceShown) -> None:
        """Let a device in no more."""
        desk, done = self.desk.once(), _("{name} is let in no more.").format(name=device.name)
        self._do(lambda: pairing.revoke_device(desk, device.id), lambda _gone: self.view.did(done))

    def choose(self, wanted: Listeners) -> None:
        """Say what this workstation listens to; its background process starts anew with it."""
        office = self._office
        if office is None:
            return
        desk = self.desk.once(draft=self.draft("listeners").key)

        def done(sound: Listeners) -> None:
            self.view.show_listeners(sound)
            self.program.stopped()
            self.program.restart()
            self.view.did(_("Kept. The background process starts anew with it."))

        self._do(lambda: office.choose_listeners(desk, wanted), done)

    def try_out(self, listener: str, wanted: Listeners) -> None:
        """Play one made-up message to a listener of this workstation."""
        told = self.program.ports.get(listener)
        port = told if isinstance(told, int) and not isinstance(told, bool) else 0
        if not told or (listener != "drop" and not port):
            self.view.show_error(Refusal(N_("This listener does not run.")))
            return
        certificate = Path() if self._office is None else self._office.certificate()
        host = LOOPBACK if listener == "api" else wanted.listen_on
        where = trial.Where(host, port, Path(wanted.drop_folder), certificate)
        if listener == "api":
            self._do(lambda: self._try_api(where), self.view.show_trial)
        else:
            self._do(lambda: trial.play(listener, where), self.view.show_trial)

    def _try_api(self, where: trial.Where) -> str:
        """Let a device in for the trial alone, and see that it is shut out afterwards."""
        token = pairing.new_token()
        made = pairing.pair_device(self.desk.once(new_id()), "analyser", _("Trial of the local API"), token)
        try:
            words = trial.play_api(where, token)
        finally:
            pairing.revoke_device(self.desk.once(new_id()), made.id)
        return f"{words} {trial.shut_out(where, token)}"

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def succeeded(result: T) -> None:
            self.view.set_busy(False)
            done(result)
            self.reload()

        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, succeeded, failed)


def health(seen_at: datetime | None, now: datetime) -> tuple[str, str]:
    """How long a device was silent, in words and as a meaning."""
    if seen_at is None:
        return _("not heard from yet"), "warning"
    days = max(0, (now - seen_at) // timedelta(days=1))
    if days >= SILENT_DAYS:
        return ngettext("silent for {n} day", "silent for {n} days", days).format(n=days), "warning"
    if days == 0:
        return _("heard today"), "good"
    return ngettext("heard {n} day ago", "heard {n} days ago", days).format(n=days), "good"


def left_words(until: datetime, now: datetime) -> str:
    """How long a code still holds, as minutes and seconds; empty once it is over."""
    seconds = int((until - now).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds > 0 else ""
