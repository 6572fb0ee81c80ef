"""Patients as the five systems keep them: what people there write, and where the telephone number stands."""

from typing import Any

from sync.sandbox.wire import Record

MADE = "2026-01-10T08:00:00Z"


def row_there(name: str, number: int, phone: str) -> Record:
    """A new patient of a system, whole, as its own desk would enter one."""
    family, given, born = f"There{number:04d}", "Pat", "1971-03-02"
    named = {"first_name": given, "last_name": family, "date_of_birth": born, "email": f"t{number}@example.org"}
    stamps = {"created_at": MADE, "updated_at": MADE}
    address = {"street": "2 Side St", "city": "Springfield", "state": "IL", "country": "US"}
    rows: dict[str, Record] = {
        "healify": {
            "id": f"pat_{number:06x}", **named, "phone": phone, "gender": "female",
            "address": {**address, "zip": "62701"}, **stamps,
        },
        "arocord_hims": {
            "id": f"patient_{number:06d}", "mrn": f"MRN{number:06d}", **named, "gender": "female", "phone": phone,
            "address": {"street": "2 Side St", "city": "Springfield", "state": "IL", "zip": "62701"},
            "is_active": True, **stamps,
        },
        "hms_enterprise": {
            "id": f"123e4567-e89b-42d3-a456-{number:012d}", "patient_id": f"P{number:08d}", **named, "gender": "F",
            "contact_number": phone, "address": {**address, "zip_code": "62701"}, "is_active": True, **stamps,
        },
        "practice_studio": {
            "id": f"PAT-{number:05d}", "mrn": f"MRN-{number:05d}", "firstName": given, "lastName": family,
            "dateOfBirth": born, "gender": "F",
            "contactInfo": {"email": f"t{number}@example.org", "phone": phone,
                            "address": {"line1": "2 Side St", "city": "Springfield", "state": "IL",
                                        "postalCode": "62701", "country": "US"}},
            "created": MADE, "updated": MADE,
        },
        "healthcare_records": {
            "id": f"7c1f0d0e-5b1a-4b6e-9f0a-{number:012d}",
            "identifier": [{"system": "http://there.example", "value": f"MRN{number:06d}"}],
            "name": [{"family": family, "given": [given]}], "gender": "female", "birth_date": born,
            "address": [{"line": ["2 Side St"], "city": "Springfield", "state": "IL", "postal_code": "62701",
                         "country": "US"}],
            "telecom": [{"system": "phone", "value": phone}], "active": True, **stamps,
        },
    }  # fmt: skip
    return rows[name]


def changed_there(name: str, row: Record, phone: str) -> dict[str, Any]:
    """What somebody there changes of a patient: the telephone number."""
    if name == "hms_enterprise":
        return {"contact_number": phone}
    if name == "practice_studio":
        return {"contactInfo": {**(row.get("contactInfo") or {}), "phone": phone}}
    if name == "healthcare_records":
        others = [one for one in row.get("telecom") or () if one.get("system") != "phone"]
        return {"telecom": [{"system": "phone", "value": phone}, *others]}
    return {"phone": phone}


def telephone_of(name: str, row: Record) -> str | None:
    """The telephone number in a row."""
    if name == "hms_enterprise":
        return row.get("contact_number")
    if name == "practice_studio":
        return (row.get("contactInfo") or {}).get("phone")
    if name == "healthcare_records":
        return next((one.get("value") for one in row.get("telecom") or () if one.get("system") == "phone"), None)
    return row.get("phone")


def family_of(name: str, row: Record) -> str:
    """The family name in a row."""
    if name == "healthcare_records":
        return next((str(one.get("family")) for one in row.get("name") or ()), "")
    return str(row.get("lastName") if name == "practice_studio" else row.get("last_name"))
