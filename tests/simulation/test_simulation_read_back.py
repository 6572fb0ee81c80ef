"""What was sent is read back; answered with nonsense each time, it is given up, or asked for once a day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from sync.engine.looking import MOST_TRIES
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Look
from sync.port import Kind
from sync.transport.outcomes import Call, Garbled
from tests.simulation.flows import PATIENT, Day

NEVER = 10**9
DAY = 86_400.0


class Nonsense:
    """A day on which their answers about one prescription can be made out by nobody, until they can."""

    def __init__(self, *, listed: bool) -> None:
        self.day, self.asked, self.broken = Day(NEVER), list[float](), True
        kinds = dict(self.day.profile.kinds)
        kinds[Kind.PRESCRIPTION] = replace(kinds[Kind.PRESCRIPTION], listed=listed, only_in_detail=frozenset({"code"}))
        self.day.profile = replace(self.day.profile, kinds=kinds)
        self.day.engine = self.day._build()
        self._exchange = self.day.network.exchange
        self.day.network.exchange = self._answer  # type: ignore[method-assign]
        self.day.save("patient", "P1", PATIENT)
        self.day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")

    def _answer(self, call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        if call.endpoint == "GET /prescription/id":
            self.asked.append(self.day.clock.elapsed)
            if self.broken:
                raise Garbled(call, 200)
        return self._exchange(call, run, changes=changes)

    def pass_days(self, days: float) -> None:
        self.day._work(self.day.clock.elapsed + days * DAY, most=NEVER)

    def word(self) -> str:
        return self.day.engine.state_of("prescription", "R1")["alpha"].word

    def waits_to_be_read(self) -> bool:
        with self.day.disk.read() as unit:
            return bool(Rows(unit).find(Look, system="alpha", kind="prescription"))


@pytest.fixture(name="nonsense", params=[True, False], ids=["listed", "in no list"])
def _nonsense(request: pytest.FixtureRequest) -> Iterator[Nonsense]:
    made = Nonsense(listed=request.param)
    yield made
    made.day.disk.close()


def test_after_eight_failures_what_lists_show_is_left_to_them_and_what_none_shows_is_asked_for_daily(
    nonsense: Nonsense,
) -> None:
    listed = nonsense.day.profile.kinds[Kind.PRESCRIPTION].listed
    nonsense.pass_days(0.5)
    assert nonsense.word() == "sent", "it was not read back, and nothing is called confirmed before that"
    assert len(nonsense.asked) == MOST_TRIES, "it is not asked for again and again"
    assert nonsense.asked[-1] - nonsense.asked[0] < DAY / 4
    assert nonsense.waits_to_be_read() is not listed
    nonsense.pass_days(3)
    daily = nonsense.asked[MOST_TRIES - 1 :]
    if not listed:
        assert len(daily) == 4
        assert all(DAY * 0.99 < later - one < DAY * 1.1 for one, later in pairwise(daily))
    nonsense.broken = False
    if listed:
        nonsense.day.engine.hint("alpha", "prescription", next(iter(nonsense.day.server.things["prescription"])))
    nonsense.pass_days(1.2)
    assert nonsense.word() == "confirmed"
