"""HMS Enterprise-Grade: one of three forms of address, bare objects with links, and a channel that is pushed to."""

from collections.abc import Sequence
from typing import ClassVar

from sync.sandbox.answers import error_of
from sync.sandbox.budgets import Budget
from sync.sandbox.hms_enterprise import (
    analytics,
    appointments,
    billing,
    encounters,
    graphql,
    laboratory,
    patients,
    pharmacy,
    samples,
    signing,
)
from sync.sandbox.hms_enterprise.channel import CHANNELS, Channel
from sync.sandbox.knobs import Knobs
from sync.sandbox.mail import Notice
from sync.sandbox.routing import Router
from sync.sandbox.system import System, Turn
from sync.sandbox.tables import Words
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import World

CODES = {
    400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT", 422: "VALIDATION_ERROR", 429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE",
}  # fmt: skip
MINUTE = {True: Budget("minute", 1000, 60, sliding=True), False: Budget("minute", 1000, 60)}
BURST = {True: Budget("burst", 100, 1, sliding=True), False: Budget("burst", 100, 1)}
OF_PATIENTS = (("patient_id",), None)
# What stands behind /v1 in links.
LINKED = frozenset({"patients", "providers", "clinical", "pharmacy", "laboratory", "appointments", "billing"})
ANYWHERE = frozenset({"/graphql", "/v1/graphql"})


class Hms(System):
    """The third documented system."""

    name = "hms_enterprise"
    base_path = "/v1"
    router = Router(
        (
            *signing.ROUTES, *patients.ROUTES, *encounters.ROUTES, *pharmacy.ROUTES, *laboratory.ROUTES,
            *appointments.ROUTES, *billing.ROUTES, *analytics.ROUTES, *graphql.ROUTES,
        )
    )  # fmt: skip
    layout: ClassVar[dict[str, tuple[tuple[str, ...], Words | None]]] = {
        "patients": ((), patients.words),
        "allergies": OF_PATIENTS,
        "encounters": OF_PATIENTS,
        "prescriptions": OF_PATIENTS,
        "orders": OF_PATIENTS,
        "appointments": (("patient_id", "provider_id"), None),
        "charges": OF_PATIENTS,
        "claims": OF_PATIENTS,
        "providers": ((), None),
    }

    def __init__(
        self, world: World, knobs: Knobs | None = None, *, samples: bool = True, origin: str = "http://127.0.0.1"
    ) -> None:
        """Start with nobody listening."""
        self.channels: list[Channel] = []
        super().__init__(world, knobs, samples=samples, origin=origin)

    def seed(self, *, samples: bool) -> None:
        """The providers always; John Doe and what belongs to him when asked."""
        for table, row in SAMPLES if samples else REFERENCE:
            self.tables[table].put(row["id"], row)
        if samples:
            # The document's own records carry the first number of each series.
            self.counts.update(dict.fromkeys(("P", "RX", "LAB", "APT", "CHG"), 1))

    def credentials(self) -> dict[str, str]:
        """The document's doctor."""
        account = samples.ACCOUNTS[0]
        return {"username": account.name, "password": account.password, "mfa_code": account.code}

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """A thousand in any minute and a hundred in any second, for each person."""
        sliding = self.knobs.sliding is not False
        return ((MINUTE[sliding], turn.who), (BURST[sliding], turn.who))

    def local(self, path: str) -> str:
        """Takes off the form of address that this system was set to; links have one of their own."""
        if path == "/auth/token" or path in ANYWHERE:
            return path.removeprefix("/v1")
        prefix = self.knobs.prefix
        if path.startswith(f"{prefix}/"):
            return path[len(prefix) :]
        parts = path.split("/")
        if self.knobs.optional and len(parts) > 3 and parts[1] == "v1" and parts[2] in LINKED:
            return path[3:]
        return "/nowhere"

    def refusal(self, problem: Problem) -> Response:
        """One shape for all: the details name one field and its error."""
        code = CODES.get(problem.status, "INTERNAL_ERROR")
        error = error_of(problem, code, "error", self.fresh("req_", 9))
        return answer(problem.status, {"error": error})

    def listen(self) -> Channel:
        """A new listener on the WebSocket."""
        self.channels = [one for one in self.channels if not one.closed]
        channel = Channel(self.sessions, self.world.now())
        self.channels.append(channel)
        return channel

    def post(self, notice: Notice) -> None:
        """To everyone who listens."""
        if notice.event in CHANNELS:
            for channel in self.channels:
                channel.offer(notice)

    def changed(self, table: str, before: Record, after: Record, now: float) -> None:
        """What other people did to a record, told on the channels."""
        if table == "patients":
            self.tell("patient_updated", after, now)
        elif table == "appointments" and before.get("start_datetime") != after["start_datetime"]:
            self.tell("appointment_scheduled", after, now)
        elif table == "orders" and after.get("results") and after.get("results") != before.get("results"):
            told = {"order_id": after["id"], "patient_id": after["patient_id"], "status": after["status"]}
            self.tell("lab_result_available", told, now)


REFERENCE: list[tuple[str, Record]] = [("providers", row) for row in samples.PROVIDERS]
SAMPLES: list[tuple[str, Record]] = [
    *REFERENCE,
    ("patients", samples.PATIENT),
    ("allergies", samples.ALLERGY),
    ("encounters", samples.ENCOUNTER),
    ("prescriptions", samples.PRESCRIPTION),
    ("orders", samples.ORDER),
    ("appointments", samples.APPOINTMENT),
    ("charges", samples.CHARGE),
]
