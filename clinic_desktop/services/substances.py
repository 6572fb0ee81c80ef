"""Finding what somebody may be allergic to: an ingredient or an allergy class of the reference pack."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import Select, select

from clinic_desktop.domain.drugs import fold
from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.reference import reference_allergy_classes, reference_ingredients, reference_names

SHOWN = 12
# Under this likeness (of 100) a misspelt substance offers more wrong ones than right ones.
ALIKE = 82
_SHORTEST = 4


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
    if read.conn.execute(codes.limit(1)).first() is None:
        codes = _spelt_alike(read, words)
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


def _spelt_alike(read: Read, words: str) -> Select[tuple[str]]:
    """The codes of names spelt nearly so: what is offered to somebody who misspelt an allergy."""
    names = list(read.conn.execute(select(reference_names.c.name).distinct()).scalars())
    near = process.extract(words, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=SHOWN)
    alike = [name for name, _score, _place in near] if len(words) >= _SHORTEST else []
    return select(reference_names.c.code).where(reference_names.c.name.in_(alike)).distinct().limit(200)
