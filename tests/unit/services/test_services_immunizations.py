"""Recording immunizations: what is refused, what has to be asked, what is kept, and what a chart then says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import (
    counts,
    immunization_chart,
    immunization_reference,
    immunizations,
)
from clinic_desktop.services.acts import Act, Desk
from clinic_desktop.services.immunization_chart import Card
from clinic_desktop.services.immunizations import NewImmunization, NewReaction
from clinic_desktop.services.permissions import ACTS
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges, prices
from clinic_desktop.store.tables.chart import allergies, problems
from clinic_desktop.store.tables.immunizations import immunization_reactions
from clinic_desktop.store.tables.immunizations import immunizations as rows
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.starter import load_pack

TODAY = date(2026, 3, 10)
MMR = NewImmunization(
    "", "03", occurred_on=TODAY, lot="mm402", expires_on=date(2026, 12, 31), site="left_thigh", route="subcutaneous",
    dose_amount="0.5", dose_unit="mL", dose_number="1", funding_source="private",
)  # fmt: skip

Born = Callable[..., str]


@pytest.fixture
def born(store: Store) -> Born:
    """Somebody born on a day."""

    def make(on: str = "2025-01-10", **values: object) -> str:
        known = {
            "mrn": new_id(), "family_name": "Eze", "given_names": "Ada", "sex": "female", "born_on": on,
            "registered_at": to_text(store.clock.now()), "family_key": "eze", "given_key": "ada",
        }  # fmt: skip
        with store.write(act=new_id(), session=None) as unit:
            return unit.create(patients, known | values, kind="patient.registered")

    return make


@pytest.fixture
def nurse(desk_for: DeskFor, store: Store) -> Desk:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    return desk_for("nurse")


def refused(desk: Desk, patient: str, new: NewImmunization, override: str | None = None) -> Refusal:
    before = len(_all(desk))
    with pytest.raises(Refusal) as told:
        immunizations.record_immunization(desk, patient, new, override)
    assert len(_all(desk)) == before, "nothing half-written"
    return told.value


def _all(desk: Desk) -> list[str]:
    with desk.store.read() as conn:
        return list(conn.execute(select(rows.c.id)).scalars())


def card(desk: Desk, patient: str) -> Card:
    return immunization_chart.immunization_card(desk, patient)


def state(desk: Desk, patient: str, antigen: str) -> str:
    return next(one.state for one in card(desk, patient).forecasts if one.antigen == antigen)


def test_a_dose_given_here_is_kept_whole_and_moves_what_is_due(nurse: Desk, born: Born) -> None:
    patient = born()
    assert state(nurse, patient, "mmr") == "due"
    made = immunizations.record_immunization(nurse, patient, replace(MMR, performer_id=nurse.session.staff_id))
    shown = card(nurse, patient)
    dose = shown.doses[0]
    assert (dose.id, dose.vaccine_name, dose.lot, dose.expires_on) == (made, "MMR", "MM402", date(2026, 12, 31))
    assert (dose.performer, dose.site, dose.dose_amount) == (nurse.session.display_name, "left_thigh", "0.5")
    assert [(one.antigen, one.state, one.number) for one in dose.counted] == [("mmr", "valid", 1)]
    assert state(nurse, patient, "mmr") == "later"
    assert counts.counts(nurse).immunizations == 1


def test_an_expired_lot_is_refused_by_its_name_and_field(nurse: Desk, born: Born) -> None:
    error = refused(nurse, born(), replace(MMR, expires_on=date(2026, 3, 9)), "we know")
    assert error.field == "lot"
    assert str(error) == "Lot MM402 expired on 09-Mar-2026; it may not be given on 10-Mar-2026."


def test_a_lot_may_be_given_on_the_day_it_expires(nurse: Desk, born: Born) -> None:
    assert immunizations.record_immunization(nurse, born(), replace(MMR, expires_on=TODAY))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"vaccine_code": "9999"}, "vaccine", "9999"),
        ({"vaccine_code": "99"}, "vaccine", "no vaccine"),
        ({"vaccine_code": None, "vaccine_name": "something"}, "vaccine", "Name the vaccine"),
        ({"occurred_on": date(2026, 3, 11)}, "occurred_on", "still to come"),
        ({"occurred_on": date(2025, 1, 9)}, "occurred_on", "before the birth"),
        ({"occurred_on": None}, "occurred_on", "when"),
        ({"occurred_precision": "month"}, "occurred_on", "when"),
        ({"lot": "  "}, "lot", "lot"),
        ({"site": "elbow"}, "site", "fill"),
        ({"route": "by air"}, "route", "fill"),
        ({"dose_amount": "lots"}, "dose_amount", "lots"),
        ({"dose_amount": "-1"}, "dose_amount", "-1"),
        ({"dose_amount": "NaN"}, "dose_amount", "NaN"),
        ({"dose_amount": "500"}, "dose_amount", "500"),
        ({"dose_number": "first"}, "dose_number", "1, 2, 3"),
        ({"note": "a\0b"}, "note", "NUL"),
        ({"lot": "\ud800"}, "lot", "half a character"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    nurse: Desk, born: Born, changes: dict[str, Any], field: str, words: str
) -> None:
    error = refused(nurse, born(), replace(MMR, **changes))
    assert error.field == field
    assert words in str(error)


@pytest.mark.parametrize("name", ["محمد", "王秀英", "=1+1", "../../etc", "<b>x</b>", "A" * 400])
def test_words_of_every_script_and_intent_are_kept_as_they_are(nurse: Desk, born: Born, name: str) -> None:
    patient = born()
    outside = replace(MMR, primary_source=False, performer_name=name, location=name, note=name)
    immunizations.record_immunization(nurse, patient, outside)
    dose = card(nurse, patient).doses[0]
    assert (dose.performer, dose.location, dose.note) == (name, name, name)


def test_the_same_vaccine_twice_on_one_day_asks_why(nurse: Desk, born: Born) -> None:
    patient = born()
    immunizations.record_immunization(nurse, patient, MMR)
    error = refused(nurse, patient, replace(MMR, lot="OTHER"))
    assert error.field == "override"
    assert "10-Mar-2026" in str(error)
    made = immunizations.record_immunization(nurse, patient, replace(MMR, lot="OTHER"), "the first was spilt")
    with nurse.store.read() as conn:
        row = conn.exec_driver_sql("SELECT reason FROM journal WHERE record = ?", (made,)).one()
    assert row[0] == "the first was spilt"


def test_a_dose_too_soon_asks_why_and_then_is_kept_as_not_counting(nurse: Desk, born: Born) -> None:
    patient = born()
    early = replace(MMR, primary_source=False, occurred_on=date(2026, 2, 20))
    immunizations.record_immunization(nurse, patient, early)
    error = refused(nurse, patient, MMR)
    assert error.field == "override"
    assert "18 days" in str(error)
    immunizations.record_immunization(nurse, patient, MMR, "an outbreak next door")
    dose = card(nurse, patient).doses[0]
    assert [(one.state, str(one.reason)[:14]) for one in dose.counted] == [("invalid", "Given too soon")]


def test_a_dose_that_nobody_needs_asks_why(nurse: Desk, born: Born) -> None:
    patient = born("1990-05-05")
    immunizations.record_immunization(nurse, patient, replace(MMR, occurred_on=date(2020, 1, 1), expires_on=None))
    error = refused(nurse, patient, MMR)
    assert (error.field, "was complete before" in str(error)) == ("override", True)


def test_a_vaccine_that_no_schedule_speaks_of_is_simply_recorded(nurse: Desk, born: Born) -> None:
    assert immunizations.record_immunization(nurse, born("1990-05-05"), replace(MMR, vaccine_code="37"))


def test_what_happened_elsewhere_is_not_argued_with(nurse: Desk, born: Born) -> None:
    patient = born()
    old = NewImmunization("", "21", occurred_on=date(2025, 6, 1), primary_source=False, report_origin="record")
    assert immunizations.record_immunization(nurse, patient, old)
    assert [one.state for one in card(nurse, patient).doses[0].counted] == ["invalid"]


@pytest.mark.parametrize("against", ["pregnant", "allergy", "leukaemia"])
def test_what_the_chart_speaks_against_asks_why(nurse: Desk, born: Born, against: str) -> None:
    patient = born("1995-05-05", pregnant=int(against == "pregnant"))
    with nurse.store.write(act=new_id(), session=None) as unit:
        if against == "allergy":
            unit.create(
                allergies,
                {"patient_id": patient, "substance": "Neomycin", "severity": "severe", "status": "active",
                 "noted_at": to_text(nurse.now)},
                kind="allergy.noted",
            )  # fmt: skip
        if against == "leukaemia":
            unit.create(
                problems,
                {"patient_id": patient, "code": "C91.00", "title": "Leukaemia", "certainty": "confirmed",
                 "status": "active", "noted_at": to_text(nurse.now)},
                kind="problem.noted",
            )  # fmt: skip
    assert state(nurse, patient, "mmr") == "held"
    assert refused(nurse, patient, MMR).field == "override"
    assert immunizations.record_immunization(nurse, patient, MMR, "after talking with the specialist")


def test_a_mild_allergy_holds_nothing(nurse: Desk, born: Born) -> None:
    patient = born()
    with nurse.store.write(act=new_id(), session=None) as unit:
        mild = {"patient_id": patient, "substance": "neomycin", "severity": "mild", "status": "active"}
        unit.create(allergies, mild | {"noted_at": to_text(nurse.now)}, kind="allergy.noted")
    assert state(nurse, patient, "mmr") == "due"


def test_a_refusal_has_its_reason_and_is_shown(nurse: Desk, born: Born) -> None:
    patient = born()
    with pytest.raises(Refusal) as told:
        immunizations.decline_immunization(nurse, patient, NewImmunization("", "03"))
    assert told.value.field == "reason_code"
    with pytest.raises(Refusal) as told:
        immunizations.decline_immunization(nurse, patient, NewImmunization("", "03", reason_code="OTHER"))
    assert told.value.field == "reason_text"
    immunizations.decline_immunization(nurse, patient, NewImmunization("", "03", reason_code="PATOBJ"))
    shown = next(one for one in card(nurse, patient).forecasts if one.antigen == "mmr")
    assert shown.declined is not None
    assert (shown.declined.reason, shown.state) == ("PATOBJ", "due")
    assert counts.counts(nurse).immunizations == 0


def test_what_was_an_error_counts_nowhere_and_stays(nurse: Desk, born: Born) -> None:
    patient = born()
    made = immunizations.record_immunization(nurse, patient, MMR)
    with pytest.raises(Refusal):
        immunizations.immunization_entered_in_error(nurse, made, "  ")
    immunizations.immunization_entered_in_error(nurse, made, "another child's card", 1)
    assert state(nurse, patient, "mmr") == "due"
    dose = card(nurse, patient).doses[0]
    assert (dose.status, dose.error_reason) == ("entered_in_error", "another child's card")
    with pytest.raises(Refusal, match="withdrawn already"):
        immunizations.immunization_entered_in_error(nurse, made, "again")
    assert counts.counts(nurse).immunizations == 0


def test_two_windows_cannot_both_withdraw_it(nurse: Desk, born: Born) -> None:
    made = immunizations.record_immunization(nurse, born(), MMR)
    with pytest.raises(Refusal, match="Somebody changed this"):
        immunizations.immunization_entered_in_error(nurse, made, "looked at an older one", 7)


def test_an_act_sent_twice_is_done_once(nurse: Desk, born: Born) -> None:
    patient, desk = born(), nurse.once(new_id())
    first = immunizations.record_immunization(desk, patient, MMR)
    assert immunizations.record_immunization(desk, patient, MMR) == first
    assert len(_all(nurse)) == 1


def test_reactions_are_dated_after_the_dose_and_can_be_withdrawn(nurse: Desk, born: Born) -> None:
    patient = born()
    made = immunizations.record_immunization(nurse, patient, replace(MMR, occurred_on=TODAY - timedelta(days=3)))
    for on, field in ((TODAY + timedelta(days=1), "reaction_on"), (TODAY - timedelta(days=4), "reaction_on")):
        with pytest.raises(Refusal) as told:
            immunizations.add_reaction(nurse, made, NewReaction("fever", on))
        assert told.value.field == field
    with pytest.raises(Refusal) as told:
        immunizations.add_reaction(nurse, made, NewReaction(" "))
    assert told.value.field == "reaction"
    reaction = immunizations.add_reaction(nurse, made, NewReaction("collapse", TODAY, "severe"))
    assert [one.severity for one in card(nurse, patient).doses[0].reactions] == ["severe"]
    immunizations.reaction_entered_in_error(nurse, reaction, "it was her brother")
    assert card(nurse, patient).doses[0].reactions == ()
    with nurse.store.read() as conn:
        assert conn.execute(select(immunization_reactions.c.status)).scalars().all() == ["entered_in_error"]


def test_nothing_can_come_of_a_vaccine_that_was_not_given(nurse: Desk, born: Born) -> None:
    made = immunizations.decline_immunization(nurse, born(), NewImmunization("", "03", reason_code="OSTOCK"))
    with pytest.raises(Refusal, match="not given"):
        immunizations.add_reaction(nurse, made, NewReaction("fever"))


def test_a_merged_registration_is_one_history_and_one_of_two_again_after(nurse: Desk, born: Born) -> None:
    kept, other = born(), born()
    immunizations.record_immunization(nurse, other, MMR)
    with nurse.store.write(act=new_id(), session=None) as unit:
        unit.change(patients, other, {"merged_into": kept}, kind="patient.merged")
    assert [one.vaccine_name for one in card(nurse, kept).doses] == ["MMR"]
    assert state(nurse, kept, "mmr") == "later"
    with nurse.store.write(act=new_id(), session=None) as unit:
        unit.change(patients, other, {"merged_into": None}, kind="patient.unmerged")
    assert card(nurse, kept).doses == ()


def test_a_dose_is_charged_where_there_is_a_price_and_not_where_a_programme_pays(nurse: Desk, born: Born) -> None:
    patient = born()
    with nurse.store.write(act=new_id(), session=None) as unit:
        price = {"code": "vaccine_03", "name": "MMR", "kind": "procedure", "amount": 4200, "currency": "USD"}
        unit.create(prices, price, kind="price.added")
    made = immunizations.record_immunization(nurse, patient, MMR)
    other = born()
    immunizations.record_immunization(nurse, other, replace(MMR, funding_source="vfc"))
    with nurse.store.read() as conn:
        charged = conn.execute(select(charges.c.patient_id, charges.c.unit_amount, charges.c.status)).all()
    assert [tuple(one) for one in charged] == [(patient, 4200, "pending")]
    immunizations.immunization_entered_in_error(nurse, made, "not given")
    with nurse.store.read() as conn:
        assert conn.execute(select(charges.c.status)).scalars().all() == ["cancelled"]


def test_an_import_keeps_what_an_outside_record_tells_even_half_of_it(nurse: Desk, born: Born) -> None:
    patient = born()

    def keep(act: Act) -> str:
        told = NewImmunization(
            "some vaccine of 1999", None, status="completed", occurred_on=date(1999, 1, 1), occurred_precision="year",
            primary_source=False, lot="x", expires_on=date(1998, 1, 1), reactions=(NewReaction("rash"),),
        )  # fmt: skip
        return immunizations.note_immunization(act, patient, told, record_id="outside-1")

    with nurse.store.write(act=new_id(), session=nurse.session.id) as unit:
        assert keep(Act(unit, nurse.session, "A7")) == "outside-1"
    dose = card(nurse, patient).doses[0]
    assert (dose.occurred_precision, dose.vaccine_code, len(dose.reactions)) == ("year", None, 1)


def test_only_doctors_and_nurses(nurse: Desk, born: Born, desk_for: DeskFor) -> None:
    patient = born()
    for role in set(ROLES) - {"doctor", "nurse"}:
        with pytest.raises(Refusal, match="may not"):
            immunizations.record_immunization(desk_for(role), patient, MMR)
    mine = {name for name in ACTS if name.startswith(("immunizations.", "immunization_chart."))}
    assert len(mine) == 9


def test_the_card_is_not_read_again_before_it_was_opened(nurse: Desk, born: Born) -> None:
    with pytest.raises(Refusal, match="Open the chart"):
        immunization_chart.immunization_card_again(nurse, born())
    with pytest.raises(Refusal, match="Open the chart"):
        immunization_chart.vaccines_waiting(nurse, born())


def test_what_waits_is_named_for_the_chart(nurse: Desk, born: Born) -> None:
    patient = born("2025-06-10")
    card(nurse, patient)
    waiting = immunization_chart.vaccines_waiting(nurse, patient)
    assert "Polio" in waiting.overdue
    assert "Measles, mumps, rubella" not in waiting.overdue + waiting.due


def test_the_lot_used_last_is_offered_until_it_expires(nurse: Desk, born: Born, clock: SetClock) -> None:
    assert immunization_chart.last_lot(nurse, "03") is None
    immunizations.record_immunization(nurse, born(), replace(MMR, expires_on=date(2026, 3, 12)))
    found = immunization_chart.last_lot(nurse, "03")
    assert found is not None
    assert found.lot == "MM402"
    clock.advance(timedelta(days=3))
    later = replace(nurse, session=replace(nurse.session, opened_at=clock.now()))
    assert immunization_chart.last_lot(later, "03") is None


@pytest.mark.parametrize(
    ("words", "first"),
    [("mmr", "03"), ("03", "03"), ("gelbfieber", ""), ("yellow fev", "37"), ("pentavalent dtwp", "198")],
)
def test_vaccines_are_found_by_words_and_code(nurse: Desk, words: str, first: str) -> None:
    found = immunization_reference.find_vaccines(nurse, words)
    assert (found[0].cvx if found else "") == first


def test_an_older_clinic_without_the_tables_uses_those_beside_the_program(desk_for: DeskFor, born: Born) -> None:
    nurse = desk_for("nurse")
    patient = born()
    assert [one.id for one in immunization_reference.schedules(nurse)] == ["cdc-2025", "who-epi-2022"]
    assert card(nurse, patient).schedule == "cdc-2025"
    assert immunizations.record_immunization(nurse, patient, MMR)
