"""A result that a system showed and shows no more stands here, and whoever ordered it must answer for it, once."""

from datetime import timedelta
from typing import Any

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.services.heard_results import NOT_SHOWN
from clinic_desktop.services.inbox import Item, done, inbox
from clinic_desktop.services.sheets import order_sheet
from sync.engine import unread
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def part(name: str, result: Any, **more: Any) -> dict[str, Any]:
    return {"component": name, "result": result, "unit": "mmol/L", "status": "final", **more}


def test_a_result_that_is_shown_there_no_more_stands_here_and_is_one_question_to_whoever_ordered_it(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def asked(*parts: dict[str, Any]) -> list[Item]:
            """What somebody is asked of results that are gone, when the laboratory there shows these."""
            clock.advance(timedelta(minutes=2))
            tests = [{"test_code": "CMP", "components": list(parts)}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed")
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            cards = [one for one in sync_shown.waiting_items(there.desk) if one.sort == "field"]
            assert cards == [], "what a doctor is asked is asked of nobody else"
            return [one for one in inbox(desk_for("doctor"), "open") if one.title == NOT_SHOWN]

        sodium, potassium = part("Sodium", "140"), part("Potassium", "3.1")
        assert asked(sodium, potassium) == []
        assert asked(sodium, part("Potassium", "3.9")) == [], "a correction is heard, and nothing is gone"
        (one,) = asked(sodium)
        assert (one.must_answer, one.priority, one.addressed_to) == (True, "high", "")
        assert "Potassium 3.9 mmol/L" in one.body
        assert dict(one.arguments) == {"patient_id": small.patient, "order_id": small.order}
        (same,) = asked(part("Sodium", "141"), part("Potassium", ""))
        assert same.id == one.id, "it is asked once"
        found = order_sheet(desk_for("doctor"), small.patient, small.order).elsewhere
        assert [(each.title, each.value, each.withdrawn) for each in found] == [
            ("Sodium", "141", False), ("Potassium", "3.9", False),
        ], "it stands until somebody says otherwise"  # fmt: skip
        with desk_for("administrator").store.read() as connection:
            noted = Rows(type("Unit", (), {"conn": connection})()).find(Conflict, system=SYSTEM, member="components")
        assert {each.keep for each in noted} == {unread.NOTED}

        assert asked(potassium, sodium) == [], "it is over when it is shown again"
        (closed,) = [each for each in inbox(desk_for("doctor"), "done") if each.title == NOT_SHOWN]
        assert closed.done_note == "It is shown there again."
        assert asked(sodium, part("Potassium", None, status="cancelled")) == [], "a withdrawal is heard as one"
        (gone,) = asked(part("Potassium", None, status="cancelled"))
        done(desk_for("doctor"), gone.id, "They mixed up two specimens.")
        assert asked(part("Potassium", None, status="cancelled")) == [], "whoever answered is not asked again"
        assert asked(sodium, part("Potassium", "4.0")) == []
        (both,) = asked()
        assert "Sodium 140 mmol/L" in both.body
        assert "Potassium 4.0 mmol/L" in both.body
