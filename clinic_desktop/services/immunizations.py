"""Immunizations: recorded when given here, noted when given elsewhere, withdrawn with a reason."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Act, command
from clinic_desktop.store.tables.immunizations import immunization_reactions, immunizations

IN_ACT = ("note_immunization", "note_reaction")


@dataclass(frozen=True)
class NewReaction:
    """What happened after a dose; severity is mild, moderate, severe or unknown."""

    reaction: str
    occurred_on: date | None = None
    severity: str = "unknown"
    reported_by_patient: bool = False


@dataclass(frozen=True)
class NewImmunization:
    """One dose given, or not done with a reason; `vaccine_code` is CVX, `manufacturer_code` MVX.

    `occurred_on` is the first day of what is known where `occurred_precision` is month or year; `dose_amount` is a
    decimal as text. `primary_source` is false for what was reported or copied from another record (`report_origin`).
    """

    vaccine_name: str
    vaccine_code: str | None = None
    status: str = "completed"
    occurred_on: date | None = None
    occurred_precision: str = "day"
    occurred_at: str | None = None
    occurred_text: str | None = None
    manufacturer_code: str | None = None
    manufacturer: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    stock_lot_id: str | None = None
    site: str | None = None
    route: str | None = None
    dose_amount: str | None = None
    dose_unit: str | None = None
    dose_number: str | None = None
    series_name: str | None = None
    series_doses: str | None = None
    funding_source: str | None = None
    eligibility: str | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    primary_source: bool = True
    report_origin: str | None = None
    performer_id: str | None = None
    performer_name: str | None = None
    location: str | None = None
    information_given_on: date | None = None
    note: str | None = None
    encounter_id: str | None = None
    error_reason: str | None = None
    reactions: tuple[NewReaction, ...] = ()


def note_immunization(act: Act, patient_id: str, new: NewImmunization, *, record_id: str | None = None) -> str:
    """Keep a dose inside an act, as an outside record tells it; returns its id.

    For imports: nothing is asked of the code, the lot or the day but that they can be kept, since what another clinic
    recorded is history whether or not it should have been done so. `record_id` sets the id, for those who derive it.
    """
    values: dict[str, object] = {each.name: getattr(new, each.name) for each in fields(new) if each.name != "reactions"}
    for name in ("occurred_on", "expires_on", "information_given_on"):
        day = values[name]
        values[name] = day.isoformat() if isinstance(day, date) else None
    values["primary_source"] = int(new.primary_source)
    values |= {"id": record_id, "patient_id": patient_id, "recorded_by": act.session.staff_id, "recorded_at": act.at}
    kind = "immunization.recorded" if new.status == "completed" else f"immunization.{new.status}"
    made = act.create(immunizations, values, kind=kind)
    for reaction in new.reactions:
        note_reaction(act, patient_id, made, reaction)
    return made


def note_reaction(act: Act, patient_id: str, immunization_id: str, reaction: NewReaction) -> str:
    """Keep a reaction to a dose inside an act; returns its id."""
    return act.create(
        immunization_reactions,
        {
            "immunization_id": immunization_id,
            "patient_id": patient_id,
            "occurred_on": None if reaction.occurred_on is None else reaction.occurred_on.isoformat(),
            "reaction": reaction.reaction.strip(),
            "severity": reaction.severity,
            "reported_by_patient": int(reaction.reported_by_patient),
            "noted_by": act.session.staff_id,
            "noted_at": act.at,
        },
        kind="immunization.reaction_noted",
    )


@command
def record_immunization(act: Act, patient_id: str, new: NewImmunization) -> str:
    """Record a dose given here; returns its id."""
    chart_rows.patient_row(act.conn, patient_id)
    if not new.vaccine_name.strip():
        raise Refusal(N_("Name the vaccine."), field="vaccine")
    return note_immunization(act, patient_id, new)


@command
def immunization_entered_in_error(act: Act, immunization_id: str, reason: str, expect: int | None = None) -> int:
    """Say that a dose was never so; it stays in the record and counts nowhere. Returns the new revision."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    row = act.conn.execute(select(immunizations).where(immunizations.c.id == immunization_id)).one_or_none()
    if row is None or row.status == "entered_in_error":
        raise Refusal(N_("This immunization was withdrawn already."), record=immunization_id)
    changes = {"status": "entered_in_error", "error_reason": reason.strip()}
    return act.change(
        immunizations,
        immunization_id,
        changes,
        kind="immunization.withdrawn",
        reason=reason.strip(),
        expect=expect,
    )
