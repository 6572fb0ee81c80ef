"""FHIR dates and the chart's: what is kept is the text as it came, and beside it an instant that sorts."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from clinic_desktop.clock import from_text, to_text
from sync.records.exact import Json

_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@lru_cache(maxsize=65536)
def instant(text: str) -> str:
    """The instant a FHIR date or dateTime begins at; a day begins at midnight here, wherever the clock stands."""
    if "T" in text:
        # A leap second is the second before it, one second long: no clock here has a sixtieth.
        leap = ":60" in text[17:20] or text[16:19] == ":60"
        moment = datetime.fromisoformat(text.replace(":60", ":59", 1) if leap else text)
        try:
            return to_text(moment + timedelta(seconds=1) if leap else moment)
        except OverflowError:
            return f"{text[:10]}T00:00:00.000000Z"
    year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
    try:
        return to_text(datetime(year, month, day).astimezone())
    except (OverflowError, ValueError):
        # The first and last days of the calendar have no instant in every zone.
        return f"{year:04}-{month:02}-{day:02}T00:00:00.000000Z"


def civil(text: str | None) -> str | None:
    """The day that a FHIR date or dateTime names, where it was written; None for less than a day. It never shifts."""
    return text[:10] if text is not None and _FULL_DATE.match(text) else None


def fhir_instant(kept: str) -> str:
    """An instant of the chart as FHIR writes it: UTC, no more precise than it is."""
    at = from_text(kept)
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


def midday(text: str) -> str:
    """The instant of a document that says a day alone: its noon here, which is that day half a world either way."""
    if _FULL_DATE.fullmatch(text) is None:
        return instant(text)
    try:
        return to_text(datetime.combine(date.fromisoformat(text), time(12)).astimezone())
    except (OverflowError, ValueError):
        return f"{text}T12:00:00.000000Z"


def local_instant(kept: str) -> str:
    """An instant of the chart as FHIR writes it, by the clock of the clinic: its day is the one it was written on."""
    try:
        at = from_text(kept).astimezone()
    except (OverflowError, ValueError):
        return fhir_instant(kept)
    if (at.utcoffset() or timedelta()) % timedelta(minutes=1):
        return fhir_instant(kept)  # before there were zones: FHIR has no seconds in an offset
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def period(start: str, end: str | None) -> Json:
    """From when to when, by the clock of the clinic."""
    return {"start": local_instant(start)} | ({"end": local_instant(end)} if end else {})
