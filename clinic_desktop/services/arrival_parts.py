"""A finding that came again: its parts are known by what they are, a code or a name, never by their place.

Something may be taken out before it, or put there: then it stands at another place and is what it was. Of two that are
alike the one that says the same is the same, else the first is. What is not said any more stays, as withdrawn, and a
doctor is told of it once.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.services.heard_results import GONE

IN_ACT = ("matched", "said_otherwise", "tell_corrected", "tell_gone")

Row = Mapping[str, Any]
LINES = 20
_VALUE = ("value_kind", "value", "comparator", "unit", "value_code")


def matched(parts: Sequence[Row], before: Sequence[Row]) -> list[Row | None]:
    """Which of the parts that stand here each one that came is; None for one that is new.

    What stands is taken for it before what was withdrawn: an earlier program went by the place alone, and left behind
    what it had written over as withdrawn.
    """
    left = sorted(before, key=lambda row: (row["status"] in GONE, row["position"]))
    found: list[Row | None] = [None] * len(parts)
    for same in (_says_the_same, _is_the_same, _is_named_the_same):
        for place, part in enumerate(parts):
            if found[place] is None:
                found[place] = next((row for row in left if same(part, row)), None)
                left = [row for row in left if row is not found[place]]
    return found


def tell_gone(act: Act, patient: str | None, whole: Row, gone: Sequence[Row]) -> None:
    """Tell a doctor which parts of a finding are not said any more by whoever reported it."""
    names = "; ".join(_called(row) for row in gone)
    who = whole.get("performer") or "Whoever reported it"
    body = f"{who} said of {whole['title']}: {names}. It is not said any more, and stands as withdrawn."
    title = "Something was taken out of a result elsewhere"
    opens = (("patient_id", patient),) if patient is not None else ()
    screen = "chart" if patient is not None else None
    inbox.notify(act, inbox.Notice("task", "high", title, "doctor", body, patient, screen=screen, arguments=opens))


def said_otherwise(was: Row, now: Row) -> str:
    """How a result that stood here is corrected or withdrawn by what came; empty where it says what it said."""
    if was["status"] in GONE:
        return ""
    if now["status"] in GONE:
        return f"withdrawn: {_called(was)}"
    if was["value_kind"] == "none" or all(_amount(was[name]) == _amount(now.get(name)) for name in _VALUE):
        return ""
    value = " ".join(filter(None, (f"{now.get('comparator') or ''}{now.get('value') or ''}", now.get("unit"))))
    return f"corrected: {_called(was)} -> {value or 'no value'}"


def tell_corrected(act: Act, patient: str, lines: Sequence[str]) -> None:
    """Tell a doctor what results of a patient that stood here say now, or say no more."""
    more = len(lines) - LINES
    body = "\n".join([*lines[:LINES], *([f"and {more} more, in the chart"] if more > 0 else [])])
    opens = (("patient_id", patient),)
    title = "Results were corrected in what came from elsewhere"
    inbox.notify(act, inbox.Notice("task", "high", title, "doctor", body, patient, screen="chart", arguments=opens))


def _says_the_same(part: Row, row: Row) -> bool:
    return _is_the_same(part, row) and all(part.get(name) == row[name] for name in _VALUE)


def _is_the_same(part: Row, row: Row) -> bool:
    if part["code"] or row["code"]:
        return bool(part["code"] == row["code"] and part.get("code_system") == row["code_system"])
    return _plain(part["title"]) == _plain(row["title"])


def _is_named_the_same(part: Row, row: Row) -> bool:
    """Whether it is the same of which only one side says the code."""
    coded = bool(part["code"]) and bool(row["code"])
    return not coded and _plain(part["title"]) == _plain(row["title"])


def _amount(said: object) -> object:
    """A value as it is compared: 6.50 is no other than 6.5."""
    try:
        number = Decimal(str(said))
    except InvalidOperation:
        return said
    # NaN is a word like any other here: as a number it is not even the same as itself.
    return number if number.is_finite() else said


def _plain(title: object) -> str:
    return " ".join(str(title).casefold().split())


def _called(row: Row) -> str:
    value = f"{row['comparator'] or ''}{row['value'] or ''}"
    return " ".join(part for part in (str(row["title"]), value, row["unit"]) if part)
