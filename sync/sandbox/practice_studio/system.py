"""Practice Studio: OAuth 2.0 with scopes or a legacy key, pages of twenty, and events signed in a header."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import ClassVar

from sync.sandbox.budgets import Budget
from sync.sandbox.mail import Delivery, Notice
from sync.sandbox.practice_studio import appointments, fhir, oauth, patients, samples
from sync.sandbox.routing import Route, Router
from sync.sandbox.sessions import Session, bearer
from sync.sandbox.system import System, Turn, limit_headers
from sync.sandbox.tables import Words
from sync.sandbox.wire import Problem, Record, Request, Response, answer, encoded
from sync.sandbox.world import instant

CODES = {
    400: "invalid_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 422: "unprocessable_entity", 429: "too_many_requests", 503: "service_unavailable",
}  # fmt: skip
TIERS = {"standard": 100, "premium": 1000}
LIMITS = {
    (tier, sliding): Budget("minute", limit, 60, sliding=sliding)
    for tier, limit in TIERS.items()
    for sliding in (False, True)
}
OF_PATIENTS = (("patientId",), None)


class PracticeStudio(System):
    """The fourth documented system."""

    name = "practice_studio"
    base_path = "/v1"
    router = Router((*oauth.ROUTES, *patients.ROUTES, *appointments.ROUTES, *fhir.ROUTES))
    layout: ClassVar[dict[str, tuple[tuple[str, ...], Words | None]]] = {
        "patients": ((), patients.words),
        "appointments": OF_PATIENTS,
        "records": OF_PATIENTS,
        "invoices": OF_PATIENTS,
        "providers": ((), None),
        "locations": ((), None),
        "codes": ((), None),
    }

    def seed(self, *, samples: bool) -> None:
        """Places, providers and the legacy key always; John Doe and what belongs to him when asked."""
        for table, row in SAMPLES if samples else REFERENCE:
            self.tables[table].put(row["id"], row)
        self.sessions[self.credentials()["api_key"]] = Session("legacy key", frozenset(oauth.SCOPES), kind="key")

    def credentials(self) -> dict[str, str]:
        """The client of OAuth, a person for the page of agreement, the legacy key, and the secret of events."""
        account = samples.ACCOUNTS[0]
        return {
            "client_id": oauth.CLIENT,
            "client_secret": oauth.secret(self.world),
            "scope": " ".join(oauth.SCOPES),
            "username": account.name,
            "password": account.password,
            "api_key": f"ps-{self.world.draw(self.name, 'api key').hex()}",
            "webhook_secret": self.world.draw(self.name, "webhook secret").hex(),
        }

    def admit(self, request: Request, route: Route, now: float) -> Session | None:
        """By bearer token or by the legacy key, and by scope."""
        if route.free:
            return None
        legacy = request.headers.get("authorization", "").lower().startswith("apikey ")
        session = bearer(self, request, now, "ApiKey" if legacy else "Bearer")
        if legacy != (session.kind == "key"):
            raise Problem(401, "Authentication required")
        if route.needs and session.may.isdisjoint(route.needs):
            raise Problem(403, f"Permission denied: the scope {route.needs[0]} is needed")
        return session

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """So many a minute by tier."""
        return ((LIMITS[self.knobs.tier, bool(self.knobs.sliding)], turn.who),)

    def headers(self, turn: Turn) -> dict[str, str]:
        """The limits, and the two ids that a client may send for tracing."""
        made = limit_headers(turn.reading)
        for name in ("X-Request-ID", "X-Correlation-ID"):
            given = turn.request.headers.get(name.lower())
            if given:
                made[name] = given
        return made

    def refusal(self, problem: Problem) -> Response:
        """One shape for all, with the details as a list."""
        error: Record = {
            "code": (problem.code or CODES.get(problem.status, "server_error")).lower(),
            "message": problem.message,
        }
        if problem.fields:
            error["details"] = [{"field": field, "issue": issue} for field, issue in problem.fields]
        error["request_id"] = problem.request_id or self.fresh("req-", 12)
        return answer(problem.status, {"error": error})

    def post(self, notice: Notice) -> None:
        """To the one address that was agreed on, signed in a header."""
        if self.knobs.webhook_url:
            body = encoded({"event": notice.event, "timestamp": instant(notice.at), "data": notice.data})
            at = int(notice.at)
            signed = b"%d.%s" % (at, body) if self.knobs.stamped else body
            mark = hmac.new(self.credentials()["webhook_secret"].encode(), signed, hashlib.sha256).hexdigest()
            headers = {"Content-Type": "application/json", "X-PracticeStudio-Signature": f"t={at},v1={mark}"}
            self.mailbox.put(Delivery(self.knobs.webhook_url, body, headers, notice.event))

    def changed(self, table: str, before: Record, after: Record, now: float) -> None:
        """What other people did to a record, told as the document's events."""
        if table == "patients":
            self.tell("patient.updated" if before else "patient.created", {"id": after["id"]}, now)
        elif table == "appointments":
            moved = after["status"] if before and before["status"] != after["status"] else ""
            word = {"cancelled": "canceled", "completed": "completed"}.get(moved, "updated" if before else "created")
            self.tell(f"appointment.{word}", appointments.told(after), now)
        elif table == "records" and not before:
            self.tell("record.created", {"id": after["id"], "patientId": after["patientId"]}, now)
        elif table == "invoices" and (not before or before["status"] != after["status"] == "paid"):
            told = {name: after[name] for name in ("id", "patientId", "status", "amount", "paidAmount")}
            self.tell("invoice.paid" if before else "invoice.created", told, now)


REFERENCE: list[tuple[str, Record]] = [
    *(("locations", row) for row in samples.LOCATIONS),
    *(("providers", row) for row in samples.PROVIDERS),
]
SAMPLES: list[tuple[str, Record]] = [
    *REFERENCE,
    ("patients", samples.PATIENT),
    ("appointments", samples.APPOINTMENT),
    ("records", samples.RECORD),
    ("invoices", samples.INVOICE),
]
