"""Which release of FHIR a resource is written in: R4 is read here, another one is told by what it looks like."""

from collections.abc import Iterator, Mapping

from sync.records.exact import Json

# HL7 FHIR R4 (4.0.1), the definitions of every resource that is not abstract.
RESOURCES = frozenset(
    word
    for line in (
        "Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic",
        "Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry",
        "ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication",
        "CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage",
        "CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric",
        "DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis",
        "Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence",
        "EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group",
        "GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation",
        "ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location Measure",
        "MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge",
        "MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization",
        "MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient",
        "MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged",
        "MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader",
        "MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition",
        "OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation",
        "Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse",
        "RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject",
        "RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen",
        "SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid",
        "SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial",
        "SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport TestScript",
        "ValueSet VerificationResult VisionPrescription",
    )
    for word in line.split()
)
_OLDER_KINDS = {
    "MedicationOrder": "DSTU2",
    "DiagnosticOrder": "DSTU2",
    "Order": "DSTU2",
    "OrderResponse": "DSTU2",
    "DeviceUseRequest": "DSTU2",
    "Conformance": "DSTU2",
    "DataElement": "STU3",
    "DeviceComponent": "STU3",
    "EligibilityRequest": "STU3",
    "EligibilityResponse": "STU3",
    "ExpansionProfile": "STU3",
    "ImagingManifest": "STU3",
    "ImagingObjectSelection": "DSTU2",
    "ProcedureRequest": "STU3",
    "ProcessRequest": "STU3",
    "ProcessResponse": "STU3",
    "ReferralRequest": "STU3",
    "Sequence": "STU3",
    "ServiceDefinition": "STU3",
    "BodySite": "STU3",
}
# Members that a kind had in an older release, or has in R5, and that R4 has not: from the tables of changes that each
# release gives with its resources.
_MEMBERS: Mapping[str, Mapping[str, str]] = {
    "Patient": {"animal": "STU3", "careProvider": "DSTU2"},
    "Practitioner": {"role": "STU3", "practitionerRole": "DSTU2"},
    "Encounter": {
        "reason": "STU3", "incomingReferral": "STU3", "indication": "DSTU2", "patient": "DSTU2", "actualPeriod": "R5",
        "admission": "R5",
    },
    "Condition": {
        "context": "STU3", "assertedDate": "STU3", "patient": "DSTU2", "dateRecorded": "DSTU2", "participant": "R5",
    },
    "AllergyIntolerance": {"assertedDate": "STU3", "substance": "DSTU2", "status": "DSTU2", "participant": "R5"},
    "Observation": {"context": "STU3", "comment": "STU3", "comments": "DSTU2", "related": "STU3", "triggeredBy": "R5"},
    "MedicationRequest": {"context": "STU3", "definition": "STU3", "medication": "R5", "reason": "R5"},
    "MedicationStatement": {
        "taken": "STU3", "reasonNotTaken": "STU3", "wasNotTaken": "DSTU2", "patient": "DSTU2", "medication": "R5",
    },
    "Medication": {"isBrand": "STU3", "isOverTheCounter": "STU3", "product": "DSTU2", "totalVolume": "R5"},
    "Immunization": {
        "notGiven": "STU3", "date": "STU3", "explanation": "STU3", "vaccinationProtocol": "STU3", "reported": "DSTU2",
        "wasNotGiven": "DSTU2", "basedOn": "R5",
    },
    "Procedure": {
        "context": "STU3", "definition": "STU3", "notDone": "STU3", "notPerformed": "DSTU2", "request": "DSTU2",
        "occurrenceDateTime": "R5", "occurrencePeriod": "R5",
    },
    "DiagnosticReport": {"context": "STU3", "codedDiagnosis": "STU3", "image": "STU3", "note": "R5"},
    "DocumentReference": {"class": "STU3", "indexed": "STU3", "created": "STU3", "attester": "R5"},
    "CarePlan": {"context": "STU3", "definition": "STU3"},
}  # fmt: skip
# Members that are a concept in R4 and were a plain code before.
_CONCEPTS = {
    "Condition": ("clinicalStatus", "verificationStatus"),
    "AllergyIntolerance": ("clinicalStatus", "verificationStatus"),
}
_PUBLISHED = {"1.0": "DSTU2", "3.0": "STU3", "4.1": "R4B", "4.3": "R4B", "4.6": "R5", "5.0": "R5", "6.0": "R6"}
R4 = "4.0"


def not_r4(resource: Json) -> str | None:
    """Why a resource is not R4, in words; None where nothing speaks against it."""
    return next(_signs(resource), None)


def _signs(resource: Json) -> Iterator[str]:
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        yield "not FHIR: there is no resourceType"
        return
    if kind in _OLDER_KINDS:
        yield f"{kind} is a resource of FHIR {_OLDER_KINDS[kind]}; only R4 is read"
    elif kind not in RESOURCES:
        yield f"{kind[:60]} is no resource of FHIR R4"
    told = resource.get("fhirVersion")
    if isinstance(told, str) and not told.startswith(R4):
        yield f"it says that it is FHIR {told[:20]}; only R4 (4.0) is read"
    yield from _profiles(resource.get("meta"))
    for name, release in _MEMBERS.get(kind, {}).items():
        if name in resource:
            yield f"{kind}.{name} is of FHIR {release}; only R4 is read"
    names = resource.get("name")
    if isinstance(names, list) and any(
        isinstance(each, dict) and isinstance(each.get("family"), list) for each in names
    ):
        yield f"{kind}.name.family is a list, as in FHIR DSTU2; only R4 is read"
    for name in _CONCEPTS.get(kind, ()):
        if isinstance(resource.get(name), str):
            yield f"{kind}.{name} is a plain code, as in FHIR STU3 and DSTU2; only R4 is read"


def _profiles(meta: object) -> Iterator[str]:
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        if not isinstance(profile, str):
            continue
        for mark, release in (("/STU3/", "STU3"), ("/DSTU2/", "DSTU2"), ("/R5/", "R5")):
            if mark.lower() in profile.lower():
                yield f"its profile is of FHIR {release}; only R4 is read"
        if "hl7.org/fhir/StructureDefinition/" in profile and "|" in profile:
            version = profile.rpartition("|")[2]
            if version[:3] in _PUBLISHED:
                yield f"its profile is of FHIR {_PUBLISHED[version[:3]]}; only R4 is read"
