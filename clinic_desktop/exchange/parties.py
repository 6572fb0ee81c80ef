"""People, places and medicines that outside records refer to <-> Practitioner, Organization, Location, Medication."""

from typing import Any

from clinic_desktop.exchange import people
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row, clean, first
from clinic_desktop.exchange.medicines import NOT_NAMED, named
from sync.records.exact import Json
from sync.records.location import Location
from sync.records.medication import Medication
from sync.records.organization import Organization
from sync.records.practitioner import Practitioner


def read_practitioner(record: Practitioner) -> Mapped:
    """Somebody who cares for patients elsewhere."""
    shown = people.name(record.name)
    family, given = (shown.family, people.given(shown)) if shown else (None, "")
    prefix: Any = (shown.model_extra or {}).get("prefix") if shown else None
    title = " ".join(each for each in prefix if isinstance(each, str)) if isinstance(prefix, list) else ""
    words = " ".join(filter(None, (title, given, family)))
    values = _place(record) | {
        "kind": "Practitioner",
        "name": words or (shown.text if shown else None) or NOT_NAMED,
        "family_name": family,
        "given_names": given or None,
        "prefix": title or None,
        "sex": record.gender,
        "active": 0 if record.active is False else 1,
        "speciality": first(tuple(each.code for each in record.qualification)).title or None,
    }
    return Mapped(values)


def read_organization(record: Organization) -> Mapped:
    """A hospital, a clinic."""
    values = _place(record) | {
        "kind": "Organization",
        "name": record.name or NOT_NAMED,
        "active": 0 if record.active is False else 1,
        "speciality": first(record.type).title or None,
    }
    return Mapped(values)


def read_location(record: Location) -> Mapped:
    """A place where care is given."""
    addresses = (record.address,) if record.address else ()
    values = {
        "kind": "Location",
        "name": record.name or NOT_NAMED,
        "phone": next(iter(people.telecom(record.telecom, "phone")), None),
        "email": next(iter(people.telecom(record.telecom, "email")), None),
        "active": 0 if record.status == "inactive" else 1,
        **people.address(addresses),
    }
    return Mapped(values)


def read_medication(record: Medication) -> Mapped:
    """A medicine that prescriptions refer to."""
    return Mapped({"kind": "Medication", "name": named(record.code, record).title or NOT_NAMED, "active": 1})


def write_practitioner(row: Row, _point: Pointer) -> Json:
    """A practitioner elsewhere as a Practitioner."""
    name = clean(
        family=row["family_name"],
        given=row["given_names"].split(" ") if row["given_names"] else None,
        prefix=[row["prefix"]] if row["prefix"] else None,
    )
    return clean(name=[name] if name else None, gender=row["sex"]) | _active(row) | _written_place(row)


def write_organization(row: Row, _point: Pointer) -> Json:
    """An organisation as an Organization."""
    return clean(name=row["name"]) | _active(row) | _written_place(row)


def write_location(row: Row, _point: Pointer) -> Json:
    """A place as a Location."""
    address = people.written_address(row)
    return clean(name=row["name"], telecom=_telecom(row), address=address or None)


def write_medication(row: Row, _point: Pointer) -> Json:
    """A medicine as a Medication; its codes are in what came with it."""
    return clean(code={"text": row["name"]})


def _place(record: Practitioner | Organization) -> dict[str, Any]:
    return {
        "phone": next(iter(people.telecom(record.telecom, "phone")), None),
        "email": next(iter(people.telecom(record.telecom, "email")), None),
        **people.address(record.address),
    }


def _active(row: Row) -> Json:
    return {"active": bool(row["active"])}


def _written_place(row: Row) -> Json:
    address = people.written_address(row)
    return clean(telecom=_telecom(row), address=[address] if address else None)


def _telecom(row: Row) -> list[Json]:
    return people.written_telecom(("phone", row["phone"]), ("email", row["email"]))
