"""What each kind of reference file holds: its columns, what they may say, and what may not stand twice."""

from dataclasses import dataclass
from typing import Literal

from clinic_desktop.domain.immunizations import ROUTES, SITES, SPANS

Value = str | int | None
Type = Literal["code", "codes", "text", "integer", "decimal", "flag"]

SEVERITIES = ("contraindicated", "major", "moderate", "minor")


@dataclass(frozen=True)
class Field:
    """One column: its type, whether it may be empty, what it may hold, and what an empty one means."""

    name: str
    type: Type = "text"
    required: bool = True
    choices: tuple[str, ...] = ()
    default: Value = None


def _f(name: str, type_: Type = "text", *choices: str, optional: bool = False, default: Value = None) -> Field:
    return Field(name, type_, not optional, choices, default)


_SOURCE = _f("source")
FIELDS: dict[str, tuple[Field, ...]] = {
    "ingredients": (
        _f("ingredient", "code"),
        _f("name"),
        _f("display", optional=True, default=""),
        _f("synonyms", optional=True, default=""),
        _SOURCE,
    ),
    "classes": (
        _f("ingredient", "code"),
        _f("class", "code"),
        _f("use", "text", "therapeutic", "interaction", "allergy", "pregnancy"),
        _SOURCE,
    ),
    "allergy_classes": (
        _f("class", "code"),
        _f("name"),
        _f("synonyms", optional=True, default=""),
        _f("cross_reacts_with", "code", optional=True),
        _f("tier", "text", "stop", "warn", "quiet", optional=True),
        _f("note", optional=True, default=""),
        _SOURCE,
    ),
    "medicines": (
        _f("code", "code"),
        _f("name"),
        _f("display", optional=True, default=""),
        _f("brands", optional=True, default=""),
        _f("ingredients", "codes"),
        _f("classes", "codes", optional=True, default=""),
        _f("allergy_classes", "codes", optional=True, default=""),
        _f("form"),
        _f("strength", optional=True, default=""),
        _f("per", optional=True, default=""),
        _f("unit"),
        _f("route"),
        _f("controlled", "flag", optional=True, default=0),
        _SOURCE,
    ),
    "doses": (
        _f("ingredient", "code"),
        _f("route"),
        _f("age_from_months", "integer", optional=True, default=0),
        _f("age_to_months", "integer", optional=True),
        _f("per_kg", "flag", optional=True, default=0),
        _f("min_single", "decimal", optional=True),
        _f("max_single", "decimal", optional=True),
        _f("max_daily", "decimal", optional=True),
        _f("max_weekly", "decimal", optional=True),
        _f("absolute_max_single", "decimal", optional=True),
        _f("absolute_max_daily", "decimal", optional=True),
        _f("unit"),
        _SOURCE,
    ),
    "interactions": (
        _f("code", optional=True, default=""),
        _f("a_kind", "text", "ingredient", "class", optional=True, default="ingredient"),
        _f("a"),
        _f("b_kind", "text", "ingredient", "class", optional=True, default="ingredient"),
        _f("b"),
        _f("severity", "text", *SEVERITIES),
        _f("effect"),
        _f("management", optional=True, default=""),
        _SOURCE,
    ),
    "lab_tests": (
        _f("code", "code"),
        _f("name"),
        _f("loinc", optional=True),
        _f("unit", optional=True),
        _f("specimen"),
        _f("section"),
        _f("kind", "text", "numeric", "choice", "text"),
        _f("choices", optional=True),
        _f("decimals", "integer", optional=True, default=0),
        _f("plausible_low", "decimal", optional=True),
        _f("plausible_high", "decimal", optional=True),
        _f("price_code", "code", optional=True),
        _SOURCE,
    ),
    "lab_panels": (
        _f("code", "code"),
        _f("name"),
        _f("tests", "codes"),
        _f("price_code", "code", optional=True),
        _SOURCE,
    ),
    "ranges": (
        _f("test", "code"),
        _f("unit", optional=True),
        _f("sex", "text", "any", "female", "male", optional=True, default="any"),
        _f("age_from_days", "integer", optional=True, default=0),
        _f("age_to_days", "integer", optional=True, default=54_750),
        _f("low", "decimal", optional=True),
        _f("high", "decimal", optional=True),
        _f("critical_low", "decimal", optional=True),
        _f("critical_high", "decimal", optional=True),
        _SOURCE,
    ),
    "vitals": (
        _f("code", "code"),
        _f("name"),
        _f("loinc"),
        _f("unit"),
        _f("decimals", "integer", optional=True, default=0),
        _f("plausible_low", "decimal"),
        _f("plausible_high", "decimal"),
        _f("age_from_days", "integer", optional=True),
        _f("age_to_days", "integer", optional=True),
        _f("low", "decimal", optional=True),
        _f("high", "decimal", optional=True),
        _SOURCE,
    ),
    "formulary": (
        _f("medicine", "code", optional=True),
        _f("name"),
        _f("form"),
        _f("strength", optional=True, default=""),
        _f("unit"),
        _f("pack_size", "integer", optional=True, default=1),
        _f("reorder_level", "integer", optional=True, default=0),
        _f("price_code", "code", optional=True),
        _f("controlled", "flag", optional=True, default=0),
        _SOURCE,
    ),
    "prices": (
        _f("code", "code"),
        _f("name"),
        _f("kind", "text", "consultation", "test", "medicine", "procedure", "other"),
        _f("amount_minor", "integer"),
        _f("currency"),
        _SOURCE,
    ),
}
FIELDS |= {
    "vaccines": (
        _f("cvx", "code"),
        _f("name"),
        _f("display"),
        _f("antigens", "codes", optional=True, default=""),
        _f("live", "text", "no", "injected", "nasal", "oral", optional=True, default="no"),
        _f("min_age", optional=True),
        _f("max_age", optional=True),
        _f("dose_amount", "decimal", optional=True),
        _f("dose_unit", optional=True),
        _f("route", "text", *ROUTES, optional=True),
        _f("site", "text", *SITES, optional=True),
        _f("avoid", "codes", optional=True, default=""),
        _f("components", optional=True, default=""),
        _f("status", "text", "active", "inactive", "not_us", "never_active", optional=True, default="active"),
        _SOURCE,
    ),
    "manufacturers": (
        _f("mvx"),
        _f("name"),
        _f("status", "text", "active", "inactive", optional=True, default="active"),
        _SOURCE,
    ),
    "schedule": (
        _f("schedule", "code"),
        _f("schedule_name"),
        _f("antigen", "code"),
        _f("antigen_name"),
        _f("series"),
        _f("dose", "integer"),
        _f("kind", "text", "routine", "decision", optional=True, default="routine"),
        _f("sex", "text", "any", "female", "male", optional=True, default="any"),
        _f("who", "text", "everyone", "immunocompetent", "immunocompromised", optional=True, default="everyone"),
        _f("born_from", optional=True),
        _f("born_before", optional=True),
        _f("vaccines", "codes", optional=True, default=""),
        *(_f(name, optional=True) for name in SPANS),
        _f("season_from", optional=True),
        _f("season_due", optional=True),
        _f("season_late", optional=True),
        _f("apart_from", "code", optional=True),
        _f("grace_days", "integer", optional=True, default=0),
        _f("note", optional=True, default=""),
        _SOURCE,
    ),
}
KINDS = tuple(FIELDS)
# What may not stand twice in one file.
KEYS: dict[str, tuple[str, ...]] = {
    "ingredients": ("ingredient",),
    "classes": ("ingredient", "class", "use"),
    "allergy_classes": ("class", "cross_reacts_with"),
    "medicines": ("code",),
    "doses": ("ingredient", "route", "age_from_months"),
    "interactions": ("a_kind", "a", "b_kind", "b"),
    "lab_tests": ("code",),
    "lab_panels": ("code",),
    "ranges": ("test", "sex", "age_from_days"),
    "vitals": ("code", "age_from_days"),
    "formulary": ("medicine", "name", "form", "strength"),
    "prices": ("code",),
    "vaccines": ("cvx",),
    "manufacturers": ("mvx",),
    "schedule": ("schedule", "antigen", "series", "dose"),
}
