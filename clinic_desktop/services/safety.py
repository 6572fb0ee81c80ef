"""The reference pack as the safety check asks it: a few indexed lookups, each for all drugs at once."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection, select

from clinic_desktop.domain.alerts import CrossReaction, DoseRange, Interaction, Membership
from clinic_desktop.store.tables import reference as tables

IN_ACT = ("safety_pack",)

_SAFETY_KINDS = ("ingredients", "classes", "interactions", "doses", "allergy_classes")


class StorePack:
    """A `SafetyPack` over one connection; holds nothing but its label."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        packs = tables.reference_packs.c
        rows = conn.execute(
            select(packs.name, packs.version).where(packs.current == 1, packs.kind.in_(_SAFETY_KINDS))
        ).all()
        self._label = " + ".join(dict.fromkeys(f"{row.name} {row.version}" for row in rows))

    @property
    def label(self) -> str:
        """Name and version of every pack the answers come from."""
        return self._label

    def named(self, phrases: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The ingredients and allergy classes that folded phrases stand for."""
        names = tables.reference_names.c
        found: dict[str, tuple[str, ...]] = {}
        rows = self._conn.execute(select(names.name, names.code).where(names.name.in_(sorted(phrases))))
        for name, code in rows:
            found[name] = (*(each for each in found.get(name, ()) if each != code), code)
        return found

    def memberships(self, ingredients: Collection[str]) -> Mapping[str, tuple[Membership, ...]]:
        """The classes of each ingredient; an ingredient the pack does not know is left out."""
        wanted = sorted(ingredients)
        known = tables.reference_ingredients.c.ingredient
        rows = self._conn.execute(select(known).where(known.in_(wanted)))
        found: dict[str, tuple[Membership, ...]] = {row.ingredient: () for row in rows}
        places = tables.reference_ingredient_classes.c
        memberships = self._conn.execute(
            select(places.ingredient, places["class"], places.use, places.source).where(places.ingredient.in_(wanted))
        )
        for ingredient, group, use, source in memberships:
            found[ingredient] = (*found.get(ingredient, ()), Membership(group, use, source))
        return found

    def interactions(self, codes: Collection[str]) -> Sequence[Interaction]:
        """Every rule whose two sides are both among the codes."""
        rules = tables.reference_interactions.c
        wanted = sorted(codes)
        rows = self._conn.execute(
            select(rules.code, rules.a, rules.b, rules.severity, rules.effect, rules.management, rules.source).where(
                rules.a.in_(wanted), rules.b.in_(wanted)
            )
        )
        return [Interaction(*row) for row in rows]

    def cross_reactions(self, groups: Collection[str]) -> Sequence[CrossReaction]:
        """What allergies to these classes may answer to."""
        rows = tables.reference_allergy_classes.c
        found = self._conn.execute(
            select(rows["class"], rows.cross_reacts_with, rows.tier, rows.note, rows.source).where(
                rows["class"].in_(sorted(groups)), rows.cross_reacts_with.is_not(None), rows.tier.is_not(None)
            )
        )
        return [CrossReaction(*row) for row in found]

    def doses(self, ingredients: Collection[str]) -> Mapping[str, tuple[DoseRange, ...]]:
        """The dose ranges of each ingredient, youngest first."""
        table = tables.reference_doses
        rows = self._conn.execute(
            select(table)
            .where(table.c.ingredient.in_(sorted(ingredients)))
            .order_by(table.c.ingredient, table.c.age_from_months)
        )
        found: dict[str, tuple[DoseRange, ...]] = {}
        for row in rows:
            made = DoseRange(
                row.ingredient,
                row.route,
                row.age_from_months,
                row.age_to_months,
                bool(row.per_kg),
                _decimal(row.min_single),
                _decimal(row.max_single),
                _decimal(row.max_daily),
                _decimal(row.max_weekly),
                _decimal(row.absolute_max_single),
                _decimal(row.absolute_max_daily),
                row.unit,
                row.source,
            )
            found[row.ingredient] = (*found.get(row.ingredient, ()), made)
        return found


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def safety_pack(conn: Connection) -> StorePack:
    """The pack in force, read through a connection that stays open while the check runs."""
    return StorePack(conn)
