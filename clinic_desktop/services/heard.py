"""What was heard from a connected system, brought into the chart in the transaction that sync hands over.

Nobody is signed in behind it: every entry bears the system's name as its reason. What is signed is never touched.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, or_, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import patients as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key, look_up
from clinic_desktop.services.arrivals import Arrival, receive
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patient_parts import Contact, OtherName, add_names, change_contacts, other_names_of
from clinic_desktop.services.patients import registration_of, reindex
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.tables.chart import allergies, medicines_taken, problems
from clinic_desktop.store.tables.outside import identifiers, observations
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.programmes import programmes
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction

IN_ACT = (
    "act_of", "bring_appointment", "bring_notice", "bring_patient", "bring_programme", "close_echo",
    "critical_came", "known_by_number", "observed", "prescribed_here", "stand_here", "stands_as", "take_in",
)  # fmt: skip

# What may be changed in a registration by another system, where nobody here has changed it too: what both sides changed
# is a conflict, and never comes here before a person has decided it.
_PATIENT = frozenset({
    "family_name", "given_names", "sex", "born_on", "born_precision", "phone", "other_phone", "email", "address",
    "city", "district", "postal_code", "country", "language",
})  # fmt: skip
# Who somebody is: the merge asks a person first (the rule `identity`), and this is the second lock on the same door.
_WHO = frozenset({"family_name", "given_names", "sex", "born_on", "born_precision"})


@dataclass(frozen=True)
class Meeting:
    """When an appointment is and how it ended, as the other system says it: "cancelled", "no_show" or not yet."""

    starts_at: datetime
    minutes: int
    ended: str
    why: str


class _Heard(Act):
    """An act with nobody behind it."""

    def _placed(self, _table: Table, values: Mapping[str, object]) -> Mapping[str, object]:
        """What is said under a number stands under the registration of that number, also where that was merged.

        It is read in the chart that is kept, as all that stands under either; parted again, it goes with whom it is of.
        """
        return values


def act_of(unit: Transaction, workstation: str, system: str) -> Act:
    """An act with nobody behind it."""
    nobody = Session("", "", "", system, "", workstation, unit.now)
    return _Heard(unit, nobody, workstation)


def bring_patient(
    act: Act,
    patient: str,
    changes: Mapping[str, object],
    contacts: Sequence[Contact] | None,
    why: str,
    *,
    decided: bool = False,
) -> None:
    """Change what a system changed in a registration; a former name stays findable.

    Raises Refusal where it would change who the patient is and nobody has `decided` it.
    """
    if not decided and _WHO & changes.keys():
        raise Refusal(N_("Nobody has decided that this patient is somebody else than was registered."), field="patient")
    before = registration_of(act.conn, patient)
    wanted = {name: value for name, value in changes.items() if name in _PATIENT}
    if wanted:
        was = (str(before["family_name"]), str(before["given_names"]))
        family = str(wanted.get("family_name", was[0]))
        given = str(wanted.get("given_names", was[1]))
        keys = {"family_key": rules.name_key(family), "given_key": rules.name_key(given)}
        act.change(patients, patient, {**wanted, **keys}, kind="patient.changed", reason=why)
        if was != (family, given):
            former = OtherName("former", *was)
            if former not in other_names_of(act.conn, patient):
                add_names(act, patient, [former])
        reindex(act.conn, patient)
    if contacts is not None:
        change_contacts(act, patient, contacts)


def bring_appointment(act: Act, record: str, said: Meeting, why: str) -> None:
    """Follow what a system did with an appointment of ours that is still to come. Raises Refusal."""
    before = act.conn.execute(select(appointments).where(appointments.c.id == record)).one()
    moved = (from_text(before.starts_at), before.minutes) != (said.starts_at, said.minutes)
    # What stands there still, or as it does here: that it went on here is no news of theirs. That it stands there again
    # after it was over here is.
    going_on = not said.ended and before.status not in {"cancelled", "no_show"}
    if (going_on or said.ended == before.status) and not moved:
        return
    if before.status != "booked":
        raise Refusal(N_("This appointment is over here; what the other system says is left there."), field="status")
    if said.ended == "cancelled":
        changes: dict[str, object] = {"status": "cancelled", "status_reason": said.why or why}
        act.change(appointments, record, changes, kind="appointment.cancelled", reason=why)
        words = "cancelled"
    elif said.ended:
        act.change(appointments, record, {"status": said.ended}, kind="appointment.missed", reason=why)
        words = "the patient did not come (no show)"
    elif moved:
        changes = {"starts_at": to_text(said.starts_at), "minutes": said.minutes}
        act.change(appointments, record, changes, kind="appointment.moved", reason=why)
        words = f"moved to {said.starts_at.isoformat(' ', 'minutes')}"
    else:
        return
    notice = inbox.Notice(
        "task", "high", "An appointment was changed elsewhere", "front_desk", f"{why}: {words}", before.patient_id
    )
    inbox.notify(act, notice)


def bring_programme(act: Act, name: str, description: str, provider: str) -> str:
    """The programme of that name in the catalogue, or a new one that belongs to the system that holds it."""
    for row in act.conn.execute(select(programmes.c.id, programmes.c.name).where(programmes.c.status == "active")):
        if plain(row.name) == plain(name):  # with its signs: A+ is another programme than A-
            return str(row.id)
    values = {
        "name": name, "description": description or name, "category": "wellness", "provider": provider,
        "needs_consent": 1, "status": "active", "added_at": act.at,
    }  # fmt: skip
    return act.create(programmes, values, kind="programme.added", reason=provider)


def known_by_number(act: Act, npi: str) -> str | None:
    """Who of the staff bears a national number: nothing less makes two people one."""
    found = act.conn.execute(select(staff.c.id).where(staff.c.npi == npi)).scalars().all()
    return str(found[0]) if len(found) == 1 else None


def bring_notice(act: Act, title: str, body: str, priority: str, system: str) -> str:
    """What a system tells whoever signs in to it: administrators see it in their inbox."""
    told = "\n".join(filter(None, (body, f"From {system}.")))
    return inbox.notify(act, inbox.Notice("message", priority, title, "administrator", told))


def close_echo(act: Act, notice: str, note: str, system: str) -> None:
    """Close a notice that only repeats what was told from here, unless somebody has looked at it; it is kept."""
    inbox.close_unread(act, notice, note, system)


def take_in(act: Act, arrivals: Sequence[Arrival]) -> Mapping[Key, str]:
    """Take in what came from a system, and the id here of each record. Raises Refusal where one has no patient here."""
    outcomes = receive.inside(act, arrivals).outcomes
    if "kept_here" in outcomes:
        raise Refusal(N_("It was changed here and elsewhere; what stands here was left as it is."), field="record")
    if "unplaced" in outcomes:
        raise Refusal(N_("What came belongs to no patient of this clinic."), field="patient")
    found = look_up(act.conn, [each.key for each in arrivals])
    return {each.key: known.record for each in arrivals if (known := found.of(each.key)) is not None}


def stands_as(act: Act, key: Key) -> str | None:
    """The record here that a system brought under an id of its own."""
    known = look_up(act.conn, [key]).of(key)
    return None if known is None else known.record


def observed(act: Act, system: str, ids: Collection[str], under: str) -> Sequence[Mapping[str, Any]]:
    """The observations here that a system brought under some ids, or under ids that begin so; `key` is the id.

    Components are rows of their own. The oldest comes first.
    """
    after = f"{under[:-1]}{chr(ord(under[-1]) + 1)}"
    known = (
        select(identifiers.c.value.label("key"), identifiers.c.record_id)
        .where(identifiers.c.use == "resource", identifiers.c.kind == "Observation", identifiers.c.system == system)
        .where(or_(identifiers.c.value.in_(ids), identifiers.c.value.between(under, after)))
        .subquery()
    )
    stands = or_(observations.c.id == known.c.record_id, observations.c.part_of == known.c.record_id)
    found = select(observations, known.c.key).join(known, stands).order_by(observations.c.rowid_)
    return [dict(row) for row in act.conn.execute(found).mappings()]


def critical_came(act: Act, patient: str, system: str, lines: Iterable[str]) -> None:
    """Tell the doctors of critical values that came from elsewhere beside something else: it must be answered."""
    words = "\n".join([*lines, f"From {system}."])
    inbox.notify(
        act,
        inbox.Notice("critical_result", "critical", "Results came from another system", "doctor", words, patient,
                     screen="chart", arguments=(("patient_id", patient),), must_answer=True),
    )  # fmt: skip


def prescribed_here(act: Act, patient_id: str) -> frozenset[str]:
    """What this clinic prescribes to a person now, as another system may call it: by name, or with the dose behind it.

    A system that was told of a prescription shows it in what it knows of the patient: that is no other medicine.
    """
    rows = act.conn.execute(
        select(medicines_taken.c.name, medicines_taken.c.dose).where(
            medicines_taken.c.patient_id.in_(ids_of(act.conn, patient_id)),
            medicines_taken.c.source == "prescribed",
            medicines_taken.c.status == "active",
        )
    )
    return frozenset(plain(words) for row in rows for words in (row.name, f"{row.name} {row.dose or ''}"))


def stand_here(act: Act, patient_id: str) -> Mapping[str, frozenset[str]]:
    """What stands under one registration, by FHIR's name of it, as a system may call it: by name, or with the dose.

    Not under those that were merged with it: parted again, each has to know of its own allergies.
    """
    people = (patient_id,)

    def names(table: Table, *columns: str) -> frozenset[str]:
        wanted = select(*(table.c[name] for name in columns))
        rows = act.conn.execute(wanted.where(table.c.patient_id.in_(people), table.c.status == "active")).all()
        return frozenset(plain(words) for row in rows for words in (row[0], " ".join(filter(None, row))))

    return {
        "AllergyIntolerance": names(allergies, "substance"),
        "Condition": names(problems, "title"),
        "MedicationStatement": names(medicines_taken, "name", "dose"),
    }


def plain(words: str) -> str:
    """Words as they are compared: neither their case nor the blanks between them tell two things apart, a sign does."""
    return " ".join(words.casefold().split())
