"""Pharmacy: what may be done with a prescription in each state, and what is still to be handed out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.doses import unit_code
from clinic_desktop.domain.refusals import Refusal

WAITING = ("signed", "preparing", "prepared", "partly_dispensed")
PRIORITIES = ("emergency", "urgent", "routine")

_FROM: Mapping[str, tuple[str, ...]] = {
    "prepare": ("signed", "partly_dispensed"),
    "prepared": ("signed", "preparing", "partly_dispensed"),
    "dispense": WAITING,
    "reject": WAITING,
    "cancel": ("signed", "preparing", "prepared", "rejected"),
}
_STATES = {
    "signed": "was signed",
    "preparing": "is being prepared",
    "prepared": "is prepared",
    "partly_dispensed": "was dispensed in part",
    "dispensed": "was dispensed already",
    "rejected": "was sent back to the doctor",
    "cancelled": "was cancelled",
}


@dataclass(frozen=True)
class Wanted:
    """A line of a prescription as the pharmacy counts it."""

    id: str
    medicine_code: str | None
    name: str
    quantity: int
    dispensed: int
    substitution_allowed: bool = True

    @property
    def outstanding(self) -> int:
        """What is still to be handed out, in the unit of the line."""
        return max(self.quantity - self.dispensed, 0)


@dataclass(frozen=True)
class Counted:
    """What a line or a product is counted in: the strength of one unit, where known, and the unit."""

    strength: str
    unit: str


@dataclass(frozen=True)
class Stocked:
    """A product as the pharmacy compares it with a line."""

    medicine_code: str | None
    name: str


def check_state(act: str, status: str, number: str) -> None:
    """Refuse an act that does not fit the state: a prescription dispensed at another desk is not dispensed again."""
    if status not in _FROM[act]:
        raise Refusal("Prescription {number} {state}.", number=number, state=_STATES[status], status=status)


def is_substitution(line: Wanted, product: Stocked) -> bool:
    """Whether a product is another medicine, form or strength than the doctor wrote; another brand is not."""
    if line.medicine_code is None or product.medicine_code is None:
        return _plain(line.name) != _plain(product.name)
    return line.medicine_code != product.medicine_code


def check_substitution(line: Wanted, product: Stocked, reason: str) -> None:
    """Refuse a substitution without a reason, or where the doctor allowed none."""
    if not is_substitution(line, product):
        return
    if not line.substitution_allowed:
        raise Refusal("The doctor allowed no substitution for {name}.", field="product", name=line.name)
    if not reason.strip():
        raise Refusal("Say why {name} is substituted.", field="substituted_reason", name=line.name)


def counts_alike(line: Counted, product: Counted) -> bool:
    """Whether one unit of a product stands for one unit of the line: same unit and, where both say it, strength."""
    if unit_code(line.unit) != unit_code(product.unit):
        return False
    strengths = {"".join(each.strength.casefold().split()) for each in (line, product) if each.strength}
    return len(strengths) < 2


def check_covers(name: str, line: Counted, product: Counted, covers: int | None) -> None:
    """Refuse to take two tablets of half the strength for two of the whole: how much they stand for must be said."""
    if covers is None and not counts_alike(line, product):
        raise Refusal(
            "{name}: {given} is not counted as {wanted} is. Say how much of the prescribed {unit} it covers.",
            field="covers", name=name, given=f"{product.strength} {product.unit}".strip(),
            wanted=f"{line.strength} {line.unit}".strip(), unit=line.unit,
        )  # fmt: skip


def check_outstanding(line: Wanted, covers: int) -> None:
    """Refuse more than is still to be handed out."""
    if covers > line.outstanding:
        raise Refusal(
            "Only {left} of {name} are still to be handed out.", field="quantity", left=line.outstanding, name=line.name
        )


def status_after(lines: Iterable[Wanted]) -> str:
    """The state of a prescription by what of its lines was handed out."""
    wanted = list(lines)
    if all(not line.outstanding for line in wanted):
        return "dispensed"
    return "partly_dispensed" if any(line.dispensed for line in wanted) else "signed"


def queue_order(priority: str, signed_at: str) -> tuple[int, str]:
    """The place in the queue: by priority, then by who has waited longest."""
    return (PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES), signed_at)


def packs(quantity: int, pack_size: int) -> tuple[int, int]:
    """A quantity of base units as whole packs and what is left over."""
    return divmod(quantity, pack_size) if pack_size > 1 else (0, quantity)


def unanswered(keys: Sequence[str], reasons: Mapping[str, str]) -> tuple[str, ...]:
    """The alerts that stop and have no reason yet; dots, invisible characters and a letter or two give none."""
    return tuple(key for key in keys if not says_something(reasons.get(key, "")))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
