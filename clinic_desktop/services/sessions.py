"""Who is signed in, and whether they may act right now."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

# Nobody stays signed in over a shift's end, whatever the idle lock does (security.md, A5).
LONGEST = timedelta(hours=14)
# How long a password that was given again stands for the one act it was asked for.
PROVED_SECONDS = 60.0

State = Literal["open", "locked", "expired", "ended"]


class AccountChanged(Refusal):
    """The account was closed or given another role since the session began."""


@dataclass
class Session:
    """One person at one workstation; shared by the window's threads, so its state has a lock of its own."""

    id: str
    staff_id: str
    username: str
    display_name: str
    role: str
    workstation: str
    opened_at: datetime
    _locked: bool = False
    _ended: bool = False
    _glass: dict[str, float] = field(default_factory=dict, repr=False)
    _proved: float | None = field(default=None, repr=False)
    # What this session saw already, of what is noted once in the access log.
    seen: set[tuple[str, str, str]] = field(default_factory=set, repr=False, compare=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __repr__(self) -> str:
        return f"Session({self.id}, {self.role})"

    def state(self, now: datetime) -> State:
        """Whether this session may act at an instant."""
        with self._guard:
            if self._ended:
                return "ended"
            if now - self.opened_at > LONGEST:
                return "expired"
            return "locked" if self._locked else "open"

    def lock(self) -> None:
        """Refuse every act until the password is given again."""
        with self._guard:
            self._locked = True

    def unlock(self) -> None:
        """Allow acts again; the caller has checked the password."""
        with self._guard:
            self._locked = False

    def end(self) -> None:
        """Refuse every act from now on."""
        with self._guard:
            self._ended = True

    def glass_broken(self, record: str, until: float) -> None:
        """Remember until when, by the steady seconds of this process, an opening in an emergency lasts."""
        with self._guard:
            self._glass[record] = until

    def glass_lasts(self, record: str, steady: float) -> bool:
        """Whether an opening of this very session still lasts: setting the machine's clock back prolongs nothing."""
        with self._guard:
            return steady < self._glass.get(record, steady)

    def prove(self, steady: float) -> None:
        """Remember that the password was given again just now; the caller has checked it."""
        with self._guard:
            self._proved = steady

    def take_proof(self, steady: float) -> bool:
        """Whether the password was given again for this act: each time it is given stands for one."""
        with self._guard:
            proved, self._proved = self._proved, None
            return proved is not None and 0 <= steady - proved <= PROVED_SECONDS

    def require_open(self, now: datetime) -> None:
        """Refuse unless the session may act."""
        state = self.state(now)
        if state == "locked":
            raise Refusal(N_("The workstation is locked. Give your password to go on; nothing was lost."))
        if state == "expired":
            raise Refusal(N_("You have been signed in for too long. Sign in again; nothing was lost."))
        if state == "ended":
            raise Refusal(N_("You have signed out. Sign in again; nothing was lost."))
