"""How long a system asks for silence, in whatever form it says so: never longer than a day, and never nonsense."""

from datetime import UTC, datetime

import httpx
import pytest

from sync.engine.budgets import SILENCE_SECONDS, Budgets
from sync.engine.clock import Ticker
from sync.port import Bucket
from sync.transport.outcomes import LONGEST_SILENCE_SECONDS, Call, Failed, NoBudget, Outcome, Slowed
from sync.transport.signin import Bearer
from sync.transport.wire import Gate, Wire
from tests.simulation.world import Effects, VirtualClock, VirtualDisk
from tests.unit.sync.loopback import Drawer, OpenGate, their_error

CALL = Call("GET /p", "GET", "/p")
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
THEIRS = "Tue, 10 Mar 2026 08:00:00 GMT"  # an hour behind ours


def asked(status: int, headers: dict[str, str], gate: Gate | None = None) -> Outcome:
    def answer(_request: httpx.Request) -> httpx.Response:
        sent = {name.encode(): text.encode("latin-1") for name, text in headers.items()}
        body = b'{"error": {"code": "X", "message": "later"}}'
        return httpx.Response(status, content=body, headers={b"Content-Type": b"application/json", **sent})

    wire = Wire(
        "https://there.example", Bearer(Drawer(token="t")), gate or OpenGate(), their_error,
        transport=httpx.MockTransport(answer), now=lambda: NOW,
    )  # fmt: skip
    with pytest.raises(Outcome) as found:
        wire.send(CALL)
    return found.value


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("60", 60.0), (" 60 ", 60.0), ("1.5", 1.5), ("0", 0.0),
        ("315360000", LONGEST_SILENCE_SECONDS), ("9" * 400, LONGEST_SILENCE_SECONDS),
        ("-5", None), ("soon", None), ("", None), ("²", None), ("nan", None), ("inf", None), ("1e9", None),
        ("Tue, 10 Mar 2026 09:10:00 GMT", 600.0), ("Tuesday, 10-Mar-26 09:10:00 GMT", 600.0),
        ("Tue, 10 Mar 2026 08:00:00 GMT", 0.0), ("Tue, 10 Mar 2036 09:00:00 GMT", LONGEST_SILENCE_SECONDS),
        ("Tue, 99 Mar 2026 99:00:00 GMT", None), ("Tue, 10 Mar 99999999999 09:00:00 GMT", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Retry-After", "X-RateLimit-Retry-After"])
def test_a_time_to_come_again_is_understood_as_seconds_or_a_date_and_is_a_day_at_most(
    name: str, text: str, after: float | None
) -> None:
    found = asked(429, {name: text})
    assert isinstance(found, Slowed)
    assert found.after == after


def test_a_date_counts_by_their_own_clock_where_they_tell_it() -> None:
    found = asked(503, {"Retry-After": "Tue, 10 Mar 2026 08:02:00 GMT", "Date": THEIRS})
    assert isinstance(found, Slowed)
    assert found.after == 120.0


def test_a_failure_that_names_no_time_is_a_failure() -> None:
    assert isinstance(asked(503, {"Retry-After": "-5"}), Failed)
    assert isinstance(asked(503, {}), Failed)


@pytest.mark.parametrize(
    ("text", "seconds"), [("315360000", LONGEST_SILENCE_SECONDS), ("-5", SILENCE_SECONDS), ("²", SILENCE_SECONDS)]
)
def test_no_limit_is_silent_for_ten_years(text: str, seconds: float) -> None:
    clock = VirtualClock()
    budgets = Budgets("alpha", (Bucket("all", 10, 60.0, lambda _call: True),), VirtualDisk(Effects()), Ticker(clock))
    asked(429, {"Retry-After": text}, budgets)
    begun = budgets._ticker.time()
    with pytest.raises(NoBudget) as refused:
        budgets.ask(CALL)
    assert refused.value.until - begun == pytest.approx(seconds, abs=1.0)
