"""A way for tests to reach into a running sandbox: on a port of its own, and only when it was asked for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sync.sandbox.faults import rules_of
from sync.sandbox.gate import Gate
from sync.sandbox.knobs import knobs_of
from sync.sandbox.log import Effect
from sync.sandbox.outcomes import Outcome
from sync.sandbox.people import People
from sync.sandbox.system import Snapshot
from sync.sandbox.wire import Record, Request, Response, answer

ROOT = "/__control__"


class Control:
    """Answers under ``/__control__``.

    ``GET /``: the systems, and which faults have fired. ``POST /faults``: more rules; ``DELETE /faults``: none.
    For one system ``S``: ``GET /log/S`` (effects, requests and duplicates), ``GET /rows/S?table=T``, and by POST
    ``/people/S`` (``act``: add, edit, remove, merge), ``/knobs/S``, ``/expire/S``, ``/reissue/S``, ``/backup/S``,
    ``/restore/S``, ``/reset/S``.
    """

    def __init__(self, gates: Mapping[str, Gate], addresses: Callable[[], list[Record]]) -> None:
        self._gates = gates
        self._addresses = addresses
        self._first: dict[str, Snapshot] = {name: gate.system.copy() for name, gate in gates.items()}

    def ask(self, request: Request) -> Outcome:
        """Answer one request."""
        words = [word for word in request.path.removeprefix(ROOT).split("/") if word]
        if not request.path.startswith(ROOT):
            return Outcome.answer(_no(404, "everything here is under /__control__"))
        try:
            given = json.loads(request.body) if request.body else {}
            return Outcome.answer(self._do(request, words, given))
        except (ValueError, KeyError, TypeError) as error:
            return Outcome.answer(_no(400, f"{type(error).__name__}: {error}"))

    def _do(self, request: Request, words: list[str], given: Any) -> Response:
        faults = next(iter(self._gates.values())).faults
        what = words[0] if words else ""
        if not words:
            return answer(200, {"systems": self._addresses(), "fired": faults.fired})
        if what == "faults" and request.method == "DELETE":
            faults.clear()
            return answer(200, {"faults": 0})
        if what == "faults" and request.method == "POST":
            rules = rules_of(given)
            for rule in rules:
                faults.add(rule)
            return answer(200, {"faults": len(rules)})
        gate = self._gates.get(words[1]) if len(words) == 2 else None
        if gate is None:
            return _no(404, "no such thing")
        if request.method == "GET":
            return _seen(gate, what, request)
        if request.method == "POST":
            return self._done(gate, what, given)
        return _no(405, "GET or POST")

    def _done(self, gate: Gate, what: str, given: Record) -> Response:
        system = gate.system
        if what == "people":
            return answer(200, _by_people(People(system), given))
        if what == "knobs":
            system.knobs = knobs_of({**asdict(system.knobs), **given})
            return answer(200, asdict(system.knobs))
        if what == "expire":
            return answer(200, {"expired": system.expire(str(given.get("who", "")))})
        acts: dict[str, Callable[[], None]] = {
            "backup": system.back_up,
            "restore": system.from_backup,
            "reissue": system.reissue,
            "reset": lambda: system.restore(self._first[system.name]),
        }
        if what not in acts:
            return _no(404, "no such thing")
        acts[what]()
        return answer(200, {"done": what})


def _seen(gate: Gate, what: str, request: Request) -> Response:
    system = gate.system
    if what == "rows":
        table = request.query.get("table", "")
        if table not in system.tables:
            return _no(404, f"there are {', '.join(system.tables)}")
        return answer(200, list(system.tables[table]))
    if what != "log":
        return _no(404, "no such thing")
    log = system.log
    return answer(
        200,
        {
            "asked": [asdict(one) for one in log.asked],
            "effects": [_effect(one) for one in log.effects],
            "duplicates": [
                {"table": table, "body": body.decode("utf-8", "replace"), "ids": ids}
                for (table, body), ids in log.duplicates().items()
            ],
        },
    )


def _effect(one: Effect) -> Record:
    return {**asdict(one), "body": one.body.decode("utf-8", "replace")}


def _by_people(people: People, given: Record) -> Record:
    act, table = given["act"], given.get("table", "patients")
    if act == "add":
        return {"id": people.add(table, given["changes"], given.get("id", ""))}
    if act == "edit":
        people.edit(table, given["id"], **given["changes"])
    elif act == "remove":
        people.remove(table, given["id"])
    elif act == "merge":
        people.merge(given["id"], given["other"], table)
    else:
        raise ValueError("act is add, edit, remove or merge")
    return {"id": given["id"]}


def _no(status: int, said: str) -> Response:
    return answer(status, {"error": said})
