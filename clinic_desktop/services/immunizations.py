"""Immunizations: recorded when given here, noted when given elsewhere, withdrawn with a reason."""

from dataclasses import replace

from sqlalchemy import Row, select

from clinic_desktop.domain.immunizations import NOT_DONE, SEVERITIES
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.stock import civil
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.billing import add_charge
from clinic_desktop.services.immunization_checks import ask_why, checked, day_of, known, possible
from clinic_desktop.services.immunization_reference import vaccine_table
from clinic_desktop.services.immunization_rows import NewImmunization, NewReaction, note_immunization, note_reaction
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.vaccine_stock import from_the_shelf, put_dose_back, take_dose
from clinic_desktop.store.tables.billing import charges, prices
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.immunizations import immunization_reactions, immunizations

__all__ = [
    "NewImmunization",
    "NewReaction",
    "add_reaction",
    "decline_immunization",
    "immunization_entered_in_error",
    "note_immunization",
    "note_reaction",
    "reaction_entered_in_error",
    "record_immunization",
]

PAID_ELSEWHERE = frozenset({"public", "vfc", "military"})


@command
def record_immunization(act: Act, patient_id: str, new: NewImmunization, override: str | None = None) -> str:
    """Record a dose given here, or one told of elsewhere (`primary_source` false); returns its id.

    Refuses what cannot be, naming the field. What the schedule or the chart speaks against (too soon, pregnancy, a
    severe allergy, a second one on the same day) is refused until `override` says why. A lot that the pharmacy stocks
    holds one dose less from then on, in the same transaction.
    """
    patient = chart_rows.patient_row(act.conn, patient_id)._mapping
    _own_visit(act, patient_id, new.encounter_id)
    vaccines = vaccine_table(act.conn)
    dose = from_the_shelf(act.conn, checked(new, vaccines), act.now.astimezone().date())
    on = day_of(act, dose, patient)
    if dose.expires_on is not None and dose.expires_on < on and (dose.primary_source or not override):
        raise Refusal(
            N_("Lot {lot} expired on {expires}; it may not be given on {on}."),
            field="lot",
            lot=dose.lot or "?",
            expires=civil(dose.expires_on),
            on=civil(on),
        )
    why = (override or "").strip() or None
    if why is None:
        ask_why(act, patient_id, dose, on, vaccines)
    made = note_immunization(act, patient_id, dose, reason=why)
    if dose.primary_source:
        take_dose(act, dose, made)
        _charge(act, patient_id, dose, made)
    return made


@command
def decline_immunization(act: Act, patient_id: str, declined: NewImmunization) -> str:
    """Record that a vaccine was not given, and why: refused, a medical reason, immune already, none in stock."""
    patient = chart_rows.patient_row(act.conn, patient_id)._mapping
    vaccines = vaccine_table(act.conn)
    known(declined.vaccine_code, vaccines)
    if declined.vaccine_code is None:
        raise Refusal(N_("Name the vaccine."), field="vaccine")
    if declined.reason_code not in NOT_DONE:
        raise Refusal(N_("Say why it was not given."), field="reason_code")
    if declined.reason_code == "OTHER" and not (declined.reason_text or "").strip():
        raise Refusal(N_("Say why it was not given."), field="reason_text")
    on = declined.occurred_on or act.now.astimezone().date()
    possible(act, on, patient)
    kept = replace(
        declined,
        status="not_done",
        vaccine_name=vaccines[declined.vaccine_code].display,
        occurred_on=on,
        performer_id=declined.performer_id or act.session.staff_id,
    )
    return note_immunization(act, patient_id, kept)


@command
def immunization_entered_in_error(act: Act, immunization_id: str, reason: str, expect: int | None = None) -> int:
    """Say that a dose was never so; it stays in the record and counts nowhere. Returns the new revision."""
    why = _need(reason, "reason")
    _standing(act, immunization_id)
    _take_charge_back(act, immunization_id, why)
    put_dose_back(act, immunization_id, why)
    return act.change(
        immunizations,
        immunization_id,
        {"status": "entered_in_error", "error_reason": why},
        kind="immunization.withdrawn",
        reason=why,
        expect=expect,
    )


@command
def add_reaction(act: Act, immunization_id: str, reaction: NewReaction) -> str:
    """Note what happened after a dose; returns its id."""
    row = _standing(act, immunization_id)
    if row.status != "completed":
        raise Refusal(N_("This vaccine was not given; nothing can have come of it."), record=immunization_id)
    _need(reaction.reaction, "reaction")
    if reaction.severity not in SEVERITIES:
        raise Refusal(N_("Please fill this in."), field="severity")
    if reaction.occurred_on is not None:
        if reaction.occurred_on > act.now.astimezone().date():
            raise Refusal(N_("This date is still to come."), field="reaction_on")
        if row.occurred_precision == "day" and reaction.occurred_on.isoformat() < row.occurred_on:
            raise Refusal(N_("A reaction cannot come before the dose."), field="reaction_on")
    return note_reaction(act, row.patient_id, immunization_id, reaction)


@command
def reaction_entered_in_error(act: Act, reaction_id: str, reason: str, expect: int | None = None) -> int:
    """Say that a reaction was noted by mistake; the row stays."""
    why = _need(reason, "reason")
    return act.change(
        immunization_reactions,
        reaction_id,
        {"status": "entered_in_error"},
        kind="immunization.reaction_withdrawn",
        reason=why,
        expect=expect,
    )


def _charge(act: Act, patient_id: str, new: NewImmunization, made: str) -> None:
    """Charge what the clinic has a price for: the vaccine by its code unless a programme pays it, else giving one."""
    codes = (
        ["vaccine_given"] if new.funding_source in PAID_ELSEWHERE else [f"vaccine_{new.vaccine_code}", "vaccine_given"]
    )
    priced = (
        act.conn.execute(select(prices.c.code).where(prices.c.code.in_(codes), prices.c.active == 1)).scalars().all()
    )
    code = next((one for one in codes if one in priced), None)
    if code is not None:
        add_charge(
            act,
            patient_id=patient_id,
            encounter_id=new.encounter_id,
            source_kind="immunization",
            source_id=made,
            price_code=code,
            description=new.vaccine_name,
        )


def _take_charge_back(act: Act, immunization_id: str, why: str) -> None:
    """Cancel what was charged for a dose, unless it stands on an invoice already: that is the cashier's to credit."""
    open_ones = act.conn.execute(
        select(charges.c.id).where(
            charges.c.source_kind == "immunization",
            charges.c.source_id == immunization_id,
            charges.c.status == "pending",
        )
    ).scalars()
    for charge_id in open_ones.all():
        act.change(charges, charge_id, {"status": "cancelled", "reason": why}, kind="charge.cancelled", reason=why)


def _own_visit(act: Act, patient_id: str, encounter_id: str | None) -> None:
    if encounter_id is None:
        return
    visit = act.conn.execute(select(encounters.c.patient_id).where(encounters.c.id == encounter_id)).one_or_none()
    if visit is None or visit.patient_id not in ids_of(act.conn, patient_id):
        raise Refusal(N_("This encounter is about somebody else."))


def _need(text: str, field: str) -> str:
    if not text.strip():
        raise Refusal(N_("Please fill this in."), field=field)
    return text.strip()


def _standing(act: Act, immunization_id: str) -> Row[tuple[object, ...]]:
    row = act.conn.execute(select(immunizations).where(immunizations.c.id == immunization_id)).one_or_none()
    if row is None or row.status == "entered_in_error":
        raise Refusal(N_("This immunization was withdrawn already."), record=immunization_id)
    return row
