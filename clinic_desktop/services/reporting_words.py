"""The few words that the statements of reports are written with: the clinic's own days, people merged, whole seconds.

They stand for the same SQL everywhere, so that two reports never disagree about what a day is.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain.reporting import Group, Row

Shape = Callable[[tuple[object, ...]], Row]


@dataclass(frozen=True)
class Question:
    """How a report is asked of the database: its rows, what cannot be added up from them, and a last touch in Python.

    `rows` gives the columns that are counted, in the order of the definition; `whole` one row of named values.
    """

    rows: str
    whole: str = ""
    shape: Shape | None = None


# By the zone of the workstation, as every other day of the clinic; SQLite asks the system as Python does.
# Cut to whole seconds: SQLite rounds the last half millisecond of a day into the next one.
_BUCKETS: Final[Mapping[Group, str]] = {
    Group.NONE: "''",
    Group.DAY: "date(substr(@,1,19),'localtime')",
    Group.WEEK: "date(substr(@,1,19),'localtime','weekday 0','-6 days')",
    Group.MONTH: "strftime('%Y-%m',substr(@,1,19),'localtime')",
}
_CIVIL: Final[Mapping[Group, str]] = {
    Group.NONE: "''",
    Group.DAY: "@",
    Group.WEEK: "date(@,'weekday 0','-6 days')",
    Group.MONTH: "substr(@,1,7)",
}
_KEPT = "coalesce((SELECT m.merged_into FROM patients m WHERE m.id = @), @)"
# Two people of one name are told apart by their accounts: their work and their money are never put together.
_NAMED = """(@.display_name || CASE WHEN (SELECT count(*) FROM staff o WHERE o.display_name = @.display_name) > 1
             THEN ' (' || @.username || ')' ELSE '' END)"""
_MOMENT = "strftime('%Y-%m-%d %H:%M',substr(@,1,19),'localtime')"
_SEX = "(SELECT k.sex FROM patients k WHERE k.id = $)".replace("$", _KEPT)
# What a report is narrowed to: the filter, and what must equal the value that was chosen.
_ONLY: Final[Mapping[str, tuple[str, str]]] = {
    "practitioner": ("practitioner", "@"),
    "provider": ("practitioner", "coalesce(@, #)"),
    "cashier": ("cashier", "@"),
    "insurer": ("insurer", "(SELECT coalesce(f.insurer, '') FROM invoices f WHERE f.id = @)"),
    "service": ("service", "coalesce(@, 'other')"),
    "sex": ("sex", _SEX),
    "priority": ("priority", "@"),
    "section": ("section", "coalesce(@, '')"),
}
_WORD = re.compile(
    r"\b(BUCKET|CIVIL|KEPT|NAMED|MOMENT|DAY|SECONDS|ONLY|WITHOUT)\(([\w.]+)(?:, ?([\w.]+))?(?:, ?([\w.]+))?\)"
)


def written(statement: str, group: Group, only: Collection[str] = ()) -> str:
    """A statement in plain SQL.

    BUCKET(instant) and CIVIL(date) are the day, week or month; KEPT(patient) the registration that is kept;
    NAMED(s) is what somebody of the staff is called, with the account where two are called so;
    MOMENT(instant) and DAY(instant) are local; SECONDS(from, to) counts whole seconds, never below nothing.
    ONLY(filter, value) narrows to what was chosen, WITHOUT(filter) leaves out what cannot be told by it; `only` names
    the filters that were chosen, whose values are bound as `only_<filter>`.
    """

    def word(found: re.Match[str]) -> str:
        name, first, second, third = found.groups()
        if name == "WITHOUT":
            return "AND FALSE" if first in only else ""
        if name == "ONLY":
            chosen, equals = _ONLY[first]
            equals = equals.replace("@", second).replace("#", third or "")
            return f"AND {equals} = :only_{chosen}" if chosen in only else ""
        if name == "SECONDS":
            return f"max(unixepoch(substr({second},1,19)) - unixepoch(substr({first},1,19)), 0)"
        plain = {
            "BUCKET": _BUCKETS[group],
            "CIVIL": _CIVIL[group],
            "KEPT": _KEPT,
            "NAMED": _NAMED,
            "MOMENT": _MOMENT,
            "DAY": _BUCKETS[Group.DAY],
        }[name]
        return plain.replace("@", first)

    return _WORD.sub(word, statement)
