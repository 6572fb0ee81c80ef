"""What Practice Studio only shows: records, invoices with payments, people and places."""

import hashlib
from collections import Counter
from typing import Any

from sync.port import Body, Kind, Links, Seen, Story
from sync.records.document import DocumentReference
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.records.exact import Number
from sync.records.invoice import Invoice
from sync.records.location import Location
from sync.records.payment import PaymentNotice
from sync.records.practitioner import Practitioner
from sync.remotes.practice_studio.mapping.patient import SYSTEM
from sync.telling.folding import day, fold
from sync.telling.lenses import among, spelled
from sync.telling.notes import plain
from sync.telling.words import LOINC, NPI, THERE, id_there, refer
from sync.telling.work import exact

# The kinds of record that are a visit; every other is a document.
VISITS = frozenset({"progress note", "visit note", "encounter", "consultation"})
# The parts of a note as LOINC names them.
PARTS = {"subjective": "10164-2", "objective": "29545-1", "assessment": "51848-0", "plan": "18776-5"}
CPT = "http://www.ama-assn.org/go/cpt"
PAYMENT = f"{THERE}:{SYSTEM}:payment"
# "overdue" is a matter of the date; the invoice is open.
_STATUS = {"open": "issued", "overdue": "issued", "paid": "balanced"}


def is_visit(kind: object) -> bool:
    """Whether a record of this type is a visit."""
    return isinstance(kind, str) and kind.strip().casefold() in VISITS


def is_read(seen: Seen) -> bool:
    """Whether every part of a note is read: a visit has four, a document keeps whatever is text."""
    content = seen.body.get("content")
    if not isinstance(content, dict):
        return content in (None, "", [])
    known = PARTS.keys() if seen.kind is Kind.ENCOUNTER else content.keys()
    return all(
        each in (None, "", [], {}) or (name in known and isinstance(each, str)) for name, each in content.items()
    )


def is_date(value: object) -> bool:
    """Whether the date of a document is a day, or an instant."""
    return value in (None, "") or (isinstance(value, str) and ("T" in value or day(value) == value))


def is_status(value: object) -> bool:
    """Whether the status of an invoice is one that is known here, however it is spelled."""
    return value in (None, "") or among(_STATUS)(value)


def visit(seen: Seen, links: Links) -> tuple[Resource, ...]:
    """A record as the visit that it tells of, with the parts of its note."""
    body = seen.body
    patient = _reference(Kind.PATIENT, body.get("patientId"), links)
    who = _reference(Kind.PRACTITIONER, body.get("providerId"), links)
    made: dict[str, Any] = {
        "resourceType": "Encounter",
        "identifier": [_id(Kind.ENCOUNTER, seen.remote_id)],
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": body.get("title") or body.get("type") or "Visit"}],
        "subject": patient,
        "participant": [{"individual": who}] if who else None,
        "period": {"start": body["date"]} if body.get("date") else None,
    }
    content = body.get("content")
    parts = [
        _document(text, patient, body.get("date"), {"coding": [{"system": LOINC, "code": PARTS[name]}]})
        for name, text in (content.items() if isinstance(content, dict) else ())
        if name in PARTS and isinstance(text, str) and text
    ]
    return (Encounter.model_validate(_bare(made)), *parts)


def document(seen: Seen, links: Links) -> tuple[Resource, ...]:
    """A record as a document of text; its files stay there until they are fetched."""
    body = seen.body
    content = body.get("content")
    lines = content.items() if isinstance(content, dict) else ()
    text = "\n\n".join(f"{name.capitalize()}: {each}" for name, each in lines if isinstance(each, str) and each)
    patient = _reference(Kind.PATIENT, body.get("patientId"), links)
    who = _reference(Kind.PRACTITIONER, body.get("providerId"), links)
    made = _document(
        text or str(body.get("title") or ""), patient, body.get("date"), {"text": body.get("type") or "Record"}
    )
    more = {
        "identifier": [_id(Kind.DOCUMENT, seen.remote_id)],
        "description": body.get("title"),
        "author": [who] if who else None,
    }
    return (DocumentReference.model_validate(made.model_dump(by_alias=True, exclude_unset=True) | _bare(more)),)


def _document(text: str, patient: Any, date: Any, kind: Any) -> DocumentReference:
    timed = isinstance(date, str) and "T" in date
    content = plain(text) if text else None
    if content and not timed and (on := day(date if isinstance(date, str) else None)):
        # A day with no time: the document's own `date` can hold none, and no time is made up.
        content[0]["attachment"]["creation"] = on
    made = {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": kind,
        "subject": patient,
        "date": date if timed else None,
        "content": content,
    }
    return DocumentReference.model_validate(_bare(made))


def invoice(seen: Seen, links: Links, currency: str) -> tuple[Resource, ...]:
    """An invoice with its lines, and each payment as a notice; the currency is the clinic's, for none is stated."""
    body = seen.body
    made: dict[str, Any] = {
        "resourceType": "Invoice",
        "identifier": [_id(Kind.INVOICE, seen.remote_id)],
        "status": _STATUS.get(spelled(_STATUS)(str(body.get("status"))), "issued"),
        "subject": _reference(Kind.PATIENT, body.get("patientId"), links),
        "date": body.get("date"),
        "totalGross": _money(body.get("amount"), currency),
        "paymentTerms": f"due {body['dueDate']}" if body.get("dueDate") else None,
        "lineItem": [_line(each, number, currency) for number, each in enumerate(_objects(body.get("items")), 1)],
    }
    return (Invoice.model_validate(_bare(made)), *_payments(seen.remote_id, body.get("payments"), currency))


def _line(item: Body, number: int, currency: str) -> Body:
    concept = _bare(
        {
            "text": item.get("description"),
            "coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": item["code"]}]
            if item.get("code")
            else None,
        }
    )
    price = _bare(
        {"type": "base", "factor": _exact(item.get("quantity")), "amount": _money(item.get("total"), currency)}
    )
    return _bare({"sequence": number, "chargeItemCodeableConcept": concept or None, "priceComponent": [price]})


def payment_key(invoice_id: str, payment: Body, nth: int = 1) -> str:
    """What knows a payment: it has no id, so that it is known by its invoice and all it says, however it is spelled.

    Where two say the same, it is the `nth` of them: each is money of its own.
    """
    number = exact(payment.get("amount"))
    told = [str(number.normalize()) if number is not None else _word(payment.get("amount"))]
    told += [_word(payment.get(name)) for name in ("date", "method", "reference")]
    # The first of equal ones is known by what it says alone.
    parts = (invoice_id, *told, *([str(nth)] if nth > 1 else []))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _word(value: object) -> str:
    """A text as it is told from another: its spaces and its capitals say nothing, and nor does what is empty."""
    return str(fold(value) if fold(value) is not None else "").casefold()


def _payments(invoice_id: str, payments: object, currency: str) -> list[PaymentNotice]:
    """Each payment as a notice; of equal ones, each is counted."""
    met: Counter[str] = Counter()
    made = []
    for each in _objects(payments):
        met[alike := payment_key(invoice_id, each)] += 1
        made.append(_payment(invoice_id, each, payment_key(invoice_id, each, met[alike]), currency))
    return made


def _payment(invoice_id: str, payment: Body, key: str, currency: str) -> PaymentNotice:
    made = {
        "resourceType": "PaymentNotice",
        "identifier": [{"system": PAYMENT, "value": key}],
        "status": "active",
        "created": payment.get("date"),
        "request": {"identifier": _id(Kind.INVOICE, invoice_id)},
        "paymentDate": payment.get("date"),
        "amount": _money(payment.get("amount"), currency),
        "paymentStatus": {"text": payment["method"]} if payment.get("method") else None,
        "payment": {"display": payment["reference"]} if payment.get("reference") else None,
    }
    return PaymentNotice.model_validate(_bare(made))


def person(seen: Seen, story: Story | None) -> tuple[Resource, ...]:
    """Somebody of the directory; whoever the chart knows stays as the chart says."""
    if story is not None:
        return (story.first, *story.rest)
    body = seen.body
    identifiers = [_id(Kind.PRACTITIONER, seen.remote_id)]
    if body.get("npi"):
        identifiers.append({"system": NPI, "value": body["npi"]})
    telecom = [{"system": system, "value": body[name]} for name, system in _TELECOM if body.get(name)]
    learned = [{"code": {"text": body[name]}} for name in ("specialty", "credentials") if body.get(name)]
    name = _bare({"family": body.get("lastName"), "given": [body["firstName"]] if body.get("firstName") else None})
    made = {
        "resourceType": "Practitioner",
        "identifier": identifiers,
        "active": body.get("active"),
        "name": [name] if name else None,
        "telecom": telecom,
        "qualification": learned,
    }
    return (Practitioner.model_validate(_bare(made)),)


_TELECOM = (("phone", "phone"), ("email", "email"))


def place(seen: Seen, story: Story | None) -> tuple[Resource, ...]:
    """A place of the practice; one that the chart knows stays as the chart says."""
    if story is not None:
        return (story.first, *story.rest)
    made = {
        "resourceType": "Location",
        "identifier": [_id(Kind.LOCATION, seen.remote_id)],
        "name": seen.body.get("name"),
    }
    return (Location.model_validate(_bare(made)),)


def _id(kind: Kind, remote_id: str) -> dict[str, str]:
    return {"system": id_there(SYSTEM, kind), "value": remote_id}


def _reference(kind: Kind, remote_id: object, links: Links) -> Body | None:
    found = refer(SYSTEM, kind, remote_id, links)
    return found.model_dump(by_alias=True, exclude_unset=True, exclude_none=True) if found else None


def _exact(value: object) -> Any:
    return Number(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _money(value: object, currency: str) -> Body | None:
    number = _exact(value)
    return None if number is None else {"value": number, "currency": currency}


def _objects(value: object) -> list[Body]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _bare(made: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in made.items() if each is not None and each not in ("", [], {})}
