"""Reading dates as people type them, and showing them with the month in letters. No Qt here."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from clinic_desktop.clock import from_text
from clinic_desktop.i18n import N_, _

MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)

Precision = Literal["day", "month", "year", "estimated", "unknown"]


@dataclass(frozen=True)
class Birth:
    """A birth date as far as it is known; `on` is None only where it is unknown.

    For ``month`` the day is the 1st, for ``year`` 1 January; ``estimated`` was worked out from an age.
    """

    on: date | None
    precision: Precision


def show_date(on: date) -> str:
    """Write a date as ``14-Jul-1945``."""
    return f"{on.day:02d}-{_(MONTHS[on.month - 1])}-{on.year:04d}"


def show_instant(stored: str) -> str:
    """Write a stored instant in the workstation's own time, as ``14-Jul-2026 09:05``."""
    return show_moment(from_text(stored))


def show_moment(at: datetime) -> str:
    """Write an instant in the workstation's own time, as ``14-Jul-2026 09:05``."""
    local = at.astimezone()
    return f"{show_date(local.date())} {local:%H:%M}"


def show_birth(birth: Birth) -> str:
    """Write a birth date as far as it is known: ``14-Jul-1945``, ``Jul-1945``, ``1945``, ``about 1945``."""
    if birth.on is None:
        return _("unknown")
    if birth.precision == "month":
        return f"{_(MONTHS[birth.on.month - 1])}-{birth.on.year:04d}"
    if birth.precision == "year":
        return f"{birth.on.year:04d}"
    if birth.precision == "estimated":
        return _("about {date}").format(date=show_date(birth.on))
    return show_date(birth.on)


def show_age(on: date, today: date) -> str:
    """Write an age as clinicians do: days under 4 weeks, weeks under 1 year, months under 2, then years.

    Source: NHS common user interface, "Patient Banner", age bands (shortened: one unit only).
    """
    days = (today - on).days
    months = (today.year - on.year) * 12 + today.month - on.month - (today.day < on.day)
    if days < 0:
        return ""
    if days < 28:
        return _("{n} d").format(n=days)
    if months < 12:
        return _("{n} w").format(n=days // 7)
    if months < 24:
        return _("{n} m").format(n=months)
    return _("{n} y").format(n=months // 12)


def read_date(text: str, today: date, *, past: bool = False) -> date | None:
    """Read ``14/7/1945``, ``14.7.45``, ``1945-07-14``, ``14 jul 1945``, ``14071945``, ``today``; else None.

    Day before month always. Two figures of a year mean the last such year when `past`, else this century.
    """
    text = text.strip().casefold()
    if text in {"today", _("today").casefold(), "t"}:
        return today
    if match := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[-/. ]*([^\W\d_]+)\.?[-/., ]*(\d{4}|\d{2})", text):
        month = _month(match[2])
        return _date(_year(match[3], today, past=past), month, int(match[1])) if month else None
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        return _date(_year(match[3], today, past=past), int(match[2]), int(match[1]))
    if match := re.fullmatch(r"(\d{2})(\d{2})(\d{4})", text):
        return _date(int(match[3]), int(match[2]), int(match[1]))
    return None


def read_birth(text: str, today: date) -> Birth | None:
    """Read a birth date, a part of one (``jul 1945``, ``1945``), an age (``34y``, ``8m``, ``3w``) or ``unknown``."""
    text = text.strip().casefold().removeprefix(_("about").casefold()).strip().lstrip("~").strip()
    if text in {"unknown", _("unknown").casefold(), "?"}:
        return Birth(None, "unknown")
    if match := re.fullmatch(r"(\d{1,3})\s*([ymwd])[a-z]*", text):
        return Birth(_born(int(match[1]), match[2], today), "estimated")
    if match := re.fullmatch(r"(\d{4})", text):
        return Birth(date(int(match[1]), 1, 1), "year") if int(match[1]) else None
    if (match := re.fullmatch(r"([^\W\d_]+)\.?[-/., ]*(\d{4})", text)) and (month := _month(match[1])):
        return Birth(date(int(match[2]), month, 1), "month")
    if (match := re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", text)) and 1 <= int(match[1]) <= 12:
        return Birth(date(int(match[2]), int(match[1]), 1), "month")
    on = read_date(text, today, past=True)
    return Birth(on, "day") if on else None


def read_time(text: str) -> time | None:
    """Read ``9:30``, ``930``, ``0930``, ``9``, ``14h30``; else None."""
    match = re.fullmatch(r"(\d{1,2})(?:\s*[:h.]?\s*(\d{2}))?h?", text.strip().casefold())
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        return None
    return time(int(match[1]), int(match[2] or 0))


def _born(count: int, unit: str, today: date) -> date:
    if unit == "y":
        return _date(today.year - count, today.month, today.day) or date(today.year - count, 2, 28)
    if unit == "m":
        year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
        return _date(year, month + 1, today.day) or date(year, month + 1, 28)
    return date.fromordinal(today.toordinal() - count * (7 if unit == "w" else 1))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str, today: date, *, past: bool) -> int:
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year - 100 if past and year > today.year else year


def _month(word: str) -> int:
    for number, name in enumerate(MONTHS, start=1):
        if len(word) >= 3 and (word.startswith((name.casefold(), _(name).casefold()))):
            return number
    return 0
