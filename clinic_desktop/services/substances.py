"""Finding what somebody may be allergic to: an ingredient or an allergy class of the reference pack."""

from dataclasses import dataclass

from sqlalchemy import select

from clinic_desktop.domain.drugs import fold
from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.reference import reference_allergy_classes, reference_ingredients, reference_names

SHOWN = 12


@dataclass(frozen=True)
class Substance:
    """An ingredient or an allergy class; `kind` is "ingredient" or "class"."""

    code: str
    name: str
    kind: str


@query
def find_substances(read: Read, text: str) -> tuple[Substance, ...]:
    """The classes, then the ingredients, one of whose names (brands and other names too) begins so."""
    words = fold(text)
    if not words:
        return ()
    codes = (
        select(reference_names.c.code)
        .where(reference_names.c.name >= words, reference_names.c.name < words + "\uffff")
        .distinct()
        .limit(200)
    )
    groups = read.conn.execute(
        select(reference_allergy_classes.c["class"], reference_allergy_classes.c.name)
        .where(reference_allergy_classes.c["class"].in_(codes))
        .distinct()
    )
    single = read.conn.execute(
        select(reference_ingredients.c.ingredient, reference_ingredients.c.display).where(
            reference_ingredients.c.ingredient.in_(codes)
        )
    )
    found = [Substance(row[0], row[1], "class") for row in groups]
    known = {each.code for each in found}
    found += sorted(
        (Substance(row[0], row[1], "ingredient") for row in single if row[0] not in known),
        key=lambda each: (not fold(each.name).startswith(words), each.name),
    )
    return tuple(found[:SHOWN])
