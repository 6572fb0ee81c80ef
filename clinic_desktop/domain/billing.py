"""Money: what an invoice comes to, who owes it, and what may be paid back. Integer minor units throughout.

Double entry: every movement is a set of postings that sum to zero. What somebody owes is the sum of the postings on
their account, never a number that is kept and could be wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clinic_desktop.domain.counting import money, whole
from clinic_desktop.domain.refusals import Refusal

PATIENT = "receivable.patient"
INSURER = "receivable.insurer"
REVENUE = "revenue"
DISCOUNT = "discount"
METHODS = ("cash", "card", "mobile_money", "bank_transfer")
CASH = "till.cash"


@dataclass(frozen=True)
class Posting:
    """An amount on an account: owed to the clinic or held by it when positive."""

    account: str
    amount: int


@dataclass(frozen=True)
class Split:
    """What an invoice comes to and who owes how much of it, in minor units."""

    total: int
    discount: int
    insurer: int
    patient: int


def split(amounts: Iterable[int], *, discount: int, insurance_share: int) -> Split:
    """Share the sum of the lines, less the discount, between insurer and patient.

    `insurance_share` is in whole per cent. The insurer's part is rounded down to the minor unit, so that the parts
    always add up and no insurer is asked for more than its share.
    """
    total = money(sum(amounts), field="charges")
    money(discount, field="discount")
    whole(insurance_share, field="insurance_share")
    if not 0 <= discount <= total:
        raise Refusal("The discount must be between nothing and the whole amount.", field="discount")
    if not 0 <= insurance_share <= 100:
        raise Refusal("The insurance share is a percentage from 0 to 100.", field="insurance_share")
    insurer = (total - discount) * insurance_share // 100
    return Split(total, discount, insurer, total - discount - insurer)


def shared(parts: Split, insurer: int) -> Split:
    """The same invoice with what the insurers together owe of it; the rest is the patient's. Raises Refusal."""
    money(insurer, field="insurance_share")
    net = parts.total - parts.discount
    if insurer > net:
        raise Refusal("The insurers cannot owe more than the invoice.", field="insurance_share")
    return Split(parts.total, parts.discount, insurer, net - insurer)


def line_amount(quantity: int, unit_amount: int) -> int:
    """What one line comes to. Raises Refusal on a quantity below one or a price below zero."""
    whole(quantity, least=1)
    money(unit_amount, field="unit_amount")
    return money(quantity * unit_amount, field="quantity")


def invoice_postings(parts: Split) -> tuple[Posting, ...]:
    """What issuing an invoice moves."""
    return balanced(
        Posting(PATIENT, parts.patient),
        Posting(INSURER, parts.insurer),
        Posting(DISCOUNT, parts.discount),
        Posting(REVENUE, -parts.total),
    )


def payment_postings(method: str, amount: int) -> tuple[Posting, ...]:
    """What taking money from the patient moves; a negative amount gives it back."""
    return balanced(Posting(till(method), amount), Posting(PATIENT, -amount))


def reversed_postings(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """What undoes a movement."""
    return tuple(Posting(posting.account, -posting.amount) for posting in postings)


def balanced(*postings: Posting) -> tuple[Posting, ...]:
    """Leave out the empty postings and make sure that the rest sum to zero."""
    if sum(posting.amount for posting in postings) != 0:
        raise ValueError("a movement must sum to zero")
    return tuple(posting for posting in postings if posting.amount)


def till(method: str) -> str:
    """The account that money of a method lies on. Raises Refusal for an unknown one."""
    if method not in METHODS:
        raise Refusal("Choose how it is paid.", field="method")
    return f"till.{method}"


def check_payment(amount: int, outstanding: int) -> None:
    """Refuse a payment of nothing, or of more than is owed. Change is given from the till, not kept as a payment."""
    money(amount, least=1)
    if amount > outstanding:
        raise Refusal("This is more than is still owed.", field="amount", outstanding=outstanding)


def check_refund(amount: int, paid: int, refunded: int, *, in_till: int | None = None) -> None:
    """Refuse to give back nothing, more than was paid and not yet given back, or more cash than lies in the till."""
    money(amount, least=1)
    if amount > paid - refunded:
        raise Refusal("This is more than was paid and not given back yet.", field="amount", left=paid - refunded)
    if in_till is not None and amount > in_till:
        raise Refusal("There is not so much cash in your till.", field="amount")


def expected_cash(opening_float: int, movements: Iterable[int]) -> int:
    """What must lie in the till at the end of a shift."""
    return opening_float + sum(movements)


def check_count(counted: int, expected: int, reason: str) -> int:
    """The difference of a count, which is refused without a reason when there is one."""
    money(counted, field="counted")
    if counted != expected and not reason.strip():
        raise Refusal("The count differs from what is expected. Say why.", field="difference_reason")
    return counted - expected
