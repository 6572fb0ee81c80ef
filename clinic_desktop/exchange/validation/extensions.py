"""Extensions: where each may stand and what it may hold (R4, extensibility.html)."""

import re
from collections.abc import Iterator

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.definitions import ExtensionRule
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, quoted

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
# HL7's guides publish every extension under their address: one that is not known here may be a slip of the pen, and
# nothing says what it means. The core's own address also holds extensions younger than R4.
# US Core is the guide that the records of this product's partners follow; it is known by its name alone.
_GUIDES = re.compile(r"https?://hl7\.org/fhir/(?!us/core/)[a-z]{2}/")


def check(node: Node, findings: Findings) -> ExtensionRule | None:
    """Check one extension at the place where it stands, and answer with its definition where it has one."""
    host = node.parent
    url = node.text("url")
    holds_value, holds_parts = bool(node.all("value")), bool(node.all("extension"))
    if holds_value == holds_parts and (node.kids or url):
        both = "both" if holds_value else "neither"
        findings.add(node, f"An extension holds a value or extensions: here are {both} (ext-1)")
    if url is None or host is None:
        return None
    find = _part if host.type == "Extension" else _whole
    rule = find(node, host, url, findings)
    if rule is not None:
        _content(node, rule, findings)
    return rule


def _part(node: Node, host: Node, url: str, findings: Findings) -> ExtensionRule | None:
    """An extension inside another: one of its parts, or one that stands for itself."""
    outer = rule_of(host)
    if outer is not None and url in outer.parts:
        return outer.parts[url]
    if _ABSOLUTE.match(url):
        return _whole(node, host, url, findings)
    if outer is not None:
        findings.add(node, f"{quoted(url)} is no part of the extension {host.text('url')}")
    return None


def rule_of(node: Node) -> ExtensionRule | None:
    """The definition of an extension, also of a part of one."""
    chain = [node]
    while chain[-1].parent is not None and chain[-1].parent.type == "Extension":
        chain.append(chain[-1].parent)
    rule = definitions.extension_named(chain[-1].text("url") or "")
    for inner in reversed(chain[:-1]):
        url = inner.text("url") or ""
        rule = (rule.parts.get(url) if rule else None) or definitions.extension_named(url)
    return rule


def _whole(node: Node, host: Node, url: str, findings: Findings) -> ExtensionRule | None:
    if not _ABSOLUTE.match(url):
        findings.add(node, f"The url of an extension must be absolute, not {quoted(url)}")
        return None
    plain, _bar, version = url.partition("|")
    if version:
        findings.add(node, f"The url of an extension must not name a version: {quoted(url)}")
    rule = definitions.extension_named(plain)
    if rule is None:
        _unknown(node, url, findings)
        return None
    if rule.at and not set(rule.at) & set(_places(host)):
        allowed = ", ".join(rule.at[:4])
        findings.add(node, f"The extension {url} is not allowed here ({host.type}); it may stand at {allowed}")
    if rule.modifier != (node.name == "modifierExtension"):
        wanted = "modifierExtension" if rule.modifier else "extension"
        findings.add(node, f"The extension {url} must be written as {wanted}")
    return rule


def _unknown(node: Node, url: str, findings: Findings) -> None:
    if node.name == "modifierExtension" and "example.org" not in url:
        findings.add(
            node, f"The modifier extension {quoted(url)} is not known: nothing here can be understood without it"
        )
    elif _GUIDES.match(url):
        findings.add(node, f"The extension {quoted(url)} is of a guide that is not known here, so it cannot be checked")
    else:
        findings.add(node, f"The extension {quoted(url)} is not known here", "information")


def _places(host: Node) -> Iterator[str]:
    """Every way in which a definition may name the place of an element."""
    yield from _lineage(host.type)
    yield "Element"
    node, tail = host, ""
    while node.parent is not None and not node.is_resource():
        tail = f".{node.name}{tail}"
        for owner in _lineage(node.parent.type):
            yield f"{owner}{tail}"
            if node.suffixed:
                yield f"{owner}{tail}[x]"
        node = node.parent


def _lineage(kind: str) -> Iterator[str]:
    at: str | None = kind
    while at:
        yield at
        at = definitions.base_of(at)


def _content(node: Node, rule: ExtensionRule, findings: Findings) -> None:
    values = node.all("value")
    url = node.text("url")
    for value in values[:1]:
        if not rule.types:
            findings.add(value, f"The extension {quoted(url or '')} holds extensions, no value")
        elif value.type not in rule.types:
            allowed = ", ".join(rule.types[:6])
            findings.add(value, f"The extension {quoted(url or '')} holds {allowed}, not {value.type}")
    if rule.value_least and not values and node.all("extension"):
        findings.add(node, f"The extension {quoted(url or '')} must have a value")
    counts: dict[str, int] = {}
    for inner in node.all("extension"):
        name = inner.text("url") or ""
        counts[name] = counts.get(name, 0) + 1
    for name, part in rule.parts.items():
        count = counts.get(name, 0)
        if count < part.least:
            findings.add(node, f"The extension {quoted(url or '')} must have the part {quoted(name)}")
        if part.most and count > part.most:
            findings.add(node, f"The extension {quoted(url or '')} may have {part.most} of {quoted(name)}, not {count}")
