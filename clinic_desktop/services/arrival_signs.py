"""The vital signs among observations that came in: shown, charted and reckoned with like those measured here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import measured
from clinic_desktop.domain.ranges import GRAVE
from clinic_desktop.domain.vital_ranges import Limits, flag
from clinic_desktop.domain.vitals import BY_CODE
from clinic_desktop.services import arrival_parts, vitals
from clinic_desktop.services.acts import Act
from clinic_desktop.services.heard_results import GONE
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("Signs",)

LOINC = "http://loinc.org"
NEWS = timedelta(days=30)  # how long a result is one that somebody may act on
WITHDRAWN = "Withdrawn by those who measured it."
# What stands as a measurement: one that was cancelled or never made is none.
STANDS = frozenset({"final", "amended", "corrected", "preliminary", "unknown"})
# What a value leaves behind when it becomes one of another kind.
VALUE = (
    "value", "comparator", "unit", "unit_code", "unit_system", "value_system", "value_code", "value_detail",
)  # fmt: skip
Row = Mapping[str, Any]
# Parts by their places.
AddParts = Callable[[str, str | None, Row, Mapping[int, Row]], list[tuple[str, Row]]]


class Signs:
    """Reads signs from observations within one act."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._born: dict[str, date | None] = {}
        self._otherwise: dict[str, list[str]] = {}

    @cached_property
    def _limits(self) -> tuple[Limits, ...]:
        return vitals.normal_limits(self._act.conn)  # asked only where something was measured

    def stood(self, observation: str) -> Row:
        """An observation as it stands before what came is written."""
        found = self._act.conn.execute(select(observations).where(observations.c.id == observation))
        return dict(found.mappings().one())

    def compare(self, was: Row, now: Row) -> None:
        """Note what a doctor must hear of a result that is said otherwise now; signs are seen by their trend.

        What a system says is told of where it is heard; of what is long past only what was or is critical.
        """
        words = arrival_parts.said_otherwise(was, now)
        grave = {was["interpretation"], now.get("interpretation")} & GRAVE
        old = from_text(str(was["effective_at"])) < self._act.now - NEWS
        if words and self._act.session.staff_id and str(was["code"]) not in BY_CODE and (grave or not old):
            self._otherwise.setdefault(str(was["patient_id"]), []).append(words)

    def tell(self) -> None:
        """Tell the doctors of all that was noted, one notice a patient."""
        for patient, lines in self._otherwise.items():
            arrival_parts.tell_corrected(self._act, patient, lines)

    def derive(self, observation: str, row: Row) -> None:
        """Keep the vital sign that an observation is, if it is one; the observation keeps what was really written."""
        values = self._sign(row)
        if values is not None:
            self._act.create(vital_signs, values | {"observation_id": observation}, kind="vitals.received")

    def bring_up_to_date(
        self, observation: str, patient: str | None, row: Row, parts: Sequence[Row], add: AddParts
    ) -> None:
        """An observation changed: its parts and signs say what it says now, or that they were an error."""
        table = observations
        old = self._act.conn.execute(select(table).where(table.c.part_of == observation).order_by(table.c.position))
        before: list[Row] = [dict(each) for each in old.mappings()]
        known = arrival_parts.matched(parts, before)
        new = {}
        for place, (part, stood) in enumerate(zip(parts, known, strict=True)):
            if stood is None:
                new[place] = part
                continue
            # An instant that nobody gave stays that of the first arrival.
            at = row["effective_at"] if part.get("effective_at") else stood["effective_at"]
            now = {**part, "encounter_id": row.get("encounter_id"), "effective_at": at, "position": place}
            missing = {name: None for name in VALUE if name not in now}
            self.compare(stood, now)
            self._act.change(table, str(stood["id"]), missing | now, kind="observation.received")
            self._renew(str(stood["id"]), {**now, "patient_id": patient})
        kept = {str(stood["id"]) for stood in known if stood is not None}
        gone = [each for each in before if each["id"] not in kept and each["status"] not in GONE]
        for each in gone:
            self._act.change(table, str(each["id"]), {"status": "entered-in-error"}, kind="observation.received")
            self._renew(str(each["id"]), {**each, "status": "entered-in-error"})
        if gone and row.get("status") not in GONE:
            arrival_parts.tell_gone(self._act, patient, row, gone)
        for part_id, part in add(observation, patient, row, new):
            self.derive(part_id, part)
        self._renew(observation, {**row, "patient_id": patient})

    def _renew(self, observation: str, row: Row) -> None:
        found = select(vital_signs).where(vital_signs.c.observation_id == observation)
        before = self._act.conn.execute(found).mappings().one_or_none()
        values = self._sign(row)
        if before is None:
            self.derive(observation, row)
        elif before["status"] == "entered_in_error" and before["note"] != WITHDRAWN:
            return  # somebody here has said that it was an error: what comes later does not say otherwise
        elif values is None:
            withdrawn = {"status": "entered_in_error", "note": WITHDRAWN}
            self._act.change(vital_signs, before["id"], withdrawn, kind="vitals.received")
        else:
            self._act.change(vital_signs, before["id"], values, kind="vitals.received")

    def _sign(self, row: Row) -> dict[str, object] | None:
        if row.get("value_kind") != "quantity" or row.get("code_system") != LOINC or row.get("comparator"):
            return None
        if row.get("status") not in STANDS or row.get("value") is None or row.get("effective_text") is None:
            return None
        read = measured.reading(str(row["code"]), str(row["value"]), row.get("unit_code") or row.get("unit"))
        if read is None:
            return None
        patient, at = str(row["patient_id"]), str(row["effective_at"])
        born = self._born_on(patient)
        age = None if born is None else (from_text(at).astimezone().date() - born).days
        return {
            "patient_id": patient,
            "encounter_id": row.get("encounter_id"),
            "code": read.code,
            "value": read.text,
            "unit": BY_CODE[read.code].unit,
            "flag": flag(read.code, read.value, age, self._limits),
            "taken_at": at,
            "taken_by": None,
            "status": "final",
            "note": None,
        }

    def _born_on(self, patient: str) -> date | None:
        if patient not in self._born:
            born = self._act.conn.execute(select(patients.c.born_on).where(patients.c.id == patient)).scalar_one()
            self._born[patient] = None if born is None else date.fromisoformat(born)
        return self._born[patient]
