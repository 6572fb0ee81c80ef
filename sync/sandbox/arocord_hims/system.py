"""AROCORD-HIMS: tokens by name, password and code, one envelope for all, limits by class of endpoint."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, ClassVar

from sync.sandbox.answers import error_of
from sync.sandbox.arocord_hims import (
    analytics,
    appointments,
    billing,
    consultations,
    notifications,
    orders,
    patients,
    portal,
    samples,
    signing,
)
from sync.sandbox.budgets import Budget
from sync.sandbox.mail import Delivery, Notice
from sync.sandbox.routing import Router
from sync.sandbox.system import System, Turn, limit_headers
from sync.sandbox.tables import Words
from sync.sandbox.wire import Problem, Record, Response, answer, encoded
from sync.sandbox.world import instant

CODES = {
    400: "VALIDATION_ERROR", 401: "AUTHENTICATION_ERROR", 403: "AUTHORIZATION_ERROR", 404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED", 409: "CONFLICT", 429: "RATE_LIMITED",
}  # fmt: skip
LIMITS = {"auth": 5, "search": 100, "read": 500, "write": 200, "analytics": 50}
FIXED = {name: Budget(name, limit, 60) for name, limit in LIMITS.items()}
SLIDING = {name: Budget(name, limit, 60, sliding=True) for name, limit in LIMITS.items()}
OF_PATIENTS = (("patient_id",), None)


class Arocord(System):
    """The second documented system."""

    name = "arocord_hims"
    base_path = "/v1"
    senseless = 400
    router = Router(
        (
            *signing.ROUTES, *patients.ROUTES, *appointments.ROUTES, *consultations.ROUTES, *orders.ROUTES,
            *billing.ROUTES, *notifications.ROUTES, *analytics.ROUTES, *portal.ROUTES,
        )
    )  # fmt: skip
    layout: ClassVar[dict[str, tuple[tuple[str, ...], Words | None]]] = {
        "patients": (("mrn",), patients.words),
        "history": OF_PATIENTS,
        "appointments": OF_PATIENTS,
        "consultations": OF_PATIENTS,
        "prescriptions": OF_PATIENTS,
        "lab_orders": OF_PATIENTS,
        "invoices": OF_PATIENTS,
        "payments": ((), None),
        "claims": ((), None),
        "notifications": (("recipient_id",), None),
        "webhooks": ((), None),
        "surveys": ((), None),
        "doctors": ((), None),
    }

    def seed(self, *, samples: bool) -> None:
        """The doctors always; the document's patients and what belongs to them when asked."""
        for table, row in SAMPLES if samples else REFERENCE:
            self.tables[table].put(row["id"], row)

    def credentials(self) -> dict[str, str]:
        """The document's doctor; the administrator, who may also send notifications; a patient of the portal."""
        doctor, admin, patient = *samples.ACCOUNTS, *samples.PORTAL
        return {
            "username": doctor.name,
            "password": doctor.password,
            "mfa_code": doctor.code,
            "admin_username": admin.name,
            "portal_email": patient.name,
        }

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """So many a minute for each class of endpoint."""
        return (((SLIDING if self.knobs.sliding else FIXED)[turn.budget], turn.who),)

    def local(self, path: str) -> str:
        """The paths of the document stand behind /v1."""
        return path[3:] if path.startswith("/v1/") else "/nowhere"

    def headers(self, turn: Turn) -> dict[str, str]:
        """The version always, the limits, and the announced end."""
        made = {"X-API-Version": "v1", **limit_headers(turn.reading)}
        if turn.reading and turn.reading.wait:
            made["X-RateLimit-Retry-After"] = str(turn.reading.wait)
        if self.knobs.sunset:
            made["X-API-Deprecated"] = "This endpoint will be removed in v2.0"
            made["X-API-Sunset"] = self.knobs.sunset
        return made

    def refusal(self, problem: Problem) -> Response:
        """One shape for all: the details name one field and its issue."""
        code = CODES.get(problem.status, "INTERNAL_ERROR")
        error = error_of(problem, code, "issue", self.fresh("req_", 6))
        response = answer(problem.status, {"success": False, "error": error})
        if problem.status == 429:
            response.headers["X-RateLimit-Retry-After"] = str(problem.wait)
        return response

    def post(self, notice: Notice) -> None:
        """To every active subscription of the event, signed within the body."""
        for row in self.tables["webhooks"]:
            if row["active"] and notice.event in row["events"]:
                told: Record = {"event": notice.event, "timestamp": instant(notice.at), "data": notice.data}
                told["signature"] = f"sha256={signature(told, row['secret'], self.knobs.signature)}"
                headers = {"Content-Type": "application/json"}
                self.mailbox.put(Delivery(row["url"], encoded(told), headers, notice.event))

    def changed(self, table: str, before: Record, after: Record, now: float) -> None:
        """What other people did to a record, told as the document's events."""
        if table == "appointments":
            self.tell("appointment.updated" if before else "appointment.created", {"appointment": after}, now)
        elif table == "prescriptions" and after["status"] == "ready" != before.get("status"):
            self.tell("prescription.ready", {"prescription": after}, now)
        elif table == "lab_orders" and after.get("results") and after.get("results") != before.get("results"):
            self.tell("lab.results", {"order": after}, now)


def signature(told: dict[str, Any], secret: str, form: str) -> str:
    """The HMAC of an event that has no signature yet: of all of it, of its data, or with an empty place for it."""
    signed: object = told
    if form == "data":
        signed = told["data"]
    elif form == "empty":
        signed = {**told, "signature": ""}
    return hmac.new(secret.encode(), encoded(signed), hashlib.sha256).hexdigest()


REFERENCE = [("doctors", row) for row in samples.DOCTORS]
SAMPLES: list[tuple[str, Record]] = [
    *REFERENCE,
    *(("patients", row) for row in samples.PATIENTS),
    *(
        (
            "history",
            {"id": ident, "patient_id": patient, "type": kind, "description": words, "recorded_on": day},
        )
        for ident, patient, kind, words, day in samples.HISTORY
    ),
    ("appointments", samples.APPOINTMENT),
    ("consultations", samples.CONSULTATION),
    ("notifications", samples.NOTIFICATION),
    *(("surveys", {"id": f"survey_{number}", "rating": rating}) for number, rating in enumerate(samples.SURVEYS, 1)),
]
