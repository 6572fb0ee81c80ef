"""The kinds of record that are exchanged, by their FHIR names."""

from collections.abc import Mapping

from sync.records.allergy import AllergyIntolerance
from sync.records.appointment import Appointment
from sync.records.claim import Claim, ClaimResponse
from sync.records.condition import Condition
from sync.records.consent import Consent
from sync.records.coverage import Coverage
from sync.records.document import Binary, DocumentReference
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.records.immunization import Immunization
from sync.records.invoice import ChargeItem, Invoice
from sync.records.location import Location
from sync.records.medication import Medication, MedicationRequest, MedicationStatement
from sync.records.message import Communication, Task
from sync.records.observation import Observation
from sync.records.organization import Organization
from sync.records.patient import Patient
from sync.records.payment import PaymentReconciliation
from sync.records.practitioner import Practitioner
from sync.records.procedure import Procedure
from sync.records.report import DiagnosticReport
from sync.records.request import ServiceRequest

KINDS: Mapping[str, type[Resource]] = {
    "Binary": Binary,
    "Organization": Organization,
    "Location": Location,
    "Practitioner": Practitioner,
    "Medication": Medication,
    "Patient": Patient,
    "Encounter": Encounter,
    "Condition": Condition,
    "AllergyIntolerance": AllergyIntolerance,
    "MedicationRequest": MedicationRequest,
    "MedicationStatement": MedicationStatement,
    "Observation": Observation,
    "Immunization": Immunization,
    "Procedure": Procedure,
    "DiagnosticReport": DiagnosticReport,
    "DocumentReference": DocumentReference,
    "Consent": Consent,
    "Coverage": Coverage,
    "Claim": Claim,
    "ClaimResponse": ClaimResponse,
    "Appointment": Appointment,
    "ServiceRequest": ServiceRequest,
    "Invoice": Invoice,
    "ChargeItem": ChargeItem,
    "PaymentReconciliation": PaymentReconciliation,
    "Communication": Communication,
    "Task": Task,
}
