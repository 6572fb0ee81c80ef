"""Bundles: addresses of entries, what each kind asks of them, and where references lead (R4, bundle.html)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from clinic_desktop.exchange.validation import definitions, references
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Severity, quoted
from clinic_desktop.exchange.validation.references import rest_type

_ABSOLUTE = re.compile(r"(https?://|urn:(uuid|oid):|[a-z][a-z0-9+.-]*:).+", re.DOTALL)
_REST = re.compile(r"(?P<base>https?://.+)/(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
_VERSION = re.compile(r"/_history/([A-Za-z0-9\-.]{1,64})$")
# Entries that are still to be stored, or the answers to them, need no address.
_NO_ADDRESS = frozenset({"transaction", "transaction-response", "batch", "batch-response"})
_PAGES = frozenset({"first", "last", "next", "prev", "previous"})
_IN_DOCUMENT = ("subject", "encounter", "author", "custodian")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its place, its address, and the record in it."""

    node: Node
    url: str | None
    record: Node | None


class Entries:
    """The entries of a bundle, found by address."""

    def __init__(self, bundle: Node) -> None:
        self.all = [Entry(one, one.text("fullUrl"), one.one("resource")) for one in bundle.all("entry")]
        self._by_url: dict[str, list[Entry]] = {}
        for entry in self.all:
            if entry.url is not None:
                self._by_url.setdefault(entry.url, []).append(entry)

    def found(self, reference: str, source: Entry) -> list[Entry]:
        """The entries that a reference in an entry leads to, by the rules of the specification."""
        plain = reference.partition("#")[0]
        version = _VERSION.search(plain)
        plain = _VERSION.sub("", plain)
        if not _ABSOLUTE.match(plain):
            home = _REST.fullmatch(source.url or "")
            plain = f"{home['base']}/{plain}" if home else plain
        candidates = self._by_url.get(plain, [])
        if version is None:
            return candidates
        return [one for one in candidates if _version_of(one) == version.group(1)]


def _version_of(entry: Entry) -> str | None:
    meta = entry.record.one("meta") if entry.record is not None else None
    return meta.text("versionId") if meta is not None else None


def check(bundle: Node, findings: Findings) -> None:
    """Check what the entries of a bundle are to one another."""
    kind = bundle.text("type") or ""
    entries = Entries(bundle)
    for entry in entries.all:
        _address(entry, kind, findings)
    _links(bundle, kind, findings)
    if kind in {"document", "message"}:
        _led(entries, kind, bundle, findings)
    if kind == "searchset":
        _search(bundle, entries, findings)
    _led_to(entries, findings, history=kind == "history")


def _address(entry: Entry, kind: str, findings: Findings) -> None:
    if entry.record is None:
        return
    if entry.url is None:
        mode = entry.node.one("search")
        outcome = mode is not None and mode.text("mode") == "outcome"
        if kind not in _NO_ADDRESS and not outcome and entry.node.one("fullUrl") is None:
            findings.add(entry.node, "The entry has no fullUrl")
        return
    if not _ABSOLUTE.match(entry.url):
        findings.add(entry.node, f"The fullUrl must be absolute, not {quoted(entry.url)}")
        return
    rest = _REST.fullmatch(entry.url)
    if rest is None or not definitions.is_concrete(rest["type"]):
        return
    own = entry.record.text("id")
    if own is None:
        findings.add(entry.node, f"The fullUrl {quoted(entry.url)} names a stored record, but the record has no id")
    elif rest["type"] != entry.record.type or rest["id"] != own:
        # A server's own answers and documents hold to it; the official examples of the rest do not.
        severity: Severity = "error" if kind in {"document", "searchset", "history"} else "warning"
        findings.add(entry.node, f"The fullUrl {quoted(entry.url)} must end with {entry.record.type}/{own}", severity)


def _links(bundle: Node, kind: str, findings: Findings) -> None:
    seen: set[str] = set()
    for link in bundle.all("link"):
        relation = link.text("relation") or ""
        if kind not in {"searchset", "history"} and relation in _PAGES:
            findings.add(link, f"A link to the {relation} page has no place in a bundle of the type {kind}")
        if relation in seen and relation in _PAGES | {"self"}:
            findings.add(link, f"The link {quoted(relation)} stands here twice")
        seen.add(relation)


def _led(entries: Entries, kind: str, bundle: Node, findings: Findings) -> None:
    """A document is led by its Composition, a message by its MessageHeader: all else hangs on them."""
    if not entries.all:
        findings.add(bundle, f"A {kind} must have at least one entry")
        return
    first = entries.all[0]
    lead = first.record
    if lead is None or lead.type != {"document": "Composition", "message": "MessageHeader"}[kind]:
        if lead is None:
            findings.add(first.node, "The first entry must hold a record")
        return
    needed = _document_references(lead) if kind == "document" else lead.all("focus")
    for node in needed:
        reference = node.text("reference")
        if reference and not reference.startswith("#") and not entries.found(reference, first):
            findings.add(node, f"{quoted(reference)} is not in the bundle; in a {kind} it has to be")
    reached = _reached(entries, first)
    severity: Severity = "error" if kind == "document" else "warning"
    for entry in entries.all:
        if entry.record is not None and id(entry.node) not in reached:
            findings.add(
                entry.node, f"Nothing leads from the {lead.type} to this entry, or from it to anything there", severity
            )


def _document_references(lead: Node) -> Iterator[Node]:
    for name in _IN_DOCUMENT:
        yield from lead.all(name)
    for one in lead.all("attester"):
        yield from one.all("party")
    for one in lead.all("event"):
        yield from one.all("detail")
    waiting = list(lead.all("section"))
    while waiting:
        section = waiting.pop(0)
        for name in ("author", "focus", "entry"):
            yield from section.all(name)
        waiting = section.all("section") + waiting


def _outgoing(entry: Entry, entries: Entries) -> Iterator[Entry]:
    if entry.record is None:
        return
    for node in entry.record.below():
        if not isinstance(node.value, str):
            continue
        if node.name == "reference" or node.type in {"url", "uri", "canonical"}:
            yield from entries.found(node.value, entry)


def _reached(entries: Entries, first: Entry) -> set[int]:
    """The entries that links join to the first one, followed either way."""
    joined: dict[int, list[Entry]] = {}
    for entry in entries.all:
        for other in _outgoing(entry, entries):
            joined.setdefault(id(entry.node), []).append(other)
            joined.setdefault(id(other.node), []).append(entry)
    reached = {id(first.node)}
    waiting = [first]
    while waiting:
        for other in joined.get(id(waiting.pop().node), []):
            if id(other.node) not in reached:
                reached.add(id(other.node))
                waiting.append(other)
    return reached


def _led_to(entries: Entries, findings: Findings, *, history: bool) -> None:
    """Where references lead within the bundle: to one entry, which is of a kind that may stand there."""
    for entry in entries.all:
        for node in entry.record.below() if entry.record is not None else ():
            if node.type != "Reference":
                continue
            reference = node.text("reference")
            if reference is None or reference.startswith("#"):
                continue
            found = entries.found(reference, entry)
            if len(found) > 1 and not history:
                findings.add(node, f"{quoted(reference)} leads to more than one entry of the bundle")
            elif len(found) == 1 and found[0].record is not None:
                references.check_target(node, found[0].record.type, findings)


def _search(bundle: Node, entries: Entries, findings: Findings) -> None:
    asked = _asked_for(bundle)
    for entry in entries.all:
        search = entry.node.one("search")
        mode = search.text("mode") if search is not None else None
        if entry.record is None:
            findings.add(entry.node, "An entry of a search must hold a record")
            continue
        kind = entry.record.type
        if mode == "outcome" and kind != "OperationOutcome":
            findings.add(entry.record, f"An entry of the mode outcome holds an OperationOutcome, not {kind}")
        if mode != "outcome" and entry.record.text("id") is None:
            # Without a mode nobody can tell what was found from what is said about the search.
            severity: Severity = "error" if mode is not None else "warning"
            findings.add(entry.record, "What a search found must have an id", severity)
        if mode == "match" and asked and kind not in asked:
            findings.add(entry.record, f"{kind} is not what the search asked for: {', '.join(sorted(asked))}")


def _asked_for(bundle: Node) -> set[str]:
    """The kinds of record that the search itself named, by its address."""
    own = next((link.text("url") for link in bundle.all("link") if link.text("relation") == "self"), None)
    if not own:
        return set()
    try:
        parts = urlsplit(own)
        types = parse_qs(parts.query).get("_type", [])
    except ValueError:
        return set()
    named = {one for words in types for one in words.split(",")}
    last = parts.path.rstrip("/").rpartition("/")[2]
    return named or ({last} if definitions.is_concrete(last) else set())


def check_parameters(parameters: Node, findings: Findings) -> None:
    """Records given side by side: a reference to a kind that is among them leads to one of them."""
    held = [one for part in parameters.below() if part.name == "parameter" for one in part.all("resource")]
    own = {f"{one.type}/{one.text('id')}" for one in held}
    kinds = {one.type for one in held}
    for one in held:
        for node in one.below():
            if node.name != "reference" or not isinstance(node.value, str) or _ABSOLUTE.match(node.value):
                continue
            kind = rest_type(node.value)
            if kind in kinds and _VERSION.sub("", node.value) not in own:
                findings.add(
                    node, f"{quoted(node.value)} is not among the records given here, though others of its kind are"
                )
