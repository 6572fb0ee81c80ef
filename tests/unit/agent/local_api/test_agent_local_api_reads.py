"""The reads that are answered at once: as right, as guarded and as much on record as any other answer."""

import itertools
import threading
from collections.abc import Callable
from datetime import date

import httpx
import pytest
from fastapi.routing import APIRoute

from clinic_desktop.agent.local_api.direct import Direct
from clinic_desktop.agent.local_api.routes.queue import Called, InQueue
from clinic_desktop.clock import new_id
from clinic_desktop.services import device_people, merging, pairing, patients, queue
from clinic_desktop.services.acts import Desk, MustWaitError
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.tables.journal import access
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patients as people
from tests.unit.agent.local_api.api_case import Api
from tests.unit.agent.local_api.test_agent_local_api_routes import doctor_of

NAMES = ("Okafor", "O'Brien-Σ", "Łukasz", "王", "straße", "ⴀⴁⴂ", "محمد")
_count = itertools.count(1)


def somebody(api: Api, family: str = "Okafor", national: str = "") -> str:
    new = NewPatient(family, f"Ada{next(_count)}", "female", date(1950, 1, 1), "day", national_id=national or None)
    return patients.register_patient(api.admin, new).patient_id


def mrn_of(api: Api, patient: str) -> str:
    with api.clinic.store.read() as connection:
        return str(patients.require_patient(connection, patient).mrn)


def line_of(api: Api) -> list[dict[str, object]]:
    answer = api.ask("GET", "/v1/queue", "board")
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()
    return found


def as_the_window_shows_it(desk: Desk) -> list[dict[str, object]]:
    return [
        {"ticket": one.ticket, "number": one.mrn, "name": one.patient, "priority": one.priority, "status": one.status,
         "minutes": one.minutes, "practitioner": one.practitioner}
        for one in queue.waiting_list(desk)
    ]  # fmt: skip


def test_the_board_shows_after_every_change_at_once_what_the_window_shows(api: Api) -> None:
    doctor = doctor_of(api)
    came = [queue.check_in(doctor, somebody(api, name)) for name in NAMES]
    other = somebody(api, "Twice")
    entry = queue.check_in(doctor, other)
    kept = somebody(api, "Kept")

    def merge() -> object:
        return merging.merge(api.admin, kept, other, chosen={}, reason="one person")

    changes: tuple[Callable[[], object], ...] = (
        lambda: queue.change_priority(doctor, came[3].id, "emergency"),
        lambda: queue.call(doctor, came[1].id),
        lambda: queue.start(doctor, came[2].id),
        lambda: queue.left(doctor, came[0].id, "went home"),
        merge,
        lambda: queue.check_in(doctor, somebody(api)),
        lambda: renamed(api, kept),
        lambda: queue.finish(doctor, came[2].id),
    )
    for change in changes:
        before = line_of(api)
        change()
        assert line_of(api) == as_the_window_shows_it(doctor) != before
    assert {"KEPT", "RENAMED"} & {str(one["name"]).partition(",")[0] for one in line_of(api)}
    for one in (*queue.waiting_list(doctor),):
        queue.left(doctor, one.id, "the day is over")
    assert entry.ticket
    assert line_of(api) == []


def renamed(api: Api, patient: str) -> None:
    with api.clinic.store.write(act=new_id(), session=None) as unit:
        unit.change(people, patient, {"family_name": "Renamed"}, kind="patient.changed")


def test_a_list_of_a_moment_ago_is_given_to_nobody_who_was_revoked_since(api: Api) -> None:
    """The list is kept in memory for all boards: one that is revoked is refused though it asks no database for it."""
    token = api.pair("board", "Stolen")
    sent = {"Authorization": f"Bearer {token}"}
    for path in ("/v1/queue", "/v1/calls", "/v1/status"):
        assert api.line.get(path, headers=sent).status_code == 200
    pairing.revoke_device(api.admin, api.devices["Stolen"])
    assert api.ask("GET", "/v1/queue", "board").status_code == 200  # and the list is made for those who may
    for path in ("/v1/queue", "/v1/calls", "/v1/status", f"/v1/patients/{api.home.mrn}"):
        assert api.line.get(path, headers=sent).status_code == 401, path


def test_many_boards_and_many_changes_at_once_never_show_an_older_list(api: Api) -> None:
    doctor = doctor_of(api)
    entry = queue.check_in(doctor, somebody(api))
    wrong: list[str] = []
    ended = threading.Event()

    def board(kind: str) -> None:
        with httpx.Client(base_url=api.url, timeout=30, trust_env=False) as line:
            while not ended.is_set():
                answer = line.get("/v1/queue", headers={"Authorization": f"Bearer {api.tokens[kind]}"})
                if answer.status_code != 200:
                    wrong.append(answer.text)

    watching = [threading.Thread(target=board, args=(kind,)) for kind in ("board", "kiosk") * 2]
    for one in watching:
        one.start()
    try:
        for priority in ("urgent", "emergency", "routine") * 4:
            queue.change_priority(doctor, entry.id, priority)
            assert [one["priority"] for one in line_of(api) if one["ticket"] == entry.ticket] == [priority]
    finally:
        ended.set()
        for one in watching:
            one.join(20)
        queue.left(doctor, entry.id, "went home")
    assert wrong == []


def test_the_first_opening_of_a_session_is_on_record_before_it_is_answered_and_the_next_is_the_same(api: Api) -> None:
    patient = somebody(api)
    number = mrn_of(api, patient)

    def openings() -> int:
        return sum(row.patient == patient for row in api.rows(access))

    for _ in range(3):
        assert api.ask("GET", f"/v1/patients/{number}", "kiosk").status_code == 200
        assert openings() == 1
    assert api.ask("GET", f"/v1/patients/{number}", "monitor").status_code == 200
    assert openings() == 2


def test_a_number_finds_whom_the_rules_of_every_device_find(api: Api) -> None:
    """One statement by itself beside `device_people.owners`: numbers of here and elsewhere, merged, shared, unknown."""
    one, two, kept = somebody(api, national="N-1"), somebody(api, national="N-1"), somebody(api, national="N-2")
    gone, two_is = somebody(api, national="N-3"), mrn_of(api, two)
    with api.clinic.store.write(act=new_id(), session=None) as unit:
        unit.change(people, gone, {"merged_into": kept}, kind="patient.merged")
        for patient, value in ((one, "E-1"), (kept, "E-2"), (gone, "E-2"), (one, "N-2"), (two, two_is)):
            known = {
                "record_kind": "patients", "record_id": patient, "patient_id": patient, "use": "business",
                "kind": "MR", "system": "urn:x", "value": value, "received_at": "2026-03-10T08:00:00.000000Z",
            }  # fmt: skip
            unit.create(identifiers, known, kind="identifier.received")
    numbers = ["N-1", "N-2", "N-3", "E-1", "E-2", "E-9", two_is, "%", "N-1 "]
    numbers += [str(row.mrn) for row in api.rows(people) if row.id in {one, kept, gone}]
    for number in numbers:
        with api.clinic.store.read() as connection:
            owners = device_people.owners(connection, (("", number.strip()),))
        answer = api.ask("GET", f"/v1/patients/{number}", "kiosk")
        assert answer.status_code == (200 if len(owners) == 1 else 404), (number, owners)
        if len(owners) == 1:
            assert answer.json()["number"] == mrn_of(api, owners[0])


def test_a_direct_route_says_what_fastapi_itself_would_say_of_it(api: Api) -> None:
    """The same function behind the same description, asked through FastAPI's own way and past it."""
    direct = api.guard._app
    assert isinstance(direct, Direct)
    paths = [
        "/v1/queue",
        "/v1/calls",
        *(f"/v1/patients/{n}" for n in (api.home.mrn, "x", "x" * 200, "%00", " ", "%20")),
    ]
    assert {rule.path for rule in api.rules if rule.direct} == set(direct._reads)
    for path in paths:
        kind = "kiosk" if path.startswith("/v1/patients") else "board"
        past = api.ask("GET", path, kind)
        api.guard._app = direct._api
        try:
            through = api.ask("GET", path, kind)
        finally:
            api.guard._app = direct
        assert (past.status_code, past.content, past.headers["content-type"]) == (
            through.status_code, through.content, through.headers["content-type"],
        )  # fmt: skip
    described = api.ask("GET", "/v1/openapi.json").json()["paths"]
    assert {rule.path for rule in api.rules if rule.direct} <= described.keys()
    assert all(isinstance(read.route, APIRoute) for read in direct._reads.values())
    assert (len(InQueue.model_fields), len(Called.model_fields)) == (7, 4)


def test_a_fault_of_a_direct_route_is_an_answer_and_says_nothing_of_the_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("OTIENO, Grace")

    monkeypatch.setattr("clinic_desktop.services.device_views.person_by_number", broken)
    answer = api.ask("GET", f"/v1/patients/{api.home.mrn}", "kiosk")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "OTIENO" not in answer.text


def test_a_glance_reads_what_is_committed_and_writes_nothing(api: Api) -> None:
    store = api.clinic.store
    glance = store.glance()
    try:
        with glance.read() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one()
            somebody(api)  # a glance stands in one state, and holds no writer up
            assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one() == before
        with glance.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one() > before
        with pytest.raises(ZeroDivisionError), glance.read() as connection:
            raise ZeroDivisionError
        for _again in range(5):
            with glance.read() as one, glance.read() as another:
                assert one is not another
        with pytest.raises(MustWaitError):
            glance.write(act="x", session=None)
        with pytest.raises(Exception, match=r"."), glance.read() as connection:
            connection.exec_driver_sql("DELETE FROM staff")
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM staff").scalar_one() > 0
    finally:
        glance.close()
    for _again in range(3):
        with pytest.raises(RuntimeError, match="closed"), glance.read():
            pass
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
