"""Where a resource is found: by its id and the system that gave it, by a reference, or by an identifier."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from clinic_desktop.services.arrival_keys import Key
from sync.records.elements import Reference
from sync.records.exact import Json

UUID_SYSTEM = "urn:uuid"
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LITERAL = re.compile(r"(?:(https?://.+?)/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?identifier=([^&|]*)\|([^&|]+)")


def is_uuid(text: str) -> bool:
    """Whether an id is unique in the world by itself."""
    return _UUID.fullmatch(text) is not None


@dataclass
class Frame:
    """What one file tells of where its resources stand; `source` is the system of ids that no address goes with."""

    source: str
    urls: dict[str, Key] = field(default_factory=dict)
    local: dict[tuple[str, str], Key] = field(default_factory=dict)

    def key(self, resource: Json, full_url: str | None, digest: str) -> Key:
        """The key of a resource, noted for those of the same file that refer to it."""
        kind, given = str(resource["resourceType"]), resource.get("id")
        found = _LITERAL.fullmatch(full_url or "")
        if found and found[1]:
            key = Key(kind, found[1], found[3])
        elif isinstance(given, str):
            key = self._by_id(kind, given)
        elif full_url and full_url.startswith("urn:uuid:"):
            key = Key(kind, UUID_SYSTEM, full_url.removeprefix("urn:uuid:"))
        else:
            key = Key(kind, self.source, f"sha256:{digest}")
        if full_url:
            self.urls[full_url] = key
        if isinstance(given, str):
            self.local[kind, given] = key
        return key

    def _by_id(self, kind: str, given: str) -> Key:
        return Key(kind, UUID_SYSTEM if is_uuid(given) else self.source, given)

    def target(self, reference: Reference, of: Key) -> Key | None:
        """The record a reference means; None for one inside the resource, or one that no id can be read from."""
        text = reference.reference
        if text is None:
            named = reference.identifier
            if named is None or not named.value:
                return None
            kind = getattr(reference, "type", None)
            return Key(kind if isinstance(kind, str) else "", named.system or "", named.value, business=True)
        return self.literal(text, of)

    def literal(self, text: str, of: Key) -> Key | None:
        """The record that the text of a reference means."""
        if text in self.urls:
            return self.urls[text]
        if text.startswith("urn:uuid:"):
            return Key("", UUID_SYSTEM, text.removeprefix("urn:uuid:"))
        if conditional := _CONDITIONAL.fullmatch(text):
            return Key(conditional[1], conditional[2], conditional[3], business=True)
        found = _LITERAL.fullmatch(text)
        return None if found is None else self._at(found[1], found[2], found[3], of)

    def _at(self, base: str | None, kind: str, value: str, of: Key) -> Key:
        if base:
            return Key(kind, base, value)
        if (kind, value) in self.local:
            return self.local[kind, value]
        if of.system.startswith(("http://", "https://")) and not is_uuid(value):
            return Key(kind, of.system, value)
        return self._by_id(kind, value)


# Where a value stands: the place of what holds it, and its own name or number there. Written out only where needed.
_Place = tuple["_Place | None", str | int]


def references(document: object) -> Iterable[tuple[str, str]]:
    """Every literal reference in a resource with its path."""
    pending: list[tuple[object, _Place | None]] = [(document, None)]
    while pending:
        value, place = pending.pop()
        if isinstance(value, dict):
            for name, member in value.items():
                if type(member) in _WHOLES:
                    pending.append((member, (place, name)))
                elif name == "reference" and isinstance(member, str):
                    yield _written(place), member
        elif isinstance(value, list):
            pending.extend((each, (place, number)) for number, each in enumerate(value) if type(each) in _WHOLES)


_WHOLES = frozenset({dict, list})


def _written(place: _Place | None) -> str:
    parts: list[str] = []
    while place is not None:
        place, name = place
        parts.append(f"[{name}]" if isinstance(name, int) else f".{name}")
    return "".join(reversed(parts)).removeprefix(".")
