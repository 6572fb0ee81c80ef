"""A result that a system showed and shows no more stands here, and a person gets to know of it."""

from datetime import timedelta
from typing import Any

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from sync.engine import unread
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def part(name: str, result: Any, **more: Any) -> dict[str, Any]:
    return {"component": name, "result": result, "unit": "mmol/L", "status": "final", **more}


def test_a_result_that_is_shown_there_no_more_stands_here_until_a_person_has_seen_it(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def asked(*parts: dict[str, Any]) -> list[Item]:
            clock.advance(timedelta(minutes=2))
            tests = [{"test_code": "CMP", "components": list(parts)}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed")
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            return [one for one in sync_shown.waiting_items(there.desk) if one.sort == "field"]

        sodium, potassium = part("Sodium", "140"), part("Potassium", "3.1")
        assert asked(sodium, potassium) == []
        assert asked(sodium, part("Potassium", "3.9")) == [], "a correction is heard, and nothing is gone"
        for parts in ((sodium,), (part("Sodium", "141"), part("Potassium", ""))):
            (card,) = asked(*parts)
            assert (card.kind, card.member, card.why, card.clinical) == ("lab_result", "components", unread.OUT, True)
        assert asked(potassium, sodium) == [], "it is over when it is shown again"
        assert asked(sodium, part("Potassium", None, status="cancelled")) == [], "a withdrawal is heard as one"
        (card,) = asked(potassium)
        assert sync_deciding.decide(there.desk, card, unread.NOTED) == 1
        assert asked(part("Potassium", "4.0")) == []
        (card,) = asked()
        assert card.why == unread.OUT, "of all that there was, too"
