"""Insurers, plans and covers: what is refused, and at which field."""

from dataclasses import replace
from datetime import date

import pytest

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import claims, covers, insurance, invoices
from clinic_desktop.services.claim_views import claim, claims_of
from clinic_desktop.services.insurance import NewInsurer, NewPlan
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.services.insured import COVER, HARBOUR, Insured


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    return Insured(store, desk_for)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("policy_number", {"policy_number": ""}),
        ("policy_number", {"policy_number": "AB1"}),
        ("policy_number", {"policy_number": "ABC12345\0"}),
        ("position", {"position": 3}),
        ("relation", {"relation": "friend", "valid_from": date(2027, 1, 1), "valid_until": None}),
        ("holder", {"relation": "child"}),
        ("holder", {"holder": "x" * 201}),
        ("group_number", {"group_number": "a\u202eb"}),
        ("valid_until", {"valid_until": date(2025, 1, 1)}),
        ("valid_from", {}),
        ("valid_from", {"valid_from": date(2026, 12, 31), "valid_until": None}),
        ("plan_id", {"plan_id": "none"}),
    ],
)
def test_a_cover_that_cannot_be_is_refused_at_its_field(
    insured: Insured, field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refused:
        covers.add_cover(insured.cashier, insured.patient, replace(replace(COVER, plan_id=insured.plan), **changes))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert len(covers.covers_of(insured.cashier, insured.patient)) == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [("name", {"name": " "}), ("share", {"share": 101}), ("copay", {"copay": -1}), ("ceiling", {"ceiling": 0}),
     ("filing_days", {"filing_days": 0}),
     ("valid_until", {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}),
     ("insurer_id", {"insurer_id": "none"}), ("name", {"name": "gold"})],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_at_its_field(
    insured: Insured, field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refused:
        insurance.add_plan(insured.cashier, replace(NewPlan(insured.insurer, "Silver", 50), **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "new"),
    [("name", NewInsurer("")), ("name", NewInsurer("harbour mutual")), ("payer_code", NewInsurer("Other", "hm01")),
     ("name", NewInsurer("\u202eevil")), ("policy_format", NewInsurer("Other", policy_format="99|"))],
)  # fmt: skip
def test_an_insurer_that_cannot_be_is_refused_at_its_field(insured: Insured, field: str, new: NewInsurer) -> None:
    with pytest.raises(Refusal) as refused:
        insurance.add_insurer(insured.cashier, new)
    assert refused.value.field == field


def test_two_windows_do_not_overwrite_one_another(insured: Insured) -> None:
    insurance.change_insurer(insured.cashier, insured.insurer, replace(HARBOUR, phone="123"), expect=1)
    with pytest.raises(Refusal, match="Somebody changed"):
        insurance.change_insurer(insured.cashier, insured.insurer, HARBOUR, expect=1)
    plan = NewPlan(insured.insurer, "Gold", 70)
    insurance.change_plan(insured.cashier, insured.plan, plan, expect=1)
    with pytest.raises(Refusal, match="Somebody changed"):
        insurance.change_plan(insured.cashier, insured.plan, plan, expect=1)
    changed = replace(COVER, plan_id=insured.plan, group_number="G2")
    covers.change_cover(insured.cashier, insured.cover, changed, expect=1)
    with pytest.raises(Refusal, match="Somebody changed"):
        covers.change_cover(insured.cashier, insured.cover, changed, expect=1)
    with pytest.raises(Refusal, match="Somebody changed"):
        covers.verify_cover(insured.cashier, insured.cover, expect=1)
    with pytest.raises(Refusal, match="Somebody changed"):
        covers.end_cover(insured.cashier, insured.cover, date(2026, 4, 1), reason="moved", expect=1)


def test_a_verified_cover_is_verified_again_when_its_number_changes(insured: Insured) -> None:
    covers.verify_cover(insured.cashier, insured.cover, expect=1)
    (row,) = covers.covers_of(insured.cashier, insured.patient)
    assert (row.verified_on, row.verified_by, row.state) == (date(2026, 3, 10), "Cashier One", "in_force")
    changed = replace(COVER, plan_id=insured.plan, policy_number="12345678")
    covers.change_cover(insured.cashier, insured.cover, changed, expect=row.revision)
    assert covers.covers_of(insured.cashier, insured.patient)[0].verified_on is None


def test_a_number_on_which_an_invoice_stands_is_not_changed(insured: Insured) -> None:
    insured.invoice()
    changed = replace(COVER, plan_id=insured.plan, policy_number="12345678")
    with pytest.raises(Refusal) as refused:
        covers.change_cover(insured.cashier, insured.cover, changed, expect=1)
    assert refused.value.field == "policy_number"
    with pytest.raises(Refusal, match="invoices stand"):
        covers.end_cover(insured.cashier, insured.cover, date(2025, 12, 31), reason="wrong person", expect=1)


def test_a_cover_entered_for_the_wrong_patient_never_held_and_leaves_room(insured: Insured) -> None:
    covers.end_cover(insured.cashier, insured.cover, date(2025, 12, 31), reason="wrong person", expect=1)
    assert [row.state for row in covers.covers_of(insured.cashier, insured.patient)] == ["ended"]
    covers.add_cover(insured.cashier, insured.patient, replace(COVER, plan_id=insured.plan))
    with pytest.raises(Refusal, match="has ended"):
        covers.verify_cover(insured.cashier, insured.cover, expect=2)


def test_the_yearly_ceiling_is_used_up_and_a_void_invoice_gives_it_back(insured: Insured) -> None:
    insurance.change_plan(insured.cashier, insured.plan, NewPlan(insured.insurer, "Gold", 80, ceiling=1500), expect=1)
    first, second = insured.invoice(), insured.invoice()
    owed = [invoices.invoice(insured.cashier, one).insurer_owes for one in (first, second)]
    assert owed == [1200, 300]
    invoices.void_invoice(insured.cashier, first, reason="wrong day", expect=1)
    assert invoices.invoice(insured.cashier, insured.invoice()).insurer_owes == 1200


def test_a_doctor_reads_covers_and_changes_none(insured: Insured, desk_for: DeskFor) -> None:
    assert len(covers.covers_of(desk_for("doctor"), insured.patient)) == 1
    with pytest.raises(Refusal, match="role"):
        covers.verify_cover(desk_for("doctor"), insured.cover, expect=1)


def test_covers_of_a_merged_registration_count_and_two_primaries_pay_once(
    insured: Insured, store: Store, desk_for: DeskFor
) -> None:
    person = {
        "mrn": "M-2", "family_name": "Okafor", "given_names": "Adah", "sex": "female", "registered_at": "x",
        "family_key": "okafor", "given_key": "adah",
    }  # fmt: skip
    with store.write(act=new_id(), session=None) as unit:
        kept = unit.create(patients, person, kind="patient.registered")
        unit.change(patients, insured.patient, {"merged_into": kept}, kind="patient.merged")
    assert [row.id for row in covers.covers_of(insured.cashier, kept)] == [insured.cover]
    assert invoices.insurance(insured.cashier, kept).insurer == "Harbour Mutual"
    with pytest.raises(Refusal, match="primary"):
        covers.add_cover(insured.cashier, kept, replace(COVER, plan_id=insured.plan))
    one = claim(insured.cashier, claims.make_claims(insured.cashier, insured.invoice())[0])
    assert one.patient_id == kept
    assert [number for _id, number in claims_of(insured.cashier, kept)] == [one.number]
    with store.write(act=new_id(), session=None) as unit:
        unit.change(patients, insured.patient, {"merged_into": None}, kind="patient.unmerged")
    own = covers.add_cover(insured.cashier, kept, replace(COVER, plan_id=insured.plan))
    with store.write(act=new_id(), session=None) as unit:
        unit.change(patients, insured.patient, {"merged_into": kept}, kind="patient.merged")
    assert [one.cover_id for one in invoices.insurance(insured.cashier, kept).paying] == [own]
