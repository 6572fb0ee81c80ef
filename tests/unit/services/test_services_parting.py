"""Parting two registrations: as before, with what was noted since where the rule says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import (
    billing,
    chart,
    charting,
    consultation,
    drafts,
    encounters,
    invoices,
    merging,
    parting,
    patients,
    restrictions,
    vitals,
)  # fmt: skip
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.services.merge_case import ADA, ADAH, fill, fill_price, merged, seen


@pytest.fixture
def front(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def pair(front: Desk) -> tuple[str, str]:
    return patients.register_patient(front, ADA).patient_id, patients.register_patient(front, ADAH).patient_id


@pytest.mark.parametrize(
    ("mine", "theirs", "state"),
    [
        ("not_asked", "none_known", "none_known"),
        ("none_known", "not_asked", "none_known"),
        ("not_asked", "not_asked", "not_asked"),
        ("listed", "none_known", "listed"),
    ],
)
def test_what_was_asked_of_allergies_under_either_is_kept(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str], mine: str, theirs: str, state: str
) -> None:
    doctor = desk_for("doctor")
    for patient, said in zip(pair, (mine, theirs), strict=True):
        if said == "none_known":
            charting.confirm_no_known_allergies(doctor, patient)
        elif said == "listed":
            charting.add_allergy(doctor, patient, NewAllergy("latex"))
    done = merged(front, *pair)
    assert patients.patient_banner(front, pair[0]).allergy_state == state
    parting.unmerge(front, done.merge_id, reason="no")
    assert [patients.patient_banner(front, one).allergy_state for one in pair] == [mine, theirs]


def test_un_merging_never_says_none_known_beside_an_allergy_noted_meanwhile(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str]
) -> None:
    doctor = desk_for("doctor")
    charting.confirm_no_known_allergies(doctor, pair[0])
    (first,) = [charting.add_allergy(doctor, pair[1], NewAllergy("penicillin"))]
    done = merged(front, *pair)
    charting.add_allergy(doctor, pair[0], NewAllergy("latex"))
    charting.deactivate_allergy(doctor, first, "tolerated since")
    parting.unmerge(front, done.merge_id, reason="no")
    assert patients.patient_banner(front, pair[0]).allergies == ("latex",)
    assert patients.patient_banner(front, pair[0]).allergy_state == "listed"
    assert patients.patient_banner(front, pair[1]).allergy_state == "not_asked"


def test_a_restricted_record_is_counted_and_not_told_to_a_clerk_who_merges_it(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str], store: Store
) -> None:
    kept, other = pair
    doctor = desk_for("doctor")
    charting.add_problem(doctor, other, NewProblem("Syphilis"))
    restrictions.restrict_record(desk_for("nurse").once(), other, ["role:administrator"], "A relative works here")
    told = repr([(kind.title, kind.count, [row.words for row in kind.rows])
                 for kind in merging.registration(front, other).kinds])  # fmt: skip
    assert "('Problems', 1, ['restricted'])" in told
    assert "Syphilis" not in told
    assert "relative" not in told
    admin = desk_for("administrator")
    assert "Syphilis" in repr([row.words for kind in merging.registration(admin, other).kinds for row in kind.rows])
    done = merged(front, kept, other)
    charting.add_problem(doctor, kept, NewProblem("Gonorrhoea"))
    shown = parting.parting(front, kept, done.merge_id)
    assert [row.words for row in shown.noted_since] == ["restricted"]
    assert {row.words for kind in shown.goes_back for row in kind.rows} == {"restricted"}
    (row,) = parting.parting(admin, kept, done.merge_id).noted_since
    assert "Gonorrhoea" in row.words


def test_what_belongs_to_a_visit_of_the_merged_one_goes_back_with_it(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    doctor, nurse = desk_for("doctor"), desk_for("nurse")
    visit = consultation.open_consultation(doctor, other, "new").encounter_id
    done = merged(front, kept, other)
    assert consultation.open_consultation(doctor, kept, "new").encounter_id == visit
    assert encounters.consultation(doctor, kept, visit).encounter_id == visit
    vitals.record_vitals(nurse, kept, {"weight": "61"}, visit)
    vitals.record_vitals(nurse, kept, {"height": "170"}, encounter_id=None)
    parting.unmerge(front, done.merge_id, reason="no")
    assert {one.key for one in chart.open_chart(doctor, other).vitals} >= {"weight"}
    assert not chart.open_chart(doctor, kept).vitals


def test_un_merging_puts_every_fact_and_row_back(
    desk_for: DeskFor, store: Store, front: Desk, pair: tuple[str, str], clock: SetClock
) -> None:
    kept, other = pair
    fill(desk_for, store, other, clock.now() + timedelta(days=1))
    before = seen(desk_for, kept), seen(desk_for, other)
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM patients ORDER BY rowid_").mappings().all()
        money = connection.exec_driver_sql("SELECT sum(amount), count(*) FROM ledger").one()
    done = merged(front, kept, other, phone="other")
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT sum(amount), count(*) FROM ledger").one() == money
    parting.unmerge(front, done.merge_id, reason="two people after all")
    after = seen(desk_for, kept), seen(desk_for, other)
    for was, now in zip(before, after, strict=True):
        assert {k: v for k, v in was.items() if k != "who saw"} == {k: v for k, v in now.items() if k != "who saw"}
    with store.read() as connection:
        again = connection.exec_driver_sql("SELECT * FROM patients ORDER BY rowid_").mappings().all()
    apart = [({**row, "revision": 0}, {**old, "revision": 0}) for row, old in zip(again, rows, strict=True)]
    assert all(row == old for row, old in apart)


def test_what_was_noted_since_stays_unless_it_is_taken_back(
    desk_for: DeskFor, front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    doctor = desk_for("doctor")
    done = merged(front, kept, other, phone="other")
    mine = charting.add_problem(doctor, kept, NewProblem("Asthma"))
    theirs = charting.add_problem(doctor, kept, NewProblem("Gout"))
    now = patients.patient_details(front, kept)
    patients.change_patient(front, kept, replace(now.patient, phone="0777777777"), now.revision)
    shown = parting.parting(front, kept, done.merge_id)
    assert [one.words for one in shown.noted_since if one.table == "problems"] == ["Asthma active", "Gout active"]
    assert "phone" in shown.changed_since
    assert ("blood_type", None, "A+") in shown.put_back
    with pytest.raises(Refusal, match="not noted since"):
        parting.unmerge(front, done.merge_id, reason="no", take_back=["nothing"])
    parted = parting.unmerge(front, done.merge_id, reason="no", take_back=[theirs])
    assert parted.taken_back == 1
    assert parted.changed_since == ("phone",)
    assert [one.id for one in chart.open_chart(doctor, kept).problems] == [mine]
    assert [one.id for one in chart.open_chart(doctor, other).problems] == [theirs]
    assert patients.patient_details(front, kept).patient.phone == "0777777777"
    with pytest.raises(Refusal, match="undone already"):
        parting.unmerge(front, done.merge_id, reason="no")


def test_a_visit_taken_back_brings_its_parts_and_what_is_paid_for_stays(
    desk_for: DeskFor, store: Store, front: Desk, pair: tuple[str, str]
) -> None:
    kept, other = pair
    doctor, cashier = desk_for("doctor"), desk_for("cashier")
    done = merged(front, kept, other)
    fill_price(store)
    visit = consultation.open_consultation(doctor, kept, "new").encounter_id
    vitals.record_vitals(doctor, kept, {"weight": "61"}, visit)
    issued = invoices.issue_invoice(cashier, kept, [billing.charge_by_hand(cashier, kept, "visit")])
    with pytest.raises(Refusal, match="money in the ledger"):
        parting.unmerge(front, done.merge_id, reason="no", take_back=[issued.id])
    assert len(merging.merges_of(front, kept)) == 1
    parting.unmerge(front, done.merge_id, reason="no", take_back=[visit])
    assert [one.id for one in chart.open_chart(doctor, other).timeline.visits] == [visit]
    assert chart.open_chart(doctor, other).vitals
    assert encounters.consultation(doctor, other, visit).steps
    assert not chart.open_chart(doctor, kept).timeline.visits


ACTS: dict[str, Callable[[DeskFor, str, int], object]] = {
    "problem": lambda desk, one, n: charting.add_problem(desk("doctor"), one, NewProblem(f"problem {n}")),
    "allergy": lambda desk, one, n: charting.add_allergy(desk("doctor"), one, NewAllergy(f"substance {n}")),
    "medicine": lambda desk, one, n: charting.add_outside_medicine(
        desk("nurse"), one, OutsideMedicine(f"medicine {n}")
    ),
    "weight": lambda desk, one, n: vitals.record_vitals(desk("nurse"), one, {"weight": str(40 + n)}),
    "visit": lambda desk, one, _n: consultation.open_consultation(desk("doctor"), one, "new"),
    "charge": lambda desk, one, _n: billing.charge_by_hand(desk("cashier"), one, "visit"),
}  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)
@given(data=st.data())
def test_whatever_is_done_before_and_after_un_merging_parts_the_charts_by_the_rule(
    desk_for: DeskFor, store: Store, front: Desk, data: st.DataObject
) -> None:
    fill_price(store)
    kept, other = (
        patients.register_patient(front, replace(one, phone=None)).patient_id for one in (ADA, ADAH)
    )  # fmt: skip
    steps = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.booleans()), max_size=6)
    at = iter(range(1_000))
    for kind, mine in data.draw(steps, "before"):
        ACTS[kind](desk_for, kept if mine else other, next(at))
    facts = [patients.patient_details(front, one).patient for one in (kept, other)]
    before = seen(desk_for, kept), seen(desk_for, other)
    done = merged(front, kept, other)
    for kind, mine in data.draw(steps, "after"):
        ACTS[kind](desk_for, kept if mine else other, next(at))
    together = seen(desk_for, kept)
    parting.unmerge(front, done.merge_id, reason="two people")
    mine_now, theirs_now = seen(desk_for, kept), seen(desk_for, other)
    for name in ("problems", "allergies", "medicines", "visits", "charges", "trend"):
        assert before[1][name] <= theirs_now[name], name
        assert before[0][name] <= mine_now[name], name
        # Nothing is lost, nothing is in both, and nothing new went away except into a visit that was the other's.
        assert mine_now[name] | theirs_now[name] == together[name] | before[1][name], name
        if name != "trend":
            assert theirs_now[name] == before[1][name], name
            assert not mine_now[name] & theirs_now[name], name
    assert [patients.patient_details(front, one).patient for one in (kept, other)] == facts


def test_a_chain_of_merges_is_one_chart_and_each_link_is_undone_alone(desk_for: DeskFor, front: Desk) -> None:
    doctor = desk_for("doctor")
    a, b, c = (patients.register_patient(front, replace(ADA, given_names=name)).patient_id for name in ("A", "B", "C"))
    for one in (a, b, c):
        charting.add_problem(doctor, one, NewProblem(f"of {one}"))
    first = merged(front, b, a)
    second = merged(front, c, b)

    def count(patient: str) -> int:
        return len(chart.open_chart(doctor, patient).problems)

    assert [count(one) for one in (a, b, c)] == [3, 3, 3]
    with pytest.raises(Refusal, match="merged into"):
        merging.merge(front, a, c, chosen={}, reason="a circle")
    with pytest.raises(Refusal, match="one registration already"):
        merging.merge(front, c, c, chosen={}, reason="itself")
    parting.unmerge(front, first.merge_id, reason="a is another")
    assert [count(one) for one in (a, b, c)] == [1, 2, 2]
    parting.unmerge(front, second.merge_id, reason="b too")
    assert [count(one) for one in (a, b, c)] == [1, 1, 1]


def test_undoing_the_later_merge_first_leaves_the_earlier_one(desk_for: DeskFor, front: Desk) -> None:
    a, b, c = (
        patients.register_patient(front, replace(ADA, phone=phone)).patient_id for phone in ("0801", "0802", "0803")
    )
    first = merged(front, b, a, phone="other")
    second = merged(front, c, b, phone="other")
    assert patients.patient_details(front, a).patient.phone == "0801"
    parting.unmerge(front, second.merge_id, reason="no")
    assert patients.patient_banner(front, a).patient_id == b
    assert [patients.patient_details(front, one).patient.phone for one in (b, c)] == ["0801", "0803"]
    parting.unmerge(front, first.merge_id, reason="no")
    assert patients.patient_details(front, b).patient.phone == "0802"


def test_a_fact_taken_over_twice_is_put_back_in_whatever_order_they_are_undone(front: Desk) -> None:
    k, a, b = (
        patients.register_patient(front, replace(ADA, phone=phone)).patient_id for phone in ("0801", "0802", "0803")
    )
    first, second = merged(front, k, a, phone="other"), merged(front, k, b, phone="other")
    parted = parting.unmerge(front, first.merge_id, reason="no")
    assert parted.changed_since == ("phone",)
    parting.unmerge(front, second.merge_id, reason="no")
    assert patients.patient_details(front, k).patient.phone == "0801"


def test_what_was_typed_for_the_merged_one_is_not_lost(front: Desk, pair: tuple[str, str]) -> None:
    kept, other = pair
    drafts.keep_draft(front, DraftKey("reception", other), {"phone": "0812"})
    done = merged(front, kept, other)
    assert drafts.draft(front, DraftKey("reception", kept)) == {"phone": "0812"}
    drafts.drop_draft(front, DraftKey("reception", kept))
    assert drafts.draft(front, DraftKey("reception", kept)) is None
    drafts.keep_draft(front, DraftKey("reception", other), {"phone": "0813"})
    parting.unmerge(front, done.merge_id, reason="no")
    assert drafts.draft(front, DraftKey("reception", kept)) is None
    assert drafts.draft(front, DraftKey("reception", other)) == {"phone": "0813"}
