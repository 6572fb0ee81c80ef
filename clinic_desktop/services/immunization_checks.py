"""What a dose must be before it is recorded, and what has to be asked before it is given all the same."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import RowMapping

from clinic_desktop.domain.immunization_doses import COUNTS, INVALID
from clinic_desktop.domain.immunization_forecast import forecast
from clinic_desktop.domain.immunizations import ROUTES, SITES, Given, Person, Said, Vaccine, why_avoided
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.stock import civil
from clinic_desktop.domain.vitals import plain
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.services.immunization_chart import given_of, person_of
from clinic_desktop.services.immunization_reference import chosen_schedule
from clinic_desktop.services.immunization_rows import NewImmunization

IN_ACT = ("checked", "known", "day_of", "possible", "ask_why")

MOST_GIVEN = Decimal(200)
"""No dose is larger: the oral cholera vaccine is 100 mL."""


def checked(new: NewImmunization, vaccines: Mapping[str, Vaccine]) -> NewImmunization:
    """The dose with its words in order. Refuses what it cannot be."""
    known(new.vaccine_code, vaccines)
    if new.vaccine_code is None and (new.primary_source or not new.vaccine_name.strip()):
        raise Refusal(N_("Name the vaccine."), field="vaccine")
    vaccine = vaccines.get(new.vaccine_code or "")
    if vaccine is not None and vaccine.status == "never_active":
        raise Refusal(N_("“{name}” is no vaccine that can be given."), field="vaccine", name=vaccine.name)
    lot = (new.lot or "").strip().upper()
    if new.primary_source and not lot and new.stock_lot_id is None:
        raise Refusal(N_("Write the lot that stands on the package."), field="lot")
    for field, value, words in (("site", new.site, SITES), ("route", new.route, ROUTES)):
        if value is not None and new.primary_source and value not in words:
            raise Refusal(N_("Please fill this in."), field=field)
    return replace(
        new,
        status="completed",
        vaccine_name=vaccine.display if vaccine else new.vaccine_name.strip(),
        lot=lot or None,
        dose_amount=_amount(new.dose_amount),
        dose_number=_number(new.dose_number),
    )


def known(code: str | None, vaccines: Mapping[str, Vaccine]) -> None:
    """Refuse a CVX code that the table of vaccines does not have."""
    if code is not None and code not in vaccines:
        raise Refusal(N_("There is no vaccine with the CVX code “{code}”."), field="vaccine", code=code)


def _amount(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value <= MOST_GIVEN:
        raise Refusal(N_("“{value}” is no amount that can be given."), field="dose_amount", value=text.strip()[:20])
    return plain(value)


def _number(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if not re.fullmatch(r"[1-9]\d?", text.strip()):
        raise Refusal(N_("The number of the dose is 1, 2, 3 ..."), field="dose_number")
    return text.strip()


def day_of(act: Act, new: NewImmunization, patient: RowMapping) -> date:
    """The day of a dose, which must be known to the day where it was given here."""
    if new.occurred_on is None or (new.primary_source and new.occurred_precision != "day"):
        raise Refusal(N_("Say when it was given."), field="occurred_on")
    possible(act, new.occurred_on, patient, new.occurred_precision)
    return new.occurred_on


def possible(act: Act, on: date, patient: RowMapping, precision: str = "day") -> None:
    """Refuse a day still to come, before the birth, or after the death."""
    if on > act.now.astimezone().date():
        raise Refusal(N_("This date is still to come."), field="occurred_on")
    born, died = patient["born_on"], patient["deceased_on"]
    sure = patient["born_precision"] in {"day", "month", "year"} and precision == "day"
    if born is not None and sure and on.isoformat() < str(born):
        raise Refusal(N_("This date is before the birth of the patient."), field="occurred_on")
    if died is not None and on.isoformat() > str(died):
        raise Refusal(N_("This date is after the death of the patient."), field="occurred_on")


def ask_why(act: Act, patient_id: str, new: NewImmunization, on: date, vaccines: Mapping[str, Vaccine]) -> None:
    """Refuse until a reason is given: the same vaccine on one day, and for a dose given here what speaks against it."""
    given, _ = given_of(act.conn, patient_id, vaccines)
    same = [one for one in given if one.on == on and one.precision == new.occurred_precision]
    if any(one.cvx == new.vaccine_code and (one.cvx or one.name == new.vaccine_name) for one in same):
        raise Refusal(
            N_("{vaccine} is recorded for {on} already. Say why it is recorded twice."),
            field="override",
            vaccine=new.vaccine_name,
            on=civil(on),
        )
    vaccine = vaccines.get(new.vaccine_code or "")
    if not new.primary_source or vaccine is None:
        return
    person = person_of(act.conn, patient_id)
    against = why_avoided(vaccine, person) or _too_soon(act, person, given, new, on, vaccines)
    if against is not None:
        raise Refusal(
            N_("{against} Say why it is given all the same."),
            field="override",
            against=against,
        )


def _too_soon(
    act: Act,
    person: Person,
    given: tuple[Given, ...],
    new: NewImmunization,
    on: date,
    vaccines: Mapping[str, Vaccine],
) -> Said | None:
    """Why the schedule would not count the dose for anything: too soon, or not needed. None where it counts."""
    schedule = chosen_schedule(act.conn)
    if schedule is None:
        return None
    tried = Given("new", new.vaccine_code, on, name=new.vaccine_name)
    found = forecast(schedule.rules, vaccines, person, (*given, tried), (), on)
    verdicts = [each for one in found for each in one.verdicts if each.dose.id == "new"]
    if any(each.state in COUNTS for each in verdicts):
        return None
    # Too soon says more than not needed.
    verdicts.sort(key=lambda each: each.state != INVALID)
    return verdicts[0].reason if verdicts else None
