"""What a message of a device must agree with before a result may file itself: the person twice, the test, the value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from clinic_desktop.domain.patients import words_of
from clinic_desktop.domain.ranges import amount

ValueKind = Literal["quantity", "codeable", "string", "time", "dateTime", "none"]
ItemState = Literal["received", "filed", "review", "rejected", "control"]

LOINC = "http://loinc.org"

# English, translated where it is shown.
NO_PERSON = "the message names no patient"
NOBODY = "no patient here has this number"
TWO_PEOPLE = "more than one patient here has this number"
TWO_NUMBERS = "the numbers of this message are of different patients"
NOT_TWICE = "only the number agrees, nothing else of the patient"
OTHER_NAME = "the patient of this number has another name"
OTHER_BIRTH = "the patient of this number has another birth date"
OTHER_SEX = "the patient of this number has another sex"
OTHER_ORDER = "the order of this number is of another patient"
OTHER_VISIT = "the visit is of another patient than this number"
TWO_ORDERS = "the numbers of this result belong to different orders"
UNKNOWN_TEST = "this test is not known here: it has no code of a named system"
NO_VALUE = "there is no value"
BAD_STATUS = "the device does not say that this result stands"
FLAG_DIFFERS = "the flag of the device contradicts the value"
NOT_ORDERED = "this test was not ordered, or its specimen is not taken"
RELEASED = "this test has a result already"
OPEN_ORDERS = "several orders wait for this test: enter it where it belongs"
CANNOT_CONVERT = "this unit cannot be converted without a guess"
OPEN_ORDER = "an order waits for this test: say whether this is its result"
IN_FUTURE = "the device says that this was measured in the future: look at its clock"
BEFORE_BIRTH = "the device says that this was measured before the patient was born"
ORDERED_BEFORE = "an order of this number is here already: look whether it is the same one"
DOSE_DELETED = "the sender deletes this dose"
ORDER_ENDED = "the sender cancels or changes this order"
STANDS = "another value stands already under the same order, test and time"
SAME_AGAIN = "the same values again, and the device tells no time: was it measured twice, or sent twice?"
MOVED = "what came under this number before was put into another patient's chart"
NUMBER_REUSED = "this order number stands here for another medicine or another patient"


@dataclass(frozen=True)
class Named:
    """Whom a message speaks of: numbers with who gave them, names as (family, given), birth and sex."""

    numbers: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    born: str = ""  # YYYY-MM-DD, YYYY-MM or YYYY
    sex: str = ""

    def __repr__(self) -> str:
        return "Named()"

    @property
    def nobody(self) -> bool:
        """Whether it says nothing of anybody."""
        return not (self.numbers or self.names or self.born)


@dataclass(frozen=True)
class Registered:
    """A registration as far as identity is compared; `names` are the present and the former ones."""

    patient_id: str
    names: tuple[tuple[str, str], ...]
    born_on: date | None
    born_precision: str
    sex: str

    def __repr__(self) -> str:
        return f"Registered({self.patient_id})"


def disagreement(said: Named, known: Registered) -> str | None:
    """Why a message that bears a person's number may still be about somebody else; None where a second thing agrees.

    A number is never enough. Whatever else both sides know must agree: one thing that contradicts outweighs all.
    """
    if said.sex in {"female", "male"} and known.sex in {"female", "male"} and said.sex != known.sex:
        return OTHER_SEX
    named = _name_agrees(said.names, known.names)
    if named is False:
        return OTHER_NAME
    born = _birth_agrees(said.born, known)
    if born is False:
        return OTHER_BIRTH
    return None if named or born else NOT_TWICE


def _name_agrees(said: Sequence[tuple[str, str]], known: Sequence[tuple[str, str]]) -> bool | None:
    """Whether the family name and the first given name are the same; None where the message keeps the name back."""
    told = [(words_of(family), words_of(given)) for family, given in said if family.strip() or given.strip()]
    if not told:
        return None
    kept = [(words_of(family), words_of(given)) for family, given in known]
    for family, given in told:
        for one, other in kept:
            same_given = given[:1] == other[:1] and bool(given)
            if family == one and family and (same_given or (not given and not other)):
                return True
    # A family name alone contradicts nothing, and proves nothing.
    lone = [family for family, given in told if family and not given]
    return None if lone and any(family == one for family in lone for one, _given in kept) else False


def _birth_agrees(said: str, known: Registered) -> bool | None:
    """Whether the birth day is the same; None where either side knows none, or not to the day."""
    if not said or known.born_on is None or known.born_precision == "unknown":
        return None
    exact = known.born_on.isoformat()
    if len(said) == 10 and known.born_precision == "day":
        return said == exact
    if known.born_precision == "estimated":
        return None
    reach = min(len(said), {"day": 10, "month": 7, "year": 4}.get(known.born_precision, 0))
    return None if said[:reach] == exact[:reach] else False


def contradicts(flag: str, ours: str, value: str, range_text: str) -> bool:
    """Whether a device's flag (N, L, H, LL, HH, A) says something else than our ranges or its own range do."""
    told = {"<": "L", ">": "H"}.get(flag, flag)
    sides = {"L": -1, "LL": -1, "H": 1, "HH": 1, "N": 0}
    if told not in sides:
        return False
    if ours in sides and ((sides[told] * sides[ours] < 0) or (told == "N" and ours in {"LL", "HH"})):
        return True
    limits, read = _limits(range_text), amount(value)
    if limits is None or read is None or read.relation:
        return False
    low, high = limits
    really = -1 if low is not None and read.number < low else 1 if high is not None and read.number > high else 0
    return really != sides[told]


_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:-|–|to|\^)\s*(\d+(?:\.\d+)?)\s*")


def _limits(text: str) -> tuple[Decimal | None, Decimal | None] | None:
    found = _SPAN.fullmatch(text)
    return None if found is None else (Decimal(found[1]), Decimal(found[2]))


def is_loinc(code: str) -> bool:
    """Whether a code is a LOINC code by its shape and its check digit (Luhn, mod 10), or names a LOINC part (LP...)."""
    if re.fullmatch(r"LP\d{4,7}-\d", code):
        return True
    found = re.fullmatch(r"(\d{1,7})-(\d)", code)
    if found is None:
        return False
    total = 0
    for place, digit in enumerate(reversed(found[1])):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(found[2])
