"""The demo's children and their immunizations: cards copied on the first day, doses given and refused since."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from clinic_desktop.cli.demo_people import somebody
from clinic_desktop.domain.immunizations import span
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import immunization_chart, immunizations, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.immunizations import NewImmunization, NewReaction

# A card as a child of the age has it: CVX, the age at which it is given, the lot.
CARD: Sequence[tuple[str, str, str]] = (
    ("08", "0d", "HB2207"), ("110", "2m", "PX118"), ("48", "2m", "HT440"), ("133", "2m", "PV901"),
    ("119", "2m", "RX77"), ("110", "4m", "PX131"), ("48", "4m", "HT452"), ("133", "4m", "PV934"),
    ("119", "4m", "RX81"), ("110", "6m", "PX140"), ("48", "6m", "HT460"), ("133", "6m", "PV950"),
    ("03", "12m", "MM310"), ("21", "12m", "VZ55"), ("83", "12m", "HA19"), ("133", "13m", "PV970"),
    ("48", "15m", "HT471"), ("20", "16m", "DT602"), ("83", "19m", "HA27"), ("130", "4y", "KX9"),
    ("94", "4y", "MV12"),
)  # fmt: skip


def children(front: Desk, nurse: Desk, today: date, draw: random.Random, count: int = 14) -> tuple[str, ...]:
    """Register small children and copy their cards, one of each age from birth to five years; returns who."""
    made = []
    for place in range(count):
        child = replace(
            somebody(draw, today, age=(0, 0)),
            born_on=today - timedelta(days=20 + place * 140 + draw.randint(0, 60)),
            born_precision="day",
            national_id=None,
        )
        patient_id = patients.register_patient(front, child).patient_id
        if child.born_on is not None:
            copy_card(nurse, patient_id, child.born_on, today, draw)
        made.append(patient_id)
    return tuple(made)


def copy_card(desk: Desk, patient_id: str, born: date, today: date, draw: random.Random) -> int:
    """Copy a child's card: most doses in time, some late, the last ones often missing. Returns how many."""
    behind = draw.choice((0, 0, 0, 2, 4))
    # What belongs to one age is given on one day: two live vaccines some days apart would not both count.
    late = {age: timedelta(days=draw.randint(0, 12)) for _cvx, age, _lot in CARD}
    due = [(cvx, span(age).after(born) + late[age], lot) for cvx, age, lot in CARD]
    past = [one for one in due if one[1] <= today]
    kept = past[: len(past) - behind]
    for cvx, on, lot in kept:
        immunizations.record_immunization(
            desk,
            patient_id,
            NewImmunization(
                "", cvx, occurred_on=on, lot=lot, primary_source=False, report_origin="record",
                performer_name="Harbour Town health post",
            ),
        )  # fmt: skip
    return len(kept)


def give_what_is_due(desk: Desk, patient_id: str, draw: random.Random) -> None:
    """Give one vaccine that is due today, where one of those on the shelf is; now and then it is refused."""
    card = immunization_chart.immunization_card(desk, patient_id)
    due = {one.antigen for one in card.forecasts if one.state in {"due", "overdue"}}
    shelf = (("mmr", "03", "MM402"), ("flu", "140", "FL26A"), ("dtp", "20", "DT655"), ("hepa", "83", "HA40"))
    for antigen, cvx, lot in shelf:
        if antigen not in due:
            continue
        if draw.random() < 0.15:
            declined = NewImmunization("", cvx, reason_code="PATOBJ", reason_text="mother will ask the father first")
            immunizations.decline_immunization(desk, patient_id, declined)
            return
        given = NewImmunization(
            "", cvx, occurred_on=card.today, lot=lot, expires_on=card.today + timedelta(days=300), site="left_deltoid",
            route="intramuscular", dose_amount="0.5", dose_unit="mL", performer_id=desk.session.staff_id,
            funding_source="public",
        )  # fmt: skip
        try:
            made = immunizations.record_immunization(desk, patient_id, given)
        except Refusal:
            return  # something speaks against it today: nobody overrides it in a demo
        if draw.random() < 0.2:
            reaction = NewReaction("fever 38.2, settled with paracetamol", card.today, "mild", reported_by_patient=True)
            immunizations.add_reaction(desk, made, reaction)
        return
