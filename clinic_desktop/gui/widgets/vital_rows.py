"""Vital signs as lines: both blood pressures in one, in the order they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from clinic_desktop.domain import vitals
from clinic_desktop.i18n import N_, _


class Measured(Protocol):
    """One measurement, whoever read it."""

    @property
    def id(self) -> str:
        """The record's id."""
        ...

    @property
    def code(self) -> str:
        """The sign's LOINC code."""
        ...

    @property
    def value(self) -> Decimal:
        """What was measured."""
        ...

    @property
    def flag(self) -> str:
        """How it was judged."""
        ...

    @property
    def taken_at(self) -> datetime:
        """When."""
        ...


@dataclass(frozen=True)
class SignRow:
    """One line of the vital signs."""

    code: str
    words: str
    value: str
    unit: str
    flag: str
    taken_at: datetime
    ids: tuple[str, ...]


_WEIGHT = {"none": 0, "N": 1, "L": 2, "H": 2, "LL": 3, "HH": 3}
SHORT = {
    "systolic": N_("Pressure"),
    "diastolic": N_("Diastolic"),
    "heart_rate": N_("Heart rate"),
    "respiratory_rate": N_("Breathing"),
    "temperature": N_("Temperature"),
    "spo2": N_("Oxygen"),
    "weight": N_("Weight"),
    "height": N_("Height"),
    "bmi": N_("BMI"),
    "head_circumference": N_("Head"),
    "glucose_meter": N_("Glucose"),
    "pain": N_("Pain"),
}


def sign_rows(rows: Sequence[Measured]) -> list[SignRow]:
    """The last signs as lines, blood pressure first."""
    by_code = {row.code: row for row in rows}
    lower = by_code.get(vitals.DIASTOLIC)
    shown = []
    for sign in vitals.SIGNS:
        row = by_code.get(sign.code)
        if row is None or (sign.code == vitals.DIASTOLIC and vitals.SYSTOLIC in by_code):
            continue
        value, flag = vitals.plain(row.value), row.flag
        ids: tuple[str, ...] = (row.id,)
        if sign.code == vitals.SYSTOLIC and lower is not None and lower.taken_at == row.taken_at:
            value = f"{value}/{vitals.plain(lower.value)}"
            flag, ids = max(row.flag, lower.flag, key=_WEIGHT.__getitem__), (row.id, lower.id)
        shown.append(SignRow(row.code, _(SHORT[sign.key]), value, sign.shown_unit, flag, row.taken_at, ids))
    return shown
