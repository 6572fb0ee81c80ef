"""Patients <-> Patient."""

from clinic_desktop.exchange import people, when
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row, clean, first, meaning
from sync.records.exact import Json
from sync.records.patient import Patient

MRN = "urn:x-clinic-desktop:mrn"
LANGUAGE = "urn:ietf:bcp:47"
MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
_MARITAL = {
    "never_married": ("S", "Never Married"),
    "married": ("M", "Married"),
    "partnership": ("T", "Domestic partner"),
    "divorced": ("D", "Divorced"),
    "separated": ("L", "Legally Separated"),
    "widowed": ("W", "Widowed"),
}
NAMELESS = "(no name)"
_PRECISION = {len("2026"): "year", len("2026-01"): "month", len("2026-01-01"): "day"}
_OTHER = {"old": "former", "maiden": "maiden", "nickname": "alias", "anonymous": "alias"}


def read(record: Patient) -> Mapped:
    """Who a record is about; a birth date of less than a day is kept with its precision, never made up."""
    shown = people.name(record.name)
    family = (shown.family or "") if shown else ""
    given = people.given(shown) if shown else ""
    if shown and not (family or given):
        family = shown.text or ""
    phones, mails = people.telecom(record.telecom, "phone"), people.telecom(record.telecom, "email")
    born = record.birth_date
    values = {
        "family_name": family if family or given else NAMELESS,
        "given_names": given,
        "sex": record.gender or "unknown",
        "born_on": None if born is None else f"{born}-01-01"[: len("2026-01-01")],
        "born_precision": "unknown" if born is None else _PRECISION[len(born)],
        "deceased_on": when.civil(record.deceased_date_time),
        "phone": phones[0] if phones else None,
        "other_phone": phones[1] if len(phones) > 1 else None,
        "email": mails[0] if mails else None,
        **people.address(record.address),
        "language": meaning(record.communication[0].language).code if record.communication else None,
        "alert": "Recorded elsewhere as deceased; the day is not known." if _gone(record) else None,
    }
    names = tuple(
        {
            "kind": _OTHER.get(each.use or "", "alias"),
            "family_name": each.family or "",
            "given_names": people.given(each),
        }
        for each in record.name
        if each is not shown and (each.family or people.given(each))
    )
    contacts = tuple(
        {
            "name": (f"{people.given(each.name)} {each.name.family or ''}".strip() or each.name.text)
            if each.name
            else "",
            "relation": first(each.relationship).title,
            "phone": next(iter(people.telecom(each.telecom, "phone")), None),
        }
        for each in record.contact
    )
    parts = tuple({"of": "name", **each} for each in names)
    return Mapped(values, parts=parts + tuple({"of": "contact", **each} for each in contacts if each["name"]))


def write(row: Row, _point: Pointer) -> Json:
    """A patient as a Patient; one registered here bears the clinic's record number."""
    name = clean(family=row["family_name"], given=[row["given_names"]] if row["given_names"] else None)
    address = people.written_address(row)
    here = row.get("mrn_system")
    return clean(
        identifier=[{"system": MRN, "value": row["mrn"]}] if here else None,
        name=None if row["family_name"] == NAMELESS and not row["given_names"] else [name],
        telecom=people.written_telecom(("phone", row["phone"]), ("phone", row["other_phone"]), ("email", row["email"])),
        gender=row["sex"],
        birth_date=_born(row["born_on"], row["born_precision"]),
        deceased_date_time=row["deceased_on"],
        # What came from elsewhere keeps its own words beside the columns: only what was said here is written from them.
        marital_status=_marital(row.get("marital_status")) if here else None,
        address=[address] if address else None,
        communication=[{"language": {"coding": [{"system": LANGUAGE, "code": row["language"]}]}}]
        if row["language"]
        else None,
        contact=[
            clean(
                relationship=[{"text": each["relation"]}] if each["relation"] else None,
                name={"text": each["name"]},
                telecom=people.written_telecom(("phone", each["phone"])),
            )
            for each in row.get("contacts", ())
        ],
    )


def _marital(status: str | None) -> Json | None:
    if status is None:
        return None
    code, words = _MARITAL[status]
    return {"coding": [{"system": MARITAL, "code": code, "display": words}]}


def _born(on: str | None, precision: str) -> str | None:
    if on is None or precision == "unknown":
        return None
    return on[: {"year": 4, "estimated": 4, "month": 7}.get(precision, 10)]


def _gone(record: Patient) -> bool:
    return bool(record.deceased_boolean) or (
        record.deceased_date_time is not None and when.civil(record.deceased_date_time) is None
    )
