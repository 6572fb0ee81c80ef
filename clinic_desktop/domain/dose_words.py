"""Reading a dose as clinicians write it: 500 mg oral tds 7 d, 2 tablets by mouth twice a day for 5 days prn."""

import re
from decimal import Decimal

from clinic_desktop.domain.prescribing import FREQUENCIES, ROUTES, Dose, check_dose
from clinic_desktop.domain.refusals import Refusal

_ROUTE_WORDS = {
    "by mouth": "oral", "orally": "oral", "po": "oral", "p.o.": "oral", "per os": "oral",
    "sl": "sublingual", "under the tongue": "sublingual", "inh": "inhaled", "by inhalation": "inhaled",
    "pr": "rectal", "pv": "vaginal", "sc": "subcutaneous", "s.c.": "subcutaneous", "under the skin": "subcutaneous",
    "im": "intramuscular", "i.m.": "intramuscular", "iv": "intravenous", "i.v.": "intravenous",
    "to the skin": "topical", "on the skin": "transdermal",
} | {words: route for route, (_verb, words) in ROUTES.items()} | {route: route for route in ROUTES}  # fmt: skip
_FREQUENCY_WORDS = {
    "once": "stat", "single dose": "stat", "once only": "stat", "once only now": "stat", "now": "stat",
    "once daily": "od", "daily": "od", "every day": "od", "qd": "od", "a day": "od", "1 time a day": "od",
    "every morning": "mane", "every night": "nocte", "at bedtime": "nocte", "hs": "nocte",
    "bid": "bd", "twice daily": "bd", "two times a day": "bd", "2 times a day": "bd", "12 hourly": "q12h",
    "tid": "tds", "three times daily": "tds", "3 times a day": "tds", "3 times daily": "tds", "8 hourly": "q8h",
    "qid": "qds", "four times daily": "qds", "4 times a day": "qds", "4 times daily": "qds", "6 hourly": "q6h",
    "5 times a day": "5xd", "4 hourly": "q4h", "alternate days": "q48h", "weekly": "weekly", "every week": "weekly",
} | {each.words: code for code, each in FREQUENCIES.items()} | {code: code for code in FREQUENCIES}  # fmt: skip
_NEEDED = ("prn", "when needed", "as needed", "if needed")
_AMOUNT = re.compile(
    r"(?:(?:take|inject|apply|inhale|put|insert|stick) )?([0-9]+(?:\.[0-9]+)?) ?(international units?|[a-zµμ]+)\b"
)
_DURATION = re.compile(r"\b(?:for |x ?)?([0-9]{1,3}) ?(d|days?|wk|w|weeks?|/7)(?![a-z])")


def read_dose(text: str, route: str = "oral") -> Dose:
    """The dose that the words say, by `route` where they name none; a dose with no frequency is one dose.

    Raises `Refusal` naming what was not understood: nothing of a dose is passed over.
    """
    rest = " ".join(text.lower().replace(",", " ").split())
    amount = _AMOUNT.match(rest)
    if amount is None:
        raise Refusal("“{text}” does not begin with an amount and its unit, such as 500 mg.", field="dose", text=text)
    rest = rest[amount.end() :]
    rest, needed = _take(rest, dict.fromkeys(_NEEDED, "yes"))
    rest, frequency = _take(rest, _FREQUENCY_WORDS)
    duration = _DURATION.search(rest)
    days = None
    if duration is not None:
        days = int(duration[1]) * (7 if duration[2].startswith("w") else 1)
        rest = rest[: duration.start()] + " " + rest[duration.end() :]
    rest, named_route = _take(rest, _ROUTE_WORDS)
    if rest.strip(" .;"):
        raise Refusal("“{rest}” in the dose was not understood.", field="dose", rest=rest.strip())
    return check_dose(
        Dose(Decimal(amount[1]), amount[2], named_route or route, frequency or "stat", days, as_needed=bool(needed))
    )


def _take(text: str, words: dict[str, str]) -> tuple[str, str]:
    """Take the longest of the words out of a text; returns what is left and what the words stand for."""
    for phrase in sorted(words, key=len, reverse=True):
        found = re.search(rf"(?<![\w.]){re.escape(phrase)}(?![\w])", text)
        if found is not None:
            return text[: found.start()] + " " + text[found.end() :], words[phrase]
    return text, ""
