"""Decides what home shows; knows no Qt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from clinic_desktop.gui.shell.patients import patient_screen
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.howfar import ask_decisions, kind_words
from clinic_desktop.i18n import N_
from clinic_desktop.services import home, patients, unfinished
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.home import SHOWN, Group, Waiting
from clinic_desktop.services.patients import PatientHit
from clinic_desktop.services.unfinished import Unfinished

NAMES = {
    "reception": N_("Registration"),
    "queue": N_("Check-in"),
    "schedule": N_("Appointment"),
    "consultation": N_("Consultation"),
    "prescribing": N_("Prescription"),
    "order": N_("Laboratory order"),
    "laboratory": N_("Laboratory results"),
    "pharmacy": N_("Dispensing"),
    "stock": N_("Stock"),
    "billing": N_("Billing"),
    "chart": N_("Chart"),
    "administration": N_("Administration"),
}


SYNC = "sync"
DECIDE = {"show": "decide"}
# How the page of a kind is opened at what waits, by the kind's key.
OPENS: Mapping[str, Mapping[str, str]] = {SYNC: DECIDE}


class View(Protocol):
    """What the presenter tells the view."""

    def show_groups(self, groups: Sequence[Group]) -> None:
        """What waits here."""
        ...

    def show_decisions(self, group: Group | None) -> None:
        """What waits for a decision at the connected systems."""
        ...

    def show_recent(self, recent: Sequence[PatientHit]) -> None:
        """The patients open last."""
        ...

    def show_unfinished(self, begun: Sequence[Unfinished]) -> None:
        """Work begun and not finished."""
        ...


class HomePresenter:
    """Asks the questions of home whenever the clinic moves."""

    view: View

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk, self.tasks = desk, tasks

    def ask(self) -> None:
        """Ask what waits, whom this person saw, what they began."""
        self.tasks.query("groups", lambda: home.waits_for_me(self.desk), self.view.show_groups)
        # What cannot be told of sync keeps nobody from what waits here.
        self.tasks.query("decisions", lambda: _decisions(self.desk), self.view.show_decisions, lambda _error: None)
        self.tasks.query("recent", lambda: patients.recent_patients(self.desk), self.view.show_recent)
        self.tasks.query("unfinished", lambda: unfinished.unfinished_work(self.desk), self.view.show_unfinished)

    @property
    def patient_screen(self) -> str:
        """Where a patient is opened: the chart for those who may see it."""
        return patient_screen(self.desk.session.role)


def _decisions(desk: Desk) -> Group | None:
    """What waits for this person's decision at the connected systems, as a group of home."""
    items = ask_decisions(desk)
    if items is None:
        return None
    rows = tuple(
        Waiting(
            one.name or kind_words(one.kind), one.title, datetime.fromisoformat(one.at), SYNC, tuple(DECIDE.items())
        )
        for one in items[:SHOWN]
    )
    return Group(SYNC, N_("Decisions at the connected systems"), len(items), urgent=False, screen=SYNC, rows=rows)
