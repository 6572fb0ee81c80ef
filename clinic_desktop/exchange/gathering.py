"""One file made ready to be taken in: every resource of it is read and judged before a single row is written."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from clinic_desktop.exchange import documents, subjects
from clinic_desktop.exchange.keys import Frame, references
from clinic_desktop.exchange.mapped import Mapped
from clinic_desktop.exchange.reading import Entry, Envelope, FileRefused, entries
from clinic_desktop.exchange.subjects import ORDER, SUBJECTS
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.arrivals import Arrival
from clinic_desktop.services.examining import Examined
from sync.records.elements import Reference
from sync.records.exact import Json, digest, dumps, loads
from sync.records.release import not_r4

# Up to so many resources are held as they are; of a larger file each is held compressed, a thirtieth of the memory.
HELD_PLAIN = 20_000
BUSINESS_LONGEST = 256
# What the documents of one file may carry together: all of it is judged, and so held, before the first is written.
LARGEST_TOGETHER = 384 << 20


@dataclass(frozen=True)
class Pointing:
    """A reference that leads out of the file: where it stands and what it means."""

    where: str
    text: str
    key: Key | None


@dataclass
class Held:
    """A resource of a kind that the chart keeps."""

    key: Key
    digest: str
    where: str
    about: Key | None
    resource: Json | bytes
    what: Mapped | None = None
    contents: tuple[Examined, ...] = ()

    def unpacked(self) -> Json:
        """The resource as it came."""
        if isinstance(self.resource, bytes):
            found: Json = loads(zlib.decompress(self.resource).decode())
            return found
        return self.resource


@dataclass
class Gathered:
    """A whole file, judged: what will be kept, what will not, and what leads elsewhere."""

    frame: Frame
    envelope: Envelope
    kept: list[Held] = field(default_factory=list)
    not_kept: list[tuple[str, int]] = field(default_factory=list)
    standing: set[int] = field(default_factory=set)
    pointing: list[Pointing] = field(default_factory=list)
    asked_to_delete: int = 0
    carried: int = 0

    def groups(self) -> Iterator[list[Held]]:
        """What belongs together, one person's records at a time; people and places that others refer to come first."""
        by_patient: dict[Key | None, list[Held]] = {}
        for each in self.kept:
            by_patient.setdefault(each.about, []).append(each)
        for about in sorted(by_patient, key=lambda key: (key is not None,)):
            yield sorted(by_patient[about], key=lambda held: ORDER[held.key.kind])


def gather(path: Path, source: str, password: str = "") -> Gathered:
    """Read and judge a file. Raises FileRefused naming the place, with nothing written."""
    found = Gathered(Frame(source), Envelope())
    digests: dict[Key, str] = {}
    for place, entry in enumerate(entries(path, found.envelope, password)):
        if (wrong := not_r4(entry.resource)) is not None:
            raise FileRefused(entry.where, wrong)
        if entry.method == "DELETE":
            found.asked_to_delete += 1
        else:
            _hold(found, entry, digests, pack=place >= HELD_PLAIN)
    _point(found)
    return found


def arrivals(group: Sequence[Held], frame: Frame, met: Mapping[int, str]) -> tuple[Arrival, ...]:
    """The rows that the records of one person become; `met` are the digests of those that came before in this call."""
    return tuple(_arrival(held, frame, again=met.get(hash(held.key), held.digest) != held.digest) for held in group)


def standing(key: Key) -> int:
    """A number for a key, so that a million of them fit."""
    return hash((key.system, key.value))


def _hold(found: Gathered, entry: Entry, digests: dict[Key, str], *, pack: bool) -> None:
    """Judge one resource and keep hold of it; the same one twice is one."""
    resource = entry.resource
    kind = str(resource["resourceType"])
    # What is not kept is only counted: its digest is needed where it has no id to be counted by.
    counted = kind not in SUBJECTS and isinstance(resource.get("id"), str)
    said = "" if counted else digest(resource)
    key = found.frame.key(resource, entry.full_url, said)
    where = f"{kind}/{resource['id']}" if isinstance(resource.get("id"), str) else entry.where
    before = digests.get(key)
    if before == said:
        return
    if before is not None:
        raise FileRefused(where, "two records of one file have this id and say different things")
    digests[key] = said
    found.standing.add(standing(key))
    if kind not in SUBJECTS:
        found.not_kept.append((kind, hash(key)))
        return
    resource, contents = _lifted(kind, resource, where)
    found.carried += sum(len(each.content) for each in contents)
    if found.carried > LARGEST_TOGETHER:
        most = LARGEST_TOGETHER >> 20
        raise FileRefused(where, f"the documents up to here are together larger than {most} MB: bring them in in parts")
    what = _mapped(kind, resource, where)
    if pack:
        packed = zlib.compress(dumps(resource).encode(), 1)
        found.kept.append(Held(key, said, where, None, packed, contents=contents))
    else:
        found.kept.append(Held(key, said, where, None, resource, what, contents))


def _lifted(kind: str, resource: Json, where: str) -> tuple[Json, tuple[Examined, ...]]:
    """A resource without the contents it carries, and those; one that is not safe to keep refuses the file."""
    if kind not in documents.CARRIERS:
        return resource, ()
    try:
        marked, contents = documents.lift(resource)
        return marked, documents.examined(marked, contents)
    except documents.NotKept as error:
        raise FileRefused(f"{where}.{error.where}", error.what) from None


def _mapped(kind: str, resource: Json, where: str) -> Mapped:
    """What the chart keeps of a resource; a resource that breaks the rules of its kind refuses the file."""
    subject = SUBJECTS[kind]
    try:
        record = subjects.record(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise FileRefused(f"{where}.{path}", first["msg"].removeprefix("Value error, ")) from None
    return subjects.mapped(subject, record)


def _point(found: Gathered) -> None:
    """Read every reference, now that all ids of the file are known."""
    for held in found.kept:
        resource = held.unpacked()
        kind = held.key.kind
        for where, text in references(resource):
            _follow(found, held, resource, f"{held.where}.{where}" if where else held.where, text)
        for text in documents.addresses(resource) if kind == "DocumentReference" else ():
            # A content with an address of its own stands there; one without is a record of this file or of none.
            if text.startswith(("Binary/", "urn:uuid:")):
                _follow(found, held, resource, f"{held.where}.content.attachment.url", text)
        if kind == "Patient":
            held.about = held.key
        elif (member := SUBJECTS[kind].about) is not None:
            if isinstance(member, str):
                held.about = _whose(found.frame, held, resource.get(member), member)
            else:
                held.about = _patient_among(found.frame, held, member(resource))


def _whose(frame: Frame, held: Held, reference: object, member: str) -> Key | None:
    """The patient a record is about; None for nobody of the clinic. Another kind of subject refuses the file."""
    subject = SUBJECTS[held.key.kind]
    where = f"{held.where}.{member}"
    if reference is None:
        return None
    target = frame.target(Reference.model_validate(reference), held.key)
    if target is None:
        return None
    if target.kind in {"", "Patient"}:
        return target
    if target.kind in subject.or_about:
        return None
    raise FileRefused(where, f"a record of this kind is about a patient, not about {target.kind}")


def _patient_among(frame: Frame, held: Held, named: Sequence[Json]) -> Key | None:
    """The patient among several who take part; None where nobody of them is one."""
    targets = (frame.target(Reference.model_validate(each), held.key) for each in named)
    return next((target for target in targets if target is not None and target.kind == "Patient"), None)


def _follow(found: Gathered, held: Held, resource: Json, where: str, text: str) -> None:
    if text.startswith("#"):
        contained = resource.get("contained") or ()
        if text != "#" and all(f"#{each.get('id')}" != text for each in contained if isinstance(each, dict)):
            found.pointing.append(Pointing(where, text, None))
        return
    key = found.frame.literal(text, held.key)
    if key is None or standing(key) not in found.standing:
        found.pointing.append(Pointing(where, text, key))


def _arrival(held: Held, frame: Frame, *, again: bool) -> Arrival:
    resource = held.unpacked()
    subject = SUBJECTS[held.key.kind]
    what = held.what or subjects.mapped(subject, subjects.record(resource))
    left = subjects.rest(subject, resource, what)
    if "id" in resource and resource["id"] != held.key.value:
        left["id"] = resource["id"]
    links = _targets(what.links, frame, held.key)
    if subject.about is not None and not isinstance(subject.about, str) and held.about is not None:
        links["patient_id"] = held.about
    return Arrival(
        key=held.key,
        table=subject.table,
        values={**what.values, **_displayed(what.names)},
        digest=held.digest,
        rest=dumps(left) if left else None,
        links=links,
        names=_targets(what.names, frame, held.key),
        parts=what.parts,
        identifiers=_business(resource.get("identifier")),
        unresolved=_members(resource, what.links, left),
        patient_words=_words(what.links.get("patient_id")),
        again=again,
        contents=held.contents,
    )


def _targets(references_: Mapping[str, Reference], frame: Frame, of: Key) -> dict[str, Key]:
    found = {column: frame.target(reference, of) for column, reference in references_.items()}
    return {column: key for column, key in found.items() if key is not None}


def _members(resource: Json, links: Mapping[str, Reference], left: Json) -> dict[str, str]:
    """The members that links to visits stand in, as they are kept where the visit is not here."""
    if "encounter_id" not in links:
        return {}
    name = "encounter" if "encounter" in resource else "context"
    return {} if name in left else {"encounter_id": dumps({name: resource[name]})[1:-1]}


def _words(patient: Reference | None) -> str:
    return (patient.display or "") if patient is not None else ""


def _displayed(names: Mapping[str, Reference]) -> dict[str, str]:
    """The names as the resource itself gives them, for where nobody here bears one."""
    return {column: reference.display for column, reference in names.items() if reference.display}


def _business(identifiers: object) -> tuple[tuple[str, str], ...]:
    """The identifiers that people use; the same one only once."""
    seen: dict[tuple[str, str], None] = {}
    for each in identifiers if isinstance(identifiers, list) else ():
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(value, str) and 0 < len(value) <= BUSINESS_LONGEST:
            seen[str(each.get("system") or ""), value] = None
    return tuple(seen)
