"""From ADT messages to what a registration would say, and to which numbers end in which (A18, A34, A40, A43, A47)."""

import re

from clinic_desktop.devices.hl7.coded import SEX, code_of, instant
from clinic_desktop.devices.hl7.protocol import Message, Segment
from clinic_desktop.services.device_records import ReceivedRecord

# HL7 table 0002.
_MARITAL = {
    "S": "never_married", "M": "married", "D": "divorced", "A": "separated", "E": "separated", "W": "widowed",
    "P": "partnership", "G": "partnership", "C": "partnership", "B": "never_married",
}  # fmt: skip
MERGES = frozenset({"A18", "A30", "A34", "A35", "A36", "A39", "A40", "A42", "A43", "A44", "A46", "A47", "A49"})


def registration(message: Message) -> tuple[ReceivedRecord, ...]:
    """What each PID says of a person, and each MRG of a number that is no longer theirs alone."""
    found = []
    for at, segment in enumerate(message.segments):
        if segment.name == "PID":
            name = _name(segment)
            found.append(ReceivedRecord("patients", f"{at}", " ".join(filter(None, name)), _person(message, segment)))
        elif segment.name == "MRG" and message.type[1] in MERGES:
            numbers = [[parts[3] if len(parts) > 3 else "", parts[0].strip()] for parts in segment.parts(1)]
            values = {"numbers": [pair for pair in numbers if pair[1]]}
            found.append(ReceivedRecord("merges", f"{at}", ", ".join(pair[1] for pair in values["numbers"]), values))
    return tuple(found)


def _name(segment: Segment) -> tuple[str, str]:
    for parts in segment.parts(5):
        family = parts[0].split(segment.marks.part)[0].strip()
        given = " ".join(one.strip() for one in parts[1:3] if one.strip())
        if (family or given) and family != '""':
            return family, given
    return "", ""


def _person(message: Message, segment: Segment) -> dict[str, object]:
    family, given = _name(segment)
    born = re.sub(r"\D.*", "", segment.get(7))[:8]
    exact = len(born) in {4, 6, 8} and instant(born) is not None
    whole = (born + "0101"[len(born) - 4 :])[:8] if exact else ""
    where = (segment.parts(11) or [[]])[0] + [""] * 6
    street = where[0].split(segment.marks.part)[0].strip()
    return {
        "family_name": family,
        "given_names": given,
        "sex": SEX.get(segment.get(8).upper(), "unknown"),
        "born_on": f"{whole[:4]}-{whole[4:6]}-{whole[6:8]}" if exact else None,
        "born_precision": {4: "year", 6: "month", 8: "day"}[len(born)] if exact else "unknown",
        "phone": _telephone(segment, 13),
        "other_phone": _telephone(segment, 14),
        "email": next((parts[3].strip() for parts in segment.parts(13) if len(parts) > 3 and "@" in parts[3]), None),
        "address": " ".join(one for one in (street, where[1].strip()) if one and one != '""') or None,
        "city": _kept(where[2]),
        "district": _kept(where[3]),
        "postal_code": _kept(where[4]),
        "country": _kept(where[5]),
        "national_id": segment.get(19) or None,
        "language": code_of(segment, 15)[2] or None,
        "marital_status": _MARITAL.get(segment.get(16).upper()),
        "contacts": [_contact(one) for one in message.all("NK1") if _name_at(one, 2)],
    }


def _kept(text: str) -> str | None:
    return text.strip() if text.strip() not in {"", '""'} else None


def _telephone(segment: Segment, place: int) -> str | None:
    """A telephone number that has at least three digits, however the sender divides it."""
    for parts in segment.parts(place):
        told = parts + [""] * 12
        pieces = " ".join(one.strip() for one in told[4:8] if one.strip())
        for one in (parts[0].strip(), told[11].strip(), pieces):
            if len(re.sub(r"\D", "", one)) >= 3:
                return one
    return None


def _name_at(segment: Segment, place: int) -> str:
    parts = (segment.parts(place) or [[]])[0] + ["", ""]
    return " ".join(one.strip() for one in (parts[1], parts[0]) if one.strip() and one != '""')


def _contact(segment: Segment) -> dict[str, object]:
    return {
        "name": _name_at(segment, 2),
        "relation": segment.get(3, 2) or segment.get(3) or "contact",
        "phone": _telephone(segment, 5),
    }
