"""Healify: one bearer token, bare objects, ``limit`` and ``offset``, and errors of four shapes."""

from collections.abc import Sequence
from typing import ClassVar

from sync.sandbox.budgets import Budget
from sync.sandbox.healify import appointments, patients, prescriptions, programs, records
from sync.sandbox.healify import samples as seeds
from sync.sandbox.mail import Delivery, Notice
from sync.sandbox.routing import Router
from sync.sandbox.sessions import FOREVER, Session
from sync.sandbox.system import System, Turn
from sync.sandbox.tables import Words
from sync.sandbox.wire import Problem, Record, Response, answer, encoded
from sync.sandbox.world import instant

HOUR = Budget("hour", 1000, 3600)
MINUTE = Budget("burst", 100, 60)
CODES = {
    400: "INVALID_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT", 422: "VALIDATION_ERROR", 429: "RATE_LIMIT_EXCEEDED",
}  # fmt: skip
REFERENCE = {"providers": seeds.PROVIDERS, "pharmacies": seeds.PHARMACIES, "programs": seeds.PROGRAMS}
SAMPLES = (
    ("patients", seeds.PATIENT),
    ("records", seeds.RECORD),
    ("prescriptions", seeds.PRESCRIPTION),
    ("appointments", seeds.APPOINTMENT),
)


class Healify(System):
    """The first documented system."""

    name = "healify"
    router = Router((*patients.ROUTES, *records.ROUTES, *prescriptions.ROUTES, *appointments.ROUTES, *programs.ROUTES))
    layout: ClassVar[dict[str, tuple[tuple[str, ...], Words | None]]] = {
        "patients": (("email",), patients.words),
        "records": (("patient_id",), None),
        "shares": ((), None),
        "prescriptions": (("patient_id",), None),
        "refills": ((), None),
        "appointments": (("patient_id",), None),
        "programs": ((), None),
        "enrollments": ((), None),
        "providers": ((), None),
        "pharmacies": ((), None),
    }

    def seed(self, *, samples: bool) -> None:
        """The directory and the programmes always; John Doe and what belongs to him when asked."""
        tables = self.tables
        for table, rows in REFERENCE.items():
            for ident, row in rows.items():
                tables[table].put(ident, row)
        for table, row in SAMPLES if samples else ():
            tables[table].put(row["id"], row)
        self.reissue()

    def reissue(self) -> None:
        """The token again, from now."""
        until = FOREVER if self.knobs.token_seconds is None else self.world.now() + self.knobs.token_seconds
        self.sessions[self.credentials()["token"]] = Session("api key", until=until)

    def credentials(self) -> dict[str, str]:
        """The token; how one gets it is not documented."""
        return {"token": f"healify-{self.world.draw(self.name, 'api key').hex()}"}

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """A thousand an hour and a hundred a minute, for each key."""
        who = turn.who
        if self.knobs.sliding:
            return ((Budget("hour", 1000, 3600, sliding=True), who), (Budget("burst", 100, 60, sliding=True), who))
        return ((HOUR, who), (MINUTE, who))

    def refusal(self, problem: Problem) -> Response:
        """Details are a list at 400 and 422, a sentence at 409, and not there otherwise."""
        error: Record = {
            "code": problem.code or CODES.get(problem.status, "INTERNAL_ERROR"),
            "message": problem.message,
        }
        facts = problem.facts
        if problem.status in {400, 422}:
            error["details"] = [{"field": field, "message": said} for field, said in problem.fields]
        elif problem.status == 404 and "resource_type" in facts:
            error["resource_type"], error["resource_id"] = facts["resource_type"], facts["resource_id"]
        elif problem.status == 409:
            error["details"] = facts.get("said", problem.message)
        elif problem.status == 429:
            error["retry_after"] = problem.wait
        elif problem.status >= 500:
            error["request_id"] = self.fresh("req_", 6)
        return answer(problem.status, {"error": error})

    def post(self, notice: Notice) -> None:
        """Events are not signed; they go to the one address that support has been told."""
        if self.knobs.webhook_url:
            told = {"event": notice.event, "timestamp": instant(notice.at), "data": notice.data}
            headers = {"Content-Type": "application/json"}
            self.mailbox.put(Delivery(self.knobs.webhook_url, encoded(told), headers, notice.event))

    def changed(self, table: str, before: Record, after: Record, now: float) -> None:
        """What other people did to a record, told as the document's events."""
        if table == "patients":
            self.tell("patient.updated" if before else "patient.created", {"patient_id": after["id"]}, now)
        elif table == "appointments" and before.get("status") != after["status"]:
            if after["status"] in {"completed", "cancelled"}:
                told = {"appointment_id": after["id"], "patient_id": after["patient_id"]}
                self.tell(f"appointment.{after['status']}", {**told, "scheduled_time": after["scheduled_time"]}, now)
        elif table == "records" and not before:
            self.tell("medical_record.created", {"record_id": after["id"], "patient_id": after["patient_id"]}, now)
        elif table == "enrollments" and after["status"] == "completed":
            told = {"enrollment_id": after["enrollment_id"], "patient_id": after["patient_id"]}
            self.tell("digital_program.enrollment_completed", told, now)
