"""Medicines of the reference pack: found by generic or brand name, and read as the safety check wants them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, Row, select

from clinic_desktop.domain.alerts import Drug
from clinic_desktop.domain.dose_words import read_dose
from clinic_desktop.domain.doses import Strength, read_strengths, strength_text
from clinic_desktop.domain.drugs import fold
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.store.tables.reference import reference_medicines as table

IN_ACT = ("medicines_of", "search_medicines", "drug_of", "drug_named")

MOST = 40
# Under this likeness (of 100) a misspelt name offers more wrong medicines than right ones.
ALIKE = 78


@dataclass(frozen=True)
class Medicine:
    """One medicine in one form and strength; `display` has tall-man letters where names look alike."""

    code: str
    name: str
    display: str
    brands: tuple[str, ...]
    ingredients: tuple[str, ...]
    form: str
    strengths: tuple[Strength, ...]
    strength: str
    unit: str
    route: str
    controlled: bool


def medicines_of(connection: Connection, codes: Collection[str]) -> dict[str, Medicine]:
    """The medicines of some codes; a code that the pack does not know is left out."""
    if not codes:
        return {}
    rows = connection.execute(select(table).where(table.c.code.in_(sorted(codes))))
    return {row.code: _medicine(row) for row in rows}


def search_medicines(connection: Connection, text: str) -> tuple[Medicine, ...]:
    """Medicines whose generic or brand name, form or strength begin with the words; else those spelt alike."""
    words = fold(text).split()
    if not words:
        return ()
    rows = connection.execute(select(table).order_by(table.c.name, table.c.rowid_)).all()
    named = [(fold(f"{row.name} {row.brands.replace(';', ' ')}"), row) for row in rows]
    found = [
        (_rank(words, names), place, row)
        for place, (names, row) in enumerate(named)
        if all(_begins(word, f"{names} {fold(row.form)} {fold(row.strength)} {row.strength}") for word in words)
    ]
    if found:
        found.sort(key=lambda each: each[:2])
        return tuple(_medicine(row) for _rank_, _place, row in found[:MOST])
    single = {place: word for place, (names, _row) in enumerate(named) for word in [names.split()[0]]}
    alike = process.extract(words[0], single, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST)
    return tuple(_medicine(named[place][1]) for _word, _score, place in alike)


def drug_of(known: Mapping[str, Medicine], code: str | None, name: str, dose: Dose | None = None) -> Drug:
    """A medicine as the safety check sees it: by its ingredients where the pack knows it, else by its name."""
    medicine = known.get(code or "")
    if medicine is None:
        return Drug(name, dose=dose)
    return Drug(name, medicine.ingredients, medicine.strengths, dose)


def drug_named(found: Sequence[Medicine], name: str, dose: str) -> Drug:
    """A medicine as somebody names it, with its dose in words; `found` is what the search finds under the name.

    Only one that is called so tells more than the name does: its route, and its strength where it is the only one.
    """
    words = fold(name)
    called = [
        each
        for each in found
        if words in {fold(text) for text in (each.name, *each.brands, f"{each.name} {each.strength} {each.form}")}
    ]
    routes = {each.route for each in called}
    written = read_dose(dose, *routes if len(routes) == 1 else ()) if dose.strip() else None
    strengths = {each.strengths for each in called}
    if not called or len({each.ingredients for each in called}) > 1:
        return Drug(name, dose=written)
    return Drug(name, called[0].ingredients, called[0].strengths if len(strengths) == 1 else (), written)


def _begins(word: str, text: str) -> bool:
    return any(each.startswith(word) for each in text.split())


def _rank(words: list[str], names: str) -> int:
    # The generic name first: a brand's first word may be another medicine's name.
    return 0 if names.startswith(words[0]) else 1


def _medicine(row: Row[tuple[object, ...]]) -> Medicine:
    strengths = read_strengths(row.strength, row.per)
    return Medicine(
        row.code, row.name, row.display, tuple(each for each in row.brands.split(";") if each),
        tuple(row.ingredients.split(";")), row.form, strengths, strength_text(strengths), row.unit, row.route,
        bool(row.controlled),
    )  # fmt: skip
