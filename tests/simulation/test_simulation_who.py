"""Who somebody there is: a question about each who is here and may be meant, and an answer to one of them at a time."""

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link
from tests.simulation.flows import PATIENT, Day

NEVER = 10**9


def test_who_is_not_the_one_may_still_be_the_other() -> None:
    day = Day(NEVER)
    (there,) = [day.server.create("patient", {**PATIENT, "phone": "other"}, "", "", "other")]
    day.save("patient", "P1", PATIENT)
    day.save("patient", "P2", {**PATIENT, "phone": "777"})
    day.work()

    def asked() -> set[str]:
        with day.disk.read() as unit:
            found = Rows(unit).find(Conflict, system="alpha", sort="identity", state="open")
        return {one.local_id for one in found if one.remote_id == there.id}

    assert asked() == {"P1", "P2"}
    day.engine.people["alpha"].keep_apart(there.id, "P1", "u1")
    day.work(90_000)
    assert asked() == {"P2"}, "nobody has said that they are not the other"
    assert len(day._records("patient")) == 2, "and they are not taken for somebody new meanwhile"
    day.engine.people["alpha"].link(there.id, "P2", "u1")
    day.work(90_000)
    with day.disk.read() as unit:
        link = Rows(unit).get(Link, "alpha", "patient", there.id)
    assert link is not None
    assert (link.local_id, link.status) == ("P2", "confirmed")
    assert len(day.server.live("patient")) == 2, "only the one who was not there has been registered"
    day.disk.close()
