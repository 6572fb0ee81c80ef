"""Who is signed in, and whether they may act right now."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

# Nobody stays signed in over a shift's end, whatever the idle lock does (security.md, A5).
LONGEST = timedelta(hours=14)

State = Literal["open", "locked", "expired", "ended"]


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

    def require_open(self, now: datetime) -> None:
        """Refuse unless the session may act."""
        state = self.state(now)
        if state == "locked":
            raise Refusal(N_("The workstation is locked. Give your password to go on; nothing was lost."))
        if state == "expired":
            raise Refusal(N_("You have been signed in for too long. Sign in again; nothing was lost."))
        if state == "ended":
            raise Refusal(N_("You have signed out. Sign in again; nothing was lost."))
