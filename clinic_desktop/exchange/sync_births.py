"""Patients whose birth date is not known to the day, at systems that take no other: said once, and in plain words.

Their refusal asks for a date, and a date that somebody makes up to be done with it would stand in five charts. So
nothing is offered but to know it: the registration stays here until the patient is asked.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.remotes import Whom
from sync.port import Kind

SORT = "inexact"
WHY = N_("They take only a whole birth date, and the one here is not known to the day.")
_DATE = re.compile(r"date.?of.?birth|birth.?date|\bdob\b|\bborn\b", re.IGNORECASE)
_LACKS = re.compile(r"required|missing|blank|empty|\bnull\b|\bnone\b|not provided", re.IGNORECASE)


def asks_for_it(kind: str, state: str, why: str) -> bool:
    """Whether a registration was refused for a birth date that it did not say: of less than a day none is ever sent."""
    return kind == Kind.PATIENT and state == "refused" and bool(_DATE.search(why) and _LACKS.search(why))


def together(items: Iterable[Item], known: Mapping[str, Whom]) -> list[Item]:
    """Each such patient once, for all systems that asked; what may have been sent with a date stays by itself."""
    found: list[Item] = []
    places: dict[str, int] = {}
    for one in items:
        whom = known.get(one.patient_id)
        whole = whom is None or (whom.born_on is not None and whom.born_precision == "day")
        if whole or not asks_for_it(one.kind, one.sort, one.why):
            found.append(one)
        elif one.patient_id not in places:
            places[one.patient_id] = len(found)
            found.append(replace(one, sort=SORT, why=_(WHY), clinical=False, others=(one,)))
        else:
            first = found[places[one.patient_id]]
            found[places[one.patient_id]] = replace(
                first, title=f"{first.title}, {one.title}", at=min(first.at, one.at), others=(*first.others, one)
            )
    return found


def of_system(item: Item, system: str) -> Item:
    """An item as it is at one system alone."""
    return next((alone(item, one) for one in item.others if one.system == system), item)


def alone(item: Item, one: Item) -> Item:
    """One of the refusals that an item stands for."""
    return replace(one, sort=SORT, why=item.why, clinical=False, others=(one,))
