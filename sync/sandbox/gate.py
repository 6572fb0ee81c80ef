"""The way into a system through its faults."""

from dataclasses import replace
from functools import partial

from sync.sandbox.damage import damaged
from sync.sandbox.faults import Faults, Rule
from sync.sandbox.mail import Delivery
from sync.sandbox.outcomes import Outcome
from sync.sandbox.people import People
from sync.sandbox.post import spoilt
from sync.sandbox.system import System
from sync.sandbox.wire import Problem, Record, Request, Response

WITHOUT_HEADERS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
BY_PEOPLE = frozenset({"edit", "remove", "merge", "add", "back_up", "restored", "page_shift"})
CUTS = frozenset({"socket_drop"})
ON_THE_WAY = frozenset({"lost_after", "answer_delayed", "error_after"})


class Gate:
    """Asks a system, and lets the rules have their way with the request and its answer."""

    def __init__(self, system: System, faults: Faults | None = None) -> None:
        self.system = system
        self.faults = faults or Faults()
        self._asked = 0
        self._told = 0

    def ask(self, request: Request) -> Outcome:
        """Send one request in."""
        system = self.system
        self._asked += 1
        if not system.knobs.delete_body and request.method == "DELETE":
            request = replace(request, body=b"")
        if not self.faults.any:
            return Outcome.answer(system.handle(request))
        rules = self.faults.choose(system.name, request, system.world.chance(system.name, "fault", self._asked))
        if not rules:
            return Outcome.answer(system.handle(request))
        return self._under(rules, request)

    def mail(self) -> list[Delivery]:
        """The webhook calls that are to be made now, as the rules let them go."""
        waiting = self.system.mailbox.take()
        if not waiting:
            return []
        self._told += len(waiting)
        return spoilt(self.faults, self.system.world, self.system.name, waiting, self._told)

    def cuts_off(self, path: str) -> bool:
        """Whether a rule cuts the channel off before its next message."""
        self._told += 1
        draw = self.system.world.chance(self.system.name, "socket", self._told)
        return bool(self.faults.choose(self.system.name, Request("WS", path), draw, CUTS))

    def _under(self, rules: list[Rule], request: Request) -> Outcome:
        system = self.system
        for number, rule in enumerate(rules):
            if rule.kind == "lost_before":
                return Outcome.lost_before()
            if rule.kind == "delayed":
                rest = rules[:number] + rules[number + 1 :]
                seconds = float(rule.options.get("seconds", 90))
                return Outcome.delayed(seconds, partial(self._under, rest, request))
            refused = self._before(rule, request)
            if refused is not None:
                return Outcome.answer(refused)
            if rule.kind == "no_body":
                request = replace(request, body=b"")
        kinds = {rule.kind for rule in rules}
        if "page_order" in kinds:
            system.disorder = self._asked
        try:
            if "doubled" in kinds:
                system.handle(request)
            response = system.handle(request)
        finally:
            system.disorder = None
        for rule in rules:
            if rule.kind not in ON_THE_WAY:
                response = damaged(rule, response)
        return self._back(rules, request, response)

    def _before(self, rule: Rule, request: Request) -> Response | None:
        """What happens before the system sees the request: it is refused, or the world has moved meanwhile."""
        system = self.system
        if rule.kind in BY_PEOPLE:
            self._people(rule, request)
        elif rule.kind == "token_expired":
            system.expire()
        elif rule.kind == "token_dead":
            # Signed out for good: neither the token nor its refresh is worth anything.
            system.sessions.clear()
        elif rule.kind == "error_before":
            status = int(rule.options.get("status", 503))
            return self._refused(Problem(status, "Service temporarily unavailable"), request)
        elif rule.kind == "consent":
            return self._refused(Problem(403, "Patient consent needed", code="CONSENT_REQUIRED"), request)
        elif rule.kind == "proxy_page" and rule.options.get("before"):
            response = damaged(rule, Response(0))
            system.turned_away(request, response, system.world.now())
            return response
        elif rule.kind == "too_many":
            wait = int(rule.options.get("seconds", 60))
            response = self._refused(Problem(429, "Rate limit exceeded", wait=wait), request)
            if rule.options.get("headers", True):
                response.headers.setdefault("Retry-After", str(wait))
            else:
                for name in WITHOUT_HEADERS:
                    response.headers.pop(name, None)
            return response
        return None

    def _refused(self, problem: Problem, request: Request) -> Response:
        now = self.system.world.now()
        problem.meet(request, now)
        response = self.system.refusal(problem)
        self.system.turned_away(request, response, now)
        return response

    def _back(self, rules: list[Rule], request: Request, response: Response) -> Outcome:
        for rule in rules:
            if rule.kind == "lost_after":
                return Outcome.lost_after(response)
            if rule.kind == "error_after":
                problem = Problem(int(rule.options.get("status", 500)), "An unexpected error occurred")
                problem.meet(request, self.system.world.now())
                response = self.system.refusal(problem)
            if rule.kind == "answer_delayed":
                return Outcome.answer_delayed(float(rule.options.get("seconds", 90)), response)
        return Outcome.answer(response)

    def _people(self, rule: Rule, request: Request) -> None:
        people, options = People(self.system), rule.options
        table = str(options.get("table") or self._table(request))
        rows = self.system.tables[table].rows
        named = str(options.get("ident") or next((part for part in request.path.split("/") if part in rows), ""))
        ident = named or next(iter(rows), "")
        if rule.kind == "back_up":
            self.system.back_up()
        elif rule.kind == "restored":
            self.system.from_backup()
        elif rule.kind == "add":
            people.add(table, dict(options.get("changes", {})))
        elif rule.kind == "page_shift" and ident:
            self._shift(people, table, str(options.get("by", "delete")))
        elif rule.kind == "edit" and ident in rows:
            changes: Record = dict(options.get("changes") or {"notes": "changed by somebody else"})
            people.edit(table, ident, **changes)
        elif rule.kind == "remove" and ident in rows:
            people.remove(table, ident)
        elif rule.kind == "merge" and len(rows) > 1:
            keep = next(one for one in rows if one != ident)
            people.merge(keep, str(options.get("other") or ident), table)

    def _shift(self, people: People, table: str, by: str) -> None:
        """Take the first row away, and one falls between two pages; or put one before it, and one comes twice."""
        first = next(iter(self.system.tables[table]))
        if by == "insert":
            ident = self.system.uuid()
            people.add_first(table, {**first, "id": ident}, ident)
        else:
            people.remove(table, first["id"])

    def _table(self, request: Request) -> str:
        """The table a path speaks of: the last of its words that is a table's name."""
        words = [part for part in request.path.split("/") if part in self.system.tables]
        return words[-1] if words else next(iter(self.system.tables))
