"""The marks beside the database, as the engine asks for them and puts them there."""

from pathlib import Path

from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.services import sync_marks
from sync.engine.outside import UNREADABLE, Mark


class Marks:
    """How far each system has been told, beside the database: a backup that is restored does not bring it back."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._marks: dict[str, Mark] = {}

    def get(self, system: str) -> Mark | None:
        """What was last put there, by whichever process."""
        found = sync_marks.read(self._profile)
        if found is None:
            # Of no system is it known what stood there: this is put there with the first mark, for every process.
            self._marks = {**dict.fromkeys(SYSTEMS, UNREADABLE), **self._marks}
        elif found:
            self._marks = {name: Mark(*one) for name, one in found.items()}
        return self._marks.get(system)

    def put(self, system: str, mark: Mark) -> None:
        """Remember how far it has come. After a power cut it may be an older mark of this life: that raises no alarm.

        The mark of another life would: a new one is written durably.
        """
        # A window that asks a system something writes its mark while another process sends.
        there = self.get(system)
        goes_on = there is not None and there.epoch == mark.epoch
        if there is not None and goes_on:
            mark = Mark(mark.epoch, max(mark.counter, there.counter), max(mark.place, there.place))
        if there == mark:
            return
        self._marks = {**self._marks, system: mark}
        sync_marks.write(self._profile, self._marks, durably=not goes_on)
