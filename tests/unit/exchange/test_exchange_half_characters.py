"""Words that a system cut off in the middle of a character stop nothing, whatever they are about."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import House
from sync.sandbox.wire import Request, Response
from tests.conftest import DeskFor
from tests.connected import Connected, connected, signed_in_for_weeks
from tests.journeys.small_clinic import Clinic

CUT = "Haemolysed \ud83d"
MENDED = "Haemolysed \ufffd"


def answering(
    there: Connected, monkeypatch: pytest.MonkeyPatch, system: str, instead: Callable[[Request, Response], Response]
) -> None:
    answerer = there.sandbox.gates[system].system
    shows = answerer.handle
    monkeypatch.setattr(answerer, "handle", lambda request: instead(request, shows(request)))


def goes_on(there: Connected, desk_for: DeskFor, clock: SetClock, rounds: int) -> None:
    for _round in range(rounds):
        clock.advance(timedelta(minutes=3))
        there.desk = desk_for("administrator")
        with closing(PostOffice(House.of(there.desk))) as office:
            office.run(60.0, until_idle=True, patience=-1.0)


def test_a_refusal_in_cut_words_is_written_down_and_nothing_is_sent_again(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refusing(request: Request, shown: Response) -> Response:
        if request.method != "POST" or not request.path.endswith("/patients"):
            return shown
        asked.append(request.path)
        error = {"success": False, "error": {"code": "VALIDATION_ERROR", "message": CUT}}
        return Response(422, {"Content-Type": "application/json"}, json.dumps(error).encode())

    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.connect("healify")
        there.run()
        answering(there, monkeypatch, "healify", refusing)
        new = NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day", phone="+1-555-0142")
        register_patient(desk_for("front_desk"), new)
        goes_on(there, desk_for, clock, 3)
    with small.store.read() as connection:
        said = connection.execute(text("SELECT why FROM sync_work WHERE state = 'refused'")).scalars().all()
    assert (len(asked), said) == (1, [MENDED])


def test_results_with_a_cut_comment_are_taken_in(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(request: Request, shown: Response) -> Response:
        if not request.path.endswith("/results") or shown.status != 200:
            return shown
        body = json.dumps({**json.loads(shown.body), "comments": CUT})
        return Response(200, shown.headers, body.encode())

    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), "hms_enterprise", clock=lambda: clock.now().timestamp()) as there:
        there.begin("hms_enterprise")
        answering(there, monkeypatch, "hms_enterprise", cut)
        goes_on(there, desk_for, clock, 8)
    with small.store.read() as connection:
        kept = connection.execute(text("SELECT raw FROM sync_shadow WHERE kind = 'lab_result'")).scalars().all()
    assert any(json.loads(one)["comments"] == MENDED for one in kept)
