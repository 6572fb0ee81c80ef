"""A remote of the model: one for each class of create and each way of updating, written against the port."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sync.port import (
    Body,
    Bucket,
    CannotTell,
    Create,
    Echo,
    Kind,
    KindProfile,
    Links,
    Page,
    Put,
    Rule,
    Seen,
    Sending,
    Story,
    SystemProfile,
    Telling,
)
from sync.records.elements import Resource
from sync.transport.outcomes import Call, NotThere, Refused, Said
from sync.transport.wire import Gate
from tests.simulation.chart import fields_of, resource
from tests.simulation.network import Network
from tests.simulation.server import MASK, Server, Thing

PAGE = 5
PATIENT: Mapping[str, Rule] = {
    "name": Rule(identity=True),
    "birth": Rule(identity=True),
    "phone": Rule(clinical=False),
    "address": Rule("block", clinical=False),
    "allergies": Rule("set", removal=True),
    "contacts": Rule("keyed", key=("who",), clinical=False),
    "notes": Rule("text"),
    "number": Rule(theirs=True, identity=True),
}
APPOINTMENT: Mapping[str, Rule] = {
    "time": Rule(),
    "status": Rule("status", final=frozenset({"cancelled", "completed"})),
    "notes": Rule("text"),
}
PLAIN: Mapping[str, Rule] = {"text": Rule(), "code": Rule()}
DETAILS = frozenset({"address", "allergies", "contacts", "notes"})


def profile(system: str, create: Create, put: Put, *, partial: bool, limits: tuple[int, int, int]) -> SystemProfile:
    """What the document of a model system says."""
    detail = DETAILS if partial else frozenset()
    kinds = [
        KindProfile(Kind.PATIENT, listed=True, readable=True, create=create, put=put, rules=PATIENT,
                    only_in_detail=detail, rotation_days=1, work_seconds=600),
        KindProfile(Kind.APPOINTMENT, listed=True, readable=True, create=Create.MARKER, put=Put.TOP,
                    acts=frozenset({"cancel"}), ends={"cancel": frozenset({"cancelled"})}, rules=APPOINTMENT,
                    needs=(Kind.PATIENT,)),
        KindProfile(Kind.DOCUMENT, listed_for=Kind.PATIENT, readable=True, create=Create.NATURAL, put=Put.NONE,
                    rules=PLAIN, needs=(Kind.PATIENT,)),
        KindProfile(Kind.PRESCRIPTION, listed=True, readable=True, create=Create.MARKER, put=Put.WHOLE, rules=PLAIN,
                    needs=(Kind.PATIENT,), work_seconds=180),
        KindProfile(Kind.DISPENSE, acts=frozenset({"dispense"}), irreversible=True, rules=PLAIN,
                    needs=(Kind.PRESCRIPTION,)),
        KindProfile(Kind.PAYMENT, create=Create.WRITE_ONLY, money=True, rules=PLAIN, needs=(Kind.PATIENT,)),
    ]  # fmt: skip
    buckets = (
        Bucket("patients", limits[0], 3600.0, lambda call: call.endpoint == "POST /patient"),
        Bucket("all", limits[1], 3600.0, lambda _call: True),
        Bucket("burst", limits[2], 1.0, lambda _call: True),
    )
    return SystemProfile(
        system, system.title(), {one.kind: one for one in kinds}, buckets, page=PAGE,
        untold={(Kind.PRESCRIPTION, "cancel"): "there is no call to cancel a prescription"},
    )  # fmt: skip


class ModelRemote:
    """A remote over the model server."""

    def __init__(self, profile: SystemProfile, server: Server, network: Network, gate: Gate, *, masks: bool) -> None:
        self.profile = profile
        self._server, self._network, self._gate, self._masks = server, network, gate, masks
        self.echoes = False

    def _ask(self, endpoint: str, run: Any, *, changes: bool = False) -> Any:
        method, path = endpoint.split()
        call = Call(endpoint, method, path)
        self._gate.ask(call)
        answer = self._network.exchange(call, lambda: run(call), changes=changes)
        self._gate.heard(call, 200, {}, None)
        return answer

    def check(self) -> Mapping[str, str]:
        return {}

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        del since, until

        def run(_call: Call) -> Page:
            found = [one for one in self._server.live(str(kind)) if not parent or one.parent == parent]
            start = int(cursor or 0)
            part = found[start : start + PAGE]
            following = start + PAGE - 1 if len(found) > start + PAGE else None
            return Page(
                tuple(self._show(one, whole=False) for one in part), len(found), str(following) if following else None
            )

        page: Page = self._ask(f"GET /{kind}", run)
        return page

    def search(self, story: Story) -> Sequence[Seen]:
        name = fields_of(story.first).get("name")

        def run(_call: Call) -> list[Seen]:
            return [self._show(one) for one in self._server.live("patient") if one.body.get("name") == name]

        found: list[Seen] = self._ask("GET /patient/search", run)
        return found

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        del parent

        def run(call: Call) -> Seen:
            thing = self._server.things[str(kind)].get(remote_id)
            if thing is None or not self._server.shows(thing):
                raise NotThere(call, 404, Said("NOT_FOUND", "not found"))
            return self._show(thing)

        seen: Seen = self._ask(f"GET /{kind}/id", run)
        return seen

    def send(self, sending: Sending) -> Echo:
        self._no_mask(sending.body)
        kind = str(sending.kind)
        self._server.sent.append((self._server.now(), sending.op, kind, sending.marker, sending.act or ""))
        endpoint = {"create": f"POST /{kind}", "update": f"PUT /{kind}/id"}.get(sending.op, f"POST /{kind}/act")
        sent_at = self._server.now()
        echo: Echo = self._ask(endpoint, lambda call: self._carry_out(call, sending, sent_at), changes=True)
        return echo

    def _carry_out(self, call: Call, sending: Sending, sent_at: float) -> Echo:
        kind = str(sending.kind)
        if sending.op == "create":
            if sending.body.get("text") == "POISON":
                raise Refused(call, 422, Said("INVALID", "this is not allowed", (("text", "forbidden word"),)))
            body = {name: value for name, value in sending.body.items() if name != "patient"}
            thing = self._server.create(kind, body, sending.parent or "", sending.marker)
            return Echo(thing.id)
        if sending.kind is Kind.DISPENSE:
            self._server.create(kind, dict(sending.body), sending.parent or "", sending.marker, "act")
            return Echo()
        thing = self._server.things[kind].get(sending.remote_id or "") or Thing(kind, "", {}, deleted=True)
        if thing.deleted or not self._server.shows(thing):
            raise NotThere(call, 404, Said("NOT_FOUND", "not found"))
        changes = {"status": "cancelled"} if sending.op == "act" else dict(sending.body)
        if len(changes) > 1 and self._network.mishap("a member is not kept"):
            changes.pop(max(changes))
        self._server.write(thing, changes, "us", sent_at)
        return Echo(thing.id, self._show(thing) if self.echoes else None)

    def _no_mask(self, body: Body) -> None:
        if MASK in repr(body):
            self._server.wrong.append("I13 a mask was written back")

    def probe(self, sending: Sending) -> Sequence[Seen]:
        kind = str(sending.kind)
        create = self.profile.kinds[sending.kind].create

        if create is Create.WRITE_ONLY:
            return []

        def run(_call: Call) -> list[Seen]:
            found = self._server.live(kind)
            if create is Create.KEY:
                return [self._show(one) for one in found if one.body.get("key") == sending.body.get("key")]
            if create is Create.MARKER:
                return [self._show(one) for one in found if sending.marker in str(one.body.get("mark"))]
            if sending.kind is Kind.PATIENT:
                # Who was made since, was born on that day and has that name or number: somebody may have edited it.
                return [
                    self._show(one)
                    for one in found
                    if one.body.get("birth") == sending.body.get("birth")
                    and one.made_at >= datetime.fromisoformat(sending.sent_at).timestamp() - 300.0
                    and any(one.body.get(name) == sending.body.get(name) for name in ("name", "phone"))
                ]
            wanted = {name: value for name, value in sending.body.items() if name != "patient"}
            return [
                self._show(one)
                for one in found
                if (not sending.parent or one.parent == sending.parent)
                and all(_loud(name, one.body.get(name)) == _loud(name, value) for name, value in wanted.items())
            ]

        found: list[Seen] = self._ask(f"GET /{kind}", run)
        return found

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:
        if sending.act == "cancel" and seen is not None:
            return bool(seen.body.get("status") == "cancelled")
        return None

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        kp = self.profile.kinds[story.kind]
        members = fields_of(story.first)
        if story.act in kp.ends:
            return Telling({"reason": "ill"})  # as every document has it: an act says nothing of the record itself
        body = {name: members[name] for name in kp.rules if name in members and not kp.rules[name].theirs}
        if kp.create is Create.KEY:
            body["key"] = story.local_id
        if kp.create is Create.MARKER:
            body["mark"] = story.marker
        needs: tuple[tuple[Kind, str], ...] = ()
        if story.kind is Kind.DISPENSE:
            needs = ((Kind.PRESCRIPTION, members["of"]),)
        elif story.patient_id is not None and story.kind is not Kind.PATIENT:
            needs = ((Kind.PATIENT, story.patient_id),)
            body["patient"] = links.there(Kind.PATIENT, story.patient_id)
        if "lines" in members:
            parts = tuple(
                {**body, "text": line, "mark": f"{story.marker}/{n}"} for n, line in enumerate(members["lines"])
            )
            return Telling(body, (), needs, parts)
        return Telling(body, (), needs)

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        rules = self.profile.kinds[seen.kind].rules
        old = fields_of(story.first) if story is not None else {}
        body = {name: seen.body[name] for name in rules if name in seen.body}
        if "lines" in old:
            lines = list(old["lines"])
            if seen.part < len(lines) and "text" in body:
                lines[seen.part] = body.pop("text")
            body["lines"] = lines
        if story is None and seen.kind is Kind.PATIENT:
            body["key"] = seen.body.get("key")
        patient = links.here(Kind.PATIENT, seen.parent) if seen.parent else (story.patient_id if story else None)
        return (resource(story.local_id if story else "", {**old, **body}, patient),)

    def canonical(self, kind: Kind, body: Body) -> Body:
        del kind
        return {name: _plain(name, value) for name, value in body.items()}

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        del seen, links
        return frozenset()

    def met(self, seen: Seen) -> Sequence[Seen]:
        del seen
        return ()

    def masked(self, body: Body) -> frozenset[str]:
        return frozenset(name for name, value in body.items() if value == MASK)

    def _show(self, thing: Thing, *, whole: bool = True) -> Seen:
        kp = self.profile.kinds[Kind(thing.kind)]
        body = {name: value for name, value in thing.body.items() if whole or name not in kp.only_in_detail}
        for name, value in body.items():
            if not (self._masks and name == "phone"):
                thing.shown[name] = value
        thing.shown_at = self._server.now()
        if self._masks and "phone" in body:
            body["phone"] = MASK
        whole = whole or not kp.only_in_detail
        return replace(Seen(Kind(thing.kind), thing.id, dict(body), whole), parent=thing.parent or None)


def _plain(name: str, value: Any) -> Any:
    if name == "phone" and isinstance(value, str):
        return "".join(sign for sign in value if sign.isdigit())
    if name == "allergies" and isinstance(value, list):
        return sorted({*map(str, value)})  # what stands there twice is in it
    if name == "contacts" and isinstance(value, list):
        return sorted(value, key=repr)
    return value


def _loud(name: str, value: Any) -> Any:
    """As a search compares that does not look at capitals."""
    return repr(_plain(name, value)).upper()
