"""What a message that carries no result is filed as, once somebody has said whose it is."""

import hashlib
from typing import Any

from sqlalchemy import Row, select

from clinic_desktop.domain.devices import Named
from clinic_desktop.services import arrivals, device_papers, device_vitals
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import UUID, Key
from clinic_desktop.services.arrivals import Arrival
from clinic_desktop.services.device_filing import SYSTEM
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.devices import device_message_parts
from clinic_desktop.store.tables.outside import identifiers

IN_ACT = ("file",)

_TITLES = {"order": "Order", "medicine": "Medicine", "immunization": "Immunization", "other": "Message"}


def file(act: Act, message: Row[Any], said: Named, patient_id: str) -> tuple[str, str]:
    """Keep a message with its patient; returns the table and the id of what was made of it.

    Of a registration the numbers are noted, by which later results find the person; nothing of the registration here is
    changed, and nobody is merged. An order is kept as a request of others, anything else as a message.
    """
    patient = kept_id(act.conn, patient_id)
    if message.subject == "vitals":
        return device_vitals.file_vitals(act, _raw(act, message.id), patient)
    if message.subject == "document":
        return device_papers.file_paper(act, _raw(act, message.id), patient)
    if message.subject == "registration":
        return "patients", _note_numbers(act, said, patient)
    kind = "ServiceRequest" if message.subject == "order" else "Communication"
    title = f"{_TITLES[message.subject]} ({message.message_type}) from {message.device}"
    values = {
        "kind": kind, "status": "active" if kind == "ServiceRequest" else "completed", "title": title,
        "starts_at": message.received_at, "starts_text": message.received_at, "party": message.device,
    }  # fmt: skip
    key = Key(kind, f"{SYSTEM}{message.device}", message.id)
    digest = hashlib.sha256(message.sha256.encode()).hexdigest()
    links = {"patient_id": Key("Patient", UUID, patient)}
    arrivals.receive.inside(act, (Arrival(key, "outside_records", values, digest, links=links, names={}),))
    made = select(identifiers.c.record_id).where(identifiers.c.value == message.id, identifiers.c.kind == kind)
    return "outside_records", str(act.conn.execute(made).scalar_one())


def _raw(act: Act, message_id: str) -> bytes:
    parts = device_message_parts.c
    asked = select(parts.content).where(parts.message_id == message_id).order_by(parts.number)
    return b"".join(act.conn.execute(asked).scalars())


def _note_numbers(act: Act, said: Named, patient: str) -> str:
    for system, value in said.numbers:
        known = select(identifiers.c.id).where(
            identifiers.c.value == value, identifiers.c.system == system, identifiers.c.record_id == patient
        )
        if act.conn.execute(known).first() is None:
            act.create(
                identifiers,
                {
                    "record_kind": "patients", "record_id": patient, "patient_id": patient, "use": "business",
                    "kind": "Patient", "system": system, "value": value, "received_at": act.at,
                },
                kind="identifier.noted",
            )  # fmt: skip
    return patient
