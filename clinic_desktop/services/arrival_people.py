"""A patient who comes in from elsewhere: registered under a number of this clinic, found by search, never linked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic_desktop.domain import patients as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.prepared import run
from clinic_desktop.store.search import Indexed, index_patient
from clinic_desktop.store.tables.chart import allergies
from clinic_desktop.store.tables.patients import patient_contacts, patient_names, patients

IN_ACT = ("register", "expect", "change", "require_same_person", "allergies_listed")

Part = Mapping[str, object]
_ROWS = {
    "name": (patient_names, "patient.name_added"),
    "contact": (patient_contacts, "patient.contact_added"),
}
INDEXED_IDENTIFIERS = 8
NOT_RECEIVED = "(not received)"


def register(act: Act, values: Mapping[str, Any], parts: Sequence[Part], numbers: Sequence[tuple[str, str]]) -> str:
    """Register somebody from elsewhere under the next record number."""
    row = {**values, **_keys(values), "mrn": act.number("MRN"), "registered_at": act.at}
    patient = act.create(patients, row, kind="patient.received")
    _add_parts(act, patient, parts)
    _index(act, patient, values, parts, numbers)
    return patient


def expect(act: Act, outside_id: str, words: str) -> str:
    """Register somebody whose own record has not come yet, under what others call them."""
    values = {
        "family_name": words or NOT_RECEIVED,
        "given_names": "" if words else outside_id,
        "sex": "unknown",
        "born_precision": "unknown",
        "alert": "Only spoken of in records from elsewhere; who this is has not come yet.",
    }
    return register(act, values, (), (("", outside_id),))


def require_same_person(act: Act, patient: str, values: Mapping[str, Any], where: str) -> None:
    """Refuse to turn one person's registration into another's: ids of two systems may be alike."""
    before = act.conn.execute(select(patients).where(patients.c.id == patient)).one()
    names = rules.name_key(before.family_name) != rules.name_key(str(values["family_name"]))
    if names and before.given_names != values["given_names"] and before.born_on != values.get("born_on"):
        raise Refusal(
            N_(
                "Another person is known here under this id. Say whose ids the file has: --source with the address of"
                " the system it came from."
            ),
            where=where,
        )


def change(
    act: Act, patient: str, values: Mapping[str, Any], parts: Sequence[Part], numbers: Sequence[tuple[str, str]]
) -> int:
    """Bring somebody's registration to what came now; a name that goes stays as a former one."""
    before = act.conn.execute(select(patients).where(patients.c.id == patient)).one()
    revision = act.change(patients, patient, {**values, **_keys(values)}, kind="patient.received")
    kept = [*parts]
    if (before.family_name, before.given_names) != (values["family_name"], values["given_names"]):
        kept.append({
            "of": "name", "kind": "former", "family_name": before.family_name, "given_names": before.given_names
        })  # fmt: skip
    names = act.conn.execute(select(patient_names).where(patient_names.c.patient_id == patient)).all()
    known: set[tuple[object, ...]] = {("name", row.kind, row.family_name, row.given_names) for row in names}
    contacts = select(patient_contacts).where(patient_contacts.c.patient_id == patient)
    known |= {("contact", row.name, row.relation, row.phone) for row in act.conn.execute(contacts)}
    _add_parts(act, patient, [each for each in kept if tuple(each.values()) not in known])
    _index(act, patient, values, kept, numbers)
    return revision


def allergies_listed(act: Act, patient: str) -> None:
    """Show allergies that came in on the banner; "not asked" again where the last of them went."""
    everyone = ids_of(act.conn, patient)
    kept = everyone[0]
    row = act.conn.execute(select(patients).where(patients.c.id == kept)).one()
    active = select(allergies.c.id).where(allergies.c.patient_id.in_(everyone), allergies.c.status == "active").limit(1)
    some = act.conn.execute(active).one_or_none() is not None
    if some and row.allergy_state != "listed":
        # Nobody here has gone through them with the patient: there is no day on which that was done.
        changes = {"allergy_state": "listed", "allergy_state_on": None, "allergy_state_by": None}
    elif not some and row.allergy_state == "listed":
        changes = {"allergy_state": "not_asked", "allergy_state_on": None, "allergy_state_by": None}
    else:
        return
    _change_unseen(act, kept, changes)


def _change_unseen(act: Act, patient: str, changes: Mapping[str, object]) -> None:
    """Change a registration by the arrival itself: that is nobody's change of it here."""
    from clinic_desktop.store.tables.outside import identifiers

    before = act.conn.execute(select(patients.c.revision).where(patients.c.id == patient)).scalar_one()
    after = act.change(patients, patient, changes, kind="patient.received")
    seen = select(identifiers.c.id).where(
        identifiers.c.record_id == patient, identifiers.c.use == "resource", identifiers.c.record_revision == before
    )
    for one in act.conn.execute(seen).scalars().all():
        act.change(identifiers, one, {"record_revision": after}, kind="identifier.changed")


def _keys(values: Mapping[str, Any]) -> dict[str, object]:
    return {
        "family_key": rules.name_key(str(values["family_name"])),
        "given_key": rules.name_key(str(values["given_names"])),
    }


def _add_parts(act: Act, patient: str, parts: Sequence[Part]) -> None:
    for position, part in enumerate(parts):
        table, kind = _ROWS[str(part["of"])]
        values = {name: value for name, value in part.items() if name != "of"} | {"patient_id": patient}
        if table is patient_contacts:
            values["position"] = position
        act.create(table, values, kind=kind)


def _index(
    act: Act, patient: str, values: Mapping[str, Any], parts: Sequence[Part], numbers: Sequence[tuple[str, str]]
) -> None:
    rowid = run(act.conn, "SELECT rowid_ FROM patients WHERE id = ?", (patient,)).fetchone()[0]
    others = [part for part in parts if part["of"] == "name"]
    names = (str(values["family_name"]), str(values["given_names"]))
    more = tuple(str(part[name]) for part in others for name in ("family_name", "given_names"))
    born = values.get("born_on")
    facts = Indexed(
        (*names, *more),
        None if born is None else date.fromisoformat(born),
        tuple(phone for phone in (values.get("phone"), values.get("other_phone")) if phone),
        tuple(value for _system, value in numbers[:INDEXED_IDENTIFIERS]),
    )
    index_patient(act.conn, rowid, facts)
