"""What the laboratory is told with an order, and what it concludes from its results."""

from datetime import UTC, datetime

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports import laboratory_papers
from clinic_desktop.services import lab_orders, laboratory
from clinic_desktop.services.lab_orders import OrderDetails
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.reports.test_reports_documents import words
from tests.unit.services.lab_case import Lab

TOLD = OrderDetails("Tired for a month", "d50.9", "Fasting for 12 hours", datetime(2026, 3, 11, 8, 0, tzinfo=UTC))


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    return Lab(store, desk_for, clock)


def test_what_was_told_stands_on_the_sheet_and_on_the_report_with_the_conclusion(lab: Lab) -> None:
    order = lab.released(potassium="4.1")
    with pytest.raises(Refusal, match="Write what"):
        lab_orders.conclude_order(lab.ben, order, "...", expect=1)
    standing = lab_orders.order_of(lab.doctor, lab.patient, order)
    lab_orders.conclude_order(lab.ben, order, "Within the range.\nNothing to do.", expect=standing.revision)
    with pytest.raises(Refusal, match="Somebody changed this meanwhile"):
        lab_orders.conclude_order(lab.anna, order, "Low.", expect=standing.revision)
    assert lab.sheet(order).conclusion == "Within the range.\nNothing to do."
    assert "Within the range." in words(laboratory_papers.laboratory_report(lab.doctor, lab.patient, order))


def test_an_order_tells_why_and_how_it_is_to_be_collected(lab: Lab) -> None:
    order = laboratory.place_order(lab.doctor, lab.patient, tests=("potassium",), details=TOLD).id
    shown = lab_orders.order_of(lab.doctor, lab.patient, order)
    assert shown.details == OrderDetails(TOLD.clinical_information, "D50.9", TOLD.collection_instructions,
                                         TOLD.collect_at)  # fmt: skip
    assert lab.sheet(order).details == shown.details
    assert "Tired for a month · D50.9" in words(laboratory_papers.laboratory_report(lab.doctor, lab.patient, order))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("diagnoses", OrderDetails(diagnoses="tired")), ("place", OrderDetails(place_id="nowhere")),
     ("collect_on", OrderDetails(collect_at=datetime(2026, 3, 9, 8, 0, tzinfo=UTC))),
     ("clinical_information", OrderDetails("a\u202eb"))],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_and_nothing_is_ordered(lab: Lab, field: str, wrong: OrderDetails) -> None:
    with pytest.raises(Refusal) as refused:
        laboratory.place_order(lab.doctor, lab.patient, tests=("potassium",), details=wrong)
    assert refused.value.field == field
    assert lab_orders.orders_of(lab.doctor, lab.patient) == ()


def test_nothing_is_concluded_before_anything_is_released(lab: Lab) -> None:
    order = lab.collected("potassium")
    with pytest.raises(Refusal) as refused:
        lab_orders.conclude_order(lab.anna, order, "Low.", expect=2)
    assert refused.value.field == "conclusion"
