"""What the connected systems are told of an appointment that is cancelled, beside its reason."""

import json
from datetime import date
from typing import Any

from clinic_desktop.clock import from_text
from clinic_desktop.exchange.consents import in_force
from clinic_desktop.exchange.mapped import Row
from clinic_desktop.exchange.told import Told

# How a system may write to somebody; that it telephones, or sends a letter, is nowhere documented.
_WRITES_BY = frozenset({"sms", "email", "app"})


def said(told: Told, row: Row) -> dict[str, Any]:
    """Who wanted it, and whether the patient is to be told by whoever hears of it.

    They are where it was said so here, and a consent to messages was in force on that day: a system writes in its own
    ways, and to somebody who agreed to none of them it is told not to.
    """
    if row["status"] != "cancelled":
        return {"cancelled_by": row["cancelled_by"]}
    wanted = bool(row["tell_patient"]) and row["cancelled_at"] is not None
    on = from_text(row["cancelled_at"]).astimezone().date() if wanted else None
    agreed = on is not None and any(_holds(each.row, on) for each in told.of("consents", scope="communication"))
    return {"cancelled_by": row["cancelled_by"], "tell_patient": agreed}


def _holds(consent: Row, on: date) -> bool:
    return in_force(consent, on) and bool(_WRITES_BY & set(json.loads(consent["covers"])))
