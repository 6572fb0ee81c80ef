"""Amounts of medicine: units, strengths and what a dose comes to in the unit of its ingredient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from clinic_desktop.domain.refusals import Refusal

# What one of each unit is in the smallest of its family. Units and micrograms never meet: converting between
# families is a question about a particular medicine, not about arithmetic.
_FAMILIES: dict[str, tuple[str, Decimal]] = {
    "mcg": ("mass", Decimal(1)),
    "mg": ("mass", Decimal(1_000)),
    "g": ("mass", Decimal(1_000_000)),
    "mL": ("volume", Decimal(1)),
    "L": ("volume", Decimal(1_000)),
    "unit": ("activity", Decimal(1)),
    "mmol": ("substance", Decimal(1)),
}
_SPELLINGS = {
    "ug": "mcg",
    "µg": "mcg",
    "μg": "mcg",
    "microgram": "mcg",
    "micrograms": "mcg",
    "milligram": "mg",
    "milligrams": "mg",
    "gram": "g",
    "grams": "g",
    "ml": "mL",
    "millilitre": "mL",
    "millilitres": "mL",
    "l": "L",
    "iu": "unit",
    "units": "unit",
    "international unit": "unit",
}
_PLURALS = {
    "tablet": "tablets",
    "capsule": "capsules",
    "puff": "puffs",
    "drop": "drops",
    "sachet": "sachets",
    "suppository": "suppositories",
    "pessary": "pessaries",
    "ampoule": "ampoules",
    "vial": "vials",
    "patch": "patches",
    "application": "applications",
    "spray": "sprays",
    "unit": "units",
    "nebule": "nebules",
}
_SINGULARS = {many: one for one, many in _PLURALS.items()}
_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(.*?)\s*\Z")


@dataclass(frozen=True)
class Strength:
    """How much of one ingredient lies in so much of the product: 125 mg in 5 mL, 500 mg in 1 tablet."""

    amount: Decimal
    unit: str
    per: Decimal = Decimal(1)
    per_unit: str = "tablet"


def plain(number: Decimal) -> str:
    """Write a number with no exponent and no trailing zeros: never 1.0, which is read as 10."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_code(unit: str) -> str:
    """The one spelling of a unit; units of counting (tablet, puff) come back in the singular."""
    word = unit.strip()
    if word in _FAMILIES:
        return word
    low = word.lower()
    return _SPELLINGS.get(low) or _SINGULARS.get(low, low)


def is_measure(unit: str) -> bool:
    """The unit can be converted: a mass, volume, activity or amount of substance, not a thing counted."""
    return unit_code(unit) in _FAMILIES


def counted(amount: Decimal, unit: str) -> str:
    """An amount with its unit in words: 1 tablet, 2 tablets, 0.5 tablet, 5 mL."""
    return f"{plain(amount)} {unit_word(amount, unit)}"


def unit_word(amount: Decimal | int, unit: str) -> str:
    """The unit as it is said after so many: tablet after 1 and 0.5, tablets after 800 and 0."""
    code = unit_code(unit)
    return _PLURALS.get(code, code) if amount > 1 or not amount else code


def convert(amount: Decimal, unit: str, into: str) -> Decimal | None:
    """Convert between units of one family; `None` where they are not of one family."""
    have, want = unit_code(unit), unit_code(into)
    if have == want:
        return amount
    family, size = _FAMILIES.get(have, ("", Decimal(1)))
    other, other_size = _FAMILIES.get(want, (" ", Decimal(1)))
    return amount * size / other_size if family == other else None


def ingredient_amount(amount: Decimal, unit: str, strength: Strength | None, into: str) -> Decimal | None:
    """What a dose (2 tablets, 5 mL, 500 mg) holds of the ingredient, in `into`; `None` where unknown."""
    direct = convert(amount, unit, into) if is_measure(unit) else None
    if direct is not None:
        return direct
    if strength is None or not strength.per:
        return None
    product = convert(amount, unit, strength.per_unit)
    return None if product is None else convert(product * strength.amount / strength.per, strength.unit, into)


def product_amount(amount: Decimal, unit: str, strength: Strength | None, into: str) -> Decimal | None:
    """What a dose (500 mg) comes to in the unit of the product (2 tablets); `None` where unknown."""
    direct = convert(amount, unit, into)
    if direct is not None:
        return direct
    if strength is None or not strength.amount:
        return None
    mass = convert(amount, unit, strength.unit)
    return None if mass is None else convert(mass * strength.per / strength.amount, strength.per_unit, into)


def read_amount(text: str, *, field: str | None = None) -> tuple[Decimal, str]:
    """Read "500 mg" or "1 tablet"; raises `Refusal` naming `field`."""
    found = _AMOUNT.match(text)
    if not found or not found[2]:
        raise Refusal("“{text}” is not an amount with a unit.", field=field, text=text)
    try:
        return Decimal(found[1]), unit_code(found[2])
    except InvalidOperation as error:  # pragma: no cover - the pattern lets only numbers through
        raise Refusal("“{text}” is not a number.", field=field, text=text) from error


def read_strengths(text: str, per: str, *, field: str | None = None) -> tuple[Strength, ...]:
    """Read "500 mg+125 mg" of "1 tablet", one strength for each ingredient in order; raises `Refusal`."""
    if not text.strip():
        return ()
    per_amount, per_unit = read_amount(per, field=field)
    if not per_amount:
        raise Refusal("“{text}” is not an amount with a unit.", field=field, text=per)
    parts = (read_amount(part, field=field) for part in text.split("+"))
    return tuple(Strength(amount, unit, per_amount, per_unit) for amount, unit in parts)


def strength_text(strengths: tuple[Strength, ...]) -> str:
    """The strength as it is shown: 500 mg + 125 mg, 125 mg/5 mL, 100 unit/mL."""
    if not strengths:
        return ""
    first = strengths[0]
    amounts = " + ".join(f"{plain(each.amount)} {each.unit}" for each in strengths)
    if not is_measure(first.per_unit):
        return amounts
    return f"{amounts}/{'' if first.per == 1 else plain(first.per) + ' '}{first.per_unit}"


def strengths_by_ingredient(ingredients: tuple[str, ...], strengths: tuple[Strength, ...]) -> Mapping[str, Strength]:
    """Pair ingredients with strengths; none where the counts differ, since a guess here is a wrong dose."""
    return dict(zip(ingredients, strengths, strict=True)) if len(ingredients) == len(strengths) else {}
