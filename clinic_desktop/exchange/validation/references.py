"""References: how they are written, what they may point at, and what is contained (R4, references.html)."""

import re
from collections import Counter

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Severity, quoted

_REST = re.compile(
    r"(?:(?P<base>https?://.+?)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?"
)
_SEARCH = re.compile(r"[A-Z][A-Za-z]+\?.")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def holder_of(node: Node) -> Node:
    """The record that an element is a part of."""
    while not node.is_resource() and node.parent is not None:
        node = node.parent
    return node


def root_of(record: Node) -> Node:
    """The record that holds a contained one; any other is its own."""
    while record.name == "contained" and record.parent is not None:
        record = holder_of(record.parent)
    return record


def rest_type(reference: str) -> str | None:
    """The kind of record that a RESTful reference names; None where it names none."""
    found = _REST.fullmatch(reference)
    if found is None or not definitions.is_concrete(found["type"]):
        return None
    return found["type"]


def contained(root: Node, fragment: str) -> Node | None:
    """The contained record of an id; the empty id is the record itself."""
    if not fragment:
        return root
    if root.inside is None:
        root.inside = {one.text("id"): one for one in reversed(root.all("contained"))}
    return root.inside.get(fragment)


def check(node: Node, targets: tuple[str, ...], findings: Findings) -> None:
    """Check one Reference or its like."""
    reference, stated = node.text("reference"), node.text("type")
    found: str | None = None
    if stated is not None and not definitions.is_concrete(stated.rpartition("/")[2]):
        findings.add(node, f"{quoted(stated)} is not a kind of record in FHIR R4")
    if reference is not None:
        found = _written(node, reference, findings)
    named = stated.rpartition("/")[2] if stated else None
    if found and named and found != named and definitions.is_concrete(named):
        findings.add(node, f"The reference leads to {found}, but its type says {named}")
    kind = found or named
    if kind and targets and not any(definitions.is_a(kind, target) for target in targets):
        # An address alone is no proof of what is there; what is in hand, or stated, is.
        sure = (reference or "#").startswith("#") or named is not None
        words = f"The reference leads to {kind}; here it may lead to {', '.join(targets[:8])}"
        findings.add(node, words, "error" if sure else "warning")


def check_target(node: Node, kind: str, findings: Findings) -> None:
    """Check a reference whose record is in hand."""
    element = definitions.element_at(node.parent.type, node.name) if node.parent is not None else None
    targets = element.targets if element else ()
    if targets and not any(definitions.is_a(kind, target) for target in targets):
        findings.add(node, f"The reference leads to {kind}; here it may lead to {', '.join(targets[:8])}")


def _written(node: Node, reference: str, findings: Findings) -> str | None:
    """Check how a reference is written; answers with the kind of record it leads to where that is plain."""
    if reference.startswith("#"):
        root = root_of(holder_of(node))
        target = contained(root, reference[1:])
        if target is None:
            findings.add(node, f"No contained record has the id {quoted(reference[1:])} (ref-1)")
        return target.type if target is not None else None
    kind = rest_type(reference)
    if kind is None and not _SCHEME.match(reference) and not _SEARCH.match(reference):
        severity: Severity = "warning" if "/" in reference else "error"
        findings.add(node, f"A reference is written as kind of record/id, not {quoted(reference)}", severity)
    return kind


def check_contained(record: Node, findings: Findings) -> None:
    """Contained records: each has an id of its own, and is pointed at or points at its holder (dom-3)."""
    inner = record.all("contained")
    if not inner:
        return
    pointed: set[str] = set()
    points_home: set[int] = set()
    for node in record.below():
        if isinstance(node.value, str) and (node.name == "reference" or node.type in {"uri", "url", "canonical"}):
            if node.value.startswith("#"):
                pointed.add(node.value[1:])
            if node.value == "#" and (node.name == "reference" or node.type == "canonical"):
                points_home.add(id(_contained_above(node, record)))
    ids = [one.text("id") for one in inner]
    counts = Counter(ids)
    for one, own in zip(inner, ids, strict=True):
        if own is None:
            findings.add(one, "A contained record must have an id")
        elif counts[own] > 1:
            findings.add(one, f"Two contained records have the id {quoted(own)}")
        if (own is None or own not in pointed) and id(one) not in points_home:
            findings.add(
                one, "The contained record is not pointed at by the record that holds it, nor points at it (dom-3)"
            )


def _contained_above(node: Node, record: Node) -> Node | None:
    at: Node | None = node
    while at is not None and at.parent is not record:
        at = at.parent
    return at


def check_ids(record: Node, findings: Findings) -> None:
    """The ids of a record's elements are its own: none stands twice."""
    seen: set[str] = set()
    for node in record.below():
        if (
            node.name == "id"
            and node.parent is not None
            and not node.parent.is_resource()
            and isinstance(node.value, str)
        ):
            if holder_of(node) is not record:
                continue
            if any(character.isspace() for character in node.value):
                findings.add(node, f"The id of an element must have no space in it: {quoted(node.value)}")
            if node.value in seen:
                findings.add(node, f"The id {quoted(node.value)} stands at two elements of one record")
            seen.add(node.value)
