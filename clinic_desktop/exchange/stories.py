"""A record of the chart with what belongs to its telling: one function for each kind that a system may be told of.

`STORIES` is the table: kind -> how the story of one record is made from its patient's rows; None where it is not told
(a draft, a record that came from elsewhere, one that does not stand any more).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clinic_desktop.domain import coding, consultation
from clinic_desktop.exchange import cancelled, when
from clinic_desktop.exchange.mapped import ICD10CM, Row, clean, written_notes
from clinic_desktop.exchange.sums import money
from clinic_desktop.exchange.told import Told, blood_type, by, made, payor, place, text_document, written
from clinic_desktop.services.departures import Leaving
from sync.port import Kind
from sync.records.elements import Resource
from sync.records.exact import Json

# The sections of a note by the step that they are written in (LOINC document ontology).
SECTIONS: Mapping[str, tuple[str, str]] = {
    "complaint": ("10154-3", "Chief complaint"),
    "symptoms": ("10164-2", "History of present illness"),
    "history": ("10187-3", "Review of systems"),
    "examination": ("29545-1", "Physical examination"),
    "diagnosis": ("51848-0", "Assessment"),
    "plan": ("18776-5", "Plan of care"),
}
# A booking that says nothing of its kind: two systems refuse one without, and their own examples call it so.
PLAIN_VISIT = "consultation"
CPT = "http://www.ama-assn.org/go/cpt"
_IN_SECTION = {"follow_up": "plan", "investigations": "plan", "prescription": "plan"}
_GONE = frozenset({"entered_in_error", "entered-in-error"})


@dataclass(frozen=True)
class Parts:
    """What a story is made of."""

    first: Resource
    rest: tuple[Resource, ...] = ()
    act: str | None = None
    void: bool = False
    revision: int = 1


Tell = Callable[[Told, str], Parts | None]


def _patient(told: Told, record: str) -> Parts | None:
    one = told.one("patients", record)
    if one is None:
        return None
    rest: list[Resource] = []
    for table, standing in (("allergies", "active"), ("problems", "active"), ("medicines_taken", "active")):
        rest += [told.resource(each) for each in told.of(table, status=standing)]
    covers = [each for each in told.of("covers") if each.row.get("ended_on") is None]
    for each in covers:
        who = payor(each.row)
        rest += [told.resource(each, payor=[{"reference": f"Organization/{who.id}"}]), who]
    rest += [*blood_type(one.row), *told.pharmacies(one.row["preferred_pharmacy_id"])]
    return Parts(told.resource(one), tuple(rest), revision=one.row["revision"])


def _practitioner(told: Told, record: str) -> Parts | None:
    found = told.people(record)
    return Parts(found[0]) if found else None


def _appointment(told: Told, record: str) -> Parts | None:
    one = told.one("appointments", record)
    if one is None:
        return None
    row = one.row
    room = place(row["room"])
    actors = [told.reference("patients", row["patient_id"]), by(row["practitioner_id"]), room[0] if room else None]
    participant = [{"actor": each, "status": "accepted"} for each in actors if each]
    kind = "telehealth" if row["telehealth"] else row["kind"] or PLAIN_VISIT
    first = told.resource(
        one, participant=participant, comment=row["note"],
        reason_code=[{"text": row["reason"]}] if row["reason"] else None,
        appointment_type={"text": kind}, **cancelled.said(told, row),
        # iCalendar's numbers (RFC 5545, 3.8.1.9): 1 is the highest, 5 is as usual.
        priority={"emergency": 1, "urgent": 2}.get(row["priority"]),
    )  # fmt: skip
    patient = told.one("patients", told.record.patient_id)
    rest = ((told.resource(patient),) if patient else ()) + told.people(row["practitioner_id"])
    act = {"cancelled": "cancel", "no_show": "no_show"}.get(row["status"])
    return Parts(first, rest + ((room[1],) if room else ()), act=act, revision=row["revision"])


def _encounter(told: Told, record: str) -> Parts | None:
    one = told.one("encounters", record)
    if one is None or one.row["status"] not in {"signed", "void"}:
        return None
    row = one.row
    subject, visit = told.reference("patients", row["patient_id"]), {"reference": f"Encounter/{record}"}
    first = told.resource(
        one,
        participant=[{"individual": by(row["practitioner_id"])}],
        period=when.period(row["started_at"], row["signed_at"]),
    )
    signs = [told.resource(each) for each in told.of("vital_signs", encounter_id=record) if _stands(each.row)]
    diagnoses = [told.resource(each) for each in told.of("problems", encounter_id=record) if _stands(each.row)]
    notes = [each for each in told.of("notes") if each.row["encounter_id"] == record]
    sections = [
        text_document(f"{record[:23]}-{code}", code, title, text, subject or {}, visit)
        for (code, title), text in (_sections(notes[0].row) if notes else {}).items()
    ]
    rest = (*signs, *diagnoses, *sections, *told.people(row["practitioner_id"]))
    return Parts(first, rest, void=row["status"] == "void", revision=row["revision"])


def _sections(note: Row) -> dict[tuple[str, str], str]:
    """The parts of a signed note as texts; what was added since stands at the end of the plan."""
    found: dict[tuple[str, str], list[str]] = {}
    for step, content in note["steps"]:
        said = {name: str(value) for name, value in content.items() if value}
        complaint = said.pop("complaint", None) if step == "symptoms" else None
        if complaint:
            found.setdefault(SECTIONS["complaint"], []).append(complaint)
        section = SECTIONS.get(_IN_SECTION.get(step, step))
        if section is None:
            continue
        if step == "diagnosis":
            lines = [f"{code} {title}".strip() for code, title in _diagnosed(said)]
        else:
            lines = [f"{name.removeprefix('system.').replace('_', ' ')}: {value}" for name, value in said.items()]
        found.setdefault(section, []).extend(lines)
    for each in note["addenda"]:
        words = f"Addendum of {when.fhir_instant(each['written_at'])}: {each['text']}"
        found.setdefault(SECTIONS["plan"], []).append(words)
    return {section: "\n".join(lines) for section, lines in found.items() if lines}


def _diagnosed(content: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(consultation.DIAGNOSIS), value.partition(" ")[2])
        for name, value in content.items()
        if name.startswith(consultation.DIAGNOSIS)
    ]


def _document(told: Told, record: str) -> Parts | None:
    one = told.one("documents", record)
    if one is None:
        return None
    author = by(one.row["author_id"])
    on = when.local_instant(one.row["written_at"] or one.row["received_at"])
    first = told.resource(one, author=[author] if author else None, date=on)
    return Parts(
        first, told.people(one.row["author_id"]), void=one.row["status"] in _GONE, revision=one.row["revision"]
    )


def _immunization(told: Told, record: str) -> Parts | None:
    one = told.one("immunizations", record)
    if one is None or one.row["status"] == "not_done":
        return None
    row = one.row
    giver = row["performer_id"] or row["recorded_by"]
    first = told.resource(
        one, performer=[{"actor": {**(by(giver) or {}), **clean(display=row["performer_name"])}}] if giver else None
    )
    return Parts(first, told.people(giver), void=row["status"] in _GONE, revision=row["revision"])


def _lines(told: Told, record: str) -> list[Resource]:
    """The lines of a prescription, in their order."""
    lines = sorted(told.of("prescription_lines", prescription_id=record), key=lambda each: each.row["position"])
    found = []
    for each in lines:
        asked = told.resource(each, requester=by(each.row["prescriber_id"]))
        if each.row["pharmacy_id"]:
            request = written(asked)["dispenseRequest"]
            shop = {"reference": f"Organization/{each.row['pharmacy_id']}", "display": each.row["pharmacy"]}
            asked = told.resource(
                each, requester=by(each.row["prescriber_id"]), dispense_request=request | {"performer": shop}
            )
        found.append(asked)
    return found


def _prescription(told: Told, record: str) -> Parts | None:
    lines = told.of("prescription_lines", prescription_id=record)
    if not lines:
        return None
    first, *rest = _lines(told, record)
    row = lines[0].row
    act = "cancel" if row["status"] in {"cancelled", "rejected"} else None
    shops = told.pharmacies(row["pharmacy_id"])
    return Parts(first, (*rest, *told.people(row["prescriber_id"]), *shops), act=act, revision=row["revision"])


def _refill(told: Told, record: str) -> Parts | None:
    """A refill that its prescriber approved, with the lines of the prescription it is of; before that none is told.

    Whoever hands out is told as well that it was signed again: by the request and by the new prescription they would
    else give it twice.
    """
    one = told.one("refill_requests", record)
    line = None if one is None else told.one("prescription_lines", str(one.row["line_id"]))
    if one is None or line is None or one.row["status"] != "approved":
        return None
    before, after = (line.row["prescription_id"], one.row["prescription_id"])
    signed = told.of("prescription_lines", prescription_id=after) if after else []
    again = f"Signed again as {signed[0].row['number']}: to be handed out once." if signed else None
    first = told.resource(
        one,
        focus={"reference": f"RequestGroup/{before}"},
        note=written_notes(" ".join(filter(None, (one.row["note"], again))) or None),
    )
    return Parts(first, tuple(_lines(told, str(before))), revision=one.row["revision"])


def _order(told: Told, record: str) -> list[Resource]:
    tests = sorted(told.of("lab_order_tests", order_id=record), key=lambda each: each.row["position"])
    return [told.resource(each, requester=by(each.row["ordered_by"])) for each in tests]


def _lab_order(told: Told, record: str) -> Parts | None:
    tests = told.of("lab_order_tests", order_id=record)
    if not tests:
        return None
    first, *rest = _order(told, record)
    act = "cancel" if all(each.row["status"] == "cancelled" for each in tests) else None
    return Parts(first, (*rest, *told.people(tests[0].row["ordered_by"])), act=act)


def _lab_result(told: Told, record: str) -> Parts | None:
    tests = {each.row["id"] for each in told.of("lab_order_tests", order_id=record)}
    results = [each for each in told.of("lab_results") if each.row["order_test_id"] in tests]
    if not results:
        return None
    first, *rest = [told.resource(each) for each in results]
    return Parts(first, (*rest, *_order(told, record)), revision=len(results))


def _charge(told: Told, record: str) -> Parts | None:
    one = told.one("charges", record)
    if one is None:
        return None
    rest = (*_visit_of(told, one.row["encounter_id"]), *told.people(one.row["provider_id"]))
    return Parts(_charged(told, one), rest, void=one.row["status"] == "cancelled", revision=one.row["revision"])


def _charged(told: Told, one: Leaving) -> Resource:
    """A charge with the code of what was done, where it has one: that is what others bill by."""
    row = one.row
    code: Json = {"coding": [{"system": CPT, "code": row["procedure_code"]}]} if row["procedure_code"] else {}
    provider = by(row["provider_id"])
    reasons = [{"coding": [{"system": ICD10CM, "code": each}]} for each in (row["diagnoses"] or "").split()]
    return told.resource(
        one,
        code=code | {"text": row["description"]} if code else None,
        reason=reasons or None,
        note=written_notes(row["note"]),
        performer=[{"actor": provider}] if provider else None,
    )


def _visit_of(told: Told, encounter: object) -> tuple[Resource, ...]:
    """The visit that something was charged for, with its diagnoses."""
    one = told.one("encounters", str(encounter)) if encounter else None
    if one is None:
        return ()
    diagnoses = [each for each in told.of("problems", encounter_id=str(encounter)) if _stands(each.row)]
    return (told.resource(one), *(told.resource(each) for each in diagnoses))


def _invoice(told: Told, record: str) -> Parts | None:
    one = told.one("invoices", record)
    if one is None:
        return None
    charged = [_charged(told, each) for each in told.of("charges", invoice_id=record)]
    visits = {each.row["encounter_id"] for each in told.of("charges", invoice_id=record) if each.row["encounter_id"]}
    visited = [each for visit in sorted(visits) for each in _visit_of(told, visit)]
    first = told.resource(one, due_date=one.row["due_on"])
    return Parts(first, (*charged, *visited), void=one.row["status"] == "void", revision=one.row["revision"])


def _payment(told: Told, record: str) -> Parts | None:
    """A payment, less what of it was given back; it is void once all of it was."""
    one = told.one("payments", record)
    if one is None or one.row["kind"] != "payment":
        return None
    back = told.of("payments", refund_of=record)
    row = one.row
    left = row["amount"] - sum(each.row["amount"] for each in back)
    settled = written(told.resource(one))
    notice = {
        "resourceType": "PaymentNotice", "id": record, "status": "active", "created": settled["created"],
        "identifier": [{"system": "urn:x-clinic-desktop:receipt", "value": row["number"]}],
        "request": {"reference": f"Invoice/{row['invoice_id']}"}, "paymentDate": settled["paymentDate"],
        "amount": money(left, row["currency"]), "paymentStatus": {"text": row["method"]},
    }  # fmt: skip
    return Parts(made(notice), void=left == 0, revision=row["revision"] + len(back))


def _claim(told: Told, record: str) -> Parts | None:
    """A claim with its cover, the invoice that it is about and what was charged on it."""
    one = told.one("claims", record)
    if one is None or one.row["status"] in {"draft", "ready"}:
        return None
    rest: list[Resource] = []
    cover = told.one("covers", str(one.row["cover_id"]))
    if cover is not None:
        who = payor(cover.row)
        rest += [told.resource(cover, payor=[{"reference": f"Organization/{who.id}"}]), who]
    invoice = told.one("invoices", str(one.row["invoice_id"]))
    if invoice is not None:
        rest.append(told.resource(invoice))
        rest += [_charged(told, each) for each in told.of("charges", invoice_id=invoice.row["id"])]
    first = told.resource(one, item=_claimed(told, one), submission_method=one.row["submission_method"])
    return Parts(first, tuple(rest), void=one.row["status"] == "cancelled", revision=one.row["revision"])


def _claimed(told: Told, one: Leaving) -> list[Json]:
    """The lines of a claim: their code is a procedure, unless the charge had none and its price stands in its place."""
    found = []
    for line, item in zip(one.row["lines"], written(told.resource(one)).get("item", []), strict=True):
        charge = told.one("charges", str(line["charge_id"]))
        if charge is not None and line["code"] and _is_procedure(line["code"], charge.row):
            service = item["productOrService"] | {"coding": [{"system": CPT, "code": line["code"]}]}
            found.append(item | {"productOrService": service})
        else:
            found.append(item)
    return found


def _is_procedure(code: str, charge: Row) -> bool:
    if code == charge["procedure_code"]:
        return True
    return code.casefold() != str(charge["price_code"]).casefold() and coding.is_procedure(code)


def _consent(told: Told, record: str) -> Parts | None:
    one = told.one("consents", record)
    if one is None or one.row["status"] == "refused":
        return None
    act = "revoke" if one.row["status"] == "withdrawn" else None
    return Parts(told.resource(one), act=act, revision=one.row["revision"])


def _notice(told: Told, record: str) -> Parts | None:
    one = told.one("notifications", record)
    if one is None or one.row["to_staff"] is None or one.row["category"] not in {"message", "task"}:
        return None
    to = by(one.row["to_staff"])
    first = told.resource(one, recipient=[to], topic={"text": one.row["title"]})
    return Parts(first, told.people(one.row["to_staff"]), revision=one.row["revision"])


def dispense_of(told: Told, prescription: str, rows: tuple[Row, ...]) -> Parts | None:
    """What was handed out of a prescription: one MedicationDispense for each hand-out."""
    if not rows:
        return None
    handed = [made(_handed(told, prescription, row)) for row in rows]
    people = told.people(*{row["dispensed_by"] for row in rows})
    return Parts(handed[0], (*handed[1:], *_lines(told, prescription), *people), act="dispense", revision=len(rows))


def _handed(told: Told, prescription: str, row: Row) -> Json:
    counselled = "The patient was counselled." if row["counselled"] else None
    return {
        "resourceType": "MedicationDispense", "id": row["id"], "status": "completed",
        "subject": told.reference("patients", row["patient_id"]),
        "performer": [{"actor": by(row["dispensed_by"])}],
        "authorizingPrescription": [
            {"reference": f"MedicationRequest/{row['line_id']}"}, {"reference": f"RequestGroup/{prescription}"}
        ],
        "quantity": {"value": row["quantity"]}, "whenHandedOver": when.fhir_instant(row["dispensed_at"]),
        **clean(note=written_notes(counselled)),
    }  # fmt: skip


def _stands(row: Row) -> bool:
    return row["status"] not in _GONE and row["status"] != "superseded"


STORIES: Mapping[Kind, Tell] = {
    Kind.PATIENT: _patient,
    Kind.PRACTITIONER: _practitioner,
    Kind.APPOINTMENT: _appointment,
    Kind.ENCOUNTER: _encounter,
    Kind.DOCUMENT: _document,
    Kind.IMMUNIZATION: _immunization,
    Kind.PRESCRIPTION: _prescription,
    Kind.REFILL: _refill,
    Kind.LAB_ORDER: _lab_order,
    Kind.LAB_RESULT: _lab_result,
    Kind.CHARGE: _charge,
    Kind.INVOICE: _invoice,
    Kind.PAYMENT: _payment,
    Kind.CLAIM: _claim,
    Kind.CONSENT: _consent,
    Kind.NOTICE: _notice,
}
