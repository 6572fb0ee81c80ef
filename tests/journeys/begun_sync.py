"""Sync with something to decide, with no system to be asked: the rows stand as the engine writes them."""

from collections.abc import Callable

from clinic_desktop.clock import new_id
from clinic_desktop.services.remotes import add_remote
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Work
from tests.journeys.small_clinic import Clinic

SYSTEM = "healify"


def connected(clinic: Clinic) -> None:
    """A system that is on, and cannot be reached."""
    add_remote(clinic.desk_for("administrator"), SYSTEM, "http://127.0.0.1:9", {"token": "none"})


def waits(sort: str) -> Callable[[Clinic], dict[str, str]]:
    """Something of a sort that waits for a person: ``field``, ``doubt`` or ``cannot``."""

    def begin(clinic: Clinic) -> dict[str, str]:
        connected(clinic)
        with clinic.store.write(act=new_id(), session=None) as unit:
            rows = Rows(unit)
            if sort == "field":
                sides = {"before": "1", "mine": "2", "theirs": "3"}
                rows.put(
                    Conflict("c1", SYSTEM, "patient", clinic.patient, "field", "phone", "pat_1", sides, clinical=0)
                )
            else:
                state = "person" if sort == "doubt" else sort
                rows.put(Work(SYSTEM, "patient", clinic.patient, clinic.patient, 1, state=state, why="no call"))
            if sort == "doubt":
                rows.put(Intent("i1", SYSTEM, "patient", clinic.patient, "create", body={"a": "b"}, state="person"))
        return {"show": "decide"}

    return begin


def staffed(clinic: Clinic) -> dict[str, str]:
    """A system whose number for a doctor is not known."""
    connected(clinic)
    return {"show": "systems"}
