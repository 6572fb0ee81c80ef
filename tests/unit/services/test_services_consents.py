"""Consents as they are recorded, signed, withdrawn; shares and programmes over real rows."""

from datetime import date, timedelta

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.programmes import Step
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import administration, consents, programmes, restrictions, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.services.programmes import NewEnrolment, NewProgramme
from clinic_desktop.services.sharing import NewShare
from clinic_desktop.store.tables.consents import consents as table
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.programmes import programme_enrolments
from tests.conftest import DeskFor
from tests.unit.services.consent_case import SIGNED, register, sign

WALK = NewProgramme("Walk", "Walking together", "fitness", (Step("Week 1", 1, "", 2), Step("Week 2", 2)), weeks=2,
                    capacity=1)  # fmt: skip


def rows(desk: Desk) -> int:
    with desk.store.read() as connection:
        return len(connection.execute(table.select()).all())


def test_what_is_kept_says_everything_about_the_consent(desk_for: DeskFor) -> None:
    desk = desk_for("front_desk")
    administration.change_setting(desk_for("administrator").once(), "clinic_name", "Harbour Clinic")
    patient = register(desk)
    sign(desk, patient, "disclosure", valid_until=date(2027, 3, 9), witness_id=desk_for("nurse").session.staff_id,
         document_id="DOC-7", note="Asked twice")  # fmt: skip
    one = consents.consents_of(desk, patient).consents[0]
    assert (one.grantor_name, one.witness, one.document_id, one.note) == (
        "OKAFOR, Chidi", "Nurse One", "DOC-7", "Asked twice",
    )  # fmt: skip
    assert (one.granted_on, one.valid_from, one.valid_until) == (date(2026, 3, 10), date(2026, 3, 10), date(2027, 3, 9))
    assert one.wording_version == "2026.1"
    assert "Harbour Clinic may give parts" in one.wording_text
    assert one.signature == SIGNED
    assert one.signed_at == desk.now


@pytest.mark.parametrize(
    "name", ["O'Brien; DROP TABLE consents", "العبد الله", "李 小龙", "=cmd|' /C calc'!A0", "../../etc"]
)
def test_names_of_every_kind_are_kept_as_they_are(desk_for: DeskFor, name: str) -> None:
    desk = desk_for("nurse")
    patient = register(desk)
    sign(desk, patient, "research", grantor="guardian", grantor_name=name, grantor_relation="aunt")
    assert consents.consents_of(desk, patient).consents[0].grantor_name == name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"granted_on": date(2026, 3, 11)}, "granted_on"),
        ({"granted_on": date(1980, 1, 1)}, "granted_on"),
        ({"valid_until": date(2026, 3, 1)}, "valid_until"),
        ({"grantor": "guardian", "grantor_relation": "mother"}, "grantor_name"),
        ({"signature": None}, "signature"),
        ({"signature": '{"pad": [9000, 3000], "strokes": [[1, 1, 2, 2]]}'}, "signature"),
        ({"status": "withdrawn"}, "status"),
        ({"witness_id": "nobody"}, "witness_id"),
        ({"witness_name": "x" * 201}, "witness_name"),
        ({"grantor_name": "a\0b"}, "grantor_name"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(desk_for: DeskFor, changes: dict[str, object], field: str) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    with pytest.raises(Refusal) as refused:
        sign(desk, patient, "research", **changes)
    assert refused.value.field == field
    assert rows(desk) == 0


def test_a_minor_needs_a_guardian_from_the_age_that_is_set(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    young = register(desk, born_on=date(2010, 1, 1))  # 16
    with pytest.raises(Refusal) as refused:
        sign(desk, young, "research")
    assert refused.value.field == "grantor"
    sign(desk, young, "research", grantor="guardian", grantor_name="Ada Okafor", grantor_relation="mother")
    administration.change_setting(desk_for("administrator").once(), "consent_age", "16")
    sign(desk, young, "telehealth")
    assert len(consents.consents_of(desk, young).consents) == 2


def test_a_draft_holds_nothing_until_it_is_signed(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    draft = consents.record_consent(desk.once(), patient, NewConsent("disclosure", "draft"))
    new = NewShare("Dr Bello", "healthcare_provider", "Opinion", ("allergies",), date(2026, 4, 1))
    with pytest.raises(ConsentRefusal):
        sharing.share_record(desk.once(), patient, new)
    with pytest.raises(Refusal):
        consents.sign_consent(desk.once(), draft, "", expect=1)
    consents.sign_consent(desk.once(), draft, SIGNED, expect=1)
    assert sharing.share_record(desk.once(), patient, new).number.startswith("SH-A7-")
    with pytest.raises(Refusal):
        consents.sign_consent(desk.once(), draft, SIGNED, expect=2)


def test_a_refused_consent_is_on_record_and_holds_nothing(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    consents.record_consent(desk.once(), patient, NewConsent("research", "rejected"))
    assert consents.consents_of(desk, patient).consents[0].state == "rejected"


def test_withdrawing_needs_a_reason_and_what_was_looked_at(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "research")
    for reason, expect in (("  ", 1), ("x" * 2001, 1), ("Enough", 7)):
        with pytest.raises(Refusal):
            consents.withdraw_consent(desk.once(), made, reason, expect=expect)
    consents.withdraw_consent(desk.once(), made, "Enough", expect=1)
    one = consents.consents_of(desk, patient).consents[0]
    assert (one.state, one.withdrawal_reason, one.withdrawn_at) == ("withdrawn", "Enough", desk.now)
    with pytest.raises(Refusal):
        consents.withdraw_consent(desk.once(), made, "Again", expect=2)
    with desk.store.read() as connection:
        kinds = [row.kind for row in connection.execute(journal.select().where(journal.c.record == made))]
    assert kinds == ["consent.signed", "consent.withdrawn"]


def test_a_restriction_names_somebody_who_is_here(desk_for: DeskFor) -> None:
    desk = desk_for("nurse")
    patient = register(desk)
    for allowed in ([], ["role:wizard"], ["staff:nobody"], ["everybody"]):
        with pytest.raises(Refusal):
            restrictions.restrict_record(desk.once(), patient, allowed, "x")
    restrictions.restrict_record(desk.once(), patient, ["role:nurse"], "x")
    with pytest.raises(Refusal, match="already"):
        restrictions.restrict_record(desk.once(), patient, ["role:doctor"], "x")


def test_a_share_is_listed_withdrawn_and_copied_no_more(desk_for: DeskFor, clock: SetClock) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    consent = sign(desk, patient, "disclosure")
    new = NewShare("Dr Bello", "healthcare_provider", "Opinion", ("visits", "allergies"), date(2026, 3, 10))
    made = sharing.share_record(desk.once(), patient, new)
    copy = sharing.make_copy(desk.once(), made.share_id)
    assert copy.sections == ("allergies", "visits")
    (one,) = sharing.shares_of(desk, patient)
    assert (one.state, len(one.copies)) == ("active", 1)
    with pytest.raises(Refusal):
        sharing.withdraw_share(desk.once(), made.share_id, "", expect=1)
    sharing.withdraw_share(desk_for("front_desk").once(), made.share_id, "Wrong doctor", expect=1)
    with pytest.raises(Refusal, match="withdrawn"):
        sharing.make_copy(desk.once(), made.share_id)
    other = sharing.share_record(desk.once(), patient, new)
    clock.advance(timedelta(hours=13, minutes=59))
    clock.advance(timedelta(days=1) - timedelta(hours=13, minutes=59))
    later = desk_for("doctor")
    with pytest.raises(Refusal, match="expired"):
        sharing.make_copy(later.once(), other.share_id)
    states = {one.number: one.state for one in sharing.shares_of(later, patient)}
    assert states == {made.number: "withdrawn", other.number: "expired"}
    assert consent


def test_one_enrols_notes_every_session_and_completes(desk_for: DeskFor, clock: SetClock) -> None:
    admin, nurse = desk_for("administrator"), desk_for("nurse")
    patient, other = register(nurse), register(nurse, "Bello")
    walk = programmes.add_programme(admin.once(), WALK)
    with pytest.raises(ConsentRefusal):
        programmes.enrol(nurse.once(), patient, walk, NewEnrolment())
    consent = sign(nurse, patient, "programmes")
    sign(nurse, other, "programmes")
    made = programmes.enrol(
        nurse.once(), patient, walk, NewEnrolment(goals=(" To walk ", ""), preferences={"r": "08:00"})
    )
    with nurse.store.read() as connection:
        row = connection.execute(programme_enrolments.select()).one()
    assert (row.consent_id, row.expected_on, row.goals) == (consent, "2026-03-24", '["To walk"]')
    for patient_id, words in ((patient, "already"), (other, "full")):
        with pytest.raises(Refusal, match=words):
            programmes.enrol(nurse.once(), patient_id, walk, NewEnrolment())
    (shown,) = programmes.enrolments_of(nurse, patient)
    one, two = (step.id for step in shown.steps)
    with pytest.raises(Refusal, match="still to come"):
        programmes.note_progress(nurse.once(), made, one, date(2026, 3, 11))
    with pytest.raises(Refusal, match="before the patient began"):
        programmes.note_progress(nurse.once(), made, one, date(2026, 3, 9))
    with pytest.raises(Refusal, match="not one of"):
        programmes.note_progress(nurse.once(), made, "x")
    slip = programmes.note_progress(nurse.once(), made, one, value="120")
    programmes.progress_entered_in_error(nurse.once(), slip, "Another patient's")
    for step in (one, one, two):
        with pytest.raises(Refusal, match="of 3 sessions"):
            programmes.complete_enrolment(nurse.once(), made, expect=1)
        programmes.note_progress(nurse.once(), made, step)
    with pytest.raises(Refusal, match="Every session"):
        programmes.note_progress(nurse.once(), made, one)
    assert programmes.enrolments_of(nurse, patient)[0].progress.percent == 100
    programmes.complete_enrolment(nurse.once(), made, expect=1)
    with pytest.raises(Refusal, match="any more"):
        programmes.leave_programme(nurse.once(), made, "x", expect=2)
    programmes.enrol(nurse.once(), other, walk, NewEnrolment())
    clock.advance(timedelta(seconds=1))
    assert programmes.catalogue(nurse)[0].enrolled == 1


def test_a_programme_that_has_ended_is_off_the_list_and_takes_nobody(desk_for: DeskFor) -> None:
    admin, nurse = desk_for("administrator"), desk_for("nurse")
    patient = register(nurse)
    over = programmes.add_programme(
        admin.once(), NewProgramme("Old", "x", "fitness", (Step("a"),), ends_on=date(2026, 3, 9), needs_consent=False)
    )
    assert programmes.catalogue(nurse) == ()
    with pytest.raises(Refusal, match="has ended"):
        programmes.enrol(nurse.once(), patient, over, NewEnrolment())
    programmes.archive_programme(admin.once(), over, "Nobody came", expect=1)
    assert programmes.catalogue(admin, everything=True)[0].status == "archived"
    with pytest.raises(Refusal, match="no such programme"):
        programmes.enrol(nurse.once(), patient, new_id(), NewEnrolment())


def test_one_that_needs_no_consent_asks_for_none(desk_for: DeskFor) -> None:
    admin, nurse = desk_for("administrator"), desk_for("nurse")
    patient = register(nurse)
    free = programmes.add_programme(
        admin.once(), NewProgramme("Talk", "x", "wellness", (Step("a"),), needs_consent=False)
    )
    made = programmes.enrol(nurse.once(), patient, free, NewEnrolment())
    programmes.leave_programme(nurse.once(), made, "Moved away", expect=1)
    assert programmes.enrolments_of(nurse, patient)[0].status == "withdrawn"
