"""A record that a connected system brought, made ready to be taken in: each part under the id of what it is.

A record may come in several parts (the values of a result, the diagnoses of a visit), and a system names none of them.
A part is known again by what it says: by its kind, its code or name, when it was, and its number among equal ones. That
it is the first or the third of a list says nothing: it may be the fourth when something is taken out before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clinic_desktop.domain.vitals import BY_CODE
from clinic_desktop.exchange import documents, subjects
from clinic_desktop.exchange.gathering import Held
from clinic_desktop.exchange.keys import Frame
from clinic_desktop.exchange.mapped import Mapped
from clinic_desktop.exchange.remote_ids import DIGITS, Place, anchor, fhir_id, is_part, stands_as, under
from clinic_desktop.exchange.subjects import ORDER, SUBJECTS
from clinic_desktop.exchange.told import written
from clinic_desktop.services import heard, heard_parts
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.examining import Examined
from clinic_desktop.services.heard_parts import Standing
from sync.records.elements import Resource
from sync.records.exact import Json, digest

# Records of which the first is one part among others: one of them is the record only as long as it says the same.
PARTED = frozenset({"Observation", "MedicationRequest", "MedicationStatement", "ServiceRequest"})
# What says of itself that it stands in another's place.
INSTEAD = frozenset({"amended", "corrected", "entered-in-error", "cancelled"})
UNFINISHED = frozenset({"preliminary", "registered"})
_OVER = frozenset({"entered-in-error", "entered_in_error", "cancelled", "superseded"})


@dataclass(eq=False)
class Piece:
    """One part of a record as it came."""

    kind: str
    own: str | None
    resource: Json
    digest: str
    what: Mapped
    contents: tuple[Examined, ...] = ()
    key: Key | None = None
    stood: Standing | None = None

    @property
    def table(self) -> str:
        """Where it is kept."""
        return SUBJECTS[self.kind].table


@dataclass
class Brought:
    """A record made ready: its parts in the order in which they are written, and what is not said any more."""

    frame: Frame
    anchor: Key
    held: list[Held]
    gone: list[Standing] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def piece(one: Resource, first: Json | None = None) -> Piece:
    """A part as it came, its contents lifted out; what names nobody is about whom the `first` is about."""
    resource = written(one)
    if first is not None:
        resource = _of_the_same(resource, first)
    said, kind = digest(resource), str(resource["resourceType"])
    contents: tuple[Examined, ...] = ()
    if kind in documents.CARRIERS:
        try:
            marked, lifted = documents.lift(resource)
            resource, contents = marked, documents.examined(marked, lifted)
        except documents.NotKept:
            contents = ()  # it stays as it came, and cannot be opened
    return Piece(kind, one.id, resource, said, subjects.mapped(SUBJECTS[kind], subjects.record(resource)), contents)


def ready(act: Act, place: Place, records: Sequence[Resource], local_id: str | None) -> Brought | None:
    """A record as it is taken in; `local_id` says which record here it is. None where the chart has no place for it."""
    if not records or records[0].resource_type not in SUBJECTS:
        return None
    frame, first = Frame(place.source), written(records[0])
    kind, remote_id = records[0].resource_type, place.remote_id
    top = None if local_id is None else stands_as(act, place.source, kind, remote_id, local_id)
    kept = [one for one in records if one.resource_type in SUBJECTS and not (top and says_nothing(one))]
    pieces = [piece(one, first) for one in kept]
    whose = _patient(act, frame, pieces[0]) if pieces else None
    top = top or anchor(act, place, kind, pieces[0].digest, whose)
    found = heard_parts.stands_under(act, place.source, top.value, under(top.value))
    standing = [one for one in found if is_part(one.key.value, top.value)]
    if whose is not None:
        heard_parts.require_same_patient(act, standing, whose)
    _name(pieces, top, remote_id, standing)
    for one in pieces:
        if one.key is not None and one.resource.get("id"):
            frame.local[one.kind, str(one.resource["id"])] = one.key
    held = [_held(one) for one in pieces]
    held.sort(key=lambda each: ORDER[each.key.kind])
    made = Brought(frame, top, held)
    if top.kind != "Patient":
        taken = {one.stood.identifier for one in pieces if one.stood is not None}
        made.gone = [one for one in standing if one.identifier not in taken and one.said and counts(one)]
        made.names = [called(one.row) for one in made.gone]
    return made


def _name(pieces: Sequence[Piece], top: Key, remote_id: str, standing: Sequence[Standing]) -> None:
    """Give each part the id under which it stands, or one of its own."""
    left = list(standing)
    several = sum(one.kind == top.kind for one in pieces) > 1
    for place, one in enumerate(pieces):
        if place == 0 and one.kind == top.kind and (top.kind not in PARTED) and not several:
            _take(one, top, left)
        elif place and one.own:
            _take(one, Key(one.kind, top.system, fhir_id(one.own)), left)
    for fits in (_same_digest, _same, _may_be):
        for one in pieces:
            if one.key is not None:
                continue
            found = [each for each in left if each.key.kind == one.kind and fits(one, each)]
            alone = fits is not _may_be or (len(found) == 1 and _alone(one, pieces))
            if found and alone:
                one.key, one.stood = found[0].key, found[0]
                left.remove(found[0])
    # What somebody here has changed is known by the id of what it was when it came.
    touched = {one.key: one for one in left if not one.untouched}
    used = {one.key for one in standing} | {one.key for one in pieces}
    for one in pieces:
        if one.key is None and one.kind == top.kind and top not in used:
            one.key = top
        number = 1
        while one.key is None:
            said = digest([remote_id, one.kind, *_what(one.table, one.what.values), number])
            key, number = Key(one.kind, top.system, f"{under(top.value)}{said[:DIGITS]}"), number + 1
            if key in touched:
                _take(one, key, [touched.pop(key)])
            elif key not in used:
                one.key = key
        used.add(one.key)


def _take(one: Piece, key: Key, left: list[Standing]) -> None:
    one.key = key
    one.stood = next((each for each in left if each.key == key), None)
    if one.stood is not None:
        left.remove(one.stood)


def _held(one: Piece) -> Held:
    key, said = one.key or Key(one.kind, "", ""), one.digest
    stood = one.stood
    if one.contents and stood is not None and stood.untouched and stood.row.get("attachment_id") is None:
        said = digest(one.resource)  # of what an earlier program brought in there is nothing to open: it comes again
    if stood is not None and not (stood.said or stood.untouched) and _same_digest(one, stood):
        said = stood.digest  # whoever was told that it was taken out has decided: said once more it changes nothing
    return Held(key, said, f"{key.kind}/{key.value}", None, one.resource, one.what, one.contents)


def _what(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a part is, beside its kind: its code, else its name; of a medicine both, of a finding when it was, too."""
    code = heard.plain(str(row.get("code") or row.get("vaccine_code") or ""))
    name = heard.plain(str(row.get("title") or row.get("name") or row.get("substance") or ""))
    if table == "medicines_taken":
        return code, name
    if table == "observations":
        return code or name, str(row.get("effective_text") or "")
    return (code or name,)


def _same_digest(one: Piece, stood: Standing) -> bool:
    return one.digest == stood.digest.removeprefix(heard_parts.NOT_SAID)


def _same(one: Piece, stood: Standing) -> bool:
    return one.table == stood.table and _what(one.table, one.what.values) == _what(one.table, stood.row)


def _may_be(one: Piece, stood: Standing) -> bool:
    """Whether it may be the same otherwise said: a value that was corrected, a medicine of which the dose changed."""
    if one.table != stood.table:
        return False
    (first, *rest), (other, *others) = _what(one.table, one.what.values), _what(one.table, stood.row)
    if one.table == "medicines_taken":
        return _unnumbered(rest[0]) == _unnumbered(others[0])
    if one.table != "observations" or first != other:
        return False
    said, was = one.what.values, stood.row
    return (
        not (rest[0] and others[0])
        or said["status"] in INSTEAD
        or was["status"] in UNFINISHED
        or all(said.get(name) == was[name] for name in ("value_kind", "value", "comparator", "unit"))
    )


def _like(one: Piece) -> str:
    """What another part must share with it to be taken for it: the name, of a medicine without its strength."""
    what = _what(one.table, one.what.values)
    return _unnumbered(what[1]) if one.table == "medicines_taken" else what[0]


def _unnumbered(words: str) -> str:
    return " ".join(each for each in words.split() if not any(sign.isdecimal() for sign in each))


def _alone(one: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether no other part that came may be the same as well."""
    return [each for each in pieces if (each.key, each.table) == (None, one.table) and _like(each) == _like(one)] == [
        one
    ]


def says_nothing(one: Resource) -> bool:
    """Whether it is a finding that says neither what was found nor its value: results of which none is left there."""
    return one.resource_type == "Observation" and "code" not in written(one)


def counts(one: Standing) -> bool:
    """Whether it is somebody's and holds here still, so that a person must hear that it is not said any more."""
    row = one.row
    over = {row.get("status"), row.get("verification_status")} & _OVER
    return row.get("patient_id") is not None and not over


def called(row: Mapping[str, Any]) -> str:
    """A part in a few words; a medicine with its dose, for another line of it may stand."""
    sign = BY_CODE.get(str(row.get("code")))
    named = row.get("title") or row.get("name") or row.get("vaccine_name") or "a part of it"
    name = sign.name if sign is not None and named == row.get("code") else named
    told = (row.get("dosage_text") or row.get("dose"),) if "dosage_text" in row else (row.get("value"), row.get("unit"))
    return " ".join(str(each) for each in (name, *told) if each)


def _patient(act: Act, frame: Frame, one: Piece) -> str | None:
    """Whose a part is here; None where that is not known."""
    reference = one.what.links.get("patient_id")
    key = None if reference is None else frame.target(reference, Key(one.kind, frame.source, ""))
    known = None if key is None else heard_parts.known_as(act, key)
    return known.record if known is not None and known.table == "patients" else None


def _of_the_same(resource: Json, first: Json) -> Json:
    """What comes with a record (the note of a visit) and names nobody is about whom the record is about."""
    whom = (first.get("subject") or first.get("patient") or {}).get("reference")
    member = SUBJECTS[resource["resourceType"]].about
    if whom is None or not isinstance(member, str) or (resource.get(member) or {}).get("reference"):
        return resource
    return resource | {member: {"reference": whom}}
