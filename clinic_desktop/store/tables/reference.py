"""Clinical reference data: replaced as a whole by the next version of its pack, so its rows are no records."""

from sqlalchemy import Column, Integer, Table
from sqlalchemy.schema import SchemaItem

from clinic_desktop.store.tables.metadata import index, metadata, number, one_of, record, text


def _rows(name: str, *parts: SchemaItem) -> Table:
    """Make a table whose rows have no history of their own: only the pack they came with is journaled."""
    return Table(name, metadata, Column("rowid_", Integer, primary_key=True), *parts)


reference_packs = record(
    "reference_packs",
    text("kind"),
    text("name"),
    text("version"),
    text("released_on", null=True),
    text("notice", null=True),
    text("loaded_at"),
    number("rows"),
    number("current", default=1),
    index("ix_reference_packs_kind", "kind", "current"),
)

reference_ingredients = _rows(
    "reference_ingredients",
    text("ingredient", unique=True),
    text("name"),
    text("display"),
    text("synonyms"),
    text("source"),
)

# Every folded name of an ingredient, brand or allergy class; `origin` is the kind of file it came from.
reference_names = _rows(
    "reference_names",
    text("name"),
    text("code"),
    text("origin"),
    index("ix_reference_names_name", "name"),
)

reference_ingredient_classes = _rows(
    "reference_ingredient_classes",
    text("ingredient"),
    text("class"),
    text("use"),
    text("source"),
    one_of("use", "therapeutic", "interaction", "allergy", "pregnancy"),
    index("ix_reference_ingredient_classes_ingredient", "ingredient"),
)

reference_interactions = _rows(
    "reference_interactions",
    text("code"),
    text("a_kind"),
    text("a"),
    text("b_kind"),
    text("b"),
    text("severity"),
    text("effect"),
    text("management"),
    text("source"),
    one_of("severity", "contraindicated", "major", "moderate", "minor"),
    index("ix_reference_interactions_a", "a", "b"),
)

reference_doses = _rows(
    "reference_doses",
    text("ingredient"),
    text("route"),
    number("age_from_months"),
    number("age_to_months", null=True),
    number("per_kg"),
    text("min_single", null=True),
    text("max_single", null=True),
    text("max_daily", null=True),
    text("max_weekly", null=True),
    text("absolute_max_single", null=True),
    text("absolute_max_daily", null=True),
    text("unit"),
    text("source"),
    index("ix_reference_doses_ingredient", "ingredient"),
)

reference_allergy_classes = _rows(
    "reference_allergy_classes",
    text("class"),
    text("name"),
    text("synonyms"),
    text("cross_reacts_with", null=True),
    text("tier", null=True),
    text("note"),
    text("source"),
    index("ix_reference_allergy_classes_class", "class"),
)

reference_medicines = _rows(
    "reference_medicines",
    text("code", unique=True),
    text("name"),
    text("display"),
    text("brands"),
    text("ingredients"),
    text("classes"),
    text("allergy_classes"),
    text("form"),
    text("strength"),
    text("per"),
    text("unit"),
    text("route"),
    number("controlled"),
    text("source"),
)

reference_vitals = _rows(
    "reference_vitals",
    text("code"),
    text("name"),
    text("loinc"),
    text("unit"),
    number("decimals"),
    text("plausible_low"),
    text("plausible_high"),
    number("age_from_days", null=True),
    number("age_to_days", null=True),
    text("low", null=True),
    text("high", null=True),
    text("source"),
)

# Ages and intervals as they are written: ``6w``, ``14w6d``, ``12m``, ``4y``.
reference_schedule = _rows(
    "reference_schedule",
    text("schedule"),
    text("schedule_name"),
    text("antigen"),
    text("antigen_name"),
    text("series"),
    number("dose"),
    text("kind"),
    text("sex"),
    text("who"),
    text("born_from", null=True),
    text("born_before", null=True),
    text("first_from", null=True),
    text("first_to", null=True),
    text("vaccines"),
    text("min_age", null=True),
    text("rec_age", null=True),
    text("overdue_age", null=True),
    text("max_age", null=True),
    text("min_interval", null=True),
    text("rec_interval", null=True),
    text("min_from_first", null=True),
    text("repeat_interval", null=True),
    text("skip_at_age", null=True),
    text("skip_after_age", null=True),
    text("skip_after_interval", null=True),
    text("every", null=True),
    text("season_from", null=True),
    text("season_to", null=True),
    text("apart_from", null=True),
    text("apart", null=True),
    number("grace_days"),
    text("note"),
    text("source"),
    one_of("kind", "routine", "decision"),
    one_of("sex", "any", "female", "male"),
    one_of("who", "everyone", "immunocompetent", "immunocompromised"),
    index("ix_reference_schedule_schedule", "schedule", "antigen"),
)

reference_vaccines = _rows(
    "reference_vaccines",
    text("cvx", unique=True),
    text("name"),
    text("display"),
    text("antigens"),
    text("live"),
    text("min_age", null=True),
    text("max_age", null=True),
    text("dose_amount", null=True),
    text("dose_unit", null=True),
    text("route", null=True),
    text("site", null=True),
    text("components"),
    text("status"),
    text("source"),
    one_of("live", "no", "injected", "nasal", "oral"),
    one_of("status", "active", "inactive", "not_us", "never_active"),
)

reference_manufacturers = _rows(
    "reference_manufacturers",
    text("mvx", unique=True),
    text("name"),
    text("status"),
    text("source"),
)
