"""Which patient a message of a device is about: a number that is kept here, and something else that agrees."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named, Registered
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.store.tables.laboratory import lab_orders, specimens
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patient_names, patients

IN_ACT = ("who", "registered", "order_of", "owners", "bearers", "others_number")


def who(conn: Connection, said: Named) -> tuple[str | None, str | None]:
    """The patient a message is about, or why that is not sure enough to file anything by itself."""
    if not said.numbers:
        return None, rules.NO_PERSON
    people = owners(conn, said.numbers)
    if not people:
        return None, rules.NOBODY
    doubts = {one: rules.disagreement(said, registered(conn, one)) for one in people}
    sure = [one for one, doubt in doubts.items() if doubt is None]
    if len(sure) == 1 and not others_number(conn, said, sure[0]):
        return sure[0], None
    if any(others_number(conn, said, one) for one in sure or people):
        return None, rules.TWO_NUMBERS
    return None, rules.TWO_PEOPLE if len(people) > 1 else next(iter(doubts.values()))


def others_number(conn: Connection, said: Named, patient: str) -> bool:
    """Whether a message bears a number that is kept here and is not this person's, whatever else agrees."""
    borne = (owners(conn, (number,)) for number in said.numbers)
    return any(found and patient not in found for found in borne)


def owners(conn: Connection, numbers: Iterable[tuple[str, str]]) -> list[str]:
    """The registrations, as they are kept now, that bear one of these numbers."""
    return list(dict.fromkeys(kept_id(conn, one) for one in bearers(conn, numbers)))


def bearers(conn: Connection, numbers: Iterable[tuple[str, str]]) -> list[str]:
    """The registrations that bear one of these numbers themselves, merged into another or not."""
    found: dict[str, None] = {}
    for system, value in numbers:
        by_row = select(patients.c.id).where((patients.c.mrn == value) | (patients.c.national_id == value))
        found.update(dict.fromkeys(str(one) for one in conn.execute(by_row).scalars()))
        noted = select(identifiers).where(identifiers.c.value == value, identifiers.c.record_kind == "patients")
        for row in conn.execute(noted):
            if row.use == "resource" or _same_giver(system, row.system):
                found[str(row.record_id)] = None
    return list(found)


def _same_giver(said: str, kept: str) -> bool:
    """Whether two names of who gave a number may mean the same; a number with no giver is not set aside for that."""
    one, other = (each.strip().casefold().removeprefix("urn:oid:") for each in (said, kept))
    return not one or not other or one == other or one in other.split("&") or other in one.split("&")


def registered(conn: Connection, patient_id: str) -> Registered:
    """What is known here of a person, over all their registrations."""
    people = ids_of(conn, patient_id)
    kept = conn.execute(select(patients).where(patients.c.id == people[0])).one()
    others = conn.execute(select(patients.c.family_name, patients.c.given_names).where(patients.c.id.in_(people)))
    former = select(patient_names.c.family_name, patient_names.c.given_names).where(
        patient_names.c.patient_id.in_(people)
    )
    names = [(row.family_name, row.given_names) for rows in (others, conn.execute(former)) for row in rows]
    born = None if kept.born_on is None else date.fromisoformat(kept.born_on)
    return Registered(people[0], tuple(names), born, kept.born_precision, kept.sex)


def order_of(conn: Connection, numbers: Iterable[str]) -> tuple[str | None, str | None]:
    """The order of this clinic that a specimen or order number names; the reason where it names several."""
    wanted = [number.strip().upper() for number in numbers if number.strip()]
    found = set(conn.execute(select(lab_orders.c.id).where(lab_orders.c.number.in_(wanted))).scalars())
    found |= set(
        conn.execute(
            select(specimens.c.order_id).where(specimens.c.number.in_(wanted), specimens.c.status == "collected")
        ).scalars()
    )
    if len(found) > 1:
        return None, rules.TWO_ORDERS
    return next(iter(found), None), None
