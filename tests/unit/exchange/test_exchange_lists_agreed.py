"""Lists in which taking out is dangerous: what a system adds is in the chart, what it takes out is before a person."""

from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import charting, restrictions
from tests.conftest import DeskFor
from tests.connected import connected, signed_in_for_weeks
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def test_what_hms_adds_stays_there_whatever_is_decided_and_what_it_takes_out_is_asked_about(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.patient
    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        with there.desk.store.read() as connection:
            said = "SELECT remote_id FROM sync_link WHERE kind = 'patient' AND local_id = ?"
            number = str(connection.exec_driver_sql(said, (small.patient,)).scalar())

        def changed(*allergies: str) -> list[Item]:
            there.people(SYSTEM).edit("patients", number, allergies=list(allergies))
            return looked()

        def looked() -> list[Item]:
            clock.advance(timedelta(hours=26))
            there.desk = desk_for("administrator")
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            return [one for one in sync_shown.waiting_items(there.desk) if one.kind == "patient"]

        def word() -> str:
            (mark,) = sync_shown.record_marks(there.desk, [("patient", small.patient)])["patient", small.patient]
            return mark.word

        def stand() -> set[str]:
            rows = there.rows(SYSTEM, "patients")
            return {*next(row["allergies"] for row in rows if row["id"] == number)}

        assert changed("latex", "Kiwi: anaphylaxis") == []
        assert word() == "confirmed", "it is in the chart, as theirs"
        charting.add_allergy(desk_for("doctor"), small.patient, charting.NewAllergy("Penicillin"))
        assert looked() == []
        assert stand() == {"latex", "Kiwi: anaphylaxis", "Penicillin"}

        closed = restrictions.restrict_record(desk_for("doctor"), small.patient, ["role:doctor"], "At her wish")
        looked()
        (known,) = changed("Kiwi: anaphylaxis", "Penicillin")
        assert (known.sort, word()) == ("unread", "differs there"), "latex stands here, and there no more"
        restrictions.lift_restriction(desk_for("doctor"), closed, "done", expect=1)
        (card,) = looked()
        assert (card.sort, card.member, card.why) == ("field", "allergies", "something was taken out there")
        sync_deciding.decide(there.desk, card, "here")
        assert looked() == []
        assert stand() == {"latex", "Kiwi: anaphylaxis", "Penicillin"}, "theirs is not wiped by what is said here"
