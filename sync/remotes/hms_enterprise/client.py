"""Every documented endpoint of HMS Enterprise-Grade as a method, and the optional ones behind their capability."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

from sync.remotes.hms_enterprise import wire as w
from sync.remotes.hms_enterprise.answers import many, one, one_or_none, shown, total
from sync.telling.asking import Asked
from sync.transport.outcomes import Answer, Call, Garbled

Json = dict[str, Any]
DOCUMENTED_PREFIX = "/api/v1"
TOKEN_PATH = "/auth/token"  # noqa: S105 - a path
# What a patient is called by people; in a path the UUID stands.
_NUMBER = re.compile(r"P\d{5,}")
LINKS = {
    "encounters_of_patient": "/v1/patients/{id}/encounters",
    "appointments_of_patient": "/v1/patients/{id}/appointments",
    "provider": "/v1/providers/{id}",
    "encounter": "/v1/clinical/encounters/{id}",
    "prescription": "/v1/pharmacy/prescriptions/{id}",
    "lab_order": "/v1/laboratory/orders/{id}",
    "appointment": "/v1/appointments/{id}",
    "charge": "/v1/billing/charges/{id}",
}


class Way(Protocol):
    """What sends a call."""

    def send(self, call: Call) -> Answer:
        """Send it. Raises one of the outcomes."""
        ...


class NotAnId(ValueError):  # noqa: N818 - says what is wrong
    """An id that would make another address of the path."""


class NotTurnedOn(LookupError):  # noqa: N818 - says what is wrong
    """A call that the document does not describe, and that nobody has turned on."""


def segment(remote_id: str) -> str:
    """An id as one part of a path. Raises NotAnId for none, for dots, a patient's number, or the word ``search``."""
    if not remote_id or not remote_id.strip(".") or remote_id == "search" or _NUMBER.fullmatch(remote_id):
        raise NotAnId("in a path stands the id, and not the number that people read")
    return quote(remote_id, safe="")


class Client:
    """The 18 endpoints, and what is only linked or shown in an example.

    `found` is what was found there: ``prefix`` for the documented ``/api/v1`` (the document has three forms of it),
    ``graphql`` (a path that an administrator gave), ``links`` and ``examples`` (``yes`` where turned on).
    """

    def __init__(self, way: Way, found: Callable[[str], str | None] = lambda _name: None) -> None:
        self._way, self._found = way, found

    def _call(
        self,
        method: str,
        path: str,
        remote_id: str | None = None,
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: Asked | None = None,
    ) -> Call:
        start, brace, rest = path.partition("{")
        filled = start + (segment(remote_id or "") + rest.partition("}")[2] if brace else "")
        if filled.startswith(DOCUMENTED_PREFIX):
            filled = (self._found("prefix") or DOCUMENTED_PREFIX) + filled.removeprefix(DOCUMENTED_PREFIX)
        return Call(
            f"{method} {path}",
            method,
            filled,
            query={name: value for name, value in (query or {}).items() if value is not None},
            body=None if body is None else body.json_body(),
        )

    def _ask(self, call: Call) -> tuple[Call, Answer]:
        return call, self._way.send(call)

    def token(self, credentials: w.Credentials) -> w.Tokens:
        """Sign in with user name, password and code."""
        call = Call(
            "POST /auth/token", "POST", self._found("token_path") or TOKEN_PATH, body=credentials.json_body(),
            signed=False,
        )  # fmt: skip
        return shown(w.Tokens, *self._ask(call), "tokens")

    # Patients
    def create_patient(self, patient: w.NewPatient) -> Json | None:
        """Register a patient."""
        return one_or_none(*self._ask(self._call("POST", "/api/v1/patients", body=patient)), "patient")

    def patient(self, remote_id: str) -> Json:
        """One patient; the answer is not documented, and taken to be that of the create."""
        return one(*self._ask(self._call("GET", "/api/v1/patients/{patient_id}", remote_id)), "patient")

    def update_patient(self, remote_id: str, change: w.PatientChange) -> Json | None:
        """Write a patient."""
        call = self._call("PUT", "/api/v1/patients/{patient_id}", remote_id, body=change)
        return one_or_none(*self._ask(call), "patient")

    def search_patients(
        self, query: str, *, limit: int | None = None, offset: int | None = None
    ) -> tuple[list[Any], int | None]:
        """Patients that a text finds: the only way to find one."""
        asked = {"query": query, "limit": limit, "offset": offset}
        call, answer = self._ask(self._call("GET", "/api/v1/patients/search", query=asked))
        return many(call, answer, "patients"), total(answer)

    # Encounters
    def create_encounter(self, encounter: w.NewEncounter) -> Json | None:
        """Record an encounter: it is completed at once."""
        call = self._call("POST", "/api/v1/clinical/encounters", body=encounter)
        return one_or_none(*self._ask(call), "encounter")

    def encounters(
        self, patient_id: str, *, limit: int | None = None, offset: int | None = None
    ) -> tuple[list[Any], int | None]:
        """The encounters of one patient."""
        query = {"patient_id": patient_id, "limit": limit, "offset": offset}
        call, answer = self._ask(self._call("GET", "/api/v1/clinical/encounters", query=query))
        return many(call, answer, "clinical_encounters"), total(answer)

    def update_encounter(self, remote_id: str, change: w.EncounterChange) -> Json | None:
        """Write an encounter."""
        call = self._call("PUT", "/api/v1/clinical/encounters/{encounter_id}", remote_id, body=change)
        return one_or_none(*self._ask(call), "encounter")

    # Pharmacy
    def create_prescription(self, prescription: w.NewPrescription) -> Json | None:
        """Prescribe one medicine: nothing reads, changes or cancels it."""
        call = self._call("POST", "/api/v1/pharmacy/prescriptions", body=prescription)
        return one_or_none(*self._ask(call), "prescription")

    def check_interactions(self, check: w.InteractionCheck) -> w.Interactions:
        """Look at medicines together: nothing is kept there, and it may be asked again."""
        call = self._call("POST", "/api/v1/pharmacy/drug-interactions", body=check)
        return shown(w.Interactions, *self._ask(call), "data")

    # Laboratory
    def create_lab_order(self, order: w.NewLabOrder) -> Json | None:
        """Order tests: with the id that comes back their results are read, and with nothing else."""
        return one_or_none(*self._ask(self._call("POST", "/api/v1/laboratory/orders", body=order)), "order")

    def lab_results(self, order_id: str) -> w.LabResults:
        """The results of one order."""
        call = self._call("GET", "/api/v1/laboratory/orders/{order_id}/results", order_id)
        return shown(w.LabResults, *self._ask(call), "data")

    # Appointments
    def create_appointment(self, appointment: w.NewAppointment) -> Json | None:
        """Make an appointment: nothing changes or cancels it."""
        return one_or_none(*self._ask(self._call("POST", "/api/v1/appointments", body=appointment)), "appointment")

    def schedule(self, provider_id: str, start_date: str, end_date: str) -> w.Schedule:
        """What is booked with a provider and what is free, over some days."""
        query = {"provider_id": provider_id, "start_date": start_date, "end_date": end_date}
        call = self._call("GET", "/api/v1/appointments/schedule", query=query)
        return shown(w.Schedule, *self._ask(call), "data")

    # Billing: written, never read
    def create_charge(self, charge: w.NewCharge) -> Json | None:
        """Charge something."""
        return one_or_none(*self._ask(self._call("POST", "/api/v1/billing/charges", body=charge)), "charge")

    def submit_claim(self, claim: w.NewClaim) -> Json | None:
        """Submit a claim."""
        return one_or_none(*self._ask(self._call("POST", "/api/v1/billing/claims", body=claim)), "claim")

    # Analytics
    def patient_analytics(self, start_date: str, end_date: str, metrics: str | None = None) -> w.Metrics:
        """Their numbers of patients, visits and money."""
        query = {"start_date": start_date, "end_date": end_date, "metrics": metrics}
        call = self._call("GET", "/api/v1/analytics/patients", query=query)
        return shown(w.Metrics, *self._ask(call), "data")

    def clinical_quality(self, start_date: str, end_date: str) -> w.Metrics:
        """Their measures of quality."""
        query = {"start_date": start_date, "end_date": end_date}
        call = self._call("GET", "/api/v1/analytics/clinical-quality", query=query)
        return shown(w.Metrics, *self._ask(call), "data")

    # What the document links to, or shows in an example, and does not describe: off until somebody turns it on
    def linked(self, name: str, remote_id: str) -> Any:
        """Read one of the eight addresses that stand in ``_links``. Raises NotTurnedOn."""
        self._require("links")
        path = LINKS[name]
        call = Call(f"GET {path}", "GET", path.replace("{id}", segment(remote_id)))
        return self._ask(call)[1].body

    def example_patients(self) -> list[Any]:
        """The list of patients that an example asks for. Raises NotTurnedOn."""
        self._require("examples")
        return many(*self._ask(self._call("GET", "/api/v1/patients")), "patients")

    def example_appointments(self, **filters: str) -> list[Any]:
        """The list of appointments that an example asks for. Raises NotTurnedOn."""
        self._require("examples")
        return many(*self._ask(self._call("GET", "/api/v1/appointments", query=filters)), "appointments")

    def graphql(self, operation: str, variables: Mapping[str, Any]) -> Json:
        """Ask by GraphQL at the path that an administrator gave. Raises NotTurnedOn; Garbled where it holds errors."""
        path = self._require("graphql")
        call = Call("POST /graphql", "POST", path, body={"query": operation, "variables": dict(variables)})
        answer = self._way.send(call)
        body = answer.body
        if not isinstance(body, dict) or body.get("errors") or not isinstance(body.get("data"), dict):
            raise Garbled(call, answer.status)
        return dict(body["data"])

    def _require(self, name: str) -> str:
        value = self._found(name)
        if not value:
            raise NotTurnedOn(f"“{name}” is not turned on for this system")
        return value
