"""Vital signs as Open mHealth writes them, read into what the form of vital signs takes; and those of a plain form.

The names, units and words are those of the published schemas (openmhealth/schemas, Apache-2.0). What is a statistic of
a period, or no sign that is kept here, is read all the same and says why a person has to look at it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from clinic_desktop.domain import vitals
from clinic_desktop.domain.refusals import Refusal

# English, translated where it is shown.
STATISTIC = "a statistic of a period, not one measurement"
PERIOD = "the time is a period, not an instant"
NO_SIGN = "no vital sign that is kept here"
WORKED_OUT = "the body mass index is worked out here from weight and height"
OTHER_SPECIMEN = "glucose that is not of capillary or whole blood"

POINTS = 100


@dataclass(frozen=True)
class Measured:
    """What was measured at one time: the entries of the form by key, when, and why a person has to look, if so."""

    entries: tuple[tuple[str, str], ...]
    at: datetime | None = None
    note: str | None = None
    doubt: str | None = None

    def __repr__(self) -> str:
        return "Measured()"


@dataclass(frozen=True)
class _Quantity:
    """How one quantity is written: the key of the form, and what each unit is in the unit of the form."""

    key: str | None
    units: Mapping[str, tuple[str, str]]  # unit -> factor, offset


def _same(*units: str) -> Mapping[str, tuple[str, str]]:
    return dict.fromkeys(units, ("1", "0"))


# Pounds and inches are exact by the agreement of 1959 (NIST SP 811, appendix B); the grain is 1/7000 pound.
_MASS = {"kg": ("1", "0"), "g": ("0.001", "0"), "mg": ("1E-6", "0"), "lb": ("0.45359237", "0"),
         "oz": ("0.028349523125", "0"), "gr": ("0.00006479891", "0"), "ug": ("1E-9", "0"), "ng": ("1E-12", "0"),
         "pg": ("1E-15", "0"), "fg": ("1E-18", "0"),
         "Metric Ton": ("1000", "0"), "Ton": ("907.18474", "0")}  # fmt: skip
_LENGTH = {"cm": ("1", "0"), "m": ("100", "0"), "mm": ("0.1", "0"), "in": ("2.54", "0"), "ft": ("30.48", "0"),
           "yd": ("91.44", "0"), "km": ("100000", "0"), "mi": ("160934.4", "0"), "um": ("1E-4", "0"),
           "nm": ("1E-7", "0"), "pm": ("1E-10", "0"), "fm": ("1E-13", "0")}  # fmt: skip
_HEAT = {"C": ("1", "0"), "F": ("0.5555555555555555555555555556", "-17.77777777777777777777777778"),
         "K": ("1", "-273.15")}  # fmt: skip
_QUANTITIES: dict[str, _Quantity] = {
    "systolic_blood_pressure": _Quantity("systolic", _same("mmHg")),
    "diastolic_blood_pressure": _Quantity("diastolic", _same("mmHg")),
    "heart_rate": _Quantity("heart_rate", _same("beats/min")),
    "respiratory_rate": _Quantity("respiratory_rate", _same("breaths/min")),
    "body_temperature": _Quantity("temperature", _HEAT),
    "oxygen_saturation": _Quantity("spo2", _same("%")),
    "body_weight": _Quantity("weight", _MASS),
    "body_height": _Quantity("height", _LENGTH),
    # 18.0156: as domain.vitals has it.
    "blood_glucose": _Quantity("glucose_meter", {"mg/dL": ("1", "0"), "mmol/L": ("18.0156", "0")}),
    "body_mass_index": _Quantity(None, _same("kg/m2", "kg/m^2")),
    "rr_interval": _Quantity(None, _same("ms")),
}
_OTHERS = {"supplemental_oxygen_flow_rate": _Quantity(None, _same("L/min"))}
# Since these versions of each schema a time is required; before, a point without one was right.
_TIMED_SINCE = {"body_mass_index": 3, "body_weight": 2, "body_height": 2}
_TIMED_OTHERS_SINCE = 2

_LASTING = frozenset({"ps", "ns", "us", "ms", "sec", "min", "h", "d", "wk", "Mo", "yr"})
_SPECIMENS = frozenset({
    "whole blood", "plasma", "serum", "interstitial fluid", "capillary blood", "tears", "breath", "lacrimal fluid",
    "saliva", "sweat", "urine", "venous blood", "arterial blood",
})  # fmt: skip
_WORDS: dict[str, frozenset[str]] = {
    "descriptive_statistic": frozenset({
        "average", "maximum", "minimum", "standard deviation", "variance", "sum", "median", "count",
        "quartile deviation", "80th percentile", "lower quartile", "upper quartile", "1st quintile", "2nd quintile",
        "3rd quintile", "4th quintile",
    }),
    "body_posture": frozenset({"sitting", "lying down", "standing", "semi-recumbent"}),
    "position_during_measurement": frozenset({"sitting", "lying down", "standing"}),
    "temporal_relationship_to_physical_activity": frozenset({
        "at rest", "active", "before exercise", "after exercise", "during exercise",
    }),
    "temporal_relationship_to_sleep": frozenset({"before sleeping", "during sleep", "on waking"}),
    "temporal_relationship_to_meal": frozenset({
        "fasting", "not fasting", "before meal", "after meal", "before breakfast", "after breakfast", "before lunch",
        "after lunch", "before dinner", "after dinner", "2 hours postprandial",
    }),
    "blood_specimen_type": _SPECIMENS,
    "specimen_source": _SPECIMENS,
    "system": frozenset({"peripheral capillary"}),
    "oxygen_therapy_mode_of_administration": frozenset({"nasal cannula"}),
    "measurement_method": frozenset({"pulse oximetry"}),
}  # fmt: skip
_SAID = ("measurement_location", "body_posture", "position_during_measurement", "blood_specimen_type",
         "specimen_source", "user_notes", *(name for name in _WORDS if name.startswith("temporal")))  # fmt: skip


def read_point(point: object, where: str = "body") -> Measured:
    """Read one data point: with its header, or the body alone. Raises Refusal naming the field."""
    whole = _object(point, where)
    version: int | None = None
    body, path = whole, where
    if "header" in whole or "body" in whole:
        version = _version(_object(whole.get("header"), f"{where}.header"), f"{where}.header")
        body, path = _object(whole.get("body"), f"{where}.body"), f"{where}.body"
    found = [name for name in _QUANTITIES if name in body]
    if not found:
        raise Refusal("This is no vital sign of Open mHealth that is known here.", field=path)
    values = {name: _amount(body[name], _QUANTITIES[name], f"{path}.{name}") for name in found}
    for name, quantity in _OTHERS.items():
        if name in body:
            _amount(body[name], quantity, f"{path}.{name}")
    _whole_pressure(values, path)
    _known_words(body, path)
    at, period = _when(body, path, required=_needs_time(found[0], version))
    kept = {_QUANTITIES[name].key: text for name, text in values.items() if _QUANTITIES[name].key is not None}
    return Measured(
        _entries({str(key): text for key, text in kept.items()}), at, _note(body), _doubt(body, kept, period=period)
    )


def read_form(values: Mapping[str, str], at: str | None, note: str | None, where: str = "values") -> Measured:
    """Read a plain form: the keys and the ways of writing of the form of vital signs. Raises Refusal."""
    for key in values:
        if key not in {"pressure", "posture"} and (key not in vitals.BY_KEY or vitals.BY_KEY[key].derived):
            raise Refusal("There is no vital sign “{key}”.", field=f"{where}.{key[:60]}", key=key[:60])
    if not any(text.strip() for text in values.values()):
        raise Refusal("Nothing was measured yet.", field=where)
    return Measured(tuple(values.items()), None if at is None else instant(at, "taken_at"), note)


def require_plausible(measured: Measured) -> None:
    """Refuse what cannot be true, by the very rules of the form of vital signs. Raises Refusal naming the sign."""
    for key, text in measured.entries:
        if key == "posture":
            vitals.read_posture(text)
        else:
            vitals.read_entry(key, text)


def instant(text: object, where: str) -> datetime:
    """An instant with its offset (RFC 3339). Raises Refusal."""
    if isinstance(text, str) and len(text) <= 40 and "T" in text.upper():
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is not None and 1900 <= read.year <= 9000:
            return read
    raise Refusal("Write the time with its offset: 2026-03-10T08:00:00+00:00.", field=where)


def _version(header: Mapping[str, object], where: str) -> int | None:
    if "schema_id" not in header:
        return None
    schema = _object(header["schema_id"], f"{where}.schema_id")
    version = schema.get("version")
    if not isinstance(schema.get("name"), str) or not isinstance(version, str) or not version[:1].isdigit():
        raise Refusal("Name the schema and its version.", field=f"{where}.schema_id")
    return int(version.partition(".")[0][:4]) if version.partition(".")[0].isdigit() else None


def _needs_time(name: str, version: int | None) -> bool:
    return version is not None and version >= _TIMED_SINCE.get(name, _TIMED_OTHERS_SINCE)


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Refusal("An object belongs here.", field=where)
    return value


def _amount(value: object, quantity: _Quantity, where: str) -> str:
    """A value with its unit, as the form takes it."""
    said = _object(value, where)
    number, unit = said.get("value"), said.get("unit")
    if isinstance(number, bool) or not isinstance(number, (int, float, Decimal)):
        raise Refusal("A number belongs here.", field=f"{where}.value")
    if not isinstance(unit, str) or unit not in quantity.units:
        raise Refusal("The unit must be one of: {units}.", field=f"{where}.unit", units=", ".join(quantity.units))
    amount = Decimal(str(number))
    if not amount.is_finite() or abs(amount.adjusted()) > 30:
        raise Refusal("A number belongs here.", field=f"{where}.value")
    factor, offset = quantity.units[unit]
    kept = amount * Decimal(factor) + Decimal(offset)
    if kept < 0:
        raise Refusal("This value cannot be true.", field=f"{where}.value")
    # More digits than any scale has; the form rounds to what is kept.
    return vitals.plain(kept.quantize(Decimal("0.0001"))) if abs(kept) < Decimal("1E12") else "999999999999"


def _whole_pressure(values: Mapping[str, str], path: str) -> None:
    both = ("systolic_blood_pressure", "diastolic_blood_pressure")
    for name in both:
        if any(other in values for other in both) and name not in values:
            raise Refusal("A blood pressure has two numbers.", field=f"{path}.{name}")


def _entries(kept: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Both pressures are one entry of the form, which holds them against each other."""
    rest = dict(kept)
    if "systolic" in rest:
        rest["pressure"] = f"{rest.pop('systolic')}/{rest.pop('diastolic')}"
    return tuple(rest.items())


def _known_words(body: Mapping[str, object], path: str) -> None:
    for name, words in _WORDS.items():
        if name in body and (not isinstance(body[name], str) or body[name] not in words):
            raise Refusal("This word is not of the schema.", field=f"{path}.{name}")
    for name in ("user_notes", "measurement_location"):
        if name in body and (not isinstance(body[name], str) or len(str(body[name])) > 2000):
            raise Refusal("A short text belongs here.", field=f"{path}.{name}")


def _when(body: Mapping[str, object], path: str, *, required: bool) -> tuple[datetime | None, bool]:
    """When it was measured, and whether that is a period (then its end)."""
    where = f"{path}.effective_time_frame"
    if "effective_time_frame" not in body:
        if required:
            raise Refusal("Say when it was measured.", field=where)
        return None, False
    frame = _object(body["effective_time_frame"], where)
    if ("date_time" in frame) == ("time_interval" in frame):
        raise Refusal("Say one time: an instant or a period.", field=where)
    if "date_time" in frame:
        return instant(frame["date_time"], f"{where}.date_time"), False
    return _interval(_object(frame["time_interval"], f"{where}.time_interval"), f"{where}.time_interval"), True


def _interval(said: Mapping[str, object], where: str) -> datetime | None:
    """The end of a period that is said by two of start, end and how long; None where that cannot be worked out."""
    ends = {
        name: instant(said[name], f"{where}.{name}") for name in ("start_date_time", "end_date_time") if name in said
    }
    if "duration" in said:
        lasting = _object(said["duration"], f"{where}.duration")
        if lasting.get("unit") not in _LASTING or isinstance(lasting.get("value"), (bool, str, type(None))):
            raise Refusal("Say how long, with a unit of time.", field=f"{where}.duration")
    if len(ends) + ("duration" in said) < 2:
        raise Refusal("A period has two of start, end and duration.", field=where)
    if len(ends) == 2 and ends["end_date_time"] - ends["start_date_time"] < timedelta(0):
        raise Refusal("The period ends before it begins.", field=f"{where}.end_date_time")
    return ends.get("end_date_time")


def _doubt(body: Mapping[str, object], kept: Mapping[str | None, str], *, period: bool) -> str | None:
    asked: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: "body_mass_index" in body, WORKED_OUT),
        (lambda: not kept, NO_SIGN),
        (lambda: "descriptive_statistic" in body, STATISTIC),
        (lambda: period, PERIOD),
        (
            lambda: (
                "blood_glucose" in body
                and body.get("specimen_source", body.get("blood_specimen_type", "capillary blood"))
                not in {"capillary blood", "whole blood"}
            ),
            OTHER_SPECIMEN,
        ),
    )
    return next((why for holds, why in asked if holds()), None)


def _note(body: Mapping[str, object]) -> str | None:
    said = [str(body[name]).strip() for name in (*_SAID, "descriptive_statistic") if body.get(name)]
    return "; ".join(said)[:2000] or None
