"""The pharmacy's rules: states, substitution, what is still to be handed out."""

import pytest

from clinic_desktop.domain import pharmacy
from clinic_desktop.domain.pharmacy import Stocked, Wanted
from clinic_desktop.domain.refusals import Refusal

LINE = Wanted("1", "amoxicillin_500_cap", "amoxicillin", 21, 0)


@pytest.mark.parametrize(
    ("act", "status", "allowed"),
    [
        ("prepare", "signed", True),
        ("prepare", "preparing", False),
        ("prepared", "preparing", True),
        ("dispense", "signed", True),
        ("dispense", "prepared", True),
        ("dispense", "partly_dispensed", True),
        ("dispense", "dispensed", False),
        ("dispense", "rejected", False),
        ("dispense", "cancelled", False),
        ("reject", "partly_dispensed", True),
        ("reject", "dispensed", False),
        ("cancel", "signed", True),
        ("cancel", "rejected", True),
        ("cancel", "partly_dispensed", False),
        ("cancel", "dispensed", False),
    ],
)
def test_what_may_be_done_in_each_state(act: str, status: str, allowed: bool) -> None:
    if allowed:
        pharmacy.check_state(act, status, "RX-1")
    else:
        with pytest.raises(Refusal, match="RX-1"):
            pharmacy.check_state(act, status, "RX-1")


@pytest.mark.parametrize(
    ("product", "substitution"),
    [
        (Stocked("amoxicillin_500_cap", "Amoxil"), False),
        (Stocked("amoxicillin_125_liq", "amoxicillin"), True),
        (Stocked(None, "Amoxicillin "), False),
        (Stocked(None, "ampicillin"), True),
    ],
)
def test_another_brand_is_no_substitution_another_medicine_is(product: Stocked, substitution: bool) -> None:
    assert pharmacy.is_substitution(LINE, product) is substitution


@pytest.mark.parametrize(
    ("dispensed", "status"), [((0, 0), "signed"), ((21, 0), "partly_dispensed"), ((21, 21), "dispensed")]
)
def test_the_state_follows_from_what_was_handed_out(dispensed: tuple[int, int], status: str) -> None:
    lines = [Wanted(str(place), None, "x", 21, given) for place, given in enumerate(dispensed)]
    assert pharmacy.status_after(lines) == status


def test_no_more_than_what_is_outstanding() -> None:
    line = Wanted("1", None, "amoxicillin", 21, 15)
    pharmacy.check_outstanding(line, 6)
    with pytest.raises(Refusal, match="Only 6 of amoxicillin"):
        pharmacy.check_outstanding(line, 7)


def test_the_queue_is_by_priority_then_by_time() -> None:
    waiting = [("routine", "09:00"), ("urgent", "09:10"), ("emergency", "09:20"), ("routine", "08:00")]
    ordered = sorted(waiting, key=lambda row: pharmacy.queue_order(*row))
    assert ordered == [("emergency", "09:20"), ("urgent", "09:10"), ("routine", "08:00"), ("routine", "09:00")]


def test_a_blank_reason_is_none() -> None:
    assert pharmacy.unanswered(("a", "b", "c"), {"a": "  ", "b": "because"}) == ("a", "c")
