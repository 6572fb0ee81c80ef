"""A no to what is asked before the sending, and a 404 that passes: for a person at once, and over when it is over."""

from typing import Any

import pytest

from sync.engine.putting_off import UNREADABLE_TRIES, unreadable
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Quarantine
from sync.port import Kind
from sync.transport.outcomes import Call, Garbled, Misshapen, NotThere, Outcome, Refused, Said
from tests.simulation.flows import Day, create
from tests.simulation.test_simulation_directed import NEVER, open_cards, work_of


@pytest.fixture
def day() -> Any:
    one = Day(NEVER)
    create(one)
    yield one
    one.disk.close()


def answering(day: Day, patch: pytest.MonkeyPatch, start: str, came: list[Outcome], *, times: int = 10**6) -> list[str]:
    """Have the system answer so where the name of a call starts so; which calls they were."""
    exchange = day.network.exchange
    asked: list[str] = []

    def other(call: Call, run: Any, *, changes: bool) -> Any:
        if call.endpoint.startswith(start) and len(asked) < times:
            asked.append(call.endpoint)
            raise came[0]
        return exchange(call, run, changes=changes)

    patch.setattr(day.network, "exchange", other)
    return asked


def test_a_patient_for_whom_they_refuse_to_be_searched_is_asked_about(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Call("GET /patient", "GET", "/")
    asked = answering(day, monkeypatch, "GET /patient/search", [Refused(call, 400, Said("bad", "no such name"))])
    day.save("patient", "P2", {"name": "Ng, A", "family": "Ng", "born": "1990-01-01", "sex": "female"})
    day.work(600)
    work = work_of(day, "patient", "P2")
    assert (work.state, len(asked)) == ("refused", 1)
    assert work.why == "asked before it is told, they answer: no such name"


@pytest.mark.parametrize("sort", [Misshapen, Garbled])  # another shape than theirs; a page in place of one record
def test_a_reading_that_cannot_be_made_out_is_for_a_person_after_some_tries(
    day: Day, monkeypatch: pytest.MonkeyPatch, sort: type[Garbled]
) -> None:
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work(600)
    answering(day, monkeypatch, "GET /prescription/", [sort(Call("GET /prescription/{id}", "GET", "/"), 200)])
    day.save("prescription", "R1", {"text": "half of it", "code": "c"}, "P1")
    day.work(60)
    assert work_of(day, "prescription", "R1").state == "waiting"
    day.work(20_000)
    work = work_of(day, "prescription", "R1")
    assert (work.state, "cannot be read" in work.why) == ("refused", True)
    with day.disk.read() as unit:
        assert not unreadable(Rows(unit), "alpha"), "it is not said of the system"


def test_a_page_in_place_of_every_answer_is_said_of_the_system_and_no_record_is_for_a_person(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [("patient", f"P{n}") for n in (2, 3, 4)]
    with monkeypatch.context() as patch:
        answering(day, patch, "", [Garbled(Call("GET", "GET", "/"), 200)])
        for n, (kind, patient) in enumerate(others):
            day.save(kind, patient, {"name": f"Q{n}, A", "family": f"Q{n}", "born": f"195{n}-01-01", "sex": "female"})
        day.work(20_000)
        assert {work_of(day, *one).state for one in others} == {"waiting"}
        assert min(work_of(day, *one).tries for one in others) > UNREADABLE_TRIES
        with day.disk.read() as unit:
            assert unreadable(Rows(unit), "alpha")
        assert open_cards(day) == []
    day.work(20_000)
    assert {work_of(day, *one).state for one in others} == {"confirmed"}
    with day.disk.read() as unit:
        assert not unreadable(Rows(unit), "alpha")


def test_what_one_answer_of_404_said_of_a_record_is_over_when_a_list_shows_it(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work(600)
    answering(
        day, monkeypatch, "GET /prescription/", [NotThere(Call("GET /prescription/{id}", "GET", "/"), 404)], times=2
    )
    day.save("prescription", "R1", {"text": "half of it", "code": "c"}, "P1")
    day.work(60)
    assert work_of(day, "prescription", "R1").why == "it is not there any more"
    day.sync_now()
    day.work(90_000)
    assert work_of(day, "prescription", "R1").state == "confirmed"
    assert day.there("prescription").body["text"] == "half of it"


def test_a_card_of_an_id_that_is_anothers_can_be_put_away(day: Day) -> None:
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work(600)
    first = day.there("prescription")
    made = day.server.create
    day.server.create = lambda *_args, **_named: first  # type: ignore[method-assign]
    day.save("prescription", "R2", {"text": "b", "code": "d"}, "P1")
    day.work(600)
    day.server.create = made  # type: ignore[method-assign]
    (card,) = open_cards(day)
    assert card.why == "they answered with the id of another record"
    people = day.engine.people["alpha"]
    assert people.choices(card.id) == ("other",)
    people.resolve(card.id, "other", "u1")
    assert open_cards(day) == []
    assert work_of(day, "prescription", "R2").state == "person"


def test_who_was_said_to_be_another_never_comes_into_the_same_chart_again_whatever_the_chart_does(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = next(iter(day.server.live("patient")))
    day.engine.people["alpha"].they_are_two(there.id, "u1")
    another = dict.fromkeys(there.body, "") | {"name": "Somebody, Else", "family": "Somebody", "born": "1931-02-03"}
    day.server.write(there, another, "other", day.clock.true())
    adopt = day.chart.adopt

    def into_the_old_one(unit: Any, kind: Kind, local_id: str | None, *given: Any) -> str | None:
        return "P1" if kind is Kind.PATIENT and local_id is None else adopt(unit, kind, local_id, *given)

    monkeypatch.setattr(day.chart, "adopt", into_the_old_one)
    day.sync_now()
    day.work(200_000)
    with day.disk.read() as unit:
        rows = Rows(unit)
        link = rows.get(Link, "alpha", "patient", there.id)
        assert link is None or (link.status, link.local_id) != ("confirmed", "P1")
        assert [one.why for one in rows.find(Quarantine, system="alpha", remote_id=there.id)] == ["ApartError"]
