"""Vital signs measured elsewhere, read into the units that are kept here; what does not fit exactly is left out."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from clinic_desktop.domain import vitals
from clinic_desktop.domain.vitals import Reading

# LOINC codes of the same quantity: oxygen saturation in arterial blood, however it was measured, is kept as one sign.
SAME: Mapping[str, str] = {"2708-6": vitals.OXYGEN}
# UCUM unit -> factor and offset to the unit that is kept. NIST Special Publication 811, appendix B.
_KG = {"kg": (1, 0), "g": ("0.001", 0), "[lb_av]": ("0.45359237", 0)}
_CM = {"cm": (1, 0), "m": (100, 0), "mm": ("0.1", 0), "[in_i]": ("2.54", 0)}
_RATE = {"/min": (1, 0), "{beats}/min": (1, 0), "{breaths}/min": (1, 0), "1/min": (1, 0)}
_UNITS: Mapping[str, Mapping[str, tuple[object, object]]] = {
    vitals.SYSTOLIC: {"mm[Hg]": (1, 0), "kPa": ("7.50061683", 0)},
    vitals.DIASTOLIC: {"mm[Hg]": (1, 0), "kPa": ("7.50061683", 0)},
    vitals.PULSE: _RATE,
    vitals.BREATHING: _RATE,
    vitals.TEMPERATURE: {"Cel": (1, 0), "[degF]": (Decimal(5) / 9, Decimal(-160) / 9)},
    vitals.OXYGEN: {"%": (1, 0)},
    vitals.WEIGHT: _KG,
    vitals.HEIGHT: _CM,
    vitals.BMI: {"kg/m2": (1, 0)},
    vitals.HEAD: _CM,
    vitals.GLUCOSE: {"mg/dL": (1, 0), "mmol/L": ("18.0156", 0)},
    vitals.PAIN: {"{score}": (1, 0), "{#}": (1, 0), "1": (1, 0)},
}


def reading(loinc: str, value: str, unit: str | None) -> Reading | None:
    """The sign that a measurement is, in the unit and decimals kept; None for what is no sign or cannot be true."""
    code = SAME.get(loinc, loinc)
    sign = vitals.BY_CODE.get(code)
    scale = _UNITS.get(code, {}).get(unit or "")
    if sign is None or scale is None:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > 10**6:
        return None
    factor, offset = (Decimal(str(part)) for part in scale)
    kept = (number * factor + offset).quantize(Decimal(1).scaleb(-sign.decimals), ROUND_HALF_UP)
    if not sign.plausible_low <= kept <= sign.plausible_high:
        return None
    return Reading(code, kept)
