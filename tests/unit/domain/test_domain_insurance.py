"""Who is covered on a day, and who owes what of an invoice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import claims, insurance
from clinic_desktop.domain.billing import INSURER, PATIENT
from clinic_desktop.domain.claims import Earlier, Line, ToCheck
from clinic_desktop.domain.insurance import Cover, Span, Terms
from clinic_desktop.domain.refusals import Refusal

DAY = date(2026, 3, 10)
AMOUNTS = st.integers(0, 10**9)
TERMS = st.builds(Terms, st.integers(0, 100), st.integers(0, 10**6), st.none() | st.integers(-5, 10**7))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
SPANS = st.tuples(DAYS, st.none() | DAYS).map(lambda p: Span(p[0], None if p[1] is None else max(p)))  # type: ignore[type-var]


@given(AMOUNTS, st.lists(TERMS, max_size=3))
def test_the_parts_always_add_up_and_nobody_owes_more_than_its_share(amount: int, terms: list[Terms]) -> None:
    parts = insurance.shares(amount, terms)
    left = amount
    for part, one in zip(parts, terms, strict=True):
        assert 0 <= part <= max(left - one.copay, 0) * one.share // 100
        assert one.ceiling_left is None or part <= max(one.ceiling_left, 0)
        left -= part
    assert left >= 0
    assert sum(parts) + left == amount


def test_the_secondary_pays_of_what_the_primary_left() -> None:
    assert insurance.shares(10_001, [Terms(80, 500), Terms(50)]) == (7600, 1200)
    assert insurance.shares(10_001, [Terms(80, 500, 7000), Terms(100)]) == (7000, 3001)
    assert insurance.shares(400, [Terms(100, 500)]) == (0,)


@given(st.lists(SPANS, max_size=4), DAYS, st.integers(0, 400))
def test_a_day_is_in_a_gap_or_covered_and_never_both(spans: list[Span], since: date, length: int) -> None:
    until = since + timedelta(days=length)
    found = insurance.gaps(spans, since, until)
    for place in range(length + 1):
        day = since + timedelta(days=place)
        assert any(gap.holds_on(day) for gap in found) != any(span.holds_on(day) for span in spans)


@given(SPANS, SPANS)
def test_two_spans_meet_where_one_day_is_in_both(one: Span, other: Span) -> None:
    days = (date(2025, 1, 1) + timedelta(days=n) for n in range(3 * 366))
    assert one.meets(other) == any(one.holds_on(day) and other.holds_on(day) for day in days) == other.meets(one)


def test_a_second_cover_of_the_same_place_is_refused_and_one_of_the_other_is_not() -> None:
    there = Cover("a", 1, Span(date(2026, 1, 1), date(2026, 6, 30)))
    with pytest.raises(Refusal, match="primary") as refused:
        insurance.require_no_overlap(Cover("", 1, Span(date(2026, 6, 30), None)), [there])
    assert refused.value.field == "valid_from"
    insurance.require_no_overlap(Cover("", 1, Span(date(2026, 7, 1), None)), [there])
    insurance.require_no_overlap(Cover("", 2, there.span), [there])
    insurance.require_no_overlap(Cover("a", 1, there.span), [there])


@pytest.mark.parametrize(
    ("number", "form", "kept"),
    [(" abc123456 ", "AAA999999|99999999", "ABC123456"), ("12345678", "AAA999999|99999999", "12345678"),
     ("a-1", "A-9", "A-1"), ("Any 1", None, "Any 1"), ("x9", "XX", "X9")],
)  # fmt: skip
def test_a_policy_number_is_kept_as_its_insurer_writes_it(number: str, form: str | None, kept: str) -> None:
    assert insurance.policy_number(number, form) == kept


@pytest.mark.parametrize("number", ["", "  ", "AB1", "ABC12345٣", "ABC\u202e12345", "ABC12345\0", "éBC123456", "9" * 9])
def test_a_wrong_policy_number_is_refused_at_its_field(number: str) -> None:
    with pytest.raises(Refusal) as refused:
        insurance.policy_number(number, "AAA999999|99999999")
    assert refused.value.field == "policy_number"


SOUND = ToCheck(
    lines=(Line(1, "99213", "Visit", DAY, 1, 1500, (1,)),), diagnoses=("I10",), policy_number="1",
    cover=Span(date(2026, 1, 1), None), verified=True, payer_code="HM", needs_authorisation=False, authorisation="",
    filing_days=90, born_on=date(1990, 1, 1), deceased_on=None, sex="female", claimed=800, billed=1500, owed=800,
    invoice_void=False, resubmission=False, payer_reference="", earlier=(), today=DAY,
)  # fmt: skip
LINE = SOUND.lines[0]


def test_a_claim_with_everything_has_no_finding() -> None:
    assert claims.check(SOUND) == ()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("born_on", replace(SOUND, born_on=None)),
        ("born_on", replace(SOUND, born_on=date(2026, 3, 11))),
        ("served_on", replace(SOUND, deceased_on=date(2026, 3, 9))),
        ("policy_number", replace(SOUND, policy_number="")),
        ("cover", replace(SOUND, cover=Span(date(2026, 1, 1), date(2026, 3, 9)))),
        ("authorisation", replace(SOUND, needs_authorisation=True)),
        ("diagnoses", replace(SOUND, diagnoses=())),
        ("lines", replace(SOUND, lines=())),
        ("code", replace(SOUND, lines=(replace(LINE, code=""),))),
        ("pointers", replace(SOUND, lines=(replace(LINE, pointers=(2,)),))),
        ("pointers", replace(SOUND, lines=(replace(LINE, pointers=()),))),
        ("lines", replace(SOUND, earlier=(Earlier("CL-1", "99213", DAY, "c", same_charge=True),))),
        ("invoice", replace(SOUND, invoice_void=True)),
        ("claimed", replace(SOUND, claimed=0)),
        ("claimed", replace(SOUND, claimed=801)),
        ("billed", replace(SOUND, billed=1499)),
        ("served_on", replace(SOUND, today=date(2026, 3, 9))),
        ("filing", replace(SOUND, today=DAY + timedelta(days=91))),
    ],
)  # fmt: skip
def test_what_an_insurer_would_send_back_stops_the_claim_and_says_what_to_do(field: str, wrong: ToCheck) -> None:
    found = claims.check(wrong)
    assert claims.stops(found)
    assert field in {one.field for one in found if one.stops}
    for one in found:
        assert one.words.format(**dict(one.facts))
        assert one.remedy


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("sex", replace(SOUND, sex="unknown")),
        ("payer_code", replace(SOUND, payer_code="")),
        ("verified_on", replace(SOUND, verified=False)),
        ("amount", replace(SOUND, lines=(LINE, replace(LINE, position=2, amount=0)))),
        ("filing", replace(SOUND, today=DAY + timedelta(days=84))),
        ("payer_reference", replace(SOUND, resubmission=True)),
        ("lines", replace(SOUND, earlier=(Earlier("CL-1", "99213", DAY, "c", same_charge=False),))),
    ],
)
def test_what_is_odd_is_said_and_stops_nothing(field: str, odd: ToCheck) -> None:
    found = claims.check(odd)
    assert not claims.stops(found)
    assert [one.field for one in found] == [field]


@given(st.integers(0, 9**9), st.integers(0, 9**9), st.integers(0, 9**9))
def test_an_answer_moves_as_much_off_the_insurer_as_it_puts_elsewhere(paid: int, patient: int, off: int) -> None:
    moved = claims.answer_postings(paid, patient, off)
    assert sum(one.amount for one in moved) == 0
    assert sum(one.amount for one in moved if one.account == INSURER) == -(paid + patient + off)
    assert sum(one.amount for one in moved if one.account == PATIENT) == patient


@pytest.mark.parametrize("text", ["10", "I1", "i10.", "<b>", "I10.12345"])
def test_what_is_no_diagnosis_code_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        claims.codes(text)
    assert refused.value.field == "diagnoses"


def test_codes_and_pointers_are_kept_once_each() -> None:
    assert claims.codes("i10, e11.9;I10") == ("I10", "E11.9")
    assert claims.pointers("2,1 2", 2) == (2, 1)
    for wrong in ("3", "0", "x", "²"):
        with pytest.raises(Refusal):
            claims.pointers(wrong, 2)
