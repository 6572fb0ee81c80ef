"""`sync --once` and `sync --watch` at work: be the one that sends, and say now and then how far it is."""

import sys
import threading
import time
from argparse import Namespace
from typing import TYPE_CHECKING

from clinic_desktop.cli.terminal import SAY_SECONDS, SignedIn, Terminal
from clinic_desktop.i18n import _
from clinic_desktop.services.remotes import remote_systems, switched_on

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice

FOREVER_SECONDS = 100 * 365 * 86_400.0
# A run that is told to end by itself does not wait for what is due tomorrow.
LONGEST_ONCE_SECONDS = 24 * 3600.0
# How soon it is seen that a system was connected, paused or given another address meanwhile.
LOOK_SECONDS = 1.0


def sync(terminal: Terminal, here: SignedIn, chosen: Namespace) -> None:
    """Tell the connected systems and hear them, until nothing more can be done now or, with `--watch`, Ctrl+C."""
    held = terminal.turn_to_send(here.clinic)  # no limit is counted by two processes at once
    try:
        run = Run(terminal, here, chosen)
        try:
            while run.work():
                pass
        except KeyboardInterrupt:
            run.ended.set()
        say_if_none(terminal, here)
    finally:
        held.release()


def say_if_none(terminal: Terminal, here: SignedIn) -> None:
    """Say so where no system is connected."""
    if not remote_systems(here.desk):
        terminal.progress(_("No system is connected. `remote add` connects one."))


class Run:
    """One run of the command; where a system is connected, paused or changed meanwhile, it goes on with what is so."""

    def __init__(self, terminal: Terminal, here: SignedIn, chosen: Namespace) -> None:
        from clinic_desktop.cli.sync_stages import Stages
        from clinic_desktop.cli.sync_standing import Standings

        self._terminal, self._here, self._chosen = terminal, here, chosen
        self.ended = threading.Event()
        self._standings = Standings(terminal.progress)
        # A script that keeps standard error hears of each stage with -v alone.
        spoken = chosen.verbose or sys.stderr.isatty()
        self._stages = Stages(terminal.progress) if spoken else None
        self._begun = self._said = self._looked = time.monotonic()
        self._first, self._changed = True, False

    def work(self) -> bool:
        """Work with the systems as they are now; whether they are others by now, and it has to go on with those."""
        from clinic_desktop.exchange.post_office import PostOffice  # httpx: not for `--help`

        before, self._changed = self._systems(), False
        office = PostOffice(self._here.clinic, only=self._chosen.system)
        try:
            if self._first:
                self._ask_all(office)
            self._first = False
            office.run(
                FOREVER_SECONDS if self._chosen.watch else LONGEST_ONCE_SECONDS,
                until_idle=not self._chosen.watch,
                stopped=lambda: self._say(office) or self._look(before),
                lists=self._chosen.once,
            )
        finally:
            office.close()
        return self._changed and not self.ended.is_set()

    def _ask_all(self, office: "PostOffice") -> None:
        for people in office.engine.people.values():
            if self._chosen.once or self._chosen.afresh:
                # Whoever asks for it once wants to hear what there is now, not when a list is next due.
                people.sync_now(self._here.desk.session.staff_id)
            if self._chosen.afresh:
                people.look_at_set_aside()

    def _systems(self) -> tuple[tuple[str, int], ...]:
        with self._here.clinic.store.read() as connection:
            return switched_on(connection)

    def _look(self, before: tuple[tuple[str, int], ...]) -> bool:
        """Whether the systems are others than before; once they are, at every question."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._changed = self._systems() != before
        return self._changed

    def _say(self, office: "PostOffice") -> bool:
        """Say what is new, and now and then that it works; whether it was ended."""
        self._standings.look(office)
        if self._stages is not None:
            self._stages.look(office)
        now = time.monotonic()
        if now - self._said >= SAY_SECONDS:
            self._said = now
            words = _("still telling and hearing, for {n} s; Ctrl+C ends it, and nothing is lost")
            more = "" if self._stages is None else self._stages.waiting(office)
            self._terminal.progress(words.format(n=round(now - self._begun)) + more)
        return self.ended.is_set()
