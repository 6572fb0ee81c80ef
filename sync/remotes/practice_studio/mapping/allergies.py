"""The allergies that Practice Studio shows of a patient: read, and never told."""

import re
from collections.abc import Mapping
from typing import Any

from sync.port import Links, Story
from sync.telling import reactions
from sync.telling.allergies import names_one, say_none_known
from sync.telling.folding import fold
from sync.telling.lenses import among, spelled
from sync.telling.reactions import SEVERITIES, Row

# Not by an id: who it is follows, and what is said is the same before there is one and after.
_PATIENT = {"display": "patient"}
_MEMBERS = frozenset({"allergen", "reaction", "severity", "noted"})
# A day or an instant, in whatever order its figures are.
_WHEN = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?|[0-9]{4}")


def put(story: Story, value: Any, _links: Links) -> Story:
    """Add what the chart does not say of them, unconfirmed; none is ever taken away, nor changed.

    That none is known is read only where nothing else is said, in whatever form.
    """
    items = [each for each in value if _name(each)] if isinstance(value, list) else []
    rows = [_row(each) for each in items]
    story = reactions.lay(story, [row for row in rows if row.reacted or names_one(row.name)], _PATIENT)
    if not isinstance(value, list) or any(map(_says_more, value)):
        return story
    return say_none_known(story, [row.name for row in rows if not row.reacted], _PATIENT)


def _name(item: Any) -> str:
    name = item.get("allergen") if isinstance(item, dict) else None
    return name if isinstance(name, str) and fold(name) else ""


def _row(item: Mapping[str, Any]) -> Row:
    grave = spelled(SEVERITIES)(item.get("severity"))
    reaction, noted = (item[part] if isinstance(item.get(part), str) else "" for part in ("reaction", "noted"))
    return Row(
        _name(item), reaction.strip() or None, grave if grave in SEVERITIES else None, noted.strip() or None
    )  # fmt: skip


def _says_more(item: Any) -> bool:
    """Whether beside words that name no allergy something is said after all, or in a form that cannot be read."""
    if fold(item) is None:
        return False
    name = _name(item)
    if not name:
        return True
    others = {part: each for part, each in item.items() if part != "allergen" and fold(each) is not None}
    return not names_one(name) and not (others.keys() <= {"noted"} and _is_when(others.get("noted")))


def _is_when(value: Any) -> bool:
    return fold(value) is None or (isinstance(value, str) and _WHEN.fullmatch(value.strip()) is not None)


def reads(value: Any) -> bool:
    """Whether each has a name, a reaction in words, a severity that is known, and nothing that is not known."""
    grave = among(SEVERITIES)
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and all(each.get(part) is None or isinstance(each[part], str) for part in ("allergen", "reaction"))
        and fold(each.get("allergen")) is not None
        and (fold(each.get("severity")) is None or grave(each["severity"]))
        and (fold(each.get("severity")) is None or fold(each.get("reaction")) is not None)
        and _is_when(each.get("noted"))
        and all(name in _MEMBERS or fold(said) is None for name, said in each.items())
        and (names_one(each["allergen"]) or not _says_more(each))
        for each in value
    )
