"""Meanings, codes and references, as they are read and made."""

from collections.abc import Iterable, Mapping

from sync.port import Kind, Links
from sync.records.elements import CodeableConcept, Coding, Identifier, Reference

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"
CVX = "http://hl7.org/fhir/sid/cvx"
MRN = "urn:x-clinic-desktop:mrn"
# What a system calls something that the chart has no place for: kept with its system's name, given back as it came.
THERE = "urn:x-clinic-desktop:there"
RESOURCE: Mapping[Kind, str] = {
    Kind.PATIENT: "Patient",
    Kind.PRACTITIONER: "Practitioner",
    Kind.LOCATION: "Location",
    Kind.ENCOUNTER: "Encounter",
    Kind.DOCUMENT: "DocumentReference",
    Kind.APPOINTMENT: "Appointment",
    Kind.PROGRAMME: "PlanDefinition",
    Kind.PRESCRIPTION: "MedicationRequest",
}


def words(concept: CodeableConcept | None) -> str | None:
    """What a meaning is called: in its own words, else in those of its first code, else the code itself."""
    if concept is None:
        return None
    if concept.text:
        return concept.text
    named = next((each.display for each in concept.coding if each.display), None)
    return named or next((each.code for each in concept.coding if each.code), None)


def meant(text: str | None) -> CodeableConcept | None:
    """A meaning in words alone; None for no words."""
    return CodeableConcept(text=text) if text else None


def code_in(concept: CodeableConcept | None, system: str) -> str | None:
    """The code of a meaning in one code system."""
    return next((each.code for each in concept.coding if each.system == system), None) if concept else None


def with_code(concept: CodeableConcept | None, system: str, code: str | None) -> CodeableConcept:
    """A meaning with its code of one system changed (or taken away)."""
    before = concept or CodeableConcept()
    kept = tuple(each for each in before.coding if each.system != system)
    return before.model_copy(update={"coding": (*kept, *((Coding(system=system, code=code),) if code else ()))})


def shown_in(concept: CodeableConcept | None, system: str) -> str | None:
    """The words that a meaning has in one code system."""
    return next((each.display for each in concept.coding if each.system == system), None) if concept else None


def with_shown(concept: CodeableConcept | None, system: str, display: str | None) -> CodeableConcept:
    """A meaning with its words of one system changed (or taken away)."""
    before = concept or CodeableConcept()
    kept = tuple(each for each in before.coding if each.system != system)
    made = (Coding(system=system, display=display),) if display else ()
    return before.model_copy(update={"coding": (*kept, *made)})


def id_there(system: str, kind: Kind) -> str:
    """The identifier system of a remote's own ids of a kind."""
    return f"{THERE}:{system}:{kind}"


def local_id(reference: Reference | None) -> str | None:
    """The id in ``Patient/<id>``."""
    return reference.reference.rpartition("/")[2] if reference and reference.reference else None


def told_id(reference: Reference | None, system: str, kind: Kind, links: Links) -> str | None:
    """The id there of what a reference points at: linked, or known by that id alone."""
    if reference is None:
        return None
    if reference.identifier and reference.identifier.system == id_there(system, kind):
        return reference.identifier.value
    here = local_id(reference)
    return links.there(kind, here) if here else None


def refer(system: str, kind: Kind, remote_id: object, links: Links, display: str | None = None) -> Reference | None:
    """A reference to what stands there under an id: to the record here where one is linked."""
    if not isinstance(remote_id, str) or not remote_id:
        return Reference(display=display) if display else None
    here = links.here(kind, remote_id)
    if here:
        return Reference(reference=f"{RESOURCE[kind]}/{here}")
    return Reference(identifier=Identifier(system=id_there(system, kind), value=remote_id), display=display)


def lacking(
    references: Iterable[tuple[Kind, Reference | None]], system: str, links: Links
) -> tuple[tuple[Kind, str], ...]:
    """Which records here are pointed at and are not known there yet."""
    found: dict[tuple[Kind, str], None] = {}
    for kind, reference in references:
        here = local_id(reference)
        if here and told_id(reference, system, kind, links) is None:
            found[kind, here] = None
    return tuple(found)


def identifier_of(identifiers: Iterable[Identifier], system: str) -> str | None:
    """The value of an identifier of one system."""
    return next((each.value for each in identifiers if each.system == system and each.value), None)


def with_identifier(identifiers: tuple[Identifier, ...], system: str, value: object) -> tuple[Identifier, ...]:
    """Identifiers with that of one system changed (or taken away)."""
    kept = tuple(each for each in identifiers if each.system != system)
    return (*kept, Identifier(system=system, value=value)) if isinstance(value, str) and value else kept


class Nobody:
    """Links where nothing is linked: for reading what needs none."""

    def there(self, _kind: Kind, _local_id: str) -> str | None:
        """Nothing."""
        return None

    def here(self, _kind: Kind, _remote_id: str) -> str | None:
        """Nothing."""
        return None


NOBODY = Nobody()


def snake(text: str | None) -> str | None:
    """Words as a system's code word: ``Left deltoid`` is ``left_deltoid``."""
    return "_".join(text.lower().split()) or None if text else None


def fold_snake(value: object) -> object:
    """Words and their code word are one."""
    return snake(value) if isinstance(value, str) else value
