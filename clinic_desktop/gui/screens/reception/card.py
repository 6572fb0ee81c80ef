"""What an identity card fills in of a registration, and what is said of it."""

import re
from collections.abc import Mapping
from datetime import date

from clinic_desktop.domain.identity_parts import Card
from clinic_desktop.gui.widgets.civil import Birth, show_date
from clinic_desktop.i18n import _

_SHORTENED = {"family": "family_name", "given": "given_names", "middle": "given_names"}


def fields_of(card: Card) -> Mapping[str, object]:
    """The fields of the form by their keys; what the card does not say is not in it."""
    names = " ".join(part for part in (card.given, card.middle) if part)
    family = " ".join(part for part in (card.family, card.suffix) if part)
    found: dict[str, object] = {
        "family_name": _as_names_are_written(family),
        "given_names": _as_names_are_written(names),
        "sex": card.sex,
        "address": ", ".join(part for part in (card.street, card.street_second) if part),
        "city": card.city,
        "district": card.state,
        "postal_code": card.postal_code,
        "country": card.country,
        "national_id": "-".join(part for part in (card.state, card.number) if part) if card.number else "",
    }
    if card.born_on is not None:
        found["born_on"] = Birth(card.born_on, "day")
    return {key: value for key, value in found.items() if value}


def cut_short(card: Card) -> tuple[str, ...]:
    """The fields whose name the card says it has cut short."""
    return tuple(dict.fromkeys(_SHORTENED[name] for name in card.shortened))


def card_words(card: Card, today: date) -> str:
    """What is said when a card was read: that nothing is saved, and what is odd about it."""
    words = [_("Read from the card; nothing is saved yet.")]
    if card.expires_on is not None and card.expires_on < today:
        words.append(_("The card expired on {day}.").format(day=show_date(card.expires_on)))
    if not card.sex:
        words.append(_("It does not say which sex."))
    if card.shortened:
        words.append(_("A name on it is cut short: ask for the whole of it."))
    return " ".join(words)


def _as_names_are_written(capitals: str) -> str:
    """A name that stands in capitals on the card, with small letters after the first of each word."""
    if capitals != capitals.upper():
        return capitals
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), capitals)
