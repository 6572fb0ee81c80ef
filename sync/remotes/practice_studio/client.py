"""Practice Studio's 10 documented calls; those that it only links to are off until they are turned on."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sync.port import Body
from sync.remotes.practice_studio import wire
from sync.telling.calls import Calls, Send, Value, at, given, read, read_list, read_made
from sync.telling.shapes import Shape, shape
from sync.transport.outcomes import Answer, Call, Forbidden, Refused, Said

LARGEST_PAGE = 100
PREFIX = "/api/v1"
_PATIENT = (
    "firstName lastName dateOfBirth gender contactInfo{email phone address{line1 line2 city state postalCode country}} "
)
_COVER = "{provider memberId groupNumber}"
SHAPES: Mapping[str, Shape] = {
    "POST /api/v1/patients": shape(f"{_PATIENT} insurance{{primary{_COVER}}}"),
    # Nested objects are sent whole, with the second insurance, since how deep an update reaches is not documented.
    "PUT /api/v1/patients/{patient_id}": shape(f"{_PATIENT} insurance{{primary{_COVER} secondary{_COVER}}}"),
    "POST /api/v1/appointments": shape("patientId providerId startTime endTime type reason notes locationId"),
}
# Two scopes are documented; the others are named by their pattern, for the administrator alone.
SCOPES: Mapping[str, str] = {
    "GET /api/v1/patients": "read:patients",
    "GET /api/v1/patients/{patient_id}": "read:patients",
    "POST /api/v1/patients": "write:patients",
    "PUT /api/v1/patients/{patient_id}": "write:patients",
    "GET /api/v1/appointments": "read:appointments",
    "POST /api/v1/appointments": "write:appointments",
    "GET /api/v1/providers": "read:providers",
    "GET /api/v1/patients/{patient_id}/records": "read:records",
    "GET /api/v1/patients/{patient_id}/invoices": "read:invoices",
}
PATIENT, APPOINTMENT, PROVIDER, RECORD, ATTACHMENT, INVOICE = (
    re.compile(rf"{prefix}-[A-Za-z0-9_\-]{{1,64}}") for prefix in ("PAT", "APPT", "PROV", "REC", "ATT", "INV")
)


class Client:
    """Practice Studio's calls; each sends one request. `linked` turns on what the document only links to."""

    def __init__(self, send: Send, *, prefix: str = PREFIX, linked: bool = False) -> None:
        self.prefix, self._bare, self._linked = prefix, send, linked
        self._calls = Calls(self._sent, SHAPES)

    def _sent(self, call: Call) -> Answer:
        """Send under the prefix that was found, and name the scope that a refusal lacks."""
        path = self.prefix + call.path.removeprefix(PREFIX) if call.path.startswith(f"{PREFIX}/") else call.path
        try:
            return self._bare(replace(call, path=path))
        except Forbidden as error:
            scope = SCOPES.get(call.endpoint)
            if scope is None:
                raise
            said = replace(error.said, fields=(*error.said.fields, ("scope", f"this call needs the scope {scope}")))
            raise Forbidden(error.call, error.status, said) from error

    def token(self, form: Mapping[str, str]) -> wire.Token:
        """Get a token (the ways to sign in do so by themselves)."""
        call = Call("POST /oauth/token", "POST", "/oauth/token", form=dict(form), signed=False)
        return read(wire.Token, (call, self._bare(call)))

    def list_patients(
        self,
        *,
        search: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
        sort: str | None = None,
        order: str | None = None,
        status: str | None = None,
    ) -> wire.Listed:
        """List patients, or those whose name or id holds a text."""
        query = {"search": search, "limit": limit, "offset": offset, "sort": sort, "order": order, "status": status}
        return self._list("GET /api/v1/patients", "/api/v1/patients", query)

    def get_patient(self, patient_id: str) -> wire.Patient:
        """Read a patient whole."""
        return read(wire.Patient, self._calls.get(*at("GET /api/v1/patients/{patient_id}", PATIENT, patient_id)))

    def create_patient(self, body: Body) -> wire.Patient:
        """Create a patient; the record number is theirs to give."""
        return read_made(wire.Patient, self._calls.write("POST /api/v1/patients", "/api/v1/patients", body), PATIENT)

    def update_patient(self, patient_id: str, body: Body) -> wire.Patient:
        """Change the members that are sent."""
        place = at("PUT /api/v1/patients/{patient_id}", PATIENT, patient_id)
        return read(wire.Patient, self._calls.write(*place, body))

    def list_appointments(
        self,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        provider_id: str | None = None,
        patient_id: str | None = None,
        status: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List appointments (status: scheduled, completed, cancelled)."""
        query: dict[str, Value] = {
            "start_date": start_date,
            "end_date": end_date,
            "provider_id": provider_id,
            "patient_id": patient_id,
            "status": status,
            "limit": limit,
            "offset": offset,
        }
        return self._list("GET /api/v1/appointments", "/api/v1/appointments", query)

    def create_appointment(self, body: Body) -> wire.Appointment:
        """Create an appointment; no documented call changes or cancels it."""
        return read_made(
            wire.Appointment, self._calls.write("POST /api/v1/appointments", "/api/v1/appointments", body), APPOINTMENT
        )

    def list_providers(
        self,
        *,
        specialty: str | None = None,
        location_id: str | None = None,
        available: bool | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List those who care."""
        query: dict[str, Value] = {
            "specialty": specialty,
            "location_id": location_id,
            "available": available,
            "limit": limit,
            "offset": offset,
        }
        return self._list("GET /api/v1/providers", "/api/v1/providers", query)

    def list_records(
        self,
        patient_id: str,
        *,
        type: str | None = None,  # noqa: A002 - the parameter's own name
        from_date: str | None = None,
        to_date: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List a patient's records."""
        query = {"type": type, **_window(from_date, to_date, limit, offset)}
        return self._list(*at("GET /api/v1/patients/{patient_id}/records", PATIENT, patient_id), query)

    def list_invoices(
        self,
        patient_id: str,
        *,
        status: str | None = None,
        from_date: str | None = None,
        to_date: str | None = None,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
    ) -> wire.Listed:
        """List a patient's invoices (status: open, paid, overdue)."""
        query = {"status": status, **_window(from_date, to_date, limit, offset)}
        return self._list(*at("GET /api/v1/patients/{patient_id}/invoices", PATIENT, patient_id), query)

    def download_attachment(self, attachment_id: str) -> bytes:
        """The content of a file, from the link that a record shows: of this origin alone."""
        place = at("GET /api/v1/attachments/{attachment_id}/download", ATTACHMENT, attachment_id)
        return self._calls.get(*place, file=True)[1].content

    def invoice_pdf(self, invoice_id: str) -> bytes:
        """An invoice as PDF, from the link that it shows: of this origin alone."""
        return self._calls.get(*at("GET /api/v1/invoices/{invoice_id}/pdf", INVOICE, invoice_id), file=True)[1].content

    def get_appointment(self, appointment_id: str) -> wire.Appointment:
        """Read an appointment, where its link was turned on."""
        place = at("GET /api/v1/appointments/{appointment_id}", APPOINTMENT, appointment_id)
        return read(wire.Appointment, self._calls.get(*self._turned_on(place)))

    def list_patient_appointments(self, patient_id: str) -> wire.Listed:
        """A patient's appointments by their link, where it was turned on."""
        place = at("GET /api/v1/patients/{patient_id}/appointments", PATIENT, patient_id)
        return self._list(*self._turned_on(place), {})

    def get_provider(self, provider_id: str) -> wire.Provider:
        """Read one who cares, where the link was turned on."""
        place = at("GET /api/v1/providers/{provider_id}", PROVIDER, provider_id)
        return read(wire.Provider, self._calls.get(*self._turned_on(place)))

    def list_provider_appointments(self, provider_id: str) -> wire.Listed:
        """The appointments of one who cares, where the link was turned on."""
        place = at("GET /api/v1/providers/{provider_id}/appointments", PROVIDER, provider_id)
        return self._list(*self._turned_on(place), {})

    def get_record(self, record_id: str) -> wire.Record:
        """Read a record, where its link was turned on."""
        place = at("GET /api/v1/records/{record_id}", RECORD, record_id)
        return read(wire.Record, self._calls.get(*self._turned_on(place)))

    def get_invoice(self, invoice_id: str) -> wire.Invoice:
        """Read an invoice, where its link was turned on."""
        place = at("GET /api/v1/invoices/{invoice_id}", INVOICE, invoice_id)
        return read(wire.Invoice, self._calls.get(*self._turned_on(place)))

    def fhir_metadata(self) -> wire.Anything:
        """What the FHIR base says it can do; the guide to it is not among the documents."""
        return read(wire.Anything, self._calls.get("GET /fhir/r4/metadata", "/fhir/r4/metadata"))

    def _turned_on(self, place: tuple[str, str]) -> tuple[str, str]:
        if not self._linked:
            endpoint, path = place
            said = Said("off", "this address is only linked to, not documented, and is not turned on")
            raise Refused(Call(endpoint, "GET", path), None, said)
        return place

    def _list(self, endpoint: str, path: str, query: Mapping[str, Value]) -> wire.Listed:
        return read_list(wire.Listed, self._calls.get(endpoint, path, given(query)))


def _window(from_date: str | None, to_date: str | None, limit: int, offset: int) -> dict[str, Value]:
    return {"from_date": from_date, "to_date": to_date, "limit": limit, "offset": offset}


def id_of_link(href: object, kind: re.Pattern[str]) -> str | None:
    """The id in a link; the rest of it, and any other host it may name, is never followed."""
    found = [part for part in str(href).split("?")[0].split("/") if kind.fullmatch(part)]
    return found[-1] if found else None


def read_error(_status: int, body: Any, _headers: Mapping[str, str]) -> Said | None:
    """Practice Studio's error: a code in small letters, and a list of fields with what is wrong there."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    details = error.get("details")
    fields = tuple(
        (str(each.get("field", "")), str(each.get("issue", each.get("message", ""))))
        for each in (details if isinstance(details, list) else [])
        if isinstance(each, dict)
    )
    return Said(error["code"], str(error.get("message", "")), fields)
