"""A small chart over the same database: records with a body, a journal, and a scorer for patients."""

import json
from collections.abc import Sequence
from typing import Any

from sync.engine.chart import Because, Change, Likely
from sync.engine.store.rows import Rows, Unit
from sync.port import Kind, Story
from sync.records.elements import Resource

# For how long something is worked at after it was begun.
WORK_SECONDS = 3_600.0
# Kinds whose signed facts are never changed from outside.
FACTS = {"immunization", "dispense", "payment"}


class ModelChart:
    """The chart of a schedule."""

    def __init__(self, new_id: Any, now: Any, *, works: bool = False) -> None:
        self._new_id, self._now, self._works = new_id, now, works

    def end(self, unit: Unit) -> int:
        return int(Rows(unit).run("SELECT coalesce(max(seq), 0) FROM model_journal").fetchone()[0])

    def changes(self, unit: Unit, after: int, limit: int) -> tuple[Sequence[Change], int]:
        found = (
            Rows(unit)
            .run(
                "SELECT seq, kind, local_id, patient FROM model_journal WHERE seq > ? ORDER BY seq LIMIT ?",
                (after, limit),
            )
            .fetchall()
        )
        changes = [Change(row[0], Kind(row[1]), row[2], row[3], 0 if row[1] == "patient" else 2) for row in found]
        return changes, changes[-1].seq if changes else after

    def story(self, unit: Unit, kind: Kind, local_id: str) -> Story | None:
        row = (
            Rows(unit)
            .run(
                "SELECT patient, revision, body, act, void FROM model_record WHERE kind = ? AND local_id = ?",
                (str(kind), local_id),
            )
            .fetchone()
        )
        if row is None:
            return None
        first = resource(local_id, json.loads(row[2]), row[0])
        return Story(kind, local_id, row[1], row[0], first, (), row[3], bool(row[4]), True, f"ref {local_id}")

    def at_work(self, unit: Unit, kind: Kind) -> Sequence[tuple[str, float]]:
        if not self._works:
            return []
        now = self._now()
        wanted = "SELECT local_id, at FROM model_record WHERE kind = ? AND at > ?"
        found = Rows(unit).run(wanted, (str(kind), now - WORK_SECONDS)).fetchall()
        return [(local_id, max(0.0, now - at)) for local_id, at in found]

    def alike(self, unit: Unit, records: Sequence[Resource]) -> Sequence[Likely]:
        body = fields_of(records[0])
        likely = []
        for row in Rows(unit).run("SELECT local_id, body FROM model_record WHERE kind = 'patient'").fetchall():
            mine = json.loads(row[1])
            birth = mine.get("birth") == body.get("birth")
            named = mine.get("name") == body.get("name")
            phone = bool(mine.get("phone")) and mine.get("phone") == body.get("phone")
            score = 0.9995 if birth and named and phone else 0.9 if birth and named else 0.1
            if body.get("key") == row[0]:
                score, birth, named, phone = 0.9999, True, True, True
            likely.append(Likely(row[0], score, birth, named, frozenset({"phone"} if phone else ())))
        return sorted(likely, key=lambda one: -one.score)

    def adopt(
        self, unit: Unit, kind: Kind, local_id: str | None, records: Sequence[Resource], because: Because
    ) -> str | None:
        first = records[0]
        body = {name: value for name, value in fields_of(first).items() if name != "key"}
        if body.get("name") == "REFUSED":
            raise ValueError("the chart will not have this")
        patient = (first.model_extra or {}).get("patient")
        if local_id is None:
            local_id = f"L{self._new_id()}"
            self.write(unit, kind, local_id, patient, body, who=because.system, members=sorted(body))
        elif str(kind) not in FACTS:
            now = self.story(unit, kind, local_id)
            if now is None:
                return local_id  # what does not stand here any more is not made anew by a change of theirs
            body, who = {**fields_of(now.first), **body}, because.who or because.system
            self.write(unit, kind, local_id, patient, body, who=who, members=sorted(because.members))
        return local_id

    def count(self, unit: Unit, kind: Kind) -> int:
        found = Rows(unit).run("SELECT count(*) FROM model_record WHERE kind = ?", (str(kind),))
        return int(found.fetchone()[0])

    def question(self, unit: Unit, story: Story, waited: float) -> str | None:
        del unit, waited
        time = fields_of(story.first).get("time")
        if story.kind is Kind.APPOINTMENT and isinstance(time, (int, float)) and time < self._now():
            return "its time has passed"
        return None

    def write(
        self,
        unit: Unit,
        kind: Kind | str,
        local_id: str,
        patient: str | None,
        body: dict[str, Any],
        *,
        who: str = "user",
        act: str | None = None,
        void: bool = False,
        members: Sequence[str] = (),
    ) -> None:
        """Write a record, and that it was written."""
        rows = Rows(unit)
        old = rows.run(
            "SELECT revision, act, void, at, patient FROM model_record WHERE kind = ? AND local_id = ?",
            (str(kind), local_id),
        ).fetchone() or (0, None, 0, self._now(), patient)
        rows.run(
            "INSERT OR REPLACE INTO model_record VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(kind),
                local_id,
                patient or old[4],
                old[0] + 1,
                json.dumps(body),
                act or old[1],
                int(void or old[2]),
                old[3],
            ),
        )
        rows.run(
            "INSERT INTO model_journal (kind, local_id, patient, who, members) VALUES (?, ?, ?, ?, ?)",
            (
                str(kind),
                local_id,
                patient or old[4] or (local_id if str(kind) == "patient" else None),
                who,
                json.dumps({name: body.get(name) for name in members}),
            ),
        )


def resource(local_id: str, body: dict[str, Any], patient: str | None = None) -> Resource:
    """A record of the model: its members as they are."""
    return Resource.model_construct(resource_type="Basic", id=local_id, members=body, patient=patient)


def fields_of(record: Resource) -> dict[str, Any]:
    return dict((record.model_extra or {}).get("members") or {})
