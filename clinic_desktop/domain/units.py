"""Units of results: what laboratories write and what UCUM calls it, and which of them mean the same amount.

UCUM is case sensitive and writes powers of ten with a star: ``10*3/uL``. "K/uL" would be kelvin per microlitre there,
so the ways people write units are a small explicit table and nothing is guessed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

# What is written on reports, analysers and remote systems -> UCUM.
ALIASES = MappingProxyType(
    {
        "K/uL": "10*3/uL",
        "k/uL": "10*3/uL",
        "K/µL": "10*3/uL",
        "K/mcL": "10*3/uL",
        "Thousand/uL": "10*3/uL",
        "10^3/uL": "10*3/uL",
        "x10^3/uL": "10*3/uL",
        "10^3/µL": "10*3/uL",
        "x10(3)/mcL": "10*3/uL",
        "M/uL": "10*6/uL",
        "M/µL": "10*6/uL",
        "M/mcL": "10*6/uL",
        "Million/uL": "10*6/uL",
        "10^6/uL": "10*6/uL",
        "x10^6/uL": "10*6/uL",
        "10^6/µL": "10*6/uL",
        "10^9/L": "10*9/L",
        "x10^9/L": "10*9/L",
        "G/L": "10*9/L",
        "10^12/L": "10*12/L",
        "x10^12/L": "10*12/L",
        "T/L": "10*12/L",
        "cells/uL": "/uL",
        "{cells}/uL": "/uL",
        "mEq/L": "meq/L",
        "IU/L": "[IU]/L",
        "IU/mL": "[IU]/mL",
        "mIU/L": "m[IU]/L",
        "mIU/mL": "m[IU]/mL",
        "uIU/mL": "u[IU]/mL",
        "µIU/mL": "u[IU]/mL",
        "[iU]/L": "[IU]/L",
        "[iU]/mL": "[IU]/mL",
        "m[iU]/L": "m[IU]/L",
        "m[iU]/mL": "m[IU]/mL",
        "u[iU]/mL": "u[IU]/mL",
        "µmol/L": "umol/L",
        "mcmol/L": "umol/L",
        "µg/dL": "ug/dL",
        "mcg/dL": "ug/dL",
        "µg/L": "ug/L",
        "mcg/L": "ug/L",
        "mcg/mL": "ug/mL",
        "µg/mL": "ug/mL",
        "mm/hr": "mm/h",
        "mm/1hr": "mm/h",
        "sec": "s",
        "seconds": "s",
        "percent": "%",
        "gm/dL": "g/dL",
        "mg/dl": "mg/dL",
        "g/dl": "g/dL",
        "U/l": "U/L",
        "mmol/l": "mmol/L",
        "umol/l": "umol/L",
    }
)

# unit -> (what it measures, how many of that dimension's own unit it is). Units missing here are compared by name only.
_UNITS: dict[str, tuple[str, Decimal]] = {
    unit: (dimension, Decimal(factor))
    for dimension, units in {
        "count": {
            "/uL": "1E6", "10*3/uL": "1E9", "10*6/uL": "1E12", "10*3/mm3": "1E9", "10*9/L": "1E9", "10*12/L": "1E12",
            "10*6/L": "1E6", "/L": "1", "/mL": "1E3",
        },
        "mass": {
            "g/L": "1", "g/dL": "10", "mg/dL": "0.01", "mg/L": "0.001", "ug/dL": "1E-5", "ug/L": "1E-6",
            "ug/mL": "0.001", "ng/mL": "1E-6", "ng/dL": "1E-8", "ng/L": "1E-9", "pg/mL": "1E-9", "mg/mL": "1",
        },
        "amount": {
            "mol/L": "1000", "mmol/L": "1", "umol/L": "0.001", "nmol/L": "1E-6", "pmol/L": "1E-9", "mmol/dL": "10",
        },
        "charge": {"meq/L": "1"},
        "activity": {"U/L": "1", "U/mL": "1000", "mU/mL": "1", "kU/L": "1000"},
        "international": {
            "[IU]/L": "1", "[IU]/mL": "1000", "m[IU]/mL": "1", "m[IU]/L": "0.001", "u[IU]/mL": "0.001",
            "k[IU]/L": "1000",
        },
        "fraction": {"%": "0.01", "1": "1", "L/L": "1"},
        "volume": {"fL": "1", "um3": "1"},
        "content": {"pg": "1"},
        "rate": {"mm/h": "1"},
        "time": {"s": "1"},
    }.items()
    for unit, factor in units.items()
}  # fmt: skip


@dataclass(frozen=True)
class Analyte:
    """What is measured, for units that depend on it: grams per mole, and charges per molecule if it is an ion."""

    name: str
    molar_mass: Decimal
    charge: int | None = None


def _analyte(name: str, molar_mass: str, *loinc: str, charge: int | None = None) -> dict[str, Analyte]:
    return dict.fromkeys(loinc, Analyte(name, Decimal(molar_mass), charge))


# Molar masses: from the atoms' standard weights (IUPAC 2021); triglycerides as triolein and haemoglobin as the monomer,
# as the SI conversion factors of the AMA Manual of Style count them. LOINC codes of both the mass and the molar form.
ANALYTES = MappingProxyType(
    {
        **_analyte("glucose", "180.156", "2345-7", "2339-0", "1558-6", "2340-8", "41653-7", "14749-6", "15074-8"),
        **_analyte("creatinine", "113.12", "2160-0", "38483-4", "14682-9"),
        **_analyte("urea nitrogen", "28.014", "3094-0", "6299-2", "14937-7"),
        **_analyte("urea", "60.056", "3091-6", "22664-7"),
        **_analyte("cholesterol", "386.65", "2093-3", "14647-2", "2085-9", "14646-4"),
        **_analyte("cholesterol", "386.65", "2089-1", "13457-7", "18262-6", "22748-8"),
        **_analyte("triglycerides", "885.43", "2571-8", "14927-8"),
        **_analyte("bilirubin", "584.66", "1975-2", "14631-6", "1968-7", "14629-0"),
        **_analyte("urate", "168.11", "3084-1", "14933-6"),
        **_analyte("calcium", "40.078", "17861-6", "2000-8", charge=2),
        **_analyte("magnesium", "24.305", "19123-9", "2601-3", charge=2),
        **_analyte("phosphorus", "30.974", "2777-1", "14879-1"),
        **_analyte("iron", "55.845", "2498-4", "14798-3"),
        **_analyte("haemoglobin monomer", "16114", "718-7", "59260-0"),
        **_analyte("thyroxine", "776.87", "3026-2", "14921-1", "3024-7", "14920-3"),
        **_analyte("sodium", "22.990", "2951-2", "2947-0", charge=1),
        **_analyte("potassium", "39.098", "2823-3", "6298-4", charge=1),
        **_analyte("chloride", "35.45", "2075-0", "2069-3", charge=1),
        **_analyte("bicarbonate", "61.017", "1963-8", "2028-9", charge=1),
    }
)


def ucum(unit: str | None) -> str | None:
    """The UCUM code of a unit as somebody wrote it; a unit that is not in the table stays as it is."""
    if unit is None or not unit.strip():
        return None
    written = unit.strip()
    return ALIASES.get(written, ALIASES.get(written.replace(" ", ""), written))


def same(one: str | None, other: str | None) -> bool:
    """Whether two units are ways to write the same amount."""
    first, second = ucum(one), ucum(other)
    if first == second:
        return True
    known = _UNITS.get(first or ""), _UNITS.get(second or "")
    return known[0] is not None and known[0] == known[1]


def convert(value: Decimal, given: str | None, wanted: str | None, *, loinc: str | None = None) -> Decimal | None:
    """The value in another unit, unrounded; None where it is not known how, never a guess.

    `loinc` says what was measured, which mass to moles and milliequivalents to moles need.
    """
    if same(given, wanted):
        return value
    source, target = _UNITS.get(ucum(given) or ""), _UNITS.get(ucum(wanted) or "")
    if source is None or target is None:
        return None
    scale = _between(source[0], target[0], ANALYTES.get(loinc or ""))
    return None if scale is None else value * source[1] * scale / target[1]


def written(unit: str | None) -> str:
    """A UCUM unit as people write it: mm[Hg] is mmHg, m[IU]/L is mIU/L, Cel is °C, 10*3/uL is 10³/µL."""
    words = _NAMED.sub(r"\1", _REMARK.sub("", unit or "").replace("[pH]", ""))
    words = _POWER.sub(lambda found: "10" + found.group(1).translate(_RAISED), words)
    return _MICRO.sub("µ", words).replace("Cel", "°C")


_REMARK = re.compile(r"\{[^}]*\}")  # {INR}, {score}: counted things, no unit
_NAMED = re.compile(r"\[(\w+)\]")  # [IU], [Hg]
_POWER = re.compile(r"10\*(\d+)")
_MICRO = re.compile(r"\bu(?=[A-Za-z])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _between(given: str, wanted: str, analyte: Analyte | None) -> Decimal | None:
    """How many of the wanted dimension's own unit one of the given one's is: g/L, mmol/L, meq/L."""
    if given == wanted:
        return Decimal(1)
    if analyte is None:
        return None
    in_moles = {
        "mass": 1000 / analyte.molar_mass,
        "amount": Decimal(1),
        "charge": None if analyte.charge is None else Decimal(1) / analyte.charge,
    }
    source, target = in_moles.get(given), in_moles.get(wanted)
    return None if source is None or target is None else source / target
