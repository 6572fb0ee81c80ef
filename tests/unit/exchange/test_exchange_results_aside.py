"""Of results that are there and not in the chart whoever ordered hears, once, and no longer than that is so."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_aside, sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.database import Database
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.results_aside import Asides
from clinic_desktop.services import heard_aside, inbox
from clinic_desktop.services.acts import Desk as Clerk
from clinic_desktop.services.inbox import Item
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from sync.engine import passing, unread
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Kind, Remote
from sync.remotes.hms_enterprise.mapping import telling
from sync.remotes.hms_enterprise.profile import profile
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def told(desk_for: DeskFor, show: str = "open", role: str = "doctor") -> list[Item]:
    titles = {heard_aside.TITLE, heard_aside.LIST, heard_aside.LISTS}
    return [one for one in inbox.inbox(desk_for(role), show) if one.title in titles]


def cards(desk: Clerk) -> list[dict[str, str]]:
    found = [one for one in sync_shown.waiting_items(desk) if one.sort == "unread"]
    return [{each.name: each.there for each in sync_deciding.detail(desk, one).members} for one in found]


def test_whoever_ordered_hears_of_results_that_cannot_be_read_until_they_are_taken_in(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def then(value: Any) -> list[Item]:
            part = {"component": "Lactate", "result": value, "status": "final", "flag": "critical high"}
            tests = [{"test_code": "L", "status": "completed", "components": [part]}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed")
            clock.advance(timedelta(minutes=2))
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            return told(desk_for)

        (one,) = then({"value": 9.1})
        assert (one.priority, one.must_answer) == ("critical", True)
        assert dict(one.arguments) == {"patient_id": small.patient, "order_id": small.order}
        assert "What stands in these fields cannot be read here: results." in one.body
        assert "LAB-" in one.body
        assert then("9.2") == []
        assert [each.id for each in told(desk_for, "done")] == [one.id]


@pytest.fixture
def desk(store: Store, desk_for: DeskFor) -> Any:
    """What is looked at of a system: its name, its kinds and the database."""
    del store
    made = object.__new__(Desk)
    made.system, made.disk = SYSTEM, Database(House.of(desk_for("administrator")))
    made.remote = cast(Remote, SimpleNamespace(profile=profile({}), canonical=telling.compared))
    return made


def put(desk: Desk, *records: object) -> None:
    with desk.disk.write() as unit:
        for one in records:
            Rows(unit).put(one)


def test_each_state_is_told_once_and_of_nobodys_order_the_doctors_are(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    put(desk, Link(SYSTEM, "lab_order", "O1", small.order or "", 0, "confirmed"))
    refused = "Refusal: These results name another patient than the order does."
    asides = Asides("A7", clock)
    put(desk, Quarantine(SYSTEM, "lab_result", "O1", refused, {"results": [{"result": "4"}]}))
    put(
        desk,
        Quarantine(SYSTEM, "lab_result", "X9", "NotExact", {}),
        Quarantine(SYSTEM, "appointment", "a", "TypeError"),
    )
    assert [asides.look([desk]), asides.look([desk])] == [2, 0]
    nobodys, ours = sorted(told(desk_for), key=lambda one: "order" in one.body)
    assert (nobodys.addressed_to, ours.addressed_to) == ("doctor", "")
    assert "their number X9" in nobodys.body
    assert "The chart does not take this: These results name another patient" in ours.body
    assert not ours.must_answer
    inbox.done(desk_for("doctor"), ours.id)
    assert asides.look([desk]) == 0, "whoever has closed it has seen it"
    put(desk, Quarantine(SYSTEM, "lab_result", "O1", refused, {"results": [{"result": "5", "flag": "Critical"}]}))
    assert asides.look([desk]) == 1, "it says something else"
    assert any(one.must_answer for one in told(desk_for))
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM)
    assert asides.look([desk]) == 2
    assert told(desk_for) == []
    assert asides.look([desk]) == 0
    put(desk, Quarantine(SYSTEM, "lab_result", "X9", "NotExact", {}))
    assert asides.look([desk]) == 1, "it was taken in meanwhile, and is set aside once more"


def test_what_a_person_has_noted_is_still_not_in_the_chart(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    assert small.order
    asides = Asides("A7", clock)
    one = Conflict("c", SYSTEM, "lab_result", "o", "unread", "", "O1", {"members": {"results": [], "beside": ["x"]}})
    put(desk, one)
    assert asides.look([desk]) == 1
    assert "cannot be read here: results, x." in told(desk_for)[0].body
    one.state, one.keep = "closed", "noted"
    put(desk, one)
    assert asides.look([desk]) == 0
    one.keep = "read"
    put(desk, one)
    assert (asides.look([desk]), told(desk_for)) == (1, [])


def test_what_a_person_has_noted_is_over_once_it_is_written_so_that_it_can_be_read(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def then(value: Any) -> list[Conflict]:
            tests = [{"test_code": "L", "components": [{"component": "Lactate", "result": value, "status": "final"}]}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed")
            clock.advance(timedelta(minutes=4))
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            with there.desk.store.read() as connection:
                return Rows(cast(Any, SimpleNamespace(conn=connection))).find(Conflict, sort="unread")

        assert then("4.1") == []
        (asked,) = then({"value": 9.1})
        office = PostOffice(House.of(there.desk), only=SYSTEM)
        office.engine.people[SYSTEM].resolve(asked.id, unread.NOTED, "u1", "seen", shown=asked.at)
        office.close()
        (noted,) = then({"value": 9.1})
        assert (noted.state, noted.keep, len(told(desk_for))) == ("closed", unread.NOTED, 1)
        again = {one.id: one for one in then({"value": 9.2})}
        assert (again.pop(asked.id).keep, [one.state for one in again.values()]) == (unread.READ, ["open"])
        assert {one.keep for one in then("9.2")} == {unread.READ}
        assert told(desk_for) == []
        with office.reading() as unit:
            of = sync_aside.not_taken(office.engine.offices[SYSTEM].desk, Rows(unit))
            links = Rows(unit).find(Link, kind="lab_result")
            assert [of(one.kind, one.local_id) for one in links] == [None]


def test_a_name_that_no_text_can_hold_is_told_as_it_can_be(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    del small
    put(
        desk,
        Conflict("c", SYSTEM, "lab_result", "o", "unread", "", "O\0", {"members": {"beside": ["a\0b"]}}),
        Quarantine(SYSTEM, "lab_result", "X9", "c\0d cannot be read", {}),
    )
    assert Asides("A7", clock).look([desk]) == 2
    said = "".join(one.body for one in told(desk_for))
    assert all(each in said for each in ("their number O\ufffd", "here: a\ufffdb.", "here: c\ufffdd."))


def test_what_is_refused_of_one_record_or_system_does_not_stop_the_others(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    del small
    broken = object.__new__(Desk)
    broken.system, broken.disk, broken.remote = "healify", desk.disk, cast(Remote, SimpleNamespace(profile={}))
    put(desk, Quarantine("healify", "lab_result", "H1", "NotExact", {"results": []}))
    put(desk, *(Quarantine(SYSTEM, "lab_result", name, "NotExact", {}) for name in ("X1", "X2", "X3")))
    real = inbox.notify

    def refusing(act: Any, notice: inbox.Notice) -> Any:
        if "X1" in notice.body:
            raise Refusal("This text cannot be kept: X1.")
        return real(act, notice)

    monkeypatch.setattr(inbox, "notify", refusing)
    asides = Asides("A7", clock)
    asides.look([broken, desk])
    assert ["X2" in one.body or "X3" in one.body for one in told(desk_for)] == [True, True]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "X1" not in caplog.text
    assert asides.look([desk]) == 0
    assert len(caplog.records) == 2, "it is not tried and said at every look"


def test_a_stamp_that_moves_with_every_answer_is_asked_about_and_told_once(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def then(at: str, **more: Any) -> list[str]:
            part = {"component": "Lactate", "result": "4.1", "status": "final", "retrieved_at": at, **more}
            there.people(SYSTEM).edit("orders", order, results=[{"test_code": "L", "components": [part]}])
            clock.advance(timedelta(minutes=4))
            there.run(SYSTEM)
            with there.desk.store.read() as connection:
                asked = connection.exec_driver_sql("SELECT id FROM sync_conflict WHERE kind = 'lab_result'")
                assert asked.scalar()
                assert len(told(desk_for)) == 1
                return [row[0] for row in connection.exec_driver_sql(
                    "SELECT id FROM sync_conflict WHERE kind = 'lab_result' UNION SELECT id FROM notifications "
                    "WHERE about_kind = 'results_aside'"
                )]  # fmt: skip

        first = then("a")
        assert then("b") == then("c") == first
        assert not told(desk_for)[0].must_answer
        assert len(then("d", comment="x")) == len(first) + 1, "a new name is asked about; the open notice is kept"
        then("e", comment="PANIC VALUE")
        assert told(desk_for)[0].must_answer, "what it says now counts"
        assert any("PANIC VALUE" in one.get("results", "") for one in cards(there.desk)), "as it is now"
        (closed,) = told(desk_for, "done")
        assert closed.done_note == heard_aside.ANEW


def an_order(number: str) -> Quarantine:
    return Quarantine(SYSTEM, "lab_result", unread.key_of_list(number), f"{passing.FORM} 1234", {})


def test_the_open_notice_of_an_order_is_kept_while_only_what_it_says_moves(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    del small
    asides = Asides("A7", clock)

    def then(why: str, **raw: Any) -> tuple[int, Item]:
        put(desk, Quarantine(SYSTEM, "lab_result", "X9", why, raw))
        count = asides.look([desk])
        (one,) = told(desk_for)
        return count, one

    count, first = then("results cannot be read", results="7")
    assert count == 1
    assert then("results cannot be read", results="8") == (0, first)
    count, other = then("results, notes cannot be read", results="8")
    assert (count, other.id) == (1, first.id)
    assert "results, notes" in other.body
    count, critical = then("results, notes cannot be read", results=[{"critical": True}])
    assert (count, critical.must_answer, critical.id != first.id) == (1, True, True)
    assert [one.done_note for one in told(desk_for, "done")] == [heard_aside.ANEW]


def test_an_order_whose_list_cannot_be_read_is_not_said_to_have_results(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    asides = Asides("A7", clock)
    put(desk, Link(SYSTEM, "lab_order", "O1", small.order or "", 0, "confirmed"))
    one = an_order("O1")
    put(desk, one)
    assert asides.look([desk]) == 1
    (item,) = told(desk_for)
    assert (item.title, dict(item.arguments)["order_id"]) == (heard_aside.LIST, small.order)
    assert "cannot be asked for" in item.body
    assert "The whole list came in a form that cannot be read here" in item.body
    one.why = passing.AWAY
    put(desk, one)
    assert asides.look([desk]) == 1
    (other,) = told(desk_for)
    assert other.id == item.id
    assert "answers with an error, or not at all" in other.body
    inbox.done(desk_for("doctor"), item.id)
    assert asides.look([desk]) == 0
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM)
    assert [asides.look([desk]), asides.look([desk])] == [1, 0]
    put(desk, one)
    assert asides.look([desk]) == 1, "it could be asked for meanwhile, and cannot once more"
    put(desk, Quarantine(SYSTEM, "lab_result", "O1", "NotExact", {}))
    asides.look([desk])
    assert [each.title for each in told(desk_for)] == [heard_aside.TITLE], "what came is told, in the one notice"


def test_where_many_lists_cannot_be_read_it_is_the_system_that_is_told_of(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    del small
    asides = Asides("A7", clock)
    put(desk, *map(an_order, "abc"))
    assert asides.look([desk]) == 3
    assert {one.title for one in told(desk_for)} == {heard_aside.LIST}
    put(desk, *map(an_order, "defgh"))
    asides.look([desk])
    assert [one.title for one in told(desk_for)] == [heard_aside.LISTS]
    assert {one.done_note for one in told(desk_for, "done")} == {heard_aside.AS_ONE}
    with desk.disk.write() as unit:
        for number in "abcdefg":
            Rows(unit).remove(Quarantine, system=SYSTEM, remote_id=unread.key_of_list(number))
    assert asides.look([desk]) == 0, "as long as any is left it stays one"
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM)
    assert (asides.look([desk]), told(desk_for)) == (1, [])
    assert {one.done_note for one in told(desk_for, "done")} == {heard_aside.AS_ONE, heard_aside.ASKED}


def test_of_one_more_order_that_cannot_be_asked_for_it_is_told_anew_and_of_one_less_it_is_not(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    del small
    asides = Asides("A7", clock)
    put(desk, *map(an_order, "abcde"))
    assert asides.look([desk]) == 1
    inbox.done(desk_for("doctor"), told(desk_for)[0].id)
    assert asides.look([desk]) == 0
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM, remote_id=unread.key_of_list("a"))
    assert asides.look([desk]) == 0
    put(desk, an_order("f"))
    assert asides.look([desk]) == 1
    (one,) = told(desk_for)
    assert one.title == heard_aside.LISTS
    assert asides.look([desk]) == 0
    inbox.done(desk_for("doctor"), one.id)
    assert asides.look([desk]) == 0


def test_no_more_than_some_are_told_in_one_transaction(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    del small
    monkeypatch.setattr(heard_aside, "TOGETHER", 2)
    asides = Asides("A7", clock)
    put(desk, *(Quarantine(SYSTEM, "lab_result", name, "NotExact", {}) for name in "abc"))
    assert (asides.look([desk]), asides.due()) == (2, True)
    assert (asides.look([desk]), asides.due(), len(told(desk_for))) == (1, False, 3)
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM)
    assert [asides.look([desk]), asides.look([desk]), asides.look([desk])] == [2, 1, 0]
    assert {one.done_note for one in told(desk_for, "done")} == {heard_aside.OVER}


@pytest.mark.parametrize(
    ("raw", "critical"),
    [
        ({"critical": True}, True), ({"critical": False}, False), ({"critical": "no"}, False), ({"critical": 0}, False),
        ({"critical_value": 7.1}, True), ({"isPanic": "Y"}, True), ({"panic": {"potassium": 7.1}}, True),
        ({"flag": "HH"}, True), ({"flag": ["LL"]}, True), ({"flags": [{"code": "AA*"}]}, True), ({"flag": "H"}, False),
        ({"comment": "Critically high"}, True), ({"critical": None, "value": 7.1}, False), ({"critical": []}, False),
    ],
)  # fmt: skip
def test_what_is_called_critical_in_whatever_form_must_be_answered(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock, raw: dict[str, Any], critical: bool
) -> None:
    del small
    put(desk, Quarantine(SYSTEM, "lab_result", "X9", "NotExact", {"results": [raw]}))
    Asides("A7", clock).look([desk])
    assert [one.must_answer for one in told(desk_for)] == [critical]


def test_of_a_record_of_which_nothing_is_read_what_is_named_alone_is_seen_too(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    del small
    put(
        desk,
        Quarantine(SYSTEM, "lab_result", "X9", "beside cannot be read", {"beside": ["comment"]}),
        Shadow(SYSTEM, "lab_result", "X9", raw={"comment": "Critical: call", "flag": "HH"}),
    )
    Asides("A7", clock).look([desk])
    assert [one.must_answer for one in told(desk_for)] == [True]
    shadow = Shadow(SYSTEM, "lab_result", "X9", raw={"comment": "HAEMOLYSED", "x": 1})
    asked = {"beside": ["comment", "y"], "notes": "1"}
    shadow.body = {"beside": ["comment", "y"], "notes": "2"}
    shown = sync_aside.as_seen(desk, Kind.LAB_RESULT, asked, shadow)
    assert shown == {**asked, "comment": "HAEMOLYSED"}, "what says something else is another question"
