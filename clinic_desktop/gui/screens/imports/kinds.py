"""What kinds of records are called on the page Import: people do not speak in names of the format."""

import re

from clinic_desktop.i18n import N_, _

KINDS = {
    "AllergyIntolerance": N_("Allergy"),
    "Condition": N_("Problem"),
    "DiagnosticReport": N_("Report"),
    "DocumentReference": N_("Document"),
    "Encounter": N_("Visit"),
    "Immunization": N_("Immunization"),
    "MedicationDispense": N_("Dispensed medicine"),
    "MedicationRequest": N_("Prescription"),
    "MedicationStatement": N_("Medicine taken"),
    "Observation": N_("Observation"),
    "Patient": N_("Patient"),
    "Procedure": N_("Procedure"),
    "ServiceRequest": N_("Order"),
}
_NAME = re.compile(r"(?:[A-Z][a-z]+)+")


def kind_words(kind: str) -> str:
    """A kind of record in words; a name of the format that has none is taken apart, any other stays as it is."""
    if kind in KINDS:
        return _(KINDS[kind])
    if _NAME.fullmatch(kind) is None:
        return kind
    return " ".join(re.findall("[A-Z][a-z]+", kind)).capitalize()
