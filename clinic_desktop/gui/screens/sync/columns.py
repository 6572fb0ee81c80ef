"""The columns of the lists of the page Sync."""

from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desktop.gui.screens.sync.words import (
    SORTS,
    STATES,
    at,
    at_short,
    member_words,
    side_words,
    sort_of,
    state_look,
)
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.howfar import kind_words
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_connecting import StaffThere
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import Can, DecisionShown, KindShown, SystemShown
    from clinic_desktop.exchange.sync_wording import Member


def systems_columns() -> "list[Column[SystemShown]]":
    """The list of systems."""
    return [
        Column("title", _("System"), lambda row: row.title, 150, stretch=True, strong=True,
               detail=lambda row: _("looked through {at}").format(at=at_short(row.looked_at)) if row.looked_at else ""),
        Column("state", _("State"), lambda row: _(STATES[row.state][0]), 130, look=lambda row: state_look(row.state)),
        Column("waiting", _("Waiting"), lambda row: str(row.waiting), 74, number=True, sort=lambda row: row.waiting),
        Column("person", _("To decide"), lambda row: str(row.for_a_person), 84, number=True,
               sort=lambda row: row.for_a_person),
    ]  # fmt: skip


def kinds_columns() -> "list[Column[KindShown]]":
    """The counts of one system."""

    def figure(name: str, title: str, width: int) -> "Column[KindShown]":
        return Column(name, title, lambda row: str(getattr(row, name) or "–"), width, number=True,
                      sort=lambda row: getattr(row, name))  # fmt: skip

    return [
        Column("kind", _("Records"), lambda row: kind_words(row.kind), 100, stretch=True, strong=True, wrap=True),
        figure("here", _("Here"), 56),
        figure("stays_here", _("Stays here"), 82),
        figure("waiting", _("Waiting"), 66),
        figure("sent", _("Sent"), 54),
        figure("confirmed", _("Confirmed"), 82),
        figure("to_decide", _("To decide"), 78),
        figure("cannot_tell", _("Untold"), 60),
    ]


def can_columns() -> "list[Column[Can]]":
    """What a system can be told."""

    def yes(*, said: bool) -> str:
        return _("yes") if said else "–"

    return [
        Column("kind", _("Records"), lambda row: kind_words(row.kind), 120, strong=True),
        Column("reads", _("Seen there"), lambda row: yes(said=row.reads), 84),
        Column("creates", _("Sent new"), lambda row: yes(said=row.creates), 80),
        Column("updates", _("Changed"), lambda row: yes(said=row.updates), 76),
        Column("acts", _("Done to it"), lambda row: ", ".join(act.replace("_", " ") for act in row.acts) or "–", 120,
               stretch=True),
    ]  # fmt: skip


def item_columns() -> "list[Column[Item]]":
    """What waits for a person."""
    return [
        Column("what", _("What"), _what, 200, stretch=True, strong=True, wrap=True,
               detail=lambda row: " · ".join(part for part in (row.name, row.title, stretch_words(row)) if part)),
        Column("sort", _("Why"), lambda row: _(SORTS[sort_of(row)]), 168,
               look=lambda row: Look(_(SORTS[sort_of(row)]), "warning" if row.clinical else "neutral")),
    ]  # fmt: skip


def stretch_words(row: "Item") -> str:
    """Of a group since when the oldest and the newest waits."""
    if not row.count:
        return ""
    first, last = (show_date(datetime.fromisoformat(each).astimezone().date()) for each in (row.at, row.newest))
    return _("since {first}").format(first=first) if first == last else f"{first} – {last}"


def _what(row: "Item") -> str:
    kind = kind_words(row.kind)
    if row.count:
        return (_("{kind}: {n} record") if row.count == 1 else _("{kind}: {n} records")).format(kind=kind, n=row.count)
    return f"{kind}: {member_words(row.member)}" if row.member else kind


def record_columns() -> "list[Column[Item]]":
    """The records of a group."""
    return [
        Column("name", _("Patient"), lambda row: row.name or kind_words(row.kind), 180, stretch=True, strong=True,
               detail=lambda row: row.number),
        Column("changed", _("Changed here"), lambda row: at(row.changed_at), 150, sort=lambda row: row.changed_at),
        Column("at", _("Waits since"), lambda row: at(row.at), 150, sort=lambda row: row.at),
    ]  # fmt: skip


def decision_columns() -> "list[Column[DecisionShown]]":
    """What a system is not told of, as was decided."""
    return [
        Column("kind", _("Records"), lambda row: kind_words(row.kind), 180, stretch=True, strong=True, wrap=True,
               detail=lambda row: row.words),
        Column("count", _("Not told"), lambda row: str(row.count), 76, number=True, sort=lambda row: row.count),
    ]  # fmt: skip


def member_columns() -> "list[Column[Member]]":
    """Both sides of a record, member by member."""

    def meaning(row: "Member") -> str:
        return "warning" if row.differs else ""

    return [
        Column("name", _("Field"), lambda row: member_words(row.name), 110, subtle=True, wrap=True),
        Column("before", _("Before"), lambda row: side_words(row.before), 120, wrap=True, subtle=True),
        Column("here", _("Here"), lambda row: side_words(row.here), 150, stretch=True, wrap=True, meaning=meaning),
        Column("there", _("There"), lambda row: side_words(row.there), 150, stretch=True, wrap=True, meaning=meaning),
    ]


def twin_columns() -> "list[Column[Member]]":
    """Two records there that are one here, beside one another."""

    def meaning(row: "Member") -> str:
        return "warning" if row.differs else ""

    return [
        Column("name", _("Field"), lambda row: member_words(row.name), 110, subtle=True, wrap=True),
        Column("this", _("This one"), lambda row: side_words(row.there), 150, stretch=True, wrap=True, meaning=meaning),
        Column("other", _("The other one"), lambda row: side_words(row.here), 150, stretch=True, wrap=True,
               meaning=meaning),
    ]  # fmt: skip


def _how_known(row: "StaffThere") -> str:
    if row.remote_id:
        return _("by the same national number") if row.by_number else ""
    return _("perhaps {name} ({id})").format(name=row.proposed[1], id=row.proposed[0]) if row.proposed else ""


def staff_columns() -> "list[Column[StaffThere]]":
    """Who is who there."""
    return [
        Column("name", _("Here"), lambda row: row.name, 140, stretch=True, strong=True,
               detail=lambda row: _(row.role.replace("_", " "))),
        Column("there", _("There"), lambda row: row.remote_id or _("not known"), 150, stretch=True, wrap=True,
               detail=_how_known, meaning=lambda row: "" if row.remote_id or not row.waiting else "warning"),
        Column("waits", _("Waits for it"), lambda row: str(row.waiting or "–"), 92, number=True),
        Column("refused", _("Refused"), lambda row: str(row.refused or "–"), 72, number=True),
    ]  # fmt: skip
