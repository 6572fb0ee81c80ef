"""The parts that made-up stories are made of: texts, people, the records beside a story."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.coverage import Coverage
from sync.records.elements import Resource
from sync.records.location import Location
from sync.records.medication import MedicationStatement
from sync.records.observation import Observation
from sync.records.organization import Organization
from sync.records.patient import Patient
from sync.records.practitioner import Practitioner
from sync.telling.masks import is_mask

EXAMPLES = 100  # in each run; a long one has many, see `test_laws_again`
# What every property over stories is run with; the machine decides how long one takes, not the property.
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
VITALS: Mapping[str, str] = {
    "8480-6": "mm[Hg]", "8462-4": "mm[Hg]", "8867-4": "/min", "9279-1": "/min", "8310-5": "Cel", "29463-7": "kg",
    "8302-2": "cm", "2708-6": "%",
}  # fmt: skip
SECTIONS = ("10154-3", "10164-2", "10187-3", "29545-1", "51848-0", "18776-5")

ids = st.uuids().map(str)
# Every script, no control characters: the chart takes none in a field of one line.
texts = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: bool(text) and not is_mask(text))
)
long_texts = st.lists(texts, min_size=1, max_size=4).map("\n".join)
codes = st.from_regex(r"[A-Z][0-9]{1,6}", fullmatch=True)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)).map(str)
instants = st.integers(946_684_800, 4_102_444_800).flatmap(
    lambda at: st.sampled_from(["Z", "+00:00", "-05:00", "+05:30", "+14:00"]).map(
        lambda zone: f"{datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat()}{zone}"
    )
)
phones = st.from_regex(r"(\+1-555-[0-9]{3}-[0-9]{4}|\+49 30 [0-9]{6}|555-[0-9]{3}-[0-9]{4}|0[0-9]{9})", fullmatch=True)
mails = st.from_regex(r"[a-z]{1,8}@example\.(com|org)", fullmatch=True)
amounts = st.decimals(min_value=0, max_value=9999, places=2, allow_nan=False, allow_infinity=False)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nothing, or one of these."""
    return st.none() | strategy


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object in which a member that came out empty is left out."""
    return st.fixed_dictionaries(members).map(
        lambda made: {name: value for name, value in made.items() if value is not None and value not in ([], {})}
    )


def lists(strategy: st.SearchStrategy[Any], most: int = 2, least: int = 0) -> st.SearchStrategy[list[Any]]:
    """A few."""
    return st.lists(strategy, min_size=least, max_size=most)


def concepts(system: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """A meaning: words, a code, or both."""
    coding = some(system=st.just(system or "http://example.org/codes"), code=codes, display=maybe(texts))
    return st.one_of(
        st.fixed_dictionaries({"text": texts}),
        st.fixed_dictionaries({"coding": lists(coding, 1, 1)}),
        st.fixed_dictionaries({"text": texts, "coding": lists(coding, 2, 1)}),
    )


names = some(
    use=st.sampled_from([None, "official", "usual", "maiden", "nickname"]),
    family=maybe(texts),
    given=lists(texts, 3),
    text=maybe(texts),
).filter(lambda name: bool(name.keys() - {"use"}))
points = st.one_of(
    some(system=st.just("phone"), value=phones, use=st.sampled_from([None, "home", "mobile", "work"])),
    some(system=st.just("email"), value=mails, use=st.sampled_from([None, "home", "work"])),
)
addresses = some(
    use=st.sampled_from([None, "home", "work", "old"]),
    line=lists(texts, 3),
    city=maybe(texts),
    state=maybe(texts),
    postalCode=maybe(st.from_regex(r"[0-9]{5}", fullmatch=True)),
    country=maybe(st.sampled_from(["US", "DE", "Brazil"])),
).filter(lambda made: bool(made.keys() - {"use"}))
contacts = some(
    relationship=lists(concepts(), 2),
    name=maybe(some(text=texts) | some(family=texts, given=lists(texts, 2))),
    telecom=lists(points),
).filter(bool)
identifiers = some(system=st.sampled_from(["urn:x-clinic-desktop:mrn", "http://example.org/other"]), value=codes)


def made(kind: type[Resource], resource: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Any]:
    """Records of a kind; a member that no place knows stands in some of them."""
    strange = maybe(st.fixed_dictionaries({"unheardOf": st.just({"kept": True})}))
    return st.builds(
        lambda record, extra: kind.model_validate({"resourceType": kind.__name__, **record, **(extra or {})}),
        resource,
        strange,
    )


def subject(patient: str) -> dict[str, str]:
    """A reference to the patient."""
    return {"reference": f"Patient/{patient}"}


PATIENT = "11111111-1111-4111-8111-111111111111"
DOCTOR = "22222222-2222-4222-8222-222222222222"
PLACE = "33333333-3333-4333-8333-333333333333"
PHARMACY = "44444444-4444-4444-8444-444444444444"
VISIT = "55555555-5555-4555-8555-555555555555"
BOOKED = "66666666-6666-4666-8666-666666666666"

practitioners = made(
    Practitioner,
    some(
        id=st.just(DOCTOR),
        name=lists(names, 1, 1),
        identifier=lists(some(system=st.just("http://hl7.org/fhir/sid/us-npi"), value=st.just("1234567893")), 1),
        qualification=lists(st.fixed_dictionaries({"code": concepts()}), 1),
    ),
)
locations = made(Location, some(id=st.just(PLACE), name=maybe(texts), address=maybe(addresses)))
pharmacies = made(
    Organization,
    some(
        id=st.just(PHARMACY),
        name=maybe(texts),
        telecom=lists(some(system=st.just("phone"), value=phones), 1),
        type=st.just([{"text": "pharmacy"}]),
        identifier=lists(
            some(
                system=st.just("http://terminology.hl7.org/NamingSystem/NCPDPProviderIdentificationNumber"),
                value=st.from_regex(r"[0-9]{7}", fullmatch=True),
            ),
            1,
        ),
    ),
)
allergies = made(
    AllergyIntolerance,
    some(
        id=ids,
        code=concepts(),
        patient=st.just(subject(PATIENT)),
        criticality=st.sampled_from([None, "low", "high"]),
        reaction=lists(
            some(manifestation=lists(concepts(), 2, 1), severity=st.sampled_from([None, "mild", "severe"])), 1
        ),
    ),
)
problems = made(Condition, some(id=ids, code=concepts(), subject=st.just(subject(PATIENT))))
taken = made(
    MedicationStatement,
    some(id=ids, status=st.just("active"), medicationCodeableConcept=concepts(), subject=st.just(subject(PATIENT))),
)
payors = ["77777777-7777-4777-8777-777777777771", "77777777-7777-4777-8777-777777777772"]


def coverage(order: int) -> st.SearchStrategy[Any]:
    """A cover of this order, with who pays."""
    payor = payors[order - 1]
    cover = made(
        Coverage,
        some(
            id=ids,
            order=st.just(order),
            status=st.just("active"),
            subscriberId=maybe(codes),
            beneficiary=st.just(subject(PATIENT)),
            payor=st.just([{"reference": f"Organization/{payor}"}]) | st.just([{"display": "Blue Cross"}]),
            **{"class": lists(some(type=st.just({"coding": [{"code": "group"}]}), value=codes, name=maybe(texts)), 1)},
        ),
    )
    return st.tuples(cover, made(Organization, some(id=st.just(payor), name=texts)))


blood = made(
    Observation,
    some(
        id=ids,
        status=st.just("final"),
        code=st.just({"coding": [{"system": LOINC, "code": "882-1"}]}),
        valueString=st.sampled_from(["A+", "O-"]),
    ),
)
patients = made(
    Patient,
    some(
        id=st.just(PATIENT),
        identifier=lists(identifiers, 2),
        active=st.sampled_from([None, True, False]),
        name=lists(names, 3, 1),
        telecom=lists(points, 4),
        gender=st.sampled_from([None, "male", "female", "other", "unknown"]),
        birthDate=maybe(days | days.map(lambda day: day[:7]) | days.map(lambda day: day[:4])),
        deceasedBoolean=st.sampled_from([None, True]),
        address=lists(addresses, 2),
        contact=lists(contacts, 2),
        communication=lists(some(language=concepts("urn:ietf:bcp:47")), 2),
        maritalStatus=maybe(concepts()),
    ),
)


def together(first: st.SearchStrategy[Any], *groups: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """What a story is about, and the records beside it in one row."""
    return st.tuples(first, *groups).map(lambda drawn: (drawn[0], flat(drawn[1:])))


def flat(drawn: Any) -> tuple[Resource, ...]:
    found: list[Resource] = []
    for each in drawn:
        if isinstance(each, Resource):
            found.append(each)
        elif each is not None:
            found.extend(flat(each))
    return tuple(found)


def stories(kind: Kind, drawn: st.SearchStrategy[tuple[Any, ...]], act: str | None = None) -> st.SearchStrategy[Story]:
    """Stories of a kind."""
    return drawn.map(
        lambda pair: Story(
            kind,
            pair[0].id or "99999999-9999-4999-8999-999999999999",
            1,
            PATIENT,
            pair[0],
            pair[1],
            act=act,
            marker="ref CW-7F3K9Q2M",
        )
    )


def exact(value: float) -> Any:
    return Decimal(str(value))
