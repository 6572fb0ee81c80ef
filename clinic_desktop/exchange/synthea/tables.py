"""Which tables make up a set, in the order in which they are taken, and what a row of each becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clinic_desktop.exchange.synthea import money, records
from clinic_desktop.exchange.synthea.cells import Cells
from clinic_desktop.exchange.synthea.money import Payers
from clinic_desktop.services.arrivals import Arrival
from sync.records.exact import Json

Money = Callable[[Cells, str, Payers], list[Arrival]]


@dataclass(frozen=True)
class Clinical:
    """A table whose rows are records of a chart, and the kind of cost that each also tells."""

    resource: Callable[[Cells], Json]
    costs: str = ""


@dataclass(frozen=True)
class Monetary:
    """A table of money or of insurance."""

    arrivals: Money


TABLES: Mapping[str, Clinical | Monetary] = {
    "organizations": Clinical(records.organization),
    "providers": Clinical(records.practitioner),
    "payers": Monetary(lambda row, source, _payers: money.payer(row, source)),
    "patients": Clinical(records.patient, "person"),
    "payer_transitions": Monetary(money.cover),
    "encounters": Clinical(records.encounter, "visit"),
    "conditions": Clinical(records.condition),
    "allergies": Clinical(records.allergy),
    "medications": Clinical(records.medicine, "medicine"),
    "observations": Clinical(records.observation),
    "immunizations": Clinical(records.immunization, "immunization"),
    "procedures": Clinical(records.procedure, "procedure"),
    "claims": Monetary(money.bill),
    "claims_transactions": Monetary(lambda row, source, _payers: money.movement(row, source)),
}
# The chart has no home for these: their rows are counted and told.
NOT_KEPT = ("careplans", "devices", "imaging_studies", "supplies")
# Without these columns a file is no such table.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organizations": ("Id", "NAME"),
    "providers": ("Id", "NAME"),
    "payers": ("Id", "NAME"),
    "patients": ("Id", "BIRTHDATE", "FIRST", "LAST", "GENDER"),
    "payer_transitions": ("PATIENT", "PAYER", "START_YEAR"),
    "encounters": ("Id", "START", "PATIENT", "ENCOUNTERCLASS", "CODE"),
    "conditions": ("START", "PATIENT", "CODE"),
    "allergies": ("START", "PATIENT", "CODE"),
    "medications": ("START", "PATIENT", "CODE"),
    "observations": ("DATE", "PATIENT", "CODE", "VALUE"),
    "immunizations": ("DATE", "PATIENT", "CODE"),
    "procedures": ("PATIENT", "CODE"),
    "claims": ("Id", "PATIENTID"),
    "claims_transactions": ("ID", "CLAIMID", "PATIENTID", "TYPE"),
}
