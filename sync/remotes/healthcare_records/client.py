"""The Healthcare Records API's 20 documented calls, and two that it mentions, which are never made by themselves."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from sync.port import Body
from sync.remotes.healthcare_records import wire
from sync.telling.calls import Calls, Send, Value, at, read
from sync.telling.shapes import Shape, shape
from sync.transport.outcomes import Answer, Call, Garbled, Refused, Said

LARGEST_PAGE = 100
_IMMUNIZATION = (
    "patient_id vaccine_code administration_date provider_name lot_number expiration_date site route "
    "dose_quantity dose_unit funding_source adverse_reactions"
)
_PATIENT = (
    "identifier{use system value} name{use family given} gender birth_date "
    "address{use line city state postal_code country} telecom{system value use} "
    "emergency_contact{name relationship phone}"
)
SHAPES: Mapping[str, Shape] = {
    "POST /immunizations": shape(_IMMUNIZATION),
    # The bodies of updates are not documented: what a create takes is all that is known.
    "PUT /immunizations/{immunization_id}": shape(_IMMUNIZATION),
    "DELETE /immunizations/{immunization_id}": shape("justification"),
    "POST /patients": shape(_PATIENT),
    "PUT /patients/{patient_id}": shape(f"{_PATIENT} active"),
    "DELETE /patients/{patient_id}": shape("justification"),
    "POST /documents": shape("patient_id document_type title content author classification metadata{*}"),
    "POST /consents": shape(
        "patient_id consent_type status granted_date expiration_date scope grantor witness digital_signature"
    ),
    "POST /fhir/validate": shape("resource_type resource_data{*}"),
    "POST /anonymize": shape("patient_ids anonymization_level preserve_fields research_purpose irb_approval_number"),
}
# `search` stands where an id stands: an id must be a UUID before it goes into a path.
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
Justified = Literal["", "query", "body"]


class Client:
    """The API's calls; each sends one request.

    A deletion needs a justification whose carrier is not documented: `justified` is what a probe on a record made for
    it found (``query`` or ``body``); until then nothing can be deleted. `monitoring` turns on what is only mentioned.
    """

    def __init__(self, send: Send, *, justified: Justified = "", monitoring: bool = False) -> None:
        self._calls, self._justified, self._monitoring = Calls(send, SHAPES), justified, monitoring

    def health(self) -> wire.Health:
        """How the service is; needs no sign-in."""
        return read(wire.Health, self._calls.get("GET /health", "/health", signed=False))

    def list_immunizations(
        self,
        *,
        skip: int = 0,
        limit: int = LARGEST_PAGE,
        patient_id: str | None = None,
        vaccine_code: str | None = None,
    ) -> Answer:
        """List doses, of one patient or of one vaccine (CVX)."""
        query: dict[str, Value] = {
            "skip": skip,
            "limit": limit,
            "patient_id": patient_id,
            "vaccine_code": vaccine_code,
        }
        return _listed(self._calls.get("GET /immunizations", "/immunizations", query))

    def create_immunization(self, body: Body) -> Answer:
        """Record a dose; the answer is not documented."""
        return self._calls.write("POST /immunizations", "/immunizations", body)[1]

    def get_immunization(self, immunization_id: str) -> wire.Immunization:
        """Read a dose."""
        place = at("GET /immunizations/{immunization_id}", UUID, immunization_id)
        return read(wire.Immunization, _unwrapped(self._calls.get(*place), "immunization"))

    def update_immunization(self, immunization_id: str, body: Body) -> Answer:
        """Change a dose; body and answer are not documented, so that every member is sent."""
        return self._calls.write(*at("PUT /immunizations/{immunization_id}", UUID, immunization_id), body)[1]

    def delete_immunization(self, immunization_id: str, justification: str) -> Answer:
        """Mark a dose as deleted there: an administrator's act, with a reason."""
        return self._delete(at("DELETE /immunizations/{immunization_id}", UUID, immunization_id), justification)

    def create_patient(self, body: Body) -> Answer:
        """Create a patient; what comes back is hidden."""
        return self._calls.write("POST /patients", "/patients", body)[1]

    def get_patient(self, patient_id: str) -> wire.Patient:
        """Read a patient; 403 says that a consent is missing, which is not the same as gone."""
        place = at("GET /patients/{patient_id}", UUID, patient_id)
        return read(wire.Patient, _unwrapped(self._calls.get(*place), "patient"))

    def list_patients(
        self,
        *,
        skip: int = 0,
        limit: int = LARGEST_PAGE,
        active_only: bool | None = None,
        search: str | None = None,
    ) -> Answer:
        """List patients."""
        query: dict[str, Value] = {"skip": skip, "limit": limit, "active_only": active_only, "search": search}
        return _listed(self._calls.get("GET /patients", "/patients", query))

    def update_patient(self, patient_id: str, body: Body) -> Answer:
        """Change a patient; body and answer are not documented, so that every member is sent."""
        return self._calls.write(*at("PUT /patients/{patient_id}", UUID, patient_id), body)[1]

    def delete_patient(self, patient_id: str, justification: str) -> Answer:
        """Mark a patient as deleted there: an administrator's act, with a reason."""
        return self._delete(at("DELETE /patients/{patient_id}", UUID, patient_id), justification)

    def search_patients(
        self,
        *,
        query: str,
        search_type: Literal["name", "identifier", "phone", "email"],
        exact_match: bool | None = None,
    ) -> Answer:
        """Search by one kind of value."""
        asked: dict[str, Value] = {"query": query, "search_type": search_type, "exact_match": exact_match}
        return _listed(self._calls.get("GET /patients/search", "/patients/search", asked))

    def consent_status(self, patient_id: str) -> wire.Anything:
        """What a patient's consents allow; the answer is not documented."""
        place = at("GET /patients/{patient_id}/consent-status", UUID, patient_id)
        return read(wire.Anything, self._calls.get(*place))

    def create_document(self, body: Body) -> Answer:
        """Keep a document there; no call changes or deletes it."""
        return self._calls.write("POST /documents", "/documents", body)[1]

    def list_documents(self, *, skip: int | None = None, limit: int | None = None) -> Answer:
        """List documents; paging is not documented, and is tried all the same."""
        return _listed(self._calls.get("GET /documents", "/documents", {"skip": skip, "limit": limit}))

    def get_document(self, document_id: str) -> wire.Document:
        """Read a document."""
        place = at("GET /documents/{document_id}", UUID, document_id)
        return read(wire.Document, _unwrapped(self._calls.get(*place), "document"))

    def create_consent(self, body: Body) -> Answer:
        """Record a consent; no call revokes it."""
        return self._calls.write("POST /consents", "/consents", body)[1]

    def list_consents(self, *, skip: int | None = None, limit: int | None = None) -> Answer:
        """List consents; paging is not documented, and is tried all the same."""
        return _listed(self._calls.get("GET /consents", "/consents", {"skip": skip, "limit": limit}))

    def validate(self, resource_type: str, resource: Body) -> wire.Validation:
        """Ask whether a resource is good FHIR R4: a second opinion, which changes nothing."""
        body = {"resource_type": resource_type, "resource_data": resource}
        return read(wire.Validation, self._calls.write("POST /fhir/validate", "/fhir/validate", body))

    def anonymize(self, body: Body) -> wire.Anything:
        """Make patients' data anonymous for research: a researcher's act, never the sync's."""
        return read(wire.Anything, self._calls.write("POST /anonymize", "/anonymize", body))

    def metrics(self) -> bytes:
        """Figures of the service, where an administrator turned it on."""
        return self._monitored("GET /metrics", "/metrics").content

    def status(self) -> bytes:
        """The service's status, where an administrator turned it on."""
        return self._monitored("GET /status", "/status").content

    def _monitored(self, endpoint: str, path: str) -> Answer:
        if not self._monitoring:
            raise Refused(Call(endpoint, "GET", path), None, Said("off", "this address is not turned on"))
        return self._calls.get(endpoint, path, file=True)[1]

    def _delete(self, place: tuple[str, str], justification: str) -> Answer:
        endpoint, path = place
        said = {"justification": justification.strip()}
        if not said["justification"]:
            raise Refused(Call(endpoint, "DELETE", path), None, Said("reason", "a deletion needs a reason"))
        if self._justified == "query":
            return self._calls.write(endpoint, path, None, said)[1]
        if self._justified == "body":
            return self._calls.write(endpoint, path, said)[1]
        message = "how a justification is carried is not documented and has not been tried out here"
        raise Refused(Call(endpoint, "DELETE", path), None, Said("off", message))


def _listed(exchanged: tuple[Call, Answer]) -> Answer:
    call, answer = exchanged
    if not isinstance(answer.body, (dict, list)):
        raise Garbled(call, answer.status)
    return answer


def _unwrapped(exchanged: tuple[Call, Answer], name: str) -> tuple[Call, Answer]:
    """The record itself, whether it is given bare, under its name, or under ``data``."""
    call, answer = exchanged
    return call, Answer(answer.status, answer.headers, record_in(answer.body, name), answer.content)


def record_in(body: Any, name: str) -> Any:
    """The record in an undocumented answer; the body itself where it is bare."""
    for member in (name, "data"):
        inside = body.get(member) if isinstance(body, dict) and "id" not in body else None
        if isinstance(inside, dict):
            return record_in(inside, name)
    return body


def read_error(_status: int, body: Any, _headers: Mapping[str, str]) -> Said | None:
    """The API's error: a code in capitals, and an object of details."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    details = error.get("details")
    fields = details.items() if isinstance(details, dict) else ()
    return Said(
        error["code"],
        str(error.get("message", "")),
        tuple((str(name), str(each)) for name, each in fields if name != "timestamp"),
    )
