"""A chart of FHIR records over the same database, for the shipped remotes: every story as it was last told."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sync.engine.chart import Because, Change, Likely
from sync.engine.store.rows import Rows, Unit
from sync.port import Kind, Story
from sync.records.elements import Resource
from sync.records.patient import Patient

URGENT = {Kind.PATIENT: 1}


class FhirChart:
    """Stories in the model's tables; the records are pydantic's own JSON."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._classes: dict[str, type[Resource]] = {}
        self.worked_at: dict[Kind, tuple[str, ...]] = {}

    def end(self, unit: Unit) -> int:
        return int(Rows(unit).run("SELECT coalesce(max(seq), 0) FROM model_journal").fetchone()[0])

    def changes(self, unit: Unit, after: int, limit: int) -> tuple[Sequence[Change], int]:
        statement = "SELECT seq, kind, local_id, patient FROM model_journal WHERE seq > ? ORDER BY seq LIMIT ?"
        found = Rows(unit).run(statement, (after, limit)).fetchall()
        changes = [Change(row[0], Kind(row[1]), row[2], row[3], URGENT.get(Kind(row[1]), 2)) for row in found]
        return changes, changes[-1].seq if changes else after

    def story(self, unit: Unit, kind: Kind, local_id: str) -> Story | None:
        statement = "SELECT patient, revision, body, act, void FROM model_record WHERE kind = ? AND local_id = ?"
        row = Rows(unit).run(statement, (str(kind), local_id)).fetchone()
        if row is None:
            return None
        first, *rest = (self._read(name, text) for name, text in json.loads(row[2]))
        marker = f"ref CW-{local_id[-8:].replace('-', '').upper()}"
        return Story(kind, local_id, row[1], row[0], first, tuple(rest), row[3], bool(row[4]), marker=marker)

    def at_work(self, unit: Unit, kind: Kind) -> Sequence[tuple[str, float]]:
        del unit
        return [(local_id, 0.0) for local_id in self.worked_at.get(kind, ())]

    def _read(self, name: str, text: str) -> Resource:
        return self._classes[name].model_validate_json(text)

    def alike(self, unit: Unit, records: Sequence[Resource]) -> Sequence[Likely]:
        theirs = records[0]
        assert isinstance(theirs, Patient)
        found = []
        for (local_id,) in Rows(unit).run("SELECT local_id FROM model_record WHERE kind = 'patient'").fetchall():
            story = self.story(unit, Kind.PATIENT, local_id)
            assert story is not None
            mine = story.first
            assert isinstance(mine, Patient)
            born = mine.birth_date is not None and mine.birth_date == theirs.birth_date
            named = _name(mine) == _name(theirs)
            phone = bool(_numbers(mine) & _numbers(theirs))
            score = 0.9999 if born and named and phone else 0.9 if born and named else 0.01
            strong = frozenset({"phone"} if phone else ())
            found.append(Likely(local_id, score, born, named, strong))
        return sorted(found, key=lambda one: -one.score)

    def adopt(
        self, unit: Unit, kind: Kind, local_id: str | None, records: Sequence[Resource], because: Because
    ) -> str | None:
        if not records:
            return local_id
        new = local_id or f"00000000-0000-7000-8000-{self._new_id():0>12}"
        story = self.story(unit, kind, new)
        # What is beside the first record and was not told of stays.
        told = {type(one).__name__ for one in records}
        kept = [one for one in story.rest if type(one).__name__ not in told] if story else []
        patient = story.patient_id if story else (new if kind is Kind.PATIENT else _subject(records[0]))
        first = records[0].model_copy(update={"id": new})
        self.write(unit, Story(kind, new, 0, patient, first, (*records[1:], *kept)), who=because.system)
        return new

    def count(self, unit: Unit, kind: Kind) -> int:
        found = Rows(unit).run("SELECT count(*) FROM model_record WHERE kind = ?", (str(kind),))
        return int(found.fetchone()[0])

    def question(self, unit: Unit, story: Story, waited: float) -> str | None:
        del unit, story, waited
        return None

    def write(self, unit: Unit, story: Story, *, who: str = "user") -> None:
        """Write a story, and that it was written."""
        rows = Rows(unit)
        records = (story.first, *story.rest)
        self._classes |= {type(one).__name__: type(one) for one in records}
        texts = [(type(one).__name__, one.model_dump_json(by_alias=True, exclude_none=True)) for one in records]
        old = rows.run(
            "SELECT revision FROM model_record WHERE kind = ? AND local_id = ?", (str(story.kind), story.local_id)
        ).fetchone() or (0,)
        rows.run(
            "INSERT OR REPLACE INTO model_record VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                str(story.kind),
                story.local_id,
                story.patient_id,
                old[0] + 1,
                json.dumps(texts),
                story.act,
                int(story.void),
            ),
        )
        rows.run(
            "INSERT INTO model_journal (kind, local_id, patient, who, members) VALUES (?, ?, ?, ?, '{}')",
            (str(story.kind), story.local_id, story.patient_id, who),
        )


def _name(patient: Patient) -> tuple[str | None, str | None]:
    one = patient.name[0] if patient.name else None
    return (one.family, next(iter(one.given), None)) if one is not None else (None, None)


def _numbers(patient: Patient) -> set[str]:
    return {
        "".join(sign for sign in one.value or "" if sign.isdigit())[-7:]
        for one in patient.telecom
        if one.system == "phone"
    }


def _subject(record: Resource) -> str | None:
    said: Any = record.model_dump(by_alias=True)
    for name in ("subject", "patient", "for"):
        reference = (said.get(name) or {}).get("reference") or ""
        if reference.startswith("Patient/"):
            return str(reference.removeprefix("Patient/"))
    for one in said.get("participant") or ():
        reference = ((one.get("actor") or {}) if isinstance(one, dict) else {}).get("reference") or ""
        if reference.startswith("Patient/"):
            return str(reference.removeprefix("Patient/"))
    return None
