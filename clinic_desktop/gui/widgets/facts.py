"""Facts of a registration and rows of a chart in words, as merging and parting show them."""

from collections.abc import Sequence
from datetime import date

from clinic_desktop.clock import from_text
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.moved import MovedRow, kind_words
from clinic_desktop.services.patients import sex_words, shown_name

FACTS = {
    "name": N_("Name"),
    "sex": N_("Sex"),
    "born_on": N_("Born"),
    "deceased_on": N_("Died"),
    "blood_type": N_("Blood type"),
    "national_id": N_("National id"),
    "phone": N_("Phone"),
    "other_phone": N_("Other phone"),
    "email": N_("E-mail"),
    "address": N_("Address"),
    "insurer": N_("Insurance"),
    "language": N_("Language"),
    "occupation": N_("Occupation"),
    "marital_status": N_("Marital status"),
    "preferred_pharmacy_id": N_("Preferred pharmacy"),
    "gestation_days": N_("Days of pregnancy at birth"),
    "pregnant": N_("Pregnant"),
    "alert": N_("Alert"),
}
COLUMNS = {
    "family_name": N_("Family name"), "given_names": N_("Given names"), "born_precision": N_("Birth as known"),
    "phone_kind": N_("Kind of telephone"),
    "city": N_("City"), "district": N_("District"), "postal_code": N_("Postal code"), "country": N_("Country"),
    "insurance_number": N_("Insurance number"), "insurance_share": N_("Insurer's share"),
    "allergy_state": N_("Allergies"), "allergy_state_on": N_("Allergies asked on"),
    "allergy_state_by": N_("Allergies asked by"),
}  # fmt: skip


def column_words(column: str) -> str:
    """What a fact of a registration is called."""
    return _(COLUMNS.get(column) or FACTS.get(column, column))


def fact_words(field: str, values: Sequence[object]) -> str:
    """A fact as a person reads it, on one line."""
    first = values[0]
    if field == "name":
        return shown_name(str(values[0] or ""), str(values[1] or ""))
    if field == "sex":
        return sex_words(str(first))
    if field == "pregnant":
        return _("Yes") if first else _("No")
    if field in {"born_on", "deceased_on"}:
        return show_date(date.fromisoformat(str(first))) if first else _("not known")
    if field == "insurer" and values[2] is not None:
        values = (*values[:2], f"{values[2]} %")
    words = ", ".join(str(value) for value in values if value not in {None, ""})
    return " / ".join(words.splitlines()) or _("nothing")


def moved_columns() -> list[Column[MovedRow]]:
    """The columns of a table of rows of several kinds."""
    return [
        Column("kind", _("Kind"), lambda row: _(kind_words(row.table)), width=190),
        Column("when", _("When"), _when, width=110, sort=lambda row: row.at or None),
        Column("what", _("What"), lambda row: row.words.replace("_", " "), width=260, stretch=True, strong=True),
    ]


def _when(row: MovedRow) -> str:
    if not row.at:
        return ""
    day = date.fromisoformat(row.at) if len(row.at) == len("2026-01-01") else from_text(row.at).astimezone().date()
    return show_date(day)
