"""The way to one system of the sandbox: requests of the shipped remote, with the sandbox's own faults on it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx

from sync.remotes.arocord_hims import remote as arocord
from sync.remotes.healify import remote as healify
from sync.remotes.healthcare_records import remote as records
from sync.remotes.hms_enterprise import remote as hms
from sync.remotes.practice_studio import remote as studio
from sync.sandbox import gate as sandbox
from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.damage import MASK
from sync.sandbox.knobs import Knobs
from sync.sandbox.outcomes import Outcome
from sync.sandbox.wire import Problem, Record, Request, Response
from sync.sandbox.world import World
from sync.transport.opening import Opening
from sync.transport.wire import Gate
from tests.contract.replayed import Secrets
from tests.simulation.world import Effects, VirtualClock

OPENED: dict[str, Callable[[Opening], Any]] = {
    "healify": healify.open_remote,
    "arocord_hims": arocord.open_remote,
    "hms_enterprise": hms.open_remote,
    "practice_studio": studio.open_remote,
    "healthcare_records": records.open_remote,
}
ORIGIN = "https://sandbox.example"
TIMEOUT_SECONDS = 30.0


class SandboxTransport(httpx.BaseTransport):
    """The way to one system: every request and every answer is an effect, and either can fare badly."""

    def __init__(self, name: str, clock: VirtualClock, effects: Effects, seed: int = 1) -> None:
        self.clock, self.name, self.effects = clock, name, effects
        self.system = SYSTEMS[name](World(clock.true, seed), Knobs(limits=True), samples=False, origin=ORIGIN)
        self.gate = sandbox.Gate(self.system)
        self.secrets = Secrets()
        self.lose: list[str] = []  # what goes wrong with the next patients that are created
        self.wrong: list[str] = []
        self.requests = 0
        # Every row of a patient that was there when an answer that names it was given, by its id.
        self.shown: dict[str, list[Record]] = {}
        self._late: list[tuple[float, Callable[[], Outcome]]] = []
        self.signed_in_again()

    @property
    def created(self) -> int:
        """How many patients requests have made."""
        return len(self.system.log.made("patients"))

    def signed_in_again(self) -> None:
        """A person gives the secrets anew."""
        self.system.reissue()
        self.secrets.known = {name: str(value) for name, value in self.system.credentials().items()}

    def open(self, gate: Gate) -> Any:
        """The shipped remote over this."""
        opening = Opening(
            ORIGIN + self.system.base_path, self.secrets, self, gate, transport=self, steady=self.clock.steady,
            new_id=lambda: f"request-{self.requests}",
        )  # fmt: skip
        return OPENED[self.name](opening)

    def now(self) -> datetime:
        """The time of the clinic's clock, for the sign-in."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def arrive(self) -> None:
        """Carry out what was under way for long and is due now."""
        due = [run for at, run in self._late if at <= self.clock.elapsed]
        self._late = [one for one in self._late if one[0] > self.clock.elapsed]
        for run in due:
            # Whoever asked has long given up; a request that is refused now is refused to nobody.
            with suppress(Problem):
                run()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its answer, or what became of it."""
        self.requests += 1
        self.arrive()
        self.effects.reached(f"{self.name} {request.method} {request.url.path}")
        self.clock.sleep(0.2)
        body = request.read()
        if MASK.encode() in body:
            self.wrong.append("I13 a mask was written back")
        makes = request.method == "POST" and request.url.path.endswith("/patients")
        lost = self.lose.pop(0) if makes and self.lose else ""
        if lost == "request":
            return self._nothing(request)
        asked = Request.of(request.method, str(request.url), dict(request.headers), body, self.clock.true())
        before = dict(self.gate.faults.fired)
        outcome = self.gate.ask(asked)
        for kind, count in self.gate.faults.fired.items():
            if count > before.get(kind, 0):
                self.effects.fired[kind] += 1
                self.effects.note(kind)
        answer = self._came(outcome, request)
        self._watch(answer, asked_for_less="too_many" in self.gate.faults.fired)
        self.effects.reached("answer")
        if lost == "answer":
            return self._nothing(request)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def _came(self, outcome: Outcome, request: httpx.Request) -> Response:
        if outcome.kind == "delayed" and outcome.late is not None:
            self._late.append((self.clock.elapsed + outcome.seconds, outcome.late))
        if outcome.kind == "answer_delayed" and outcome.seconds < TIMEOUT_SECONDS:
            self.clock.sleep(outcome.seconds)
        elif outcome.kind != "answer":
            self._nothing(request)
        if outcome.response is None:
            raise httpx.ReadTimeout("no answer", request=request)
        return outcome.response

    def _nothing(self, request: httpx.Request) -> httpx.Response:
        self.effects.reached("answer")
        self.clock.sleep(TIMEOUT_SECONDS)
        raise httpx.ReadTimeout("no answer", request=request)

    def _watch(self, answer: Response, *, asked_for_less: bool) -> None:
        """Note what an answer showed, and whether it says that a documented limit was passed."""
        # What arrived late or twice was counted when we knew nothing of it.
        strange = asked_for_less or self.gate.faults.fired.keys() & {"delayed", "doubled"}
        if answer.status == 429 and not strange:
            self.wrong.append(f"I9 a documented limit of {self.name} was exceeded")
        if answer.status < 300 and MASK.encode() not in answer.body:
            text = answer.body.decode(errors="replace")
            for ident, row in self.system.tables["patients"].rows.items():
                rows = self.shown.setdefault(ident, [])
                if ident in text and (not rows or rows[-1] is not row):
                    rows.append(row)
