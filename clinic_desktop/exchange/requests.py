"""What was ordered from the laboratory here as ServiceRequest: one for each test of an order."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.local import TESTS
from clinic_desktop.exchange.mapped import LOINC, SNOMED, Pointer, Row, clean, concept, written_notes
from sync.records.exact import Json

ORDER = "urn:x-clinic-desktop:laboratory-order"
LABORATORY = (SNOMED, "108252007", "Laboratory procedure")
_STATUS = {"released": "completed", "cancelled": "revoked"}


def write(row: Row, point: Pointer) -> Json:
    """A test that was ordered; all tests of one order bear its number."""
    system, code = (LOINC, row["loinc"]) if row["loinc"] else (TESTS, row["test_code"])
    said = "\n".join(filter(None, (row["note"], row["status_reason"])))
    return clean(
        requisition={"system": ORDER, "value": row["number"]},
        status=_STATUS.get(row["status"], "active"),
        intent="order",
        category=[concept(*LABORATORY)],
        priority=row["priority"],
        code=concept(system, code, row["name"] or row["test_code"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        authored_on=when.fhir_instant(row["ordered_at"]),
        requester={"display": row["ordered_by_name"]},
        note=written_notes(said or None),
    )
