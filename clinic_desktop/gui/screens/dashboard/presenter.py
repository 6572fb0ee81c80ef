"""Decides what the dashboard asks and when, and where each number leads; knows no Qt."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from clinic_desktop.domain import dashboard as rules
from clinic_desktop.domain.dashboard import CARDS_OF, MEASURES, MEASURES_OF
from clinic_desktop.domain.reporting_care import MEASURES as QUALITY
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import dashboard, dashboard_now, dashboard_office, dashboard_quality, remotes
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_shown import SystemShown

# How long an answer stands at least, in seconds: what costs more, or moves slowly, is asked less often.
EVERY = {"today": 5, "trend": 30, "queue": 5, "laboratory": 5, "pharmacy": 10, "money": 20, "sync": 5, "jobs": 10,
         "speed": 10, "quality": 600}  # fmt: skip
MINUTE = 60.0  # waiting grows by itself, and jobs and systems go on, whatever the journal does
MOVES_BY_ITSELF = ("today", "queue", "laboratory", "pharmacy", "sync", "jobs", "speed")
# Of these one is asked at a time: the other worker stays free for whatever page is gone to next.
HEAVY = ("money", "quality")
LOST = 30.0  # seconds after which a question that was cancelled may be asked again

# The pages that hold the work behind a number, and whose they are.
PAGES = {
    "queue": frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    "schedule": frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    "reception": frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    "pharmacy": frozenset({"pharmacist"}),
    "prescribed": frozenset({"doctor"}),
    "stock": frozenset({"pharmacist", "administrator"}),
    "laboratory": frozenset({"laboratory", "nurse", "doctor"}),
    "billing": frozenset({"cashier", "administrator"}),
    "sync": frozenset(CARDS_OF),
    "administration": frozenset({"administrator"}),
}

Go = tuple[str, dict[str, str]]


class View(Protocol):
    """What the presenter tells the view."""

    def show_answer(self, slot: str, answer: Any) -> None:
        """What one card asked for: ``today``, ``trend``, a card's name, or ``quality.`` and the measure."""
        ...

    def show_failure(self, slot: str, error: Exception) -> None:
        """Why one card has no answer."""
        ...


class Presenter:
    """Asks each card's question apart from the others, no more often than its answer stands."""

    view: View

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk, self.tasks = desk, tasks
        self.role = desk.session.role
        self.measures = MEASURES_OF[self.role]
        self.cards = CARDS_OF[self.role]
        self.key, self.by, self.currency = self.measures[0], rules.DAY, ""
        quality = [f"quality.{key}" for key in QUALITY] if "quality" in self.cards else []
        self._slots = ("today", "trend", *(card for card in self.cards if card != "quality"), *quality)
        self._waiting: set[str] = set()
        self._asked: set[str] = set()
        self._at: dict[str, float] = {}

    # Asking ----------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask for everything: what was asked a moment ago is asked as soon as its answer has stood long enough."""
        self._waiting.update(self._slots)
        self.tick()

    def tick(self) -> None:
        """Ask what waits and is due; what grows with the time is asked again each minute."""
        now = self.desk.store.clock.steady()
        for slot in MOVES_BY_ITSELF:
            if slot in self._at and now - self._at[slot] >= MINUTE:
                self._waiting.add(slot)
        for slot in self._slots:
            least = EVERY[slot.partition(".")[0]]
            due = slot not in self._at or now - self._at[slot] >= least
            if slot in self._waiting and due and not self._is_held(slot, now):
                self._put(slot, now)

    def again(self) -> None:
        """Ask for everything at once, because a person wants it."""
        self._at.clear()
        self._asked.clear()
        self.ask()

    def _is_held(self, slot: str, now: float) -> bool:
        """Whether its last question, or that of another heavy one, is still under way."""
        heavy = slot.startswith(HEAVY)
        return any(
            now - self._at.get(other, now) < LOST
            for other in self._asked
            if other == slot or (heavy and other.startswith(HEAVY))
        )

    def choose(self, key: str, by: str, currency: str = "") -> None:
        """Show another trend."""
        if (key, by, currency) == (self.key, self.by, self.currency) or key not in self.measures:
            return
        self.key, self.by, self.currency = key, by, currency
        self._put("trend", self.desk.store.clock.steady())

    def _put(self, slot: str, now: float) -> None:
        self._waiting.discard(slot)
        self._asked.add(slot)
        self._at[slot] = now

        def done(answer: object) -> None:
            self._asked.discard(slot)
            self.view.show_answer(slot, answer)
            self.tick()

        def failed(error: Exception) -> None:
            self._asked.discard(slot)
            self.view.show_failure(slot, error)
            self.tick()

        self.tasks.query(slot, self._work(slot), done, failed)

    def _work(self, slot: str) -> Callable[[], object]:
        desk, key, by, currency = self.desk, self.key, self.by, self.currency
        if slot.startswith("quality."):
            return lambda: dashboard_quality.quality_now(desk, slot.partition(".")[2])
        found: dict[str, Callable[[], object]] = {
            "today": lambda: dashboard.today_numbers(desk),
            "trend": lambda: dashboard.trend(desk, key, by, currency),
            "queue": lambda: dashboard_now.queue_now(desk),
            "laboratory": lambda: dashboard_now.laboratory_now(desk),
            "pharmacy": lambda: dashboard_now.pharmacy_now(desk),
            "money": lambda: dashboard_now.money_now(desk),
            "sync": lambda: _systems(desk),
            "jobs": lambda: (dashboard_office.jobs_health(desk), dashboard_office.newest_backup(desk)),
            "speed": lambda: dashboard_office.screen_speeds(desk),
        }
        return found[slot]

    def title(self, key: str) -> str:
        """What a number is called; a doctor's own are said to be theirs."""
        measure = MEASURES[key]
        mine = self.role == "doctor" and measure.own
        return _("{title} (yours)").format(title=_(measure.title)) if mine else _(measure.title)

    # Where numbers lead --------------------------------------------------------------------------------------

    def behind(self, key: str, first: date, last: date) -> Go | None:
        """The report of these days where this role may run it, else the work list; None where there is neither."""
        measure = MEASURES[key]
        report = self.report(measure.reports, first, last)
        if report is None and measure.key == "prescribed" and self.role in PAGES["prescribed"]:
            return self.page("prescribed", first=first.isoformat(), last=last.isoformat())
        return report or self.page(measure.screen)

    def report(self, names: tuple[str, ...], first: date, last: date) -> Go | None:
        """The first of these reports that this role may run."""
        name = next((name for name in names if name in REPORTS and self.role in REPORTS[name].roles), None)
        if name is None:
            return None
        return "reports", {"report": name, "first": first.isoformat(), "last": last.isoformat()}

    def page(self, name: str, **arguments: str) -> Go | None:
        """A page, where this role has it."""
        return (name, arguments) if self.role in PAGES[name] else None


def _systems(desk: Desk) -> "tuple[SystemShown, ...]":
    # Where nothing is connected nothing of the post office is loaded.
    if not remotes.remote_systems(desk):
        return ()
    from clinic_desktop.exchange.sync_shown import systems_shown

    return systems_shown(desk)
