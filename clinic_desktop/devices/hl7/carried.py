"""What HL7 v2 messages carry besides results: doses given (VXU), medicines (RDE, OMP, RDS), orders (ORM, OML)."""

import re
from collections.abc import Iterator

from clinic_desktop.devices.hl7.coded import code_of, instant, provider
from clinic_desktop.devices.hl7.protocol import Message, Segment
from clinic_desktop.devices.hl7.registrations import registration
from clinic_desktop.domain.devices import DOSE_DELETED, ORDER_ENDED
from clinic_desktop.services.device_records import ReceivedRecord

CVX, MVX = "http://hl7.org/fhir/sid/cvx", "http://hl7.org/fhir/sid/mvx"
# HL7 table 0119. What ends an order, and what neither begins nor ends one.
ENDS = frozenset({"CA", "DC", "OC", "CR", "DR", "OD", "RU"})
BEGINS = frozenset({"", "NW", "OK", "RE", "RP", "RF", "SN", "OP", "PA", "CH", "XO", "XX", "PR"})
# HL7 table 0162, the routes of vaccines, and 0163, the sites, as a chart says them.
_COMPLETED = {"": "completed", "CP": "completed", "PA": "completed", "RE": "not_done", "NA": "not_done"}
# Who gave it: anything but 00 (NIP001) is told from another source than the one that gave the dose.
_NEW = "00"

SEVERAL = "the message speaks of more than one patient"
NO_CODE = "the message does not say what it is"
NOT_UNDERSTOOD = "the message says what to do with this order in a word that is not known here"


def carried(message: Message, subject: str) -> tuple[ReceivedRecord, ...]:
    """The records of a message of one subject; a second patient in it makes each of them doubtful."""
    if subject == "registration":
        return registration(message)
    makers = {"immunization": _doses, "medicine": _medicines, "order": _orders}
    found = list(makers[subject](message)) if subject in makers else []
    if len(message.all("PID")) > 1:
        found = [ReceivedRecord(one.table, one.identity, one.title, one.values, SEVERAL) for one in found]
    return tuple(found)


def _groups(message: Message, *names: str) -> Iterator[tuple[Segment | None, Segment, list[Segment]]]:
    """Each segment of some names with the ORC before it and the segments that belong to it."""
    order: Segment | None = None
    ends = {"ORC", "PID", *names}
    for at, segment in enumerate(message.segments):
        if segment.name == "ORC":
            order = segment
        elif segment.name in names:
            after = message.segments[at + 1 :]
            last = next((place for place, one in enumerate(after) if one.name in ends), len(after))
            yield order, segment, list(after[:last])


def _number(order: Segment | None) -> str:
    return "" if order is None else order.get(3) or order.get(2)


def _identity(message: Message, order: Segment | None, code: str, at: int) -> str:
    # A sender without numbers of orders may count its messages anew: the time of the message is a part of what it is.
    told = _number(order) or f"message {message.control_id} {message.header.get(7)} {at}"
    return f"{told}/{code}"


def _day(text: str) -> tuple[str | None, str]:
    """A civil day and how exactly it is known."""
    told = re.sub(r"\D.*", "", text)[:8]
    if len(told) not in {4, 6, 8} or instant(told) is None:
        return None, "unknown"
    precision = {4: "year", 6: "month", 8: "day"}[len(told)]
    whole = (told + "0101"[len(told) - 4 :])[:8]
    return f"{whole[:4]}-{whole[4:6]}-{whole[6:8]}", precision


def _doses(message: Message) -> Iterator[ReceivedRecord]:
    for at, (order, dose, rest) in enumerate(_groups(message, "RXA")):
        code, system, title = code_of(dose, 5, CVX)
        given_at = instant(dose.get(3))
        on, precision = _day(dose.get(3))
        route = next((one for one in rest if one.name == "RXR"), None)
        said = dose.get(20).upper()
        notes = [text for parts in dose.parts(9) if (text := (parts[1] if len(parts) > 1 else "").strip())]
        amount = dose.get(6)
        values: dict[str, object] = {
            "status": _COMPLETED.get(said, "completed"),
            "vaccine_code": code if system == CVX else None,
            "vaccine_name": title or code or "(not named)",
            "occurred_on": on,
            "occurred_precision": precision,
            "occurred_at": given_at if given_at and "T" in given_at else None,
            "occurred_text": dose.get(3) or None,
            # 999 is how an unknown amount is written.
            "dose_amount": amount if re.fullmatch(r"\d*\.?\d+", amount) and amount not in {"999", "0"} else None,
            "dose_unit": dose.get(7) or dose.get(7, 2) or None,
            "lot": dose.get(15) or None,
            "expires_on": _day(dose.get(16))[0] if _day(dose.get(16))[1] == "day" else None,
            "manufacturer_code": dose.get(17) or None,
            "manufacturer": dose.get(17, 2) or dose.get(17) or None,
            "reason_text": dose.get(18, 2) or dose.get(18) or None,
            "route": (route.get(1, 2) or route.get(1) or None) if route else None,
            "site": (route.get(2, 2) or route.get(2) or None) if route else None,
            "performer_name": provider(dose, 10) or None,
            "location": dose.get(11, 4) or dose.get(11) or None,
            "primary_source": 1 if dose.get(9) in {"", _NEW} else 0,
            "note": "; ".join(notes) or None,
        }
        problem = None if code or title else NO_CODE
        if dose.get(21).upper() == "D":
            problem = DOSE_DELETED
        if code == "998" and system == CVX:
            continue  # "no vaccine administered": the message only says so
        # Registries number every dose of before alike (9999, or the visit's): the day is what tells two doses apart.
        told = f"{code or title}@{dose.get(3)[:8]}"
        yield ReceivedRecord("immunizations", _identity(message, order, told, at), title or code, values, problem)


# Where each of the three segments keeps code, least amount, unit, form, instructions and quantity.
_PLACES = {
    "RXE": {"code": 2, "amount": 3, "unit": 5, "form": 6, "told": 7, "refills": 12},
    "RXO": {"code": 1, "amount": 2, "unit": 4, "form": 5, "told": 7, "refills": 13},
    "RXD": {"code": 2, "amount": 4, "unit": 5, "form": 6, "told": 9},
    "RXA": {"code": 5, "amount": 6, "unit": 7, "form": 8, "told": 9},
    "RXG": {"code": 4, "amount": 5, "unit": 7, "form": 8, "told": 13},
}


def _medicines(message: Message) -> Iterator[ReceivedRecord]:
    # An order that was encoded by a pharmacy (RXE) says better what its request (RXO) said.
    first = next((name for name in ("RXE", "RXD", "RXG", "RXO", "RXA") if message.first(name) is not None), "RXO")
    for at, (order, medicine, rest) in enumerate(_groups(message, first)):
        places = _PLACES[first]
        code, system, title = code_of(medicine, places["code"])
        word = "" if order is None else order.get(1).upper()
        ordered = "" if order is None else order.get(9) or order.get(15)
        begun = ("" if order is None else order.get(7, 4)) or (medicine.get(1, 4) if first == "RXE" else "") or ordered
        dispensed = medicine.get(3) if first == "RXD" else ""
        values: dict[str, object] = {
            "source": "outside",
            "status": "stopped" if word in ENDS else "active",
            "stopped_reason": "ended by the sender" if word in ENDS else None,
            "outside_status": "stopped" if word in ENDS else "active",
            "intent": "order",
            "code_system": system or None,
            "code": code or None,
            "name": title or code or "(not named)",
            **dict.fromkeys(("dose", "dosage_text"), _dose(order, medicine, places, rest)),
            "authored_text": instant(ordered or dispensed),
            "started_on": _day(begun or dispensed)[0],
            "started_text": instant(begun or dispensed),
            "outside_prescriber": (provider(order, 12) if order is not None else "") or None,
        }
        problem = None if code or title else NO_CODE
        if word not in ENDS | BEGINS:
            problem = NOT_UNDERSTOOD
        yield ReceivedRecord(
            "medicines_taken", _identity(message, order, code or title, at), title or code, values, problem
        )


def _dose(order: Segment | None, medicine: Segment, places: dict[str, int], rest: list[Segment]) -> str | None:
    """What a message says of how a medicine is taken, in the sender's own words and in their order."""
    told = [parts[1] if len(parts) > 1 and parts[1].strip() else parts[0] for parts in medicine.parts(places["told"])]
    # Code sets write ^words: the second component, or the only one.
    words = "; ".join(one.strip() for one in told if one.strip()) if medicine.name != "RXA" else ""
    amount, unit = medicine.get(places["amount"]), medicine.get(places["unit"], 2) or medicine.get(places["unit"])
    timing = next((one for one in rest if one.name == "TQ1"), None)
    how_often = (timing.get(3) if timing is not None else "") or (order.get(7, 2) if order is not None else "")
    how_often = how_often or (medicine.get(1, 2) if medicine.name == "RXE" else "")
    route = next((one for one in rest if one.name == "RXR"), None)
    by = (route.get(1, 2) or route.get(1)) if route is not None else ""
    said = " ".join(one for one in (amount, unit, by, how_often) if one)
    return "; ".join(one for one in (words, said) if one) or None


def _orders(message: Message) -> Iterator[ReceivedRecord]:
    for at, (order, asked, rest) in enumerate(_groups(message, "OBR")):
        code, system, title = code_of(asked, 4)
        word = "" if order is None else order.get(1).upper()
        number = _number(order) or asked.get(3) or asked.get(2)
        reasons = [code_of(one, 3)[2] for one in rest if one.name == "DG1"]
        reasons += [code_of(asked, 31)[2]] if asked.get(31) or asked.get(31, 2) else []
        specimen = next((one for one in rest if one.name == "SPM"), None)
        urgent = (asked.get(27, 6) or asked.get(5) or (order.get(7, 6) if order is not None else "")).upper()
        values: dict[str, object] = {
            "code_system": system or None,
            "code": code or None,
            "title": title or code or "(not named)",
            "status": "revoked" if word in ENDS else "active",
            "starts_text": instant((order.get(9) if order is not None else "") or asked.get(6) or asked.get(7)),
            "party": (provider(order, 12) if order is not None else "") or provider(asked, 16) or None,
            "detail": "; ".join(dict.fromkeys(filter(None, reasons))) or None,
            "priority": {"S": "stat", "A": "urgent"}.get(urgent[:1], "routine"),
            "number": number or None,
            "specimen": (specimen.get(4, 2) or specimen.get(4) or None) if specimen is not None else None,
        }
        problem = None if code or title else NO_CODE
        if word in ENDS:
            problem = ORDER_ENDED
        elif word not in BEGINS:
            problem = NOT_UNDERSTOOD
        told = number or f"message {message.control_id} {at}"
        yield ReceivedRecord("orders", f"{told}/{code or title}", title or code, values, problem)
