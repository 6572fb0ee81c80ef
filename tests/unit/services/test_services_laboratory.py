"""Orders, specimens, results, releases, corrections and call-backs of the laboratory."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import billing, home, invoices, laboratory, results, worklist
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.worklist import Stage
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders
from tests.unit.services.lab_case import Lab

DeskFor = Callable[[str], Desk]


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    return Lab(store, desk_for, clock)


def test_a_test_that_two_panels_share_is_done_once(lab: Lab) -> None:
    placed = laboratory.place_order(lab.doctor, lab.patient, tests=("sodium", "crp"), panels=("ue", "bmp"))
    assert len(placed.tests) == len(set(placed.tests))
    assert {"sodium", "glucose", "crp"} < set(placed.tests)
    with lab.store.read() as connection:
        found = connection.execute(select(lab_order_tests.c.test_code, lab_order_tests.c.panel_code)).all()
    panels = {row.test_code: row.panel_code for row in found}
    assert (panels["sodium"], panels["glucose"], panels["crp"]) == ("ue", "bmp", None)


def test_an_order_is_for_the_patient_of_the_visit_and_for_something(lab: Lab) -> None:
    with pytest.raises(Refusal, match="another patient"):
        laboratory.place_order(lab.doctor, lab.patient, tests=("crp",), encounter_id="of-somebody-else")
    with pytest.raises(Refusal, match="at least one"):
        laboratory.place_order(lab.doctor, lab.patient)
    with pytest.raises(Refusal, match="not in the catalogue"):
        laboratory.place_order(lab.doctor, lab.patient, tests=("nonsense",))
    assert lab.rows(lab_orders) == []


def test_what_is_ordered_already_is_told(lab: Lab) -> None:
    placed = laboratory.place_order(lab.doctor, lab.patient, tests=("crp",))
    assert [(one.test_code, one.order_number) for one in laboratory.open_tests(lab.doctor, lab.patient)] == [
        ("crp", placed.number)
    ]
    lab.released(sodium="140")
    assert [one.test_code for one in laboratory.open_tests(lab.doctor, lab.patient)] == ["crp"]


def test_collecting_takes_one_specimen_of_each_kind_and_charges_once(lab: Lab) -> None:
    placed = laboratory.place_order(lab.doctor, lab.patient, tests=("crp", "hcg_urine"), panels=("ue",))
    first = laboratory.collect_specimen(lab.nurse, placed.id, ("serum",))
    assert [one.kind for one in first] == ["serum"]
    assert first[0].number.startswith("SP-A7-000001-")
    assert first[0].patient_name == "OTIENO, Grace"
    charged = [(row.source_kind, row.description) for row in lab.rows(charges)]
    assert charged == [("lab_panel", "Urea and electrolytes"), ("lab_test", "C-reactive protein")]
    with pytest.raises(Refusal, match="taken already"):
        laboratory.collect_specimen(lab.anna, placed.id, ("serum",))
    laboratory.reject_specimen(lab.anna, first[0].id, "Haemolysed")
    again = laboratory.collect_specimen(lab.anna, placed.id, ("serum", "urine"))
    assert {one.kind for one in again} == {"serum", "urine"}
    assert len(lab.rows(charges)) == 3


def test_a_cancelled_test_is_not_paid_for(lab: Lab) -> None:
    order = lab.collected("crp", panels=("ue",))
    assert [row.status for row in lab.rows(charges)] == ["pending", "pending"]
    tests = {test.test_code: test for test in lab.sheet(order).tests}
    laboratory.cancel_test(lab.doctor, tests["sodium"].order_test_id, "not needed")
    assert [row.status for row in lab.rows(charges)] == ["pending", "pending"]  # the rest of the panel is still done
    laboratory.cancel_order(lab.doctor, order, "patient left")
    assert [(row.status, row.reason) for row in lab.rows(charges)] == [("cancelled", "patient left")] * 2


def test_a_test_cancelled_after_it_was_invoiced_is_to_be_credited(lab: Lab, desk_for: DeskFor) -> None:
    order, cashier = lab.collected("crp"), desk_for("cashier")
    (charge,) = billing.pending_charges(cashier, lab.patient)
    issued = invoices.issue_invoice(cashier, lab.patient, [charge.id])
    laboratory.cancel_order(lab.doctor, order, "patient left")
    assert [each.count for each in home.waits_for_me(cashier) if each.key == "credit"] == [1]
    invoices.void_invoice(cashier, issued.id, reason="test not done", expect=1)
    assert billing.pending_charges(cashier, lab.patient) == ()


def test_a_rejected_specimen_puts_its_tests_back_and_sets_entered_results_aside(lab: Lab) -> None:
    order = lab.collected("sodium", "potassium")
    lab.enter(order, lab.anna, potassium="5.9")
    specimen = lab.sheet(order).specimens[0]
    with pytest.raises(Refusal, match="Say why"):
        laboratory.reject_specimen(lab.anna, specimen.id, "  ")
    assert laboratory.reject_specimen(lab.anna, specimen.id, "Haemolysed") == 2
    sheet = lab.sheet(order)
    assert {(test.status, test.status_reason, test.result) for test in sheet.tests} == {
        ("rejected", "Haemolysed", None)
    }
    assert sheet.status == "ordered"
    assert [row.order_id for row in worklist.worklist(lab.anna, Stage.COLLECT)] == [order]
    laboratory.collect_specimen(lab.anna, order, ("serum",))
    lab.enter(order, lab.anna, potassium="4.4")
    assert lab.test(order, "potassium").result is not None


def test_a_specimen_with_released_results_is_not_rejected(lab: Lab) -> None:
    order = lab.released(sodium="140")
    with pytest.raises(Refusal, match="Correct those results"):
        laboratory.reject_specimen(lab.anna, lab.sheet(order).specimens[0].id, "Wrong tube")


def test_a_cancelled_test_needs_no_result(lab: Lab) -> None:
    order = lab.collected("sodium", "potassium")
    laboratory.cancel_test(lab.doctor, lab.test(order, "potassium").order_test_id, "Not needed")
    lab.enter(order, lab.anna, sodium="140")
    results.release_results(lab.ben, order, lab.seen(order))
    assert lab.sheet(order).status == "released"
    with pytest.raises(Refusal, match="has a result"):
        laboratory.cancel_order(lab.doctor, order, "Not needed")
    other = laboratory.place_order(lab.doctor, lab.patient, tests=("crp", "alt"))
    assert laboratory.cancel_order(lab.doctor, other.id, "Wrong patient") == 2
    assert lab.sheet(other.id).status == "cancelled"
