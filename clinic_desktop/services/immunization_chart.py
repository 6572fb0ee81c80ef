"""Somebody's immunizations as they are shown: every dose with what it is worth, and what is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from clinic_desktop.domain.drugs import fold
from clinic_desktop.domain.immunization_doses import Verdict
from clinic_desktop.domain.immunization_forecast import DUE, OVERDUE, Forecast, forecast
from clinic_desktop.domain.immunizations import Declined, Given, Person, Said, Vaccine, is_immunocompromise
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.immunization_reference import chosen_schedule, vaccine_table
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.chart import allergies, problems
from clinic_desktop.store.tables.immunizations import immunization_reactions, immunizations
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("person_of", "given_of", "stand_of")


@dataclass(frozen=True)
class Counted:
    """What one dose is worth for one antigen: `state` is valid, late, invalid or extra."""

    antigen: str
    name: str
    state: str
    number: int | None
    reason: Said | None


@dataclass(frozen=True)
class ReactionShown:
    """One reaction to a dose."""

    id: str
    occurred_on: date | None
    reaction: str
    severity: str


@dataclass(frozen=True)
class DoseShown:
    """One dose, given or not done, with what it is worth."""

    id: str
    revision: int
    status: str
    vaccine_code: str | None
    vaccine_name: str
    manufacturer: str | None
    lot: str | None
    expires_on: date | None
    occurred_on: date | None
    occurred_precision: str
    site: str | None
    route: str | None
    dose_amount: str | None
    dose_unit: str | None
    dose_number: str | None
    funding_source: str | None
    reason_code: str | None
    reason_text: str | None
    primary_source: bool
    performer: str | None
    location: str | None
    information_given_on: date | None
    note: str | None
    error_reason: str | None
    counted: tuple[Counted, ...]
    reactions: tuple[ReactionShown, ...]


@dataclass(frozen=True)
class Card:
    """Everything of one person's immunizations; `schedule` is None where none that was chosen is there."""

    patient: chart_rows.ChartPatient
    schedule: str | None
    schedule_name: str
    today: date
    forecasts: tuple[Forecast, ...]
    doses: tuple[DoseShown, ...]


@dataclass(frozen=True)
class Waiting:
    """The antigens overdue and due, by name."""

    overdue: tuple[str, ...]
    due: tuple[str, ...]


@dataclass(frozen=True)
class Lot:
    """A lot as it stands on the package."""

    lot: str
    expires_on: date | None
    manufacturer: str | None


@query(access="chart")
def immunization_card(read: Read, patient_id: str) -> Card:
    """Open somebody's immunizations."""
    return _card(read, patient_id)


@query
def immunization_card_again(read: Read, patient_id: str) -> Card:
    """The same once more, of a chart this session has opened."""
    chart_rows.require_opened(read, patient_id)
    return _card(read, patient_id)


@query
def last_lot(read: Read, cvx: str) -> Lot | None:
    """The lot of a vaccine that was given here last, unless it has expired since."""
    table = immunizations.c
    row = read.conn.execute(
        select(table.lot, table.expires_on, table.manufacturer)
        .where(
            table.vaccine_code == cvx,
            table.status == "completed",
            table.primary_source == 1,
            table.lot.is_not(None),
        )
        .order_by(table.recorded_at.desc())
        .limit(1)
    ).one_or_none()
    expires = None if row is None else _day(row.expires_on)
    if row is None or (expires is not None and expires < read.now.astimezone().date()):
        return None
    return Lot(row.lot, expires, row.manufacturer)


@query
def vaccines_waiting(read: Read, patient_id: str) -> Waiting:
    """What is overdue and due now, for a line beside the chart that is open."""
    chart_rows.require_opened(read, patient_id)
    found = stand_of(read.conn, patient_id, read.now)
    return Waiting(
        tuple(one.name for one in found if one.state == OVERDUE), tuple(one.name for one in found if one.state == DUE)
    )


def _card(read: Read, patient_id: str) -> Card:
    schedule = chosen_schedule(read.conn)
    forecasts = stand_of(read.conn, patient_id, read.now)
    worth: dict[str, list[Counted]] = {}
    for one in forecasts:
        for verdict in (*one.verdicts, *one.uncounted):
            worth.setdefault(verdict.dose.id, []).append(_counted(one, verdict))
    return Card(
        chart_rows.patient_of(read.conn, patient_id),
        None if schedule is None else schedule.id,
        "" if schedule is None else schedule.name,
        read.now.astimezone().date(),
        forecasts,
        _doses(read.conn, patient_id, worth),
    )


def _counted(one: Forecast, verdict: Verdict) -> Counted:
    return Counted(one.antigen, one.name, verdict.state, verdict.number, verdict.reason)


def stand_of(conn: Connection, patient_id: str, now: datetime) -> tuple[Forecast, ...]:
    """How somebody stands with every antigen of the clinic's schedule today; nothing where it has none."""
    schedule = chosen_schedule(conn)
    if schedule is None:
        return ()
    vaccines = vaccine_table(conn)
    given, declined = given_of(conn, patient_id, vaccines)
    today = now.astimezone().date()
    return forecast(schedule.rules, vaccines, person_of(conn, patient_id), given, declined, today)


def person_of(conn: Connection, patient_id: str) -> Person:
    """What a schedule asks of a patient, from the chart: birth, sex, pregnancy, problems, severe allergies."""
    row = chart_rows.patient_row(conn, patient_id)._mapping
    everyone = ids_of(conn, patient_id)
    noted = conn.execute(
        select(problems.c.code, problems.c.title).where(
            problems.c.patient_id.in_(everyone), problems.c.status == "active", problems.c.certainty != "refuted"
        )
    ).all()
    severe = conn.execute(
        select(allergies.c.substance, allergies.c.ingredient).where(
            allergies.c.patient_id.in_(everyone), allergies.c.status == "active", allergies.c.severity == "severe"
        )
    ).all()
    return Person(
        _day(row["born_on"]),
        row["born_precision"],
        row["sex"],
        pregnant=bool(row["pregnant"]),
        immunocompromised=next((one.title for one in noted if is_immunocompromise(one.code)), None),
        severe_allergies=tuple(fold(f"{one.substance} {one.ingredient or ''}".replace("_", " ")) for one in severe),
        deceased=row["deceased_on"] is not None,
    )


def given_of(
    conn: Connection, patient_id: str, vaccines: Mapping[str, Vaccine]
) -> tuple[tuple[Given, ...], tuple[Declined, ...]]:
    """The doses of a person as the rules take them, and those not done."""
    table = immunizations.c
    rows = conn.execute(
        select(
            table.id, table.status, table.vaccine_code, table.vaccine_name, table.occurred_on,
            table.occurred_precision, table.reason_code, table.reason_text,
        ).where(table.patient_id.in_(ids_of(conn, patient_id)), table.status != "entered_in_error")
    ).all()  # fmt: skip
    given = tuple(
        Given(
            row.id,
            row.vaccine_code,
            _day(row.occurred_on),
            row.occurred_precision,
            vaccines[row.vaccine_code].display if row.vaccine_code in vaccines else row.vaccine_name,
        )
        for row in rows
        if row.status == "completed"
    )
    declined = tuple(
        Declined(row.vaccine_code, _day(row.occurred_on), row.reason_text or row.reason_code or "")
        for row in rows
        if row.status == "not_done"
    )
    return given, declined


def _doses(conn: Connection, patient_id: str, worth: Mapping[str, list[Counted]]) -> tuple[DoseShown, ...]:
    everyone = ids_of(conn, patient_id)
    rows = conn.execute(
        select(immunizations, staff.c.display_name)
        .outerjoin(staff, staff.c.id == immunizations.c.performer_id)
        .where(immunizations.c.patient_id.in_(everyone))
        .order_by(immunizations.c.occurred_on.desc(), immunizations.c.rowid_.desc())
    ).all()
    told = conn.execute(
        select(immunization_reactions).where(
            immunization_reactions.c.patient_id.in_(everyone), immunization_reactions.c.status == "active"
        )
    ).all()
    reactions: dict[str, list[ReactionShown]] = {}
    for one in told:
        shown = ReactionShown(one.id, _day(one.occurred_on), one.reaction, one.severity)
        reactions.setdefault(one.immunization_id, []).append(shown)
    return tuple(
        DoseShown(
            id=row.id,
            revision=row.revision,
            status=row.status,
            vaccine_code=row.vaccine_code,
            vaccine_name=row.vaccine_name,
            manufacturer=row.manufacturer or row.manufacturer_code,
            lot=row.lot,
            expires_on=_day(row.expires_on),
            occurred_on=_day(row.occurred_on),
            occurred_precision=row.occurred_precision,
            site=row.site,
            route=row.route,
            dose_amount=row.dose_amount,
            dose_unit=row.dose_unit,
            dose_number=row.dose_number,
            funding_source=row.funding_source,
            reason_code=row.reason_code,
            reason_text=row.reason_text,
            primary_source=bool(row.primary_source),
            performer=row.display_name or row.performer_name,
            location=row.location,
            information_given_on=_day(row.information_given_on),
            note=row.note,
            error_reason=row.error_reason,
            counted=tuple(worth.get(row.id, ())),
            reactions=tuple(reactions.get(row.id, ())),
        )
        for row in rows
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
