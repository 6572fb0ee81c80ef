"""Half a character, as of text that somebody cut: no database takes it, and it holds nothing else back."""

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine
from tests.simulation.flows import PATIENT, Day, create
from tests.simulation.test_simulation_directed import NEVER

HALF = "cut \ud83d"


def test_what_no_text_can_hold_is_set_aside_and_holds_nothing_else_back() -> None:
    day = Day(NEVER)
    create(day)
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work(600)
    day.server.write(day.there("prescription"), {"text": HALF}, "other", day.clock.true())
    day.server.create("prescription", {"text": HALF, "code": "c"}, day.there().id, "", "other")
    for _ in range(3):
        day.sync_now()
        day.work(86_400)
    with day.disk.read() as unit:
        aside = Rows(unit).find(Quarantine)
    assert [one.raw["text"] for one in aside] == ["cut \ufffd\ufffd\ufffd"] * 2
    day.save("patient", "P1", {**PATIENT, "phone": "9"})
    day.work(600)
    assert day.there().body["phone"] == "9"
    day.disk.close()
