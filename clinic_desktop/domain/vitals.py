"""Vital signs: what is measured, in which unit, what can be true, and how an entry at the keyboard is read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from clinic_desktop.domain.refusals import Refusal

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
PULSE, BREATHING, TEMPERATURE, OXYGEN = "8867-4", "9279-1", "8310-5", "59408-5"
WEIGHT, HEIGHT, BMI = "29463-7", "8302-2", "39156-5"
HEAD, GLUCOSE, PAIN = "9843-4", "41653-7", "72514-3"


@dataclass(frozen=True)
class Sign:
    """One vital sign: LOINC code, UCUM unit, decimals kept, and the limits beyond which it is a slip of the pen."""

    code: str
    key: str
    name: str
    unit: str
    shown_unit: str
    decimals: int
    plausible_low: Decimal
    plausible_high: Decimal
    derived: bool = False


def _sign(
    code: str, key: str, name: str, unit: str, shown: str, decimals: int, low: str, high: str, *, derived: bool = False
) -> Sign:
    return Sign(code, key, name, unit, shown, decimals, Decimal(low), Decimal(high), derived)


# Codes, units, decimals and plausible limits are those of the reference table of vital signs (a test holds them equal);
# the limits catch 1200/80 or 370 degrees, and let survivors' extremes in.
SIGNS: tuple[Sign, ...] = (
    _sign(SYSTOLIC, "systolic", "Systolic blood pressure", "mm[Hg]", "mmHg", 0, "30", "300"),
    _sign(DIASTOLIC, "diastolic", "Diastolic blood pressure", "mm[Hg]", "mmHg", 0, "10", "200"),
    _sign(PULSE, "heart_rate", "Heart rate", "/min", "/min", 0, "20", "300"),
    _sign(BREATHING, "respiratory_rate", "Respiratory rate", "/min", "/min", 0, "3", "120"),
    _sign(TEMPERATURE, "temperature", "Temperature", "Cel", "°C", 1, "25", "45"),
    _sign(OXYGEN, "spo2", "Oxygen saturation", "%", "%", 0, "30", "100"),
    _sign(WEIGHT, "weight", "Weight", "kg", "kg", 1, "0.3", "400"),
    _sign(HEIGHT, "height", "Height", "cm", "cm", 1, "20", "250"),
    _sign(BMI, "bmi", "Body mass index", "kg/m2", "kg/m²", 1, "5", "100", derived=True),
    _sign(HEAD, "head_circumference", "Head circumference", "cm", "cm", 1, "15", "80"),
    _sign(GLUCOSE, "glucose_meter", "Glucose by meter", "mg/dL", "mg/dL", 0, "10", "600"),
    _sign(PAIN, "pain", "Pain", "{score}", "/10", 0, "0", "10"),
)
BY_CODE: Mapping[str, Sign] = {sign.code: sign for sign in SIGNS}
BY_KEY: Mapping[str, Sign] = {sign.key: sign for sign in SIGNS}

# What else people write at the keyboard, and the factor and offset to the unit that is kept.
# Glucose: 18.0156 g/mol per dL (NIST molar mass of C6H12O6, 180.156 g/mol).
_OTHER_UNITS: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = {
    ("temperature", "f"): (Decimal(5) / Decimal(9), Decimal(-160) / Decimal(9)),
    ("weight", "lb"): (Decimal("0.45359237"), Decimal(0)),
    ("weight", "g"): (Decimal("0.001"), Decimal(0)),
    ("height", "m"): (Decimal(100), Decimal(0)),
    ("height", "in"): (Decimal("2.54"), Decimal(0)),
    ("glucose_meter", "mmol"): (Decimal("18.0156"), Decimal(0)),
}
_OWN_UNITS = {
    "systolic": ("mmhg",),
    "diastolic": ("mmhg",),
    "heart_rate": ("bpm", "min"),
    "respiratory_rate": ("min",),
    "temperature": ("c",),
    "spo2": ("%",),
    "weight": ("kg",),
    "height": ("cm",),
    "head_circumference": ("cm",),
    "glucose_meter": ("mg", "mgdl"),
    "pain": ("10",),
}
_ENTRY = re.compile(r"^\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[^\d\s].*)?$")


@dataclass(frozen=True)
class Reading:
    """One value of one sign, in the unit that is kept."""

    code: str
    value: Decimal

    @property
    def text(self) -> str:
        """The value as it is kept and shown: no trailing zeros."""
        return plain(self.value)


def plain(value: Decimal) -> str:
    """A number with no exponent and no trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_entry(key: str, text: str) -> tuple[Reading, ...]:
    """Read what was typed for a sign; ``"120/80"`` under `pressure` gives two readings; nothing typed gives none.

    Other units are said with the number: ``98.6 F``, ``150 lb``, ``1.75 m``, ``5.6 mmol``. Refuses what is no number
    and what cannot be true.
    """
    text = text.strip()
    if not text:
        return ()
    if key == "pressure":
        parts = re.split(r"[/\s]+", text.lower().removesuffix("mmhg").strip())
        if len(parts) != 2:
            raise Refusal("Write the blood pressure as 120/80.", field=key)
        readings = (_reading("systolic", parts[0], key), _reading("diastolic", parts[1], key))
        if readings[1].value >= readings[0].value:
            raise Refusal("The upper blood pressure must be above the lower one.", field=key)
        return readings
    return (_reading(key, text, key),)


POSTURES = ("lying", "standing")


def read_posture(text: str) -> str | None:
    """How a length or height was measured; None where nobody said. Raises Refusal for anything else."""
    text = text.strip()
    if text and text not in POSTURES:
        raise Refusal("Say whether the child lay or stood.", field="posture")
    return text or None


def _reading(key: str, text: str, field: str) -> Reading:
    sign = BY_KEY[key]
    match = _ENTRY.match(text)
    if match is None:
        raise Refusal("This is not a number.", field=field)
    if re.search(r",\d{3}$", match["number"]):
        raise Refusal("Write the number in plain digits: what 1,000 means is not guessed.", field=field)
    try:
        value = Decimal(match["number"].replace(",", "."))
    except InvalidOperation as error:
        raise Refusal("This is not a number.", field=field) from error
    unit = re.sub(r"[^a-z0-9%]", "", (match["unit"] or "").lower())
    if unit and unit not in _OWN_UNITS[key]:
        factor = _OTHER_UNITS.get((key, unit)) or _OTHER_UNITS.get((key, unit.removesuffix("l").removesuffix("s")))
        if factor is None:
            raise Refusal(
                "The unit {unit} is not known here; {known} is kept.", field=field, unit=unit, known=sign.unit
            )
        value = value * factor[0] + factor[1]
    value = value.quantize(Decimal(1).scaleb(-sign.decimals), ROUND_HALF_UP)
    if not sign.plausible_low <= value <= sign.plausible_high:
        raise Refusal(
            "{value} cannot be true; it must lie between {low} and {high} {unit}.",
            field=field,
            value=plain(value),
            low=plain(sign.plausible_low),
            high=plain(sign.plausible_high),
            unit=sign.shown_unit,
        )
    return Reading(sign.code, value)


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight in kg by the square of height in m, to one decimal (WHO TRS 894)."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def with_derived(readings: Iterable[Reading], known_height: Decimal | None = None) -> tuple[Reading, ...]:
    """The readings, and the body mass index where weight and height are known and the result can be true."""
    given = tuple(readings)
    values = {reading.code: reading.value for reading in given}
    height = values.get(HEIGHT, known_height)
    if WEIGHT not in values or height is None:
        return given
    index = body_mass_index(values[WEIGHT], height)
    sign = BY_CODE[BMI]
    if not sign.plausible_low <= index <= sign.plausible_high:
        return given
    return (*given, Reading(BMI, index))


def wanted_signs(*, age_months: int | None, pregnant: bool, preset: str) -> tuple[str, ...]:
    """The signs that a visit needs at least, by age, pregnancy and kind of visit.

    Children under five: weight always (dosing), temperature and breathing (WHO IMCI). Adults: pressure and pulse.
    Pregnancy: pressure and weight (WHO antenatal care 2016). Emergency: what NEWS2 and PEWS are read from.
    """
    if age_months is not None and age_months < 60:
        wanted = [WEIGHT, TEMPERATURE, BREATHING]
    elif age_months is not None and age_months < 216:
        wanted = [WEIGHT, TEMPERATURE, PULSE]
    else:
        wanted = [SYSTOLIC, PULSE]
    if pregnant or preset == "antenatal":
        wanted += [SYSTOLIC, WEIGHT]
    if preset == "emergency":
        wanted += [PULSE, BREATHING, OXYGEN, TEMPERATURE]
    return tuple(dict.fromkeys(wanted))
