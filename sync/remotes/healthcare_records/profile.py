"""What the document of the Healthcare Records API says of limits, kinds and ways of changing them."""

from collections.abc import Callable, Mapping

from sync.port import Bucket, Create, Kind, KindProfile, Put, Rule, SystemProfile
from sync.remotes.healthcare_records.mapping import consent, document, immunization, patient
from sync.telling.lenses import rules_of
from sync.transport.outcomes import Call

STAMPS = frozenset({"created_at", "updated_at"})
_PLAIN = Rule(clinical=False)
# Requests in an hour for one user, by endpoint: where the summary of tiers says something else, these numbers hold.
HOURLY: Mapping[str, int] = {
    "GET /health": 1000,
    "GET /immunizations": 100,
    "POST /immunizations": 20,
    "GET /immunizations/{immunization_id}": 200,
    "PUT /immunizations/{immunization_id}": 10,
    "DELETE /immunizations/{immunization_id}": 5,
    "POST /patients": 10,
    "GET /patients/{patient_id}": 100,
    "GET /patients": 50,
    "PUT /patients/{patient_id}": 20,
    "DELETE /patients/{patient_id}": 2,
    "GET /patients/search": 20,
    "GET /patients/{patient_id}/consent-status": 200,
    "POST /documents": 30,
    "GET /documents": 100,
    "GET /documents/{document_id}": 50,
    "POST /consents": 10,
    "GET /consents": 50,
    "POST /fhir/validate": 100,
    "POST /anonymize": 5,
}
# What `check` finds, by name: a create counts as one that can be found again only after its list was seen to show it.
PATIENTS_FOUND, DOCUMENTS_FOUND, CONSENTS_FOUND = "search by identifier", "documents show metadata", "consents show"


# What each limit of an hour lets us tell; by the others nothing is told.
TOLD: Mapping[str, frozenset[tuple[Kind, str]]] = {
    "POST /immunizations": frozenset({(Kind.IMMUNIZATION, "create")}),
    "PUT /immunizations/{immunization_id}": frozenset({(Kind.IMMUNIZATION, "update")}),
    "POST /patients": frozenset({(Kind.PATIENT, "create")}),
    "PUT /patients/{patient_id}": frozenset({(Kind.PATIENT, "update")}),
    "POST /documents": frozenset({(Kind.DOCUMENT, "create"), (Kind.ENCOUNTER, "create")}),
    "POST /consents": frozenset({(Kind.CONSENT, "create")}),
}


def _at(endpoint: str) -> Callable[[Call], bool]:
    def covers(call: Call) -> bool:
        return call.endpoint == endpoint

    return covers


def _every(_call: Call) -> bool:
    return True


BUCKETS = (
    *(
        Bucket(f"hour {endpoint}", limit, 3600, _at(endpoint), TOLD.get(endpoint, frozenset()))
        for endpoint, limit in HOURLY.items()
    ),
    Bucket("minute", 60, 60, _every),
    # A burst of 10 beside 60 a minute: ten in any ten seconds keeps to both, however the bursts are counted.
    Bucket("burst", 10, 10, _every),
)
_DOCUMENT_RULES = {
    "content": Rule("text"),
    "title": _PLAIN,
    "metadata": Rule("block", clinical=False),
}
_CANNOT = "The Healthcare Records API has no call for it: tell the people who run it, and close this with your name."
UNTOLD = {
    (Kind.CONSENT, "revoke"): f"The consent was withdrawn, and holds no longer here. {_CANNOT}",
    (Kind.CONSENT, "update"): f"The consent was changed here. {_CANNOT}",
    (Kind.CONSENT, "void"): f"The consent was entered in error here. {_CANNOT}",
    (Kind.DOCUMENT, "update"): f"The document was changed here. {_CANNOT}",
    (Kind.DOCUMENT, "void"): f"The document was entered in error here. {_CANNOT}",
    (Kind.ENCOUNTER, "update"): f"The note was added to here. {_CANNOT}",
    (Kind.ENCOUNTER, "void"): f"The visit was entered in error here. {_CANNOT}",
    (Kind.IMMUNIZATION, "void"): (
        "The dose was entered in error here. An administrator there can mark it as deleted, with a reason."
    ),
    (Kind.PATIENT, "void"): (
        "The patient was registered in error here. An administrator there can mark it as deleted, with a reason."
    ),
}


def _found(settings: Mapping[str, str], name: str, create: Create) -> Create:
    return create if settings.get(name) == "yes" else Create.WRITE_ONLY


def profile(settings: Mapping[str, str]) -> SystemProfile:
    """The profile, by what `check` found."""
    found_by = _found(settings, DOCUMENTS_FOUND, Create.MARKER)
    kinds = {
        Kind.PATIENT: KindProfile(
            Kind.PATIENT,
            listed=True,
            searched=True,
            readable=True,
            create=_found(settings, PATIENTS_FOUND, Create.KEY),
            put=Put.CLEAR,
            rules=rules_of(
                patient.LENSES,
                {
                    "identifier": Rule("keyed", key=("system", "value"), identity=True),
                    "name": Rule("keyed", key=("use",), identity=True),
                    "gender": Rule(identity=True),
                    "birth_date": Rule(identity=True),
                    "address": Rule("keyed", key=("use",), clinical=False),
                    "telecom": Rule("keyed", key=("system", "use"), clinical=False),
                    "emergency_contact": Rule("block", clinical=False),
                },
            ),
            volatile=STAMPS,
            change_signal="updated_at",
        ),
        Kind.CONSENT: KindProfile(
            Kind.CONSENT,
            listed=True,
            create=_found(settings, CONSENTS_FOUND, Create.NATURAL),
            rules=rules_of(
                consent.LENSES, {"scope": Rule("set"), "status": Rule("status", final=frozenset({"inactive"}))}
            ),
            volatile=STAMPS,
            needs=(Kind.PATIENT,),
        ),
        Kind.ENCOUNTER: KindProfile(
            Kind.ENCOUNTER,
            listed=True,
            readable=True,
            create=found_by,
            rules=rules_of(document.VISIT, _DOCUMENT_RULES),
            volatile=STAMPS,
            needs=(Kind.PATIENT,),
            change_signal="updated_at",
        ),
        Kind.DOCUMENT: KindProfile(
            Kind.DOCUMENT,
            listed=True,
            readable=True,
            create=found_by,
            rules=rules_of(document.DOCUMENT, _DOCUMENT_RULES),
            volatile=STAMPS,
            needs=(Kind.PATIENT,),
            change_signal="updated_at",
        ),
        Kind.IMMUNIZATION: KindProfile(
            Kind.IMMUNIZATION,
            listed=True,
            readable=True,
            create=Create.NATURAL,
            put=Put.CLEAR,
            rules=rules_of(immunization.LENSES, {}),
            only_in_detail=frozenset({"funding_source", "adverse_reactions"}),
            volatile=STAMPS,
            needs=(Kind.PATIENT,),
            change_signal="updated_at",
        ),
    }
    return SystemProfile("healthcare_records", "Healthcare Records API", kinds, BUCKETS, page=100, untold=UNTOLD)
