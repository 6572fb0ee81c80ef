"""Something on the review list: a result that nobody is sure of, somebody new, news of somebody, and a merge."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Protocol

from clinic_desktop.domain.devices import Named
from clinic_desktop.services import devices, patients
from clinic_desktop.services.device_records import ReceivedRecord, Table
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.patients import NewPatient
from tests.conftest import DeskFor
from tests.unit.devices.device_case import glucose, sent


class Clinic(Protocol):
    """What is asked of the clinic of a journey."""

    patient: str
    desk_for: DeskFor


def doubtful(clinic: Clinic) -> dict[str, str]:
    """A result of nobody here."""
    sent(clinic.desk_for("laboratory"), glucose(), said=Named((("", "X-1"),)))
    return {}


def told(kind: str) -> Callable[[Clinic], dict[str, str]]:
    """A registration: of somebody new, news of the patient, or that the patient has two numbers."""

    def begin(clinic: Clinic) -> dict[str, str]:
        here = patients.patient_details(clinic.desk_for("front_desk"), clinic.patient)
        number = "X-2" if kind == "new" else here.mrn
        new = NewPatient("Mwangi", "Peter", "male", city="Nakuru")
        person = new if kind == "new" else replace(here.patient, city="Nakuru", phone="0722 555 111")
        born = person.born_on
        values = asdict(person) | {"born_on": born.isoformat() if born else None}
        tables: list[tuple[Table, dict[str, object]]] = [("patients", values)]
        if kind == "merge":
            other = patients.register_patient(clinic.desk_for("front_desk"), replace(new, sex="other"))
            tables.append(("merges", {"numbers": [["", other.mrn]]}))
        records = tuple(ReceivedRecord(table, f"{kind}-{table}", "told", each) for table, each in tables)
        said = Named((("", number),), ((person.family_name, person.given_names),), born.isoformat() if born else "")
        desk = clinic.desk_for("laboratory")
        message = ReceivedMessage(
            "hl7", "REGISTRY", "ADT^A08", "registration", kind.encode(), said_of=said, records=records
        )
        devices.file_message(desk, devices.receive_message(desk, message).message_id)
        return {}

    return begin
