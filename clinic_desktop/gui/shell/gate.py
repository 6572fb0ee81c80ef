"""What the window is handed from outside: the door to the clinic, and a place to work once through it. No Qt here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from clinic_desktop.gui.shell.patients import patient_screen
from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.shell.staffline import StaffLine
from clinic_desktop.gui.tasks import WriteReport, nothing_written
from clinic_desktop.gui.widgets.settings import Remembered, RememberedHere

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_standing import Standing
    from clinic_desktop.gui.widgets.pill import Look
    from clinic_desktop.gui.widgets.search import Suggestion
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.device_views import Board
    from clinic_desktop.services.office import Office

AllergyState = Literal["listed", "none_known", "not_asked"]


@dataclass(frozen=True, eq=False)
class NewClinic:
    """What the first run asks for; `device_secret` is ``keyring`` or ``file``, chosen by the person."""

    clinic: str
    display_name: str
    username: str
    password: str = field(repr=False)
    device_secret: Literal["keyring", "file"]


@dataclass(frozen=True, eq=False)
class BannerFacts:
    """What the banner says of a patient, every word ready to be shown."""

    patient_id: str
    family: str
    given: str
    born: str  # as "14-Jul-1945", "1945", "about 1945", "unknown"
    age: str  # as "80 y"
    sex: str
    mrn: str
    allergy_state: AllergyState = "not_asked"
    allergies: tuple[str, ...] = ()
    allergies_confirmed_on: date | None = None
    alerts: tuple[str, ...] = ()
    weight: str = ""
    weight_on: date | None = None
    pregnancy: str = ""
    state: "Look | None" = None  # where is my record?
    emergency: str = ""  # the record is open under a broken glass: until when, in words
    emergency_seconds: int = 0

    def __repr__(self) -> str:
        return f"BannerFacts({self.patient_id})"


def _no_counts() -> Mapping[str, int]:
    return {}


def _nothing_connected() -> None:
    return None


def _nothing_chosen(_text: str, _key: str | None) -> None:
    return None


def _nothing_proved(_password: str) -> None:
    return None


@dataclass(frozen=True, eq=False, repr=False)
class Workplace:
    """One person signed in. The callables are run off the window's thread, and may be slow."""

    desk: "Desk"
    username: str
    display_name: str
    role: str
    clinic: str
    banner: Callable[[str], BannerFacts]
    find: "Callable[[str], Sequence[Suggestion]]"  # patients; key is the patient's id
    chosen: Callable[[str, str | None], None] = _nothing_chosen  # words typed in the palette, patient chosen
    counts: Callable[[], Mapping[str, int]] = _no_counts  # live counts of the rail, by screen
    standing: "Callable[[], Standing | None]" = _nothing_connected  # how all that is told stands
    settings: Remembered = field(default_factory=RememberedHere)
    today: Callable[[], date] = date.today
    idle_minutes: float = 10
    recovery_key: str = field(default="", repr=False)  # to be typed back before work begins
    home: str = "home"
    prove: Callable[[str], None] = _nothing_proved  # checks the person's own password again, for one act
    program: Program = field(default_factory=Program)  # what runs beside the window
    office: "Office | None" = None  # what needs the clinic's keys; an administrator's only
    write_report: WriteReport = nothing_written  # writes a report's file in a process of its own

    @property
    def patient_screen(self) -> str:
        """What is opened when a patient is chosen in the palette."""
        return patient_screen(self.role)


class Gate(Protocol):
    """The door to the clinic. `exists` and `staff` answer at once; everything else is called off the window's thread.

    They raise `Refusal` (wrong password, too many tries) and `Trouble` (disk, keyring), which the page shows.
    """

    def exists(self) -> bool:
        """Whether there is a clinic in this profile; if not, the first run begins."""
        ...

    def clinic(self) -> str:
        """The clinic's name, or nothing if it is not known before it is open."""
        ...

    def staff(self) -> Sequence[StaffLine]:
        """Who may sign in here."""
        ...

    def demo_words(self) -> str:
        """The accounts of the demo clinic, shown on its own sign-in page; empty anywhere else."""
        ...

    def has_keyring(self) -> bool:
        """Whether this machine has a keyring that keeps a secret."""
        ...

    def strength(self, password: str, others: Sequence[str]) -> tuple[int, str]:
        """How strong a password is, 0 to 4 (3 is enough), and advice in words; `others` are words to avoid."""
        ...

    def create(self, new: NewClinic) -> str:
        """Make the clinic; returns the recovery key, which is nowhere else."""
        ...

    def recovery_sheet(self) -> bytes:
        """The recovery key on paper, as a PDF, until it has been confirmed."""
        ...

    def confirm_recovery(self) -> None:
        """The person has typed the recovery key back."""
        ...

    def unlock(self, username: str, password: str) -> Workplace:
        """Open the clinic for a person."""
        ...

    def lock(self) -> None:
        """Refuse every act until `resume`; the clinic stays open."""
        ...

    def resume(self, password: str) -> None:
        """Let the same person go on after a lock."""
        ...

    def change_password(self, old: str, new: str) -> None:
        """Give the person who is signed in another password."""
        ...

    def leave(self) -> None:
        """End the session: sign out, or make way for another person."""
        ...


class Door(Gate, Protocol):
    """The gate, and what the running program asks of it besides."""

    remembered: Remembered

    def moved(self) -> frozenset[str]:
        """The kinds of what happened since the last look."""
        ...

    def notices(self) -> Sequence[str]:
        """What the person should know about this opening."""
        ...

    def board(self) -> "Board | None":
        """Who is called, for the screen in the waiting room; None while there is no key."""
        ...

    def key(self) -> bytes | None:
        """The data key for the background process, while somebody is signed in."""
        ...

    def hard_lock_minutes(self) -> float:
        """How long a locked window keeps the key before it starts afresh without it."""
        ...
