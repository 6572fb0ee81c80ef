"""Documents with what they carry <-> DocumentReference and Binary.

Bytes never stand in a row: before a resource is judged its base64 is lifted out and a mark, the content's hash, is left
in its place; when it goes out the mark is filled again with the very same text.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from clinic_desktop.domain import contents
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import when
from clinic_desktop.exchange.csv.problems import in_words
from clinic_desktop.exchange.mapped import LOINC, Mapped, Meaning, Pointer, Row, clean, concept, meaning
from clinic_desktop.services.examining import Examined, examine
from sync.records.document import Binary, DocumentReference
from sync.records.elements import Attachment, Reference, decoded
from sync.records.exact import Json
from sync.telling.notes import ADDENDUM, SECTIONS

CARRIERS = frozenset({"DocumentReference", "Binary"})
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
NAMELESS = "Document"
# What is left where a content stood: base64 itself, so that the resource stays sound.
_MARK, _DIGEST, _SHA1 = b"sha256:", 32, 20
HARMFUL = frozenset({"bomb", "size", "pages"})
_STATUS = {"current": rules.CURRENT, "superseded": rules.SUPERSEDED, "entered-in-error": rules.IN_ERROR}
_WRITTEN = {kept: status for status, kept in _STATUS.items()} | {rules.DRAFT: "current"}
# The parts of the note of a visit, which systems give by their LOINC code alone.
_PARTS = {**SECTIONS, ADDENDUM: "Note of a visit"}
_BY_CODE = {kind.code: kind.key for kind in reversed(rules.KINDS) if kind.code and not kind.written_here}


class NotKept(Exception):  # noqa: N818 - a rule said no to a content
    """What a document carries cannot be kept: the place in the resource, and why."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def lift(resource: Json) -> tuple[Json, tuple[bytes, ...]]:
    """The resource with a mark for every content, and the contents in their order. Raises NotKept."""
    lifted: list[bytes] = []

    def out(place: Json, where: str) -> Json:
        text = place["data"]
        content = _bytes(text, f"{where}data")
        _require_hash(place.get("hash"), content, f"{where}hash")
        lifted.append(content)
        if base64.b64encode(content).decode() != text:
            return place  # written with spaces or line breaks: it goes out with them
        return place | {"data": mark_of(hashlib.sha256(content).hexdigest())}

    return _each(resource, out), tuple(lifted)


def examined(resource: Json, lifted: tuple[bytes, ...]) -> tuple[Examined, ...]:
    """What the contents are. Raises NotKept for what is not safe to keep, such as a PDF that never ends."""
    found: list[Examined] = []
    for content, (place, where) in zip(lifted, _carried(resource), strict=True):
        name = str(place.get("title") or "")
        try:
            taken = _examined(content, name)
        except Refusal as error:
            raise NotKept(f"{where}data", in_words(error)) from None
        found.append(taken)
    return tuple(found)


def fill(resource: Json, content_of: Callable[[str], bytes], *, hashed: bool = False) -> Json:
    """The resource with every mark replaced by the content that has this hash; `hashed` says size and hash too."""

    def back(place: Json, _where: str) -> Json:
        found = _marked(place.get("data"))
        if found is None:
            return place
        content = content_of(found)
        # FHIR asks for SHA-1 here: for comparing, and for nothing else.
        digest = hashlib.sha1(content, usedforsecurity=False).digest()
        told = {"size": len(content), "hash": base64.b64encode(digest).decode()} if hashed else {}
        return place | {"data": base64.b64encode(content).decode()} | told

    return _each(resource, back)


def addresses(resource: Json) -> tuple[str, ...]:
    """Where the contents stand that a document does not carry itself."""
    found = (entry.get("attachment") for entry in resource.get("content") or () if isinstance(entry, dict))
    return tuple(one["url"] for one in found if isinstance(one, dict) and isinstance(one.get("url"), str))


def read_binary(record: Binary) -> Mapped:
    """Bytes that documents refer to: what they are is seen when they are taken in."""
    return Mapped({}, facts={"sha256": _marked(record.data)})


def write_binary(row: Row, _point: Pointer) -> Json:
    """The mark of the bytes; what type they were said to be stands in what came with them."""
    return clean(data=mark_of(row["sha256"]) if row["sha256"] else None)


def read(record: DocumentReference) -> Mapped:
    """A document from elsewhere; the first of its contents is the one that is shown."""
    named, first = meaning(record.type, LOINC), record.content[0].attachment if record.content else Attachment()
    code = named.code if named.system == LOINC else None
    url = first.url if first.data is None else None
    values = {
        "kind": _BY_CODE.get(code or "", "other_clinical"),
        "code": code,
        "title": _title(first, named, record),
        "status": _STATUS[record.status],
        "source": rules.IMPORTED,
        "confidentiality": _confidentiality(record),
        "author_name": None,
        "written_at": when.midday(record.date or first.creation or "") if record.date or first.creation else None,
        "declared_type": first.content_type,
        "file_name": rules.kept_name(first.title or "") or None,
        "language": first.language,
        "description": (record.description or "")[: rules.LONGEST_WORDS] or None,
    }
    links: dict[str, Reference] = {"patient_id": record.subject} if record.subject else {}
    if record.context and record.context.encounter:
        links["encounter_id"] = record.context.encounter[0]
    if url:
        links["attachment_id"] = Reference(reference=url)
    before = next((each.target for each in record.relates_to if each.code == "replaces"), None)
    if before is not None:
        links["supersedes"] = before
    names = {"author_name": record.author[0]} if record.author else {}
    return Mapped(values, links, names, facts={"sha256": _marked(first.data)})


def write(row: Row, point: Pointer) -> Json:
    """A document with what it carries; one that was written here carries its text."""
    here = row["received_by"] is not None
    encounter, before = point("encounters", row["encounter_id"]), point("documents", row["supersedes"])
    code = concept(LOINC if row["code"] else None, row["code"], rules.BY_KEY[row["kind"]].title if here else None)
    hidden, author = row["confidentiality"], row["author_name"] or (row["author"] if here else None)
    return clean(
        status=_WRITTEN[row["status"]],
        doc_status="final" if here and row["signed_at"] else None,
        type=code,
        subject=point("patients", row["patient_id"]),
        date=when.fhir_instant(row["written_at"] or row["received_at"]) if here or row["written_at"] else None,
        author=[{"display": author}] if author else None,
        relates_to=[{"code": "replaces", "target": before}] if before else None,
        description=row["description"],
        security_label=[concept(CONFIDENTIALITY, hidden, None)] if hidden != rules.NORMAL else None,
        content=[{"attachment": _attachment(row, here=here)}],
        context={"encounter": [encounter]} if encounter else None,
    )


def _attachment(row: Row, *, here: bool) -> Json:
    members = clean(content_type=row["declared_type"] or row["media_type"], language=row["language"])
    if row["sha256"]:
        members["data"] = mark_of(row["sha256"])
    elif here and (row["body"] or row["from_on"]):
        members |= _text(row)
    return members | clean(title=row["title"])


def _text(row: Row) -> Json:
    head = [f"To: {row['addressed_to']}"] if row["addressed_to"] else []
    if row["from_on"]:
        head.append(f"From {row['from_on']} until {row['until_on'] or '?'}")
    text = "\n\n".join(filter(None, (*head, row["body"]))).encode()
    return {"contentType": "text/plain; charset=utf-8", "data": base64.b64encode(text).decode()}


def _title(first: Attachment, named: Meaning, record: DocumentReference) -> str:
    """What a document is called: a code alone is no name that anybody reads."""
    kind = _BY_CODE.get(named.code or "") if named.system == LOINC else None
    plain = _PARTS.get(named.code or "") or (rules.BY_KEY[kind].title if kind else None)
    spelt = named.title if any(map(str.isdecimal, named.title)) else named.title.replace("_", " ").capitalize()
    called = named.title if named.title != named.code else record.description or plain or spelt
    words = " ".join((first.title or called or record.description or NAMELESS).split())
    return words[: rules.LONGEST_TITLE] or NAMELESS


def _confidentiality(record: DocumentReference) -> str:
    codes = {each.code for label in record.security_label for each in label.coding}
    return next((one for one in (rules.VERY_RESTRICTED, rules.RESTRICTED) if one in codes), rules.NORMAL)


def mark_of(sha256: str) -> str:
    """What stands in the place of a content."""
    return base64.b64encode(_MARK + bytes.fromhex(sha256)).decode()


def _marked(data: object) -> str | None:
    if not isinstance(data, str) or len(data) != len(mark_of("00" * _DIGEST)):
        return None
    found = decoded(data)
    return found.removeprefix(_MARK).hex() if found.startswith(_MARK) else None


def _bytes(text: str, where: str) -> bytes:
    try:
        content = decoded(text)
    except (binascii.Error, ValueError):
        raise NotKept(where, "is no base64") from None
    if not content:
        raise NotKept(where, "there is nothing in it")
    return content


def _require_hash(told: Any, content: bytes, where: str) -> None:
    try:
        digest = decoded(told) if isinstance(told, str) else b""
    except (binascii.Error, ValueError):
        return
    if len(digest) == _SHA1 and digest != hashlib.sha1(content, usedforsecurity=False).digest():
        raise NotKept(where, "the content is not the one that this hash was made of: it is damaged or half there")


def _examined(content: bytes, name: str) -> Examined:
    """A content as it may be kept: a PDF that does harm when it is opened is refused, what cannot be shown is kept."""
    contents.require_size(len(content), contents.HIGHEST_LIMIT_MB, rules.kept_name(name) or "?")
    try:
        return examine(content, name, contents.HIGHEST_LIMIT_MB)
    except Refusal as error:
        if error.facts.get("wrong") in HARMFUL:
            raise
        return Examined(content, contents.BINARY, None, "", rules.kept_name(name))


def _carried(resource: Json) -> Iterator[tuple[Json, str]]:
    """Every place of a resource that carries a content, with its path."""
    if resource.get("resourceType") == "Binary":
        if isinstance(resource.get("data"), str):
            yield resource, ""
        return
    entries = resource.get("content")
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        attachment = entry.get("attachment") if isinstance(entry, dict) else None
        if isinstance(attachment, dict) and isinstance(attachment.get("data"), str):
            yield attachment, f"content[{place}].attachment."


def _each(resource: Json, change: Callable[[Json, str], Json]) -> Json:
    """The resource with what carries a content changed; nothing else is touched."""
    changed = {id(place): change(place, where) for place, where in _carried(resource)}
    if not changed:
        return resource
    if id(resource) in changed:
        return changed[id(resource)]
    content = [
        entry | {"attachment": changed[id(entry["attachment"])]} if id(entry.get("attachment")) in changed else entry
        for entry in resource["content"]
    ]
    return resource | {"content": content}
