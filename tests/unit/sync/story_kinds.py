"""Made-up stories of what is said and done at a visit."""

import base64
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.records.appointment import Appointment
from sync.records.condition import Condition
from sync.records.consent import Consent
from sync.records.document import DocumentReference
from sync.records.encounter import Encounter
from sync.records.immunization import Immunization
from sync.records.medication import MedicationRequest
from sync.records.message import Communication, Task
from sync.records.observation import Observation
from sync.remotes.healify.mapping.others import SCOPE, SHARE_END, SHARE_SECTION, WHOLE_VISIT
from sync.telling.words import with_code
from tests.unit.sync.story_parts import (
    BOOKED,
    DOCTOR,
    LOINC,
    PATIENT,
    PHARMACY,
    PLACE,
    SECTIONS,
    UCUM,
    VISIT,
    VITALS,
    allergies,
    blood,
    codes,
    concepts,
    coverage,
    days,
    exact,
    ids,
    instants,
    lists,
    locations,
    long_texts,
    made,
    mails,
    maybe,
    patients,
    pharmacies,
    practitioners,
    problems,
    some,
    stories,
    subject,
    taken,
    texts,
    together,
)


def of_patients() -> st.SearchStrategy[Story]:
    """Patients with what belongs to them."""
    covers = st.sampled_from([(), (1,), (1, 2)]).flatmap(lambda orders: st.tuples(*map(coverage, orders)))
    return stories(
        Kind.PATIENT,
        together(patients, lists(allergies), lists(problems), lists(taken), covers, maybe(pharmacies), maybe(blood)),
    )


def of_practitioners() -> st.SearchStrategy[Story]:
    """People who care."""
    return stories(Kind.PRACTITIONER, together(practitioners))


def of_appointments(act: str | None = None) -> st.SearchStrategy[Story]:
    """Appointments with who comes, who is seen and where."""
    status = "cancelled" if act == "cancel" else "booked"
    appointment = made(
        Appointment,
        some(
            id=st.just(BOOKED),
            status=st.just(status),
            appointmentType=maybe(concepts()),
            reasonCode=lists(concepts(), 1),
            cancelationReason=maybe(concepts()),
            start=instants,
            minutesDuration=st.integers(5, 240),
            comment=maybe(long_texts),
            participant=st.just(
                [
                    {"actor": subject(PATIENT), "status": "accepted"},
                    {"actor": {"reference": f"Practitioner/{DOCTOR}"}, "status": "accepted"},
                    {"actor": {"reference": f"Location/{PLACE}"}, "status": "accepted"},
                ]
            ),
        ),
    ).map(with_end)
    return stories(Kind.APPOINTMENT, together(appointment, patients, practitioners, locations), act)


def with_end(one: Appointment) -> Appointment:
    assert one.start is not None
    end = datetime.fromisoformat(one.start) + timedelta(minutes=one.minutes_duration or 0)
    return one.model_copy(update={"end": end.isoformat()})


def sections(code: str) -> st.SearchStrategy[Any]:
    """A part of a note."""
    return made(
        DocumentReference,
        some(
            id=ids,
            status=st.just("current"),
            type=st.just({"coding": [{"system": LOINC, "code": code}]}),
            subject=st.just(subject(PATIENT)),
            content=long_texts.map(plain_content),
        ),
    )


def plain_content(text: str) -> list[dict[str, Any]]:
    """A text as a document holds it."""
    data = base64.b64encode(text.encode()).decode()
    return [{"attachment": {"contentType": "text/plain", "data": data}}]


_SPANS = {
    "8480-6": (60, 250), "8462-4": (30, 150), "8867-4": (30, 220), "9279-1": (6, 60), "8310-5": (34, 42),
    "29463-7": (2, 200), "8302-2": (40, 220), "2708-6": (60, 100),
}  # fmt: skip


def vital(code: str) -> st.SearchStrategy[Any]:
    """A vital sign in the unit that the chart keeps it in."""
    low, high = _SPANS[code]
    tenths = code in {"8310-5", "29463-7"}
    number = st.integers(low * 10, high * 10).map(lambda n: n / 10) if tenths else st.integers(low, high)
    return st.builds(
        lambda record, value: Observation.model_validate(
            {
                **record,
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": LOINC, "code": code}]},
                "valueQuantity": {"value": exact(value), "unit": VITALS[code], "system": UCUM, "code": VITALS[code]},
            }
        ),
        some(id=ids, subject=st.just(subject(PATIENT)), effectiveDateTime=instants),
        number,
    )


def of_encounters() -> st.SearchStrategy[Story]:
    """Visits with vital signs, diagnoses, the parts of the note and who saw the patient."""
    encounter = made(
        Encounter,
        some(
            id=st.just(VISIT),
            status=st.just("finished"),
            type=lists(concepts(), 1),
            subject=st.just(subject(PATIENT)),
            participant=st.just([{"individual": {"reference": f"Practitioner/{DOCTOR}"}}]),
            period=instants.map(lambda at: {"start": at}),
            reasonCode=lists(concepts(), 1),
            appointment=maybe(st.just([{"reference": f"Appointment/{BOOKED}"}])),
            **{"class": st.just({"code": "AMB"})},
        ),
    )
    signs = st.sets(st.sampled_from(sorted(VITALS))).flatmap(lambda codes: st.tuples(*map(vital, sorted(codes))))
    parts = st.sets(st.sampled_from(SECTIONS)).flatmap(lambda codes: st.tuples(*map(sections, sorted(codes))))
    diagnosis = made(
        Condition,
        some(
            id=ids,
            code=concepts("http://hl7.org/fhir/sid/icd-10-cm"),
            subject=st.just(subject(PATIENT)),
            encounter=st.just({"reference": f"Encounter/{VISIT}"}),
        ),
    )
    return stories(Kind.ENCOUNTER, together(encounter, signs, lists(diagnosis, 3), parts, practitioners))


def of_documents() -> st.SearchStrategy[Story]:
    """Documents that are text."""
    document = made(
        DocumentReference,
        some(
            id=ids,
            status=st.just("current"),
            type=maybe(concepts()),
            description=maybe(texts),
            subject=st.just(subject(PATIENT)),
            date=instants,
            author=st.just([{"reference": f"Practitioner/{DOCTOR}"}]),
            securityLabel=lists(concepts(), 1),
            content=long_texts.map(plain_content),
            context=maybe(st.just({"encounter": [{"reference": f"Encounter/{VISIT}"}]})),
        ),
    )
    return stories(Kind.DOCUMENT, together(document, practitioners))


def of_immunizations() -> st.SearchStrategy[Story]:
    """Doses of vaccine."""
    dose = made(
        Immunization,
        some(
            id=ids,
            status=st.just("completed"),
            vaccineCode=st.builds(
                lambda code, text: {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": code}], "text": text},
                st.sampled_from(["208", "03", "140"]),
                texts,
            ),
            patient=st.just(subject(PATIENT)),
            occurrenceDateTime=days | instants,
            lotNumber=maybe(codes),
            expirationDate=maybe(days),
            site=maybe(concepts()),
            route=maybe(concepts()),
            doseQuantity=maybe(
                st.integers(1, 40).map(lambda n: {"value": exact(n / 10), "unit": "mL", "system": UCUM, "code": "mL"})
            ),
            performer=st.just([{"actor": {"reference": f"Practitioner/{DOCTOR}"}}]),
            fundingSource=maybe(concepts()),
            protocolApplied=lists(some(doseNumberPositiveInt=st.integers(1, 5)), 1),
        ),
    )
    return stories(Kind.IMMUNIZATION, together(dose, practitioners))


def medicines() -> st.SearchStrategy[Any]:
    """One line of a prescription."""
    return made(
        MedicationRequest,
        some(
            id=ids,
            status=st.just("active"),
            intent=st.just("order"),
            medicationCodeableConcept=concepts("http://hl7.org/fhir/sid/ndc"),
            subject=st.just(subject(PATIENT)),
            authoredOn=instants,
            requester=st.just({"reference": f"Practitioner/{DOCTOR}"}),
            dosageInstruction=lists(some(text=texts, patientInstruction=maybe(texts)), 1),
            dispenseRequest=some(
                numberOfRepeatsAllowed=maybe(st.integers(0, 11)),
                quantity=maybe(st.integers(1, 300).map(lambda n: {"value": n})),
                performer=maybe(st.just({"reference": f"Organization/{PHARMACY}"})),
            ),
            note=lists(st.fixed_dictionaries({"text": long_texts}), 1),
            groupIdentifier=st.just({"system": "urn:x-clinic-desktop:prescription", "value": "RX1"}),
        ),
    )


def of_prescriptions() -> st.SearchStrategy[Story]:
    """Prescriptions of one to three medicines."""
    return stories(Kind.PRESCRIPTION, together(medicines(), lists(medicines(), 2), practitioners, maybe(pharmacies)))


def of_refills() -> st.SearchStrategy[Story]:
    """Requests for one more fill."""
    task = made(
        Task,
        some(
            id=ids,
            status=st.just("requested"),
            intent=st.just("order"),
            focus=st.just({"reference": "MedicationRequest/88888888-8888-4888-8888-888888888888"}),
            owner=maybe(st.just({"reference": f"Organization/{PHARMACY}"})),
            note=lists(st.fixed_dictionaries({"text": texts}), 1),
            **{"for": st.just(subject(PATIENT))},
        ),
    )
    return stories(Kind.REFILL, together(task))


def consents() -> st.SearchStrategy[Any]:
    """What a patient agreed to."""
    return made(
        Consent,
        some(
            id=ids,
            status=st.just("active"),
            scope=concepts(),
            category=lists(concepts(), 1, 1),
            patient=st.just(subject(PATIENT)),
            dateTime=days | instants,
            performer=lists(some(display=texts), 1),
            provision=maybe(
                some(
                    type=st.just("permit"),
                    period=maybe(some(start=maybe(days), end=maybe(days)).filter(bool)),
                    code=lists(concepts(), 2),
                ).filter(bool)
            ),
        ),
    )


def of_consents() -> st.SearchStrategy[Story]:
    """Consents."""
    return stories(Kind.CONSENT, together(consents()))


WHOLE = [{"url": SHARE_SECTION, "valueCode": each} for each in sorted(WHOLE_VISIT)]


def of_shares() -> st.SearchStrategy[Story]:
    """A record sent to somebody outside, under a consent."""
    document = made(
        DocumentReference,
        some(
            id=ids, status=st.just("current"), subject=st.just(subject(PATIENT)), content=long_texts.map(plain_content)
        ),
    )
    letter = made(
        Communication,
        some(
            id=ids,
            status=st.just("completed"),
            subject=st.just(subject(PATIENT)),
            recipient=mails.map(lambda mail: [{"identifier": {"system": "mailto", "value": mail}}]),
            payload=lists(st.fixed_dictionaries({"contentString": texts}), 1),
            topic=st.sampled_from(["insurer", "healthcare_provider"]).map(lambda kind: {"text": kind}),
            category=st.sampled_from([["view"], ["view", "keep"]]).map(lambda may: [{"text": each} for each in may]),
            extension=instants.map(lambda end: [{"url": SHARE_END, "valueDateTime": end}, *WHOLE]),
        ),
    )
    allowed = consents().map(lambda one: one.model_copy(update={"scope": with_code(one.scope, SCOPE, "disclosure")}))
    return stories(Kind.SHARE, together(document, letter, allowed), "share")


def of_enrolments() -> st.SearchStrategy[Story]:
    """A patient put on a programme."""
    task = made(
        Task,
        some(
            id=ids,
            status=st.just("requested"),
            intent=st.just("order"),
            code=concepts(),
            focus=st.just({"reference": "PlanDefinition/abc"}),
            authoredOn=instants,
            note=lists(st.fixed_dictionaries({"text": texts}), 2),
            **{"for": st.just(subject(PATIENT))},
        ),
    )
    return stories(Kind.ENROLMENT, together(task))
