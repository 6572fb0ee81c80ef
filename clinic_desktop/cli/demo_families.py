"""Families of the demo clinic, and people who were registered there twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from clinic_desktop.services import merging, patients, relations
from clinic_desktop.services.acts import Desk


def families(desk: Desk, known: list[str], wanted: Callable[[str], bool]) -> None:
    """Give two patients a child each; register three others again with a slip of the pen, and merge one of these."""
    grown = [one for one in known if wanted(one)][:5]
    for parent in grown[:2]:
        details = patients.patient_details(desk, parent).patient
        born = desk.now.date() - timedelta(days=1_500)
        child = replace(
            details, given_names="Blessing", sex="female", born_on=born, born_precision="day", national_id=None,
            occupation=None, alert=None, contacts=(), other_names=(), insurance_number=None,
        )  # fmt: skip
        made = patients.register_patient(desk, child)
        kind = "mother" if details.sex == "female" else "father"
        relations.link_family(desk, made.patient_id, parent, kind)
    for place, one in enumerate(grown[2:]):
        details = patients.patient_details(desk, one).patient
        family = details.family_name
        slip = family[:1] + family[2:] if len(family) > 3 else f"{family}{family[-1:]}"
        twice = replace(details, family_name=slip, contacts=(), address=None, other_names=())
        other = patients.register_patient(desk, twice).patient_id
        if place == 0:
            merging.merge(desk, one, other, chosen={}, reason="the same card was shown")
