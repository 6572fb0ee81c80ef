"""Vital signs that a device measured: read from what it sent, whose they are, and into the chart."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import devices as identity
from clinic_desktop.domain import openmhealth
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.openmhealth import Measured
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import vitals
from clinic_desktop.services.acts import Act
from clinic_desktop.services.device_people import others_number, owners, registered, who
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.chart import encounters

IN_ACT = ("file_vitals", "read_vitals", "record_measured", "vitals_words", "whose_visit")

NO_VISIT = N_("there is no open visit of this number")


def file_vitals(act: Act, raw: bytes, patient: str, received_at: str) -> tuple[str, str]:
    """File what waited for review to the patient whom a person named; returns the table and the first row.

    What tells no time of its own was measured when it came, not when somebody looked at it.
    """
    ids = []
    for one in read_vitals(json.loads(raw)):
        if not one.entries:
            raise Refusal(N_("This is no vital sign that is kept here. Reject it."), field="patient")
        note = "; ".join(filter(None, (one.note, one.doubt)))
        timed = replace(one, at=one.at or from_text(received_at))
        ids += [row.id for row in record_measured(act, patient, timed, None, note or None)]
    return "vital_signs", ids[0]


def vitals_words(raw: bytes) -> str:
    """What was measured, in few words for a list; nothing where it cannot be read."""
    try:
        found = read_vitals(json.loads(raw))
    except (Refusal, ValueError, AttributeError, TypeError):
        return ""
    return "; ".join(f"{key.replace('_', ' ')} {text}" for one in found for key, text in one.entries)


def read_vitals(body: Any) -> tuple[Measured, ...]:
    """What the body of a request holds: data points of Open mHealth, or a plain form. Raises Refusal."""
    points = body.get("data_points")
    if points is not None:
        return tuple(openmhealth.read_point(one, f"data_points.{n}") for n, one in enumerate(points))
    return (openmhealth.read_form(body.get("values") or {}, body.get("taken_at"), body.get("note")),)


def record_measured(
    act: Act, patient: str, one: Measured, encounter: str | None, note: str | None = None
) -> tuple[vitals.Taken, ...]:
    """Keep one measurement with a patient; what the device's clock has ahead of ours is taken as now."""
    at = None if one.at is None else min(one.at, act.now)
    return vitals.record_vitals.inside(act, patient, dict(one.entries), encounter, at, note or one.note)


def whose_visit(conn: Connection, said: Named, encounter: str | None) -> tuple[str | None, str | None]:
    """The patient, by the id of an open visit or by a number and a second thing that agrees."""
    if encounter is None:
        return who(conn, said)
    visit: Row[Any] | None = conn.execute(select(encounters).where(encounters.c.id == encounter)).one_or_none()
    if visit is None or visit.status not in {"open", "awaiting_results"}:
        return None, NO_VISIT
    patient = kept_id(conn, visit.patient_id)
    if said.nobody and not said.sex:
        return patient, None
    doubt = identity.disagreement(said, registered(conn, patient))
    bearers = owners(conn, said.numbers)
    if doubt in {None, identity.NOT_TWICE}:
        # The visit is the first thing that agrees; a number that is another person's contradicts it.
        doubt = identity.OTHER_VISIT if bearers and patient not in bearers else None
        if doubt is None and others_number(conn, said, patient):
            doubt = identity.TWO_NUMBERS
    return (None, doubt) if doubt else (patient, None)
