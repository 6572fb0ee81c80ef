"""The question that a weight raises when it is far from the last ones. It is asked and never in the way."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import growth, vitals, weight_change
from clinic_desktop.i18n import _
from clinic_desktop.services import chart_rows
from clinic_desktop.services.growth_tables import growth_tables
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.chart import vital_signs

IN_ACT = ("weight_question",)

LOOKED_AT = 20  # of the weights before; older ones weigh next to nothing


def weight_question(connection: Connection, patient_id: str, at: datetime, kg: Decimal) -> str:
    """What to ask of a weight (kg) measured at an instant and not kept yet; empty where it is as was to be expected."""
    earlier = connection.execute(
        select(vital_signs.c.value, vital_signs.c.taken_at)
        .where(
            vital_signs.c.patient_id.in_(ids_of(connection, patient_id)),
            vital_signs.c.code == vitals.WEIGHT,
            vital_signs.c.status == "final",
            vital_signs.c.taken_at <= to_text(at),
        )
        .order_by(vital_signs.c.taken_at.desc(), vital_signs.c.rowid_.desc())
        .limit(LOOKED_AT)
    ).all()
    if not earlier:
        return ""
    last, when = Decimal(earlier[0].value), _day(from_text(earlier[0].taken_at))
    row = chart_rows.patient_row(connection, patient_id)._mapping
    born = date.fromisoformat(row["born_on"]) if row["born_on"] and row["born_precision"] == "day" else None
    on = _day(at)
    if born is not None and (on - born).days < weight_change.CHILD_UNTIL_DAYS:
        before = [(_day(from_text(one.taken_at)), Decimal(one.value)) for one in earlier]
        odd = _is_odd_for_child(born, str(row["sex"]), row["gestation_days"], (on, kg), before)
    else:
        odd = weight_change.is_odd_for_adult(kg, last, (on - when).days, pregnant=bool(row["pregnant"]))
    if not odd:
        return ""
    words = _("Is {kg} kg right? On {day} it was {last} kg.")
    return words.format(kg=vitals.plain(kg), day=when.strftime("%d-%b-%Y"), last=vitals.plain(last))


def _is_odd_for_child(
    born: date, sex: str, gestation: int | None, now: tuple[date, Decimal], before: list[tuple[date, Decimal]]
) -> bool:
    standard = growth.preferred(growth.age_in_days(born, now[0]))
    tables = growth_tables()

    def scored(on: date, kg: Decimal) -> tuple[int, float] | None:
        days = growth.corrected_days(born, on, gestation)
        score = growth.score(tables, standard, "weight", sex, days, float(kg))
        return None if score is None else (days, score.z)

    here, earlier = scored(*now), [one for one in (scored(*each) for each in before) if one is not None]
    return here is not None and weight_change.is_odd_for_child(here[1], here[0], earlier)


def _day(instant: datetime) -> date:
    return instant.astimezone().date()
