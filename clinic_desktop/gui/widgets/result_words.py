"""How a result is told of in a line: its flag, when it was measured, and by whom where that was elsewhere."""

from datetime import date, datetime

from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.i18n import _
from clinic_desktop.services.chart_rows import ResultShown

NO_FLAG = frozenset({"N", "none", ""})
SHORT = 18  # signs of a value that stand beside its test: a sentence would push the values of all others out of sight


def day(at: datetime | date | None) -> str:
    """A civil date as it is shown; an instant by its day here."""
    if at is None:
        return ""
    return show_date(at.astimezone().date() if isinstance(at, datetime) else at)


def came_on(text: str) -> str:
    """A date as it came from elsewhere: a day where it names one, else the year or month alone."""
    try:
        return show_date(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def flag_words(flag: str) -> str:
    """A flag as it is written; nothing where a result is not out of the ordinary."""
    return "" if flag in NO_FLAG else flag


def short_value(row: ResultShown) -> str:
    """The value of a result; nothing of one in words, which stands with the name."""
    return row.value if len(row.value) <= SHORT else ""


def name_words(row: ResultShown) -> str:
    """What was measured, and what came of it where that is a sentence."""
    return row.name if len(row.value) <= SHORT else f"{row.name}: {row.value}"


def told_of(row: ResultShown) -> str:
    """When a result was given out, by whom where that was elsewhere, and what was said of it since."""
    if not row.source:
        return " · ".join(filter(None, (day(row.released_at), _("corrected") if row.corrected else "")))
    states = (_("preliminary") if row.preliminary else "", _("corrected there") if row.corrected else "")
    source = _("from {system}").format(system=row.source)
    return " · ".join(filter(None, (_when(row), source, *states, row.note.replace("\n", "; "))))


def _when(row: ResultShown) -> str:
    """When something was measured elsewhere, to the minute where that was said; else when it came here."""
    if "T" in row.taken_text and row.released_at is not None:
        at = row.released_at.astimezone()
        return f"{show_date(at.date())} {at:%H:%M}"
    if row.taken_text:
        return came_on(row.taken_text)
    return _("received {day}").format(day=day(row.came_at or row.released_at))
