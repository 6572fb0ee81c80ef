"""The laboratory's rules: what a value may be, how far it moved, who may release it, and how an order stands."""

import dataclasses
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from clinic_desktop.domain import units
from clinic_desktop.domain.ranges import Ages, Flag, Judgement, Range, amount, judge, write
from clinic_desktop.domain.refusals import Refusal

TestStatus = Literal["ordered", "collected", "resulted", "released", "rejected", "cancelled"]
OrderStatus = Literal["ordered", "collected", "partly_released", "released", "cancelled"]
PRIORITIES = ("stat", "urgent", "routine")

# First choices that say "looked for and not found", and what says that the test itself failed.
NEGATIVE = frozenset({"negative", "non-reactive", "not seen", "not detected", "no growth", "absent"})
NO_ANSWER = frozenset({"invalid"})

# A factor of ten between two results is more often a slip of the decimal point than a patient who changed.
SLIP = Decimal(8)


@dataclass(frozen=True)
class Choice:
    """One word that a test with choices may answer, and whether it is an abnormal finding."""

    text: str
    abnormal: bool = False


@dataclass(frozen=True)
class Delta:
    """How far a value moved from the one before: for information, it decides nothing."""

    before: str
    before_at: datetime
    change: Decimal
    percent: Decimal | None


@dataclass(frozen=True)
class Assay:
    """What the catalogue knows of a test, as far as it decides what a value may be and mean."""

    kind: Literal["numeric", "choice", "text"]
    unit: str | None = None
    loinc: str | None = None
    decimals: int = 0
    choices: tuple[Choice, ...] = ()
    plausible_low: Decimal | None = None
    plausible_high: Decimal | None = None
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Before:
    """The last released result of the same test of the same person."""

    value: str
    at: datetime


@dataclass(frozen=True)
class Assessed:
    """A typed value as it will be stored, what it means, how far it moved, and why it should be confirmed."""

    value: str
    judgement: Judgement
    delta: Delta | None = None
    confirm: str | None = None


def assess(typed: str, assay: Assay, sex: str, age: Ages | None, before: Before | None) -> Assessed:
    """Read a typed value and say all there is to say of it: the grid, the service and devices all ask here.

    A number may carry a unit of its own (``5.4 mmol/L``), which is converted. Raises Refusal.
    """
    words = typed.strip()
    if not words:
        raise Refusal("Type a value.")
    if assay.kind == "text":
        return Assessed(words, Judgement("none"))
    if assay.kind == "choice":
        choice = chosen(words, assay.choices)
        return Assessed(choice.text, judge_choice(choice, assay.choices))
    value = in_unit(words, assay)
    require_possible(value, assay.plausible_low, assay.plausible_high)
    judgement = judge(value, assay.ranges, sex, age)
    moved = None if before is None else delta(value, before.value, before.at)
    return Assessed(value, judgement, moved, improbable(value, judgement.flag, before.value if before else None))


def expected(assay: Assay, sex: str, age: Ages | None) -> Judgement:
    """What is normal, to stand beside a test before its value is known."""
    if assay.kind == "choice":
        return judge_choice(assay.choices[0], assay.choices) if assay.choices else Judgement("none")
    return judge("0", assay.ranges, sex, age) if assay.kind == "numeric" else Judgement("none")


def in_unit(typed: str, assay: Assay) -> str:
    """The number as it is stored, in the test's unit. Raises Refusal for what is no number or a strange unit."""
    number, unit = _split(typed)
    read = amount(number)
    if read is None:
        raise Refusal("Type a number, such as 5.4 or <0.5.")
    if not unit or units.same(unit, assay.unit):
        return write(read)
    converted = units.convert(read.number, unit, assay.unit, loinc=assay.loinc)
    if converted is None:
        raise Refusal("A result in {unit} cannot be counted in {wanted}.", unit=unit, wanted=assay.unit or "-")
    rounded = converted.quantize(Decimal(1).scaleb(-assay.decimals))
    return write(dataclasses.replace(read, number=rounded))


def _split(typed: str) -> tuple[str, str]:
    """A number and the unit behind it, if one was typed: ``< 5.4 mmol/L``, ``6.1mmol/L``, ``250 10*3/uL``."""
    found = re.fullmatch(r"([<>≤≥=]*\s*[-+−]?[\d.,]+)\s*(\S.*)?", typed)
    return (typed, "") if found is None else (found[1], found[2] or "")


def choices(text: str | None) -> tuple[Choice, ...]:
    """Read the choices of a test, as in ``Negative;Trace;+;++``.

    A star marks an abnormal one. With no star, a test whose first choice is a negative finding holds every other for
    abnormal, except one that says the test did not work; any other list (a blood group) has nothing abnormal.
    """
    words = [word.strip() for word in (text or "").split(";") if word.strip("* ")]
    if any(word.endswith("*") for word in words):
        return tuple(Choice(word.rstrip("* "), abnormal=word.endswith("*")) for word in words)
    negative_first = bool(words) and words[0].casefold() in NEGATIVE
    return tuple(
        Choice(word, abnormal=negative_first and word.casefold() not in NEGATIVE | NO_ANSWER) for word in words
    )


def chosen(typed: str, offered: Sequence[Choice]) -> Choice:
    """The choice that was typed, whole or by an unmistakable beginning; refuses anything else."""
    key = typed.strip().casefold()
    exact = [choice for choice in offered if choice.text.casefold() == key]
    fitting = exact or [choice for choice in offered if key and choice.text.casefold().startswith(key)]
    if len(fitting) != 1:
        raise Refusal("Choose one of: {choices}.", choices=", ".join(choice.text for choice in offered))
    return fitting[0]


def judge_choice(choice: Choice, offered: Sequence[Choice]) -> Judgement:
    """What a chosen word means; a test that marks no abnormal choice gives no flag."""
    if not any(one.abnormal for one in offered):
        return Judgement("none")
    if choice.text.casefold() in NO_ANSWER:
        return Judgement("none", reason="the test gave no answer")
    normal = " / ".join(one.text for one in offered if not one.abnormal and one.text.casefold() not in NO_ANSWER)
    return Judgement("A" if choice.abnormal else "N", range_text=normal or None)


def require_possible(value: str, low: Decimal | None, high: Decimal | None) -> None:
    """Refuse a number that no living person has: it is a slip of the keys, whatever the screen confirms."""
    read = amount(value)
    if read is None:
        raise Refusal("Type a number, such as 5.4 or <0.5.")
    if low is not None and read.number < low and not read.relation.startswith("<"):
        raise Refusal("{value} is not possible: nothing below {limit} is. Look at the value again.",
                      value=value, limit=f"{low:f}")  # fmt: skip
    if high is not None and read.number > high and not read.relation.startswith(">"):
        raise Refusal("{value} is not possible: nothing above {limit} is. Look at the value again.",
                      value=value, limit=f"{high:f}")  # fmt: skip


def improbable(value: str, flag: Flag, before: str | None) -> str | None:
    """Why a value should be confirmed before it is taken, in words; None if it need not be."""
    if flag in {"LL", "HH"}:
        return "This value is critical. Check the specimen and the number, and confirm it."
    now, then = amount(value), amount(before or "")
    if now is None or then is None or now.relation or then.relation or min(now.number, then.number) <= 0:
        return None
    ratio = max(now.number, then.number) / min(now.number, then.number)
    return "This is about ten times off the result before. Check the decimal point, and confirm it." if (
        ratio >= SLIP) else None  # fmt: skip


def delta(value: str, before: str | None, before_at: datetime | None) -> Delta | None:
    """How far a number moved since the result before; None where either is not an exact number."""
    now, then = amount(value), amount(before or "")
    if before is None or before_at is None or now is None or then is None or now.relation or then.relation:
        return None
    change = now.number - then.number
    percent = None if not then.number else (change / then.number * 100).quantize(Decimal(1))
    return Delta(before, before_at, change, percent)


def require_second_person(entered_by: Collection[str], releasing: str) -> None:
    """Refuse a release by whoever entered a value: a slip is seen by other eyes, not by the same ones twice."""
    if releasing in entered_by:
        raise Refusal("You entered this result. Somebody else has to look at it and release it.")


def order_status(tests: Collection[TestStatus]) -> OrderStatus:
    """How an order stands, from how its tests stand."""
    live = [status for status in tests if status != "cancelled"]
    if not live:
        return "cancelled"
    if all(status == "released" for status in live):
        return "released"
    if "released" in live:
        return "partly_released"
    return "collected" if {"collected", "resulted"} & set(live) else "ordered"
