"""Immunizations in words, for the screen and for paper: states, ages, reasons, where and how a dose was given."""

import re
from collections.abc import Mapping
from datetime import date

from clinic_desktop.domain.immunization_forecast import Forecast
from clinic_desktop.domain.immunizations import NOT_DONE, ROUTES, SITES, Said, Span
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.wording import day
from clinic_desktop.services.immunization_chart import DoseShown

STATE_WORDS = {
    "overdue": N_("Overdue"),
    "due": N_("Due now"),
    "decision": N_("By decision"),
    "held": N_("Not now"),
    "later": N_("Later"),
    "complete": N_("Complete"),
    "too_late": N_("Too late"),
    "not_needed": N_("Not needed"),
    "unknown": N_("Cannot tell"),
}
# In the order in which somebody at the desk needs them.
STATE_ORDER = tuple(STATE_WORDS)
_UNITS = {
    "y": (N_("{n} year"), N_("{n} years")),
    "m": (N_("{n} month"), N_("{n} months")),
    "w": (N_("{n} week"), N_("{n} weeks")),
    "d": (N_("{n} day"), N_("{n} days")),
}


def said_words(said: Said | None) -> str:
    """What the rules say, in the reader's language, dates and ages written out."""
    if said is None:
        return ""
    facts = {name: _fact(value) for name, value in said.facts}
    return _(said.message).format(**facts)


def next_words(row: Forecast) -> str:
    """When the next dose is to be given: what is late is given now, and not on a day that has passed."""
    if row.state in {"overdue", "due", "decision"}:
        return _("now")
    on = row.recommended or row.earliest
    return "" if on is None or row.state in {"complete", "too_late"} else day(on)


def span_words(length: Span) -> str:
    """An age or interval written out: ``14 weeks 6 days``; of ``27y-1d`` the years alone, as "before 27 years"."""
    parts = re.findall(r"(-?)(\d+)([ymwd])", length.text)
    words = [_(_UNITS[unit][number != "1"]).format(n=number) for sign, number, unit in parts if not sign]
    text = " ".join(words)
    return _("just under {age}").format(age=text) if any(sign for sign, _number, _unit in parts) else text


def given_words(dose: DoseShown) -> str:
    """When a dose was given, as far as it is known."""
    on = dose.occurred_on
    if on is None or dose.occurred_precision == "unknown":
        return _("date not known")
    if dose.occurred_precision == "year":
        return f"{on.year}"
    return day(on)[3:] if dose.occurred_precision == "month" else day(on)


def counts_words(dose: DoseShown) -> str:
    """What a dose counts as: ``Polio 2, Hepatitis B 1``."""
    counted = [one for one in dose.counted if one.state in {"valid", "late"}]
    return ", ".join(f"{_(one.name)} {one.number}" for one in counted)


def how_words(dose: DoseShown) -> str:
    """Amount, route and site of a dose."""
    unit = (dose.dose_unit or "").replace("[drp]", _("drops"))
    parts = (
        f"{dose.dose_amount} {unit}".strip() if dose.dose_amount else "",
        _word(ROUTES, dose.route),
        _word(SITES, dose.site),
    )
    return ", ".join(part for part in parts if part)


def reason_words(dose: DoseShown) -> str:
    """Why a dose was not given."""
    return ": ".join(part for part in (_word(NOT_DONE, dose.reason_code), dose.reason_text or "") if part)


def _word(words: Mapping[str, str], code: str | None) -> str:
    """The word of a code; a code of somebody else's as it is."""
    return _(words[code]) if code is not None and code in words else code or ""


def _fact(value: object) -> object:
    if isinstance(value, date):
        return day(value)
    return span_words(value) if isinstance(value, Span) else value
