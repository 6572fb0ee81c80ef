"""The Healthcare Records API: roles, a limit for each endpoint by the hour, masks, and consents that are asked for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from sync.sandbox.budgets import Budget
from sync.sandbox.healthcare_records import immunizations, papers, patients, samples, services
from sync.sandbox.routing import Router
from sync.sandbox.sessions import FOREVER, Session
from sync.sandbox.system import System, Turn, limit_headers
from sync.sandbox.tables import Words
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import instant

CODES = {
    400: "VALIDATION_ERROR", 401: "AUTHENTICATION_REQUIRED", 403: "AUTHORIZATION_DENIED", 404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED", 409: "CONFLICT", 422: "VALIDATION_ERROR", 429: "RATE_LIMIT_EXCEEDED",
}  # fmt: skip
AN_HOUR = {
    "GET /health": 1000,
    "GET /immunizations": 100,
    "POST /immunizations": 20,
    "GET /immunizations/{immunization_id}": 200,
    "PUT /immunizations/{immunization_id}": 10,
    "DELETE /immunizations/{immunization_id}": 5,
    "POST /patients": 10,
    "GET /patients/{patient_id}": 100,
    "GET /patients": 50,
    "PUT /patients/{patient_id}": 20,
    "DELETE /patients/{patient_id}": 2,
    "GET /patients/search": 20,
    "GET /patients/{patient_id}/consent-status": 200,
    "POST /documents": 30,
    "GET /documents": 100,
    "GET /documents/{document_id}": 50,
    "POST /consents": 10,
    "GET /consents": 50,
    "POST /fhir/validate": 100,
    "POST /anonymize": 5,
    "GET /metrics": 100,
    "GET /status": 100,
}
LIMITS = {
    (name, sliding): Budget(name, limit, 3600, sliding=sliding)
    for name, limit in AN_HOUR.items()
    for sliding in (False, True)
}
MINUTE, BURST = Budget("minute", 60, 60), Budget("burst", 10, 1)
ROLES = ("provider", "admin", "researcher", "patient")
SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
}
OF_PATIENTS = (("patient_id",), None)


class HealthcareRecords(System):
    """The fifth documented system."""

    name = "healthcare_records"
    base_path = "/api/v1/healthcare-records"
    malformed = 422
    router = Router(
        replace(route, budget=f"{route.method} {route.path}")
        for route in (*services.ROUTES, *patients.ROUTES, *immunizations.ROUTES, *papers.ROUTES)
    )
    layout: ClassVar[dict[str, tuple[tuple[str, ...], Words | None]]] = {
        "patients": (("identifier",), patients.words),
        "immunizations": OF_PATIENTS,
        "documents": OF_PATIENTS,
        "consents": OF_PATIENTS,
        "anonymizations": ((), None),
    }

    def seed(self, *, samples: bool) -> None:
        """A token for each role always; one person and what belongs to them when asked."""
        for table, row in SAMPLES if samples else ():
            self.tables[table].put(row["id"], row)
        self.reissue()

    def reissue(self) -> None:
        """The token of each role again, from now."""
        until = FOREVER if self.knobs.token_seconds is None else self.world.now() + self.knobs.token_seconds
        for role in ROLES:
            own = SAMPLE_PATIENT if role == "patient" else ""
            self.sessions[self._token(role)] = Session(role, frozenset({role}), until, patient=own)

    def credentials(self) -> dict[str, str]:
        """A token for each role; how one gets one is not documented."""
        return {"token": self._token("provider"), **{f"{role}_token": self._token(role) for role in ROLES[1:]}}

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """For each endpoint and person by the hour; beside it, when the knob says so, by the minute and second."""
        hour = (LIMITS[turn.budget, bool(self.knobs.sliding)], turn.who)
        return (hour, (MINUTE, turn.who), (BURST, turn.who)) if self.knobs.minute_too else (hour,)

    def local(self, path: str) -> str:
        """The paths of the document stand behind its base."""
        return path.removeprefix(self.base_path) if path.startswith(f"{self.base_path}/") else "/nowhere"

    def headers(self, turn: Turn) -> dict[str, str]:
        """The limits with the resource they are for, and the headers of its security section."""
        made = {**SECURITY, **limit_headers(turn.reading)}
        if turn.reading and turn.route:
            made["X-RateLimit-Resource"] = turn.route.path.split("/")[1]
        return made

    def refusal(self, problem: Problem) -> Response:
        """One shape for all, with an object of details."""
        facts = problem.facts
        details: Record = {name: facts[name] for name in ("resource_type", "resource_id") if name in facts}
        if problem.fields:
            field, issue = problem.fields[0]
            details |= {"field": field, "issue": issue}
        if problem.status == 429:
            details["retry_after"] = problem.wait
        details["timestamp"] = instant(problem.at)
        missing = problem.status == 404 and "resource_type" in facts
        error = {
            "code": CODES[404]
            if problem.status == 404
            else problem.code or CODES.get(problem.status, "INTERNAL_ERROR"),
            "message": f"{facts['resource_type']} record not found" if missing else problem.message,
            "details": details,
            "trace_id": problem.request_id or self.fresh("trace-", 12),
        }
        return answer(problem.status, {"error": error})

    def _token(self, role: str) -> str:
        return f"hcr-{role}-{self.world.draw(self.name, role).hex()}"


SAMPLE_PATIENT = samples.PATIENT_ID
SAMPLES: list[tuple[str, Record]] = [
    ("patients", samples.PATIENT),
    ("immunizations", samples.IMMUNIZATION),
    ("documents", samples.DOCUMENT),
    ("consents", samples.CONSENT),
]
