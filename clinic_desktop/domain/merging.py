"""What becomes of the facts of two registrations when they are said to be one person's."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desktop.domain.refusals import Refusal

KEPT, OTHER, BOTH = "kept", "other", "both"

# Facts that are one fact in several columns are chosen together: half an address belongs to nobody.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("family_name", "given_names"),
    "sex": ("sex",),
    "born_on": ("born_on", "born_precision"),
    "deceased_on": ("deceased_on",),
    "blood_type": ("blood_type",),
    "national_id": ("national_id",),
    "phone": ("phone", "phone_kind"),
    "other_phone": ("other_phone",),
    "email": ("email",),
    "address": ("address", "city", "district", "postal_code", "country"),
    "insurer": ("insurer", "insurance_number", "insurance_share"),
    "language": ("language",),
    "occupation": ("occupation",),
    "marital_status": ("marital_status",),
    "preferred_pharmacy_id": ("preferred_pharmacy_id",),
    "gestation_days": ("gestation_days",),
    "pregnant": ("pregnant", "pregnant_on"),
    "alert": ("alert",),
}
# A person has one of each: where both registrations have one and they differ, somebody must look and say which.
ONE_EACH = frozenset({"sex", "born_on", "deceased_on", "blood_type"})
NOTHING = frozenset({None, "", "unknown", 0})
STATES = ("not_asked", "none_known", "listed")

_ANSWERS: tuple[object, ...] = (None, 0, 1)  # about a pregnancy, by how much they count

Row = Mapping[str, object]


@dataclass(frozen=True)
class Difference:
    """A fact on which two registrations differ; `proposed` is what is taken where nobody chooses, if that may be."""

    field: str
    kept: tuple[object, ...]
    other: tuple[object, ...]
    choices: tuple[str, ...]
    proposed: str
    must_choose: bool

    def __repr__(self) -> str:
        return f"Difference({self.field})"


def differences(kept: Row, other: Row) -> tuple[Difference, ...]:
    """The facts on which two registrations differ, in the order of the form."""
    found: list[Difference] = []
    for field, columns in GROUPS.items():
        mine, theirs = (tuple(row.get(column) for column in columns) for row in (kept, other))
        if mine == theirs or not _says(theirs) or (field == "pregnant" and not _outweighs(theirs[0], mine[0])):
            continue
        choices = (KEPT, OTHER, BOTH) if field == "alert" and _says(mine) else (KEPT, OTHER)
        # What only one of them says is true of the person; an alert and a pregnancy are never dropped unseen.
        proposed = BOTH if BOTH in choices else OTHER if not _says(mine) or field == "pregnant" else KEPT
        found.append(Difference(field, mine, theirs, choices, proposed, field in ONE_EACH and _says(mine)))
    return tuple(found)


def taken_over(kept: Row, other: Row, chosen: Mapping[str, str]) -> dict[str, object]:
    """The columns of the registration that is kept which change, with their new values.

    Raises Refusal naming the field where a choice is missing that somebody must make, or is none of the choices.
    """
    changes: dict[str, object] = {}
    for one in differences(kept, other):
        choice = chosen.get(one.field)
        if choice is None and one.must_choose:
            raise Refusal("The two differ in this, and a person has only one: choose which is right.", field=one.field)
        choice = choice or one.proposed
        if choice not in one.choices:
            raise Refusal("Choose one of the two.", field=one.field)
        values = one.kept if choice == KEPT else one.other if choice == OTHER else (_both(one.kept[0], one.other[0]),)
        columns = zip(GROUPS[one.field], one.kept, values, strict=True)
        changes |= {column: value for column, before, value in columns if value != before}
    return changes


def allergy_state(kept: str, other: str, *, listed: bool) -> str:
    """What is known of the allergies of somebody with two registrations.

    Listed where an allergy stands in either; none known where somebody asked under either; a question never asked
    under one takes nothing away from the answer given under the other.
    """
    if listed:
        return "listed"
    asked = "none_known" in {kept, other}
    return "none_known" if asked else "not_asked"


def _says(values: tuple[object, ...]) -> bool:
    return any(value not in NOTHING for value in values)


def _outweighs(other: object, kept: object) -> bool:
    """Whether the other's answer about pregnancy counts more: a yes more than a no, a no more than none."""
    return _ANSWERS.index(other) > _ANSWERS.index(kept)


def _both(kept: object, other: object) -> str:
    lines = str(kept).splitlines()
    return "\n".join([*lines, *(line for line in str(other).splitlines() if line not in lines)])
