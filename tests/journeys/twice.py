"""A patient who was registered twice: side by side, in the list of duplicates, or merged before."""

from dataclasses import replace
from typing import Protocol

from clinic_desktop.services import merging, patients
from tests.conftest import DeskFor


class Clinic(Protocol):
    """What is asked of the clinic of a journey."""

    patient: str
    desk_for: DeskFor


def registered(clinic: Clinic) -> dict[str, str]:
    """The patient and a second registration of theirs, with another telephone and sex."""
    desk = clinic.desk_for("front_desk")
    shown = patients.patient_details(desk, clinic.patient)
    again = replace(shown.patient, phone="0803 999 8888", sex="male")
    patients.change_patient(desk, clinic.patient, replace(shown.patient, phone="0803 111 2222"), shown.revision)
    return {"patient_id": clinic.patient, "other_id": patients.register_patient(desk, again).patient_id}


def listed(clinic: Clinic) -> dict[str, str]:
    """A pair in the list of likely duplicates."""
    desk, other = clinic.desk_for("front_desk"), registered(clinic)["other_id"]
    patients.register_patient(desk, patients.patient_details(desk, other).patient)
    return {}


def merged(clinic: Clinic) -> dict[str, str]:
    """The patient with the second registration merged into theirs."""
    other = registered(clinic)["other_id"]
    merging.merge(clinic.desk_for("front_desk"), clinic.patient, other, chosen={"sex": "kept"}, reason="same card")
    return {"patient_id": clinic.patient}
