"""The reference pack as the safety check asks it: a few indexed lookups, each for all drugs at once."""

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from clinic_desktop.domain.alerts import CrossReaction, DoseRange, Interaction, Membership

IN_ACT = ("safety_pack",)

# Written out: the check stands between a doctor and the next line, and building these costs more than running them.
_LABELS = (
    "SELECT name, version FROM reference_packs WHERE current = 1"
    " AND kind IN ('ingredients', 'classes', 'interactions', 'doses', 'allergy_classes')"
)
_NAMED = "SELECT name, code FROM reference_names WHERE name IN (SELECT value FROM json_each(?))"
_KNOWN = "SELECT ingredient FROM reference_ingredients WHERE ingredient IN (SELECT value FROM json_each(?))"
_MEMBERSHIPS = (
    'SELECT ingredient, "class", "use", source FROM reference_ingredient_classes'
    " WHERE ingredient IN (SELECT value FROM json_each(?))"
)
_INTERACTIONS = (
    "SELECT code, a, b, severity, effect, management, source FROM reference_interactions"
    " WHERE a IN (SELECT value FROM json_each(?1)) AND b IN (SELECT value FROM json_each(?1))"
)
_CROSS_REACTIONS = (
    'SELECT "class", cross_reacts_with, tier, note, source FROM reference_allergy_classes'
    ' WHERE "class" IN (SELECT value FROM json_each(?)) AND cross_reacts_with IS NOT NULL AND tier IS NOT NULL'
)
_DOSES = (
    "SELECT ingredient, route, age_from_months, age_to_months, per_kg, min_single, max_single, max_daily, max_weekly,"
    " absolute_max_single, absolute_max_daily, unit, source FROM reference_doses"
    " WHERE ingredient IN (SELECT value FROM json_each(?)) ORDER BY ingredient, age_from_months"
)


class StorePack:
    """A `SafetyPack` over one connection; holds nothing but its label."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        rows = conn.exec_driver_sql(_LABELS).all()
        self._label = " + ".join(dict.fromkeys(f"{name} {version}" for name, version in rows))

    @property
    def label(self) -> str:
        """Name and version of every pack the answers come from."""
        return self._label

    def _ask(self, question: str, words: Collection[str]) -> Sequence[tuple[Any, ...]]:
        rows = self._conn.exec_driver_sql(question, (json.dumps(sorted(words)),)).all()
        return [tuple(row) for row in rows]

    def named(self, phrases: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The ingredients and allergy classes that folded phrases stand for."""
        found: dict[str, tuple[str, ...]] = {}
        for name, code in self._ask(_NAMED, phrases):
            found[name] = (*(each for each in found.get(name, ()) if each != code), code)
        return found

    def memberships(self, ingredients: Collection[str]) -> Mapping[str, tuple[Membership, ...]]:
        """The classes of each ingredient; an ingredient the pack does not know is left out."""
        found: dict[str, tuple[Membership, ...]] = {row[0]: () for row in self._ask(_KNOWN, ingredients)}
        for ingredient, group, use, source in self._ask(_MEMBERSHIPS, ingredients):
            found[ingredient] = (*found.get(ingredient, ()), Membership(group, use, source))
        return found

    def interactions(self, codes: Collection[str]) -> Sequence[Interaction]:
        """Every rule whose two sides are both among the codes."""
        return [Interaction(*row) for row in self._ask(_INTERACTIONS, codes)]

    def cross_reactions(self, groups: Collection[str]) -> Sequence[CrossReaction]:
        """What allergies to these classes may answer to."""
        return [CrossReaction(*row) for row in self._ask(_CROSS_REACTIONS, groups)]

    def doses(self, ingredients: Collection[str]) -> Mapping[str, tuple[DoseRange, ...]]:
        """The dose ranges of each ingredient, youngest first."""
        found: dict[str, tuple[DoseRange, ...]] = {}
        for row in self._ask(_DOSES, ingredients):
            ingredient, route, age_from, age_to, per_kg, *limits, unit, source = row
            single, most, daily, weekly, top_single, top_daily = map(_decimal, limits)
            made = DoseRange(
                ingredient, route, age_from, age_to, bool(per_kg),
                single, most, daily, weekly, top_single, top_daily, unit, source,
            )  # fmt: skip
            found[ingredient] = (*found.get(ingredient, ()), made)
        return found


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def safety_pack(conn: Connection) -> StorePack:
    """The pack in force, read through a connection that stays open while the check runs."""
    return StorePack(conn)
