"""The links HMS writes into its records: whole addresses, in the form that only links have."""

from collections.abc import Mapping

from sync.sandbox.call import Call
from sync.sandbox.wire import Record

# Of each kind: where it is itself, and what it points to by which of its fields.
PLACES: dict[str, tuple[str, Mapping[str, tuple[str, str]]]] = {
    "encounter": (
        "clinical/encounters",
        {"patient": ("patients", "patient_id"), "provider": ("providers", "provider_id")},
    ),
    "prescription": (
        "pharmacy/prescriptions",
        {"patient": ("patients", "patient_id"), "provider": ("providers", "provider_id")},
    ),
    "order": ("laboratory/orders", {"patient": ("patients", "patient_id"), "provider": ("providers", "provider_id")}),
    "appointment": ("appointments", {"patient": ("patients", "patient_id"), "provider": ("providers", "provider_id")}),
    "charge": (
        "billing/charges",
        {"patient": ("patients", "patient_id"), "encounter": ("clinical/encounters", "encounter_id")},
    ),
}


def linked(call: Call, kind: str, record: Record) -> Record:
    """The record with its links."""
    place, others = PLACES[kind]
    root = f"{call.system.origin}/v1"
    links = {"self": {"href": f"{root}/{place}/{record['id']}"}}
    for name, (where, field) in others.items():
        links[name] = {"href": f"{root}/{where}/{record.get(field)}"}
    if kind == "order":
        links["results"] = {"href": f"{root}/{place}/{record['id']}/results"}
    return {**record, "_links": links}


def linked_patient(call: Call, patient: Record) -> Record:
    """A patient with its links."""
    root = f"{call.system.origin}/v1/patients/{patient['id']}"
    return {
        **patient,
        "_links": {
            "self": {"href": root},
            "clinical_encounters": {"href": f"{root}/encounters"},
            "appointments": {"href": f"{root}/appointments"},
        },
    }


def paged(call: Call, name: str, rows: list[Record], shown: list[Record], limit: int, offset: int) -> Record:
    """A page of a list with the addresses of the pages beside it."""

    def page(start: int) -> Record:
        others = {key: value for key, value in call.request.query.items() if key not in {"limit", "offset"}}
        query = "&".join(f"{key}={value}" for key, value in {**others, "limit": limit, "offset": start}.items())
        return {"href": f"{call.system.origin}/v1{call.route.path}?{query}"}

    return {
        name: shown,
        "total": len(rows),
        "limit": limit,
        "offset": offset,
        "_links": {
            "self": page(offset),
            "next": page(offset + limit) if offset + limit < len(rows) else None,
            "prev": page(max(0, offset - limit)) if offset else None,
        },
    }
