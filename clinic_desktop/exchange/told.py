"""One patient's records as the connected systems are told of them: FHIR records that refer to each other by our ids."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from clinic_desktop.exchange import documents, outgoing
from clinic_desktop.exchange.mapped import LOINC, Row, clean
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.departures import Leaving, Parted
from sync.records.dispense import MedicationDispense
from sync.records.elements import Resource
from sync.records.exact import Json
from sync.records.kinds import KINDS
from sync.records.payment import PaymentNotice

# Among themselves the records of a story know each other by the ids that they have here.
OURS = ""
NCPDP = "http://terminology.hl7.org/NamingSystem/NCPDPProviderIdentificationNumber"
NPI = "http://hl7.org/fhir/sid/us-npi"
BLOOD = {"coding": [{"system": LOINC, "code": "882-1", "display": "ABO and Rh group"}]}
Named = tuple[str, str]
# Kinds that are told and not taken in stand beside those that are exchanged both ways.
_TOLD: Mapping[str, type[Resource]] = {
    **KINDS,
    "MedicationDispense": MedicationDispense,
    "PaymentNotice": PaymentNotice,
}


class Told:
    """One patient's rows, each made a record when it is asked for; `staff` and `content` read what it speaks of."""

    def __init__(
        self,
        record: Parted,
        staff: Callable[[Iterable[str]], tuple[Row, ...]],
        pharmacies: Callable[[str], Row | None],
        content: Callable[[str], bytes],
    ) -> None:
        self.record, self._staff, self._pharmacy, self._content = record, staff, pharmacies, content
        self._made: dict[tuple[str, object], Resource] = {}

    def of(self, table: str, **equal: object) -> list[Leaving]:
        """The rows of a table whose columns equal what is given; those that came from elsewhere are theirs to tell."""
        return [
            one
            for one in self.record.of(table)
            if one.key is None and all(one.row.get(column) == value for column, value in equal.items())
        ]

    def one(self, table: str, record: str) -> Leaving | None:
        """A row that is this clinic's own."""
        return next(
            (
                one
                for one in self.record.of(table)
                if str(one.row["id"]) == record and (one.key is None or table == "patients")
            ),
            None,
        )

    def is_known(self, tables: Iterable[str], record: str) -> bool:
        """Whether a row of these tables has this id."""
        return any(str(one.row["id"]) == record for table in tables for one in self.record.of(table))

    def resource(self, one: Leaving, **also: object) -> Resource:
        """The record that a row is, with members that only a story has; the plain one is made once."""
        which = (one.table, one.row["id"])
        if not also and (before := self._made.get(which)) is not None:
            return before
        # A registration that came from elsewhere is known by this clinic's number all the same.
        ours = replace(one, key=None) if one.table == "patients" else one
        written = outgoing.resource_of(ours, _Ours(self.record))
        if written["resourceType"] in documents.CARRIERS:
            written = documents.fill(written, self._content, hashed=True)
        resource = made(written | clean(**also))
        if not also:
            self._made[which] = resource
        return resource

    def reference(self, table: str, record: object) -> Json | None:
        """How the records of a story refer to a row."""
        return outgoing.pointer(_Ours(self.record))(table, None if record is None else str(record))

    def pharmacies(self, record: object) -> tuple[Resource, ...]:
        """The pharmacy of this id, where there is one."""
        row = self._pharmacy(str(record)) if record else None
        return () if row is None else (made(pharmacy(row)),)

    def people(self, *ids: object) -> tuple[Resource, ...]:
        """Those of the clinic's staff who are spoken of."""
        wanted = [str(each) for each in ids if each is not None]
        return tuple(made(practitioner(row)) for row in self._staff(wanted)) if wanted else ()


def pharmacy(row: Row) -> Json:
    """A pharmacy outside as an Organization."""
    phone = [{"system": "phone", "value": row["phone"]}] if row["phone"] else None
    number = [{"system": NCPDP, "value": row["ncpdp"]}] if row["ncpdp"] else None
    return {
        "resourceType": "Organization", "id": row["id"], "name": row["name"], "type": [{"text": "pharmacy"}],
        **clean(identifier=number, telecom=phone),
    }  # fmt: skip


class _Ours(dict[Named, Key]):
    """Under which key each row is referred to: by its own id, and the patient by the registration that is kept."""

    def __init__(self, record: Parted) -> None:
        super().__init__()
        self._record = record

    def __missing__(self, named: Named) -> Key:
        table, record = named
        if table == "patients":
            record = self._record.patient_id
        return Key(outgoing.kind_of(table), OURS, record)

    def get(self, named: Named, _default: object = None) -> Key:
        """Every row has one."""
        return self[named]


def made(resource: Json) -> Resource:
    """A record of its kind."""
    kind: type[Resource] = _TOLD[str(resource["resourceType"])]
    return kind.model_validate(resource)


def written(record: Resource) -> Json:
    """A record as the resource it is: what is empty is left out."""
    found: Json = _full(record.model_dump(by_alias=True, exclude_none=True))
    return found


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: full for name, each in value.items() if (full := _full(each)) not in ({}, [])}
    if isinstance(value, (list, tuple)):
        return [_full(each) for each in value]
    return value


def by(staff_id: object) -> Json | None:
    """A reference to somebody of the staff."""
    return None if staff_id is None else {"reference": f"Practitioner/{staff_id}"}


def practitioner(row: Row) -> Json:
    """Somebody of the staff as a Practitioner."""
    name = str(row["display_name"])
    npi, speciality = row["npi"], row["specialty"]
    return {
        "resourceType": "Practitioner",
        "id": row["id"],
        "active": bool(row["active"]),
        "name": [{"text": name}],
        **clean(
            identifier=[{"system": NPI, "value": npi}] if npi else None,
            qualification=[{"code": {"text": speciality}}] if speciality else None,
        ),
    }


def place(room: object) -> tuple[Json, Resource] | None:
    """A room as a Location, and the reference to it; a room has no id here, so that its name makes one."""
    if not room:
        return None
    mark = f"room-{hashlib.sha256(str(room).encode()).hexdigest()[:16]}"
    location = made({"resourceType": "Location", "id": mark, "name": str(room)})
    return {"reference": f"Location/{mark}"}, location


def payor(cover: Row) -> Resource:
    """Who pays under a cover, as an Organization."""
    mark = f"payer-{hashlib.sha256(str(cover['insurer']).encode()).hexdigest()[:16]}"
    code = cover.get("payer_code")
    identifier = [{"system": "urn:x-clinic-desktop:payer", "value": code}] if code else None
    return made({
        "resourceType": "Organization", "id": mark, "name": cover["insurer"], **clean(identifier=identifier)
    })  # fmt: skip


def blood_type(patient: Row) -> tuple[Resource, ...]:
    """The blood group that stands in a registration, as an observation."""
    if not patient.get("blood_type"):
        return ()
    return (
        made({
            "resourceType": "Observation", "id": f"{patient['id']}-blood", "status": "final", "code": BLOOD,
            "subject": {"reference": f"Patient/{patient['id']}"}, "valueString": patient["blood_type"],
        }),
    )  # fmt: skip


def text_document(mark: str, code: str, title: str, text: str, subject: Json, encounter: Json) -> Resource:
    """A part of a note as a document of plain text."""
    return made({
        "resourceType": "DocumentReference", "id": mark, "status": "current",
        "type": {"coding": [{"system": LOINC, "code": code, "display": title}], "text": title}, "subject": subject,
        "content": [{"attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}}],
        "context": {"encounter": [encounter]},
    })  # fmt: skip
