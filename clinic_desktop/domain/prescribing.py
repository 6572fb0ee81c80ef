"""Prescribing: the structured dose, its instructions in plain words, and the quantity it comes to."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from clinic_desktop.domain.counting import whole
from clinic_desktop.domain.doses import Strength, counted, plain, product_amount, unit_code
from clinic_desktop.domain.refusals import Refusal


@dataclass(frozen=True)
class Frequency:
    """How often: times in `days` days; `times` is 0 where it is given once only."""

    code: str
    words: str
    times: int
    days: int = 1


FREQUENCIES: dict[str, Frequency] = {
    each.code: each
    for each in (
        Frequency("stat", "once only, now", 0),
        Frequency("od", "once a day", 1),
        Frequency("mane", "in the morning", 1),
        Frequency("nocte", "at night", 1),
        Frequency("bd", "twice a day", 2),
        Frequency("tds", "three times a day", 3),
        Frequency("qds", "four times a day", 4),
        Frequency("5xd", "five times a day", 5),
        Frequency("q4h", "every 4 hours", 6),
        Frequency("q6h", "every 6 hours", 4),
        Frequency("q8h", "every 8 hours", 3),
        Frequency("q12h", "every 12 hours", 2),
        Frequency("q48h", "every other day", 1, 2),
        Frequency("weekly", "once a week", 1, 7),
        Frequency("2xw", "twice a week", 2, 7),
        Frequency("3xw", "three times a week", 3, 7),
        Frequency("monthly", "once a month", 1, 28),
    )
}

# How a dose is given: the verb that opens the instruction and the words that say where.
ROUTES: dict[str, tuple[str, str]] = {
    "oral": ("take", "by mouth"),
    "sublingual": ("put", "under the tongue"),
    "inhaled": ("inhale", "into the lungs"),
    "topical": ("apply", "to the skin"),
    "eye": ("put", "into the eye"),
    "ear": ("put", "into the ear"),
    "nasal": ("put", "into the nose"),
    "rectal": ("insert", "into the rectum"),
    "vaginal": ("insert", "into the vagina"),
    "subcutaneous": ("inject", "under the skin"),
    "intramuscular": ("inject", "into the muscle"),
    "intravenous": ("inject", "into the vein"),
    "transdermal": ("stick", "on the skin"),
}


# What no written dose is beyond: 2.4 million units of benzathine penicillin are usual, ten million of anything are not.
MOST_AMOUNT = Decimal(10_000_000)
DOSE_DECIMALS = 3
MOST_DAYS = 366
MOST_HANDED_OUT = 10_000


@dataclass(frozen=True)
class Dose:
    """One structured dose; amounts are in `unit`, `max_per_day` too."""

    amount: Decimal
    unit: str
    route: str
    frequency: str
    duration_days: int | None = None
    as_needed: bool = False
    as_needed_for: str = ""
    max_per_day: Decimal | None = None


def check_dose(dose: Dose) -> Dose:
    """Give the dose back with its unit in the one spelling; raises `Refusal` naming the wrong field."""
    if not dose.amount.is_finite() or dose.amount <= 0:
        raise Refusal("The dose must be more than nothing.", field="amount")
    _check_amount(dose.amount, "amount")
    if not dose.unit.strip():
        raise Refusal("Say the unit of the dose.", field="unit")
    if dose.route not in ROUTES:
        raise Refusal("“{route}” is not a route.", field="route", route=dose.route)
    if dose.frequency not in FREQUENCIES:
        raise Refusal("“{frequency}” is not a frequency.", field="frequency", frequency=dose.frequency)
    if dose.duration_days is not None:
        whole(dose.duration_days, field="duration_days", least=1, most=MOST_DAYS)
    limit = dose.max_per_day
    if limit is not None and (not limit.is_finite() or limit < dose.amount):
        raise Refusal("The most in a day is less than one dose.", field="max_per_day")
    if limit is not None:
        _check_amount(limit, "max_per_day")
    return Dose(
        dose.amount,
        unit_code(dose.unit),
        dose.route,
        dose.frequency,
        dose.duration_days,
        dose.as_needed,
        dose.as_needed_for.strip(),
        limit,
    )


def _check_amount(amount: Decimal, field: str) -> None:
    if amount > MOST_AMOUNT:
        raise Refusal("So much is never given at once: look at the dose again.", field=field)
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DOSE_DECIMALS:
        raise Refusal("At most {n} decimals: write it in a smaller unit.", field=field, n=DOSE_DECIMALS)


def doses_in(dose: Dose, days: int) -> int:
    """The most doses that fall in so many days; a single dose is one however long."""
    how = FREQUENCIES[dose.frequency]
    if not how.times:
        return 1
    return -(-days * how.times // how.days)


def amount_in(dose: Dose, days: int) -> Decimal:
    """The most that is taken in so many days, in the unit of the dose and under its daily limit."""
    total = dose.amount * doses_in(dose, days)
    return total if dose.max_per_day is None else min(total, dose.max_per_day * days)


def sig(dose: Dose) -> str:
    """The instruction in plain words: take 2 tablets by mouth three times a day for 7 days."""
    verb, where = ROUTES[dose.route]
    how = FREQUENCIES[dose.frequency]
    words = [verb, counted(dose.amount, dose.unit), where]
    if dose.as_needed and how.times > 1 and not how.words.startswith("every"):
        words.append("up to")
    words.append(how.words)
    if dose.as_needed:
        words.append(f"when needed for {dose.as_needed_for}" if dose.as_needed_for else "when needed")
    text = " ".join(words)
    if dose.duration_days is not None and how.times:
        text += f" for {dose.duration_days} {'day' if dose.duration_days == 1 else 'days'}"
    if dose.max_per_day is not None:
        text += f", no more than {counted(dose.max_per_day, dose.unit)} in a day"
    return text


def quantity(dose: Dose, dispensed_in: str, strength: Strength | None = None) -> Decimal | None:
    """How much to dispense, in `dispensed_in`, rounded up to whole pieces and mL; `None` where unknown.

    Unknown means that no duration is set, or that the dose is in a unit the product cannot be counted in.
    """
    if dose.duration_days is None and FREQUENCIES[dose.frequency].times:
        return None
    total = amount_in(dose, dose.duration_days or 1)
    made = product_amount(total, dose.unit, strength, dispensed_in)
    # Half a tablet can be taken but not handed out; a bottle is not measured below a millilitre.
    return None if made is None else made.to_integral_value(ROUND_CEILING)


def quantity_text(amount: Decimal, unit: str) -> str:
    """The quantity as it is shown: 42 tablets, 150 mL."""
    return counted(amount, unit)


def short_sig(dose: Dose) -> str:
    """The instruction as clinicians write it: 500 mg oral tds 7 d."""
    words = [plain(dose.amount), dose.unit, dose.route, dose.frequency]
    if dose.as_needed:
        words.append("prn")
    if dose.duration_days is not None:
        words.append(f"{dose.duration_days} d")
    return " ".join(words)
