"""The demo's appointments of past days: most were kept, some were cancelled, and now and then nobody came."""

import random
from datetime import timedelta

from clinic_desktop.cli.demo_weeks import BOOKED, Weeks
from clinic_desktop.services import scheduling
from clinic_desktop.services.acts import Desk

KEPT_A_DAY = 4


class Appointments:
    """Books for the demo's doctors, by a draw of its own: the other made-up people stay who they were."""

    def __init__(self, weeks: Weeks, seed: int) -> None:
        self._weeks = weeks
        self._draw = random.Random(seed)  # noqa: S311 - made-up people
        self._missed: str | None = None
        self._left = 0

    def morning(self) -> None:
        """Two are booked who will not be seen: one says so, and of the other nobody hears again."""
        front, now = self._weeks.desk("frontdesk"), self._weeks.clock.now()
        self._left, self._missed = KEPT_A_DAY, None
        cancels, misses = (person for person, _story in self._draw.sample(self._weeks.known, 2))
        made = self._book(front, cancels)
        if made is not None:
            scheduling.cancel(front, made, "feels well again", cancelled_by="patient")
        if now.day % 2:
            self._missed = self._book(front, misses)

    def for_arrival(self, patient_id: str) -> str | None:
        """The appointment with which somebody comes; None where they walk in."""
        if not self._left:
            return None
        self._left -= 1
        return self._book(self._weeks.desk("frontdesk"), patient_id)

    def evening(self) -> None:
        """Who did not come is noted."""
        if self._missed is not None and self._weeks.clock.now().astimezone().hour >= 9:
            scheduling.no_show(self._weeks.desk("frontdesk"), self._missed)

    def _book(self, front: Desk, patient_id: str) -> str | None:
        doctor = next(one for one in scheduling.practitioners(front) if one.name == "Demo Doctor").staff_id
        now = self._weeks.clock.now()
        free = [
            start
            for start in scheduling.free_times(front, doctor, now.astimezone().date())
            if now <= start < now + timedelta(hours=1)
        ]
        return scheduling.book(front, patient_id, doctor, free[0], 15, more=BOOKED).id if free else None
