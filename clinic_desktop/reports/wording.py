"""Dates, times, names and money as they stand on paper."""

from datetime import date, datetime

from clinic_desktop.domain.money import amount_text
from clinic_desktop.i18n import N_, _

_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip

# The systems of an examination, in the order in which one examines.
SYSTEM_WORDS = {
    "general": N_("General"),
    "cardiovascular": N_("Heart and vessels"),
    "respiratory": N_("Lungs"),
    "abdomen": N_("Abdomen"),
    "neurological": N_("Nervous system"),
    "skin": N_("Skin"),
    "ent": N_("Ear, nose, throat"),
    "musculoskeletal": N_("Muscles and joints"),
    "genitourinary": N_("Genitourinary"),
    "mental_state": N_("Mental state"),
}

# The kinds of a visit.
PRESET_WORDS = {
    "new": N_("New visit"),
    "follow_up": N_("Follow-up of a chronic problem"),
    "results_review": N_("Review of results"),
    "refill": N_("Refill"),
    "emergency": N_("Emergency"),
    "procedure": N_("Procedure"),
    "child": N_("Child and vaccine"),
    "antenatal": N_("Antenatal"),
}


def day(on: date) -> str:
    """14-Jul-1945: the month in letters, so that no reader takes it for the day."""
    return f"{on.day:02d}-{_(_MONTHS[on.month - 1])}-{on.year:04d}"


def moment(at: datetime) -> str:
    """14-Jul-1945 09:05, in the zone that the instant carries."""
    return f"{day(at.date())} {at.hour:02d}:{at.minute:02d}"


def money(minor: int, currency: str) -> str:
    """1,234.50 from 123450: the amount alone, with the digits that the currency has."""
    return amount_text(minor, currency)


def priced(minor: int, currency: str) -> str:
    """USD 1,234.50: the amount with its currency."""
    return f"{currency} {money(minor, currency)}"


def method_words(method: str) -> str:
    """How something was paid."""
    return {
        "cash": _("Cash"),
        "card": _("Card"),
        "mobile_money": _("Mobile money"),
        "bank_transfer": _("Bank transfer"),
    }[method]


def card_words(kind: str) -> str:
    """What a card is called."""
    names = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover"}
    return names.get(kind) or (_("another card") if kind else "")


def mrn_words(number: str) -> str:
    """A record number with what it is, unless it says so itself; nothing where there is none."""
    if not number:
        return ""
    return number if number.upper().startswith("MRN") else _("MRN {number}").format(number=number)
