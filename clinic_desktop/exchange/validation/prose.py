"""Rules that the specification states in prose alone, about single elements."""

import base64
import binascii
import re
from dataclasses import dataclass

from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Severity, quoted

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
# Text is text: what looks like a running script in a name or a note has no business there.
_ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|svg|link|meta|form)\b|javascript\s*:", re.IGNORECASE)
_TAG = re.compile(r"<\s*(?:/\s*)?[A-Za-z][A-Za-z0-9]*[^<>]*>")
_URI_SYSTEM = "urn:ietf:rfc:3986"


@dataclass(frozen=True, slots=True)
class Strictness:
    """What a caller may want held more or less strictly than the specification has it."""

    contained: bool = True
    html_in_markdown: bool = True


def check(node: Node, findings: Findings, strictness: Strictness) -> None:
    """Check one element by its type."""
    kind = node.type
    if kind in {"string", "markdown"}:
        _text(node, findings, strictness)
    elif kind == "canonical":
        _canonical(node, findings)
    elif kind == "Attachment":
        _attachment(node, findings)
    elif kind == "Identifier":
        _identifier(node, findings)
    elif kind == "Coding":
        _system(node, findings)


def _text(node: Node, findings: Findings, strictness: Strictness) -> None:
    if not isinstance(node.value, str) or ("<" not in node.value and ":" not in node.value):
        return
    if _ACTIVE.search(node.value):
        findings.add(node, "The text looks like a running script, which no record should carry")
    elif node.type == "markdown" and _TAG.search(node.value):
        severity: Severity = "warning" if strictness.html_in_markdown else "error"
        findings.add(node, "The text has something that looks like an HTML tag; it will be shown as text", severity)


def _canonical(node: Node, findings: Findings) -> None:
    value = node.value
    if not isinstance(value, str) or value.startswith("#") or _ABSOLUTE.fullmatch(value):
        return
    # The official examples themselves write relative ones.
    findings.add(node, f"A canonical address should be absolute, not {quoted(value)}", "warning")


def _attachment(node: Node, findings: Findings) -> None:
    data, size = node.text("data"), node.text("size")
    if data is None or size is None or not size.isascii() or not size.isdigit() or len(size) > 12:
        return
    try:
        length = len(base64.b64decode(re.sub(r"\s+", "", data), validate=True))
    except (binascii.Error, ValueError):
        return
    if length != int(size):
        findings.add(node, f"The attachment says it has {size} bytes, and has {length}")


def _identifier(node: Node, findings: Findings) -> None:
    system, value = node.text("system"), node.text("value")
    if system is None:
        return
    if not _ABSOLUTE.fullmatch(system):
        findings.add(node, f"The system of an identifier must be absolute, not {quoted(system)}")
    if system == _URI_SYSTEM and value is not None and not _ABSOLUTE.fullmatch(value):
        findings.add(node, f"An identifier of the system {system} should be a full URI, not {quoted(value)}", "warning")


def _system(node: Node, findings: Findings) -> None:
    system = node.text("system")
    if system is not None and not system.startswith("#") and not _ABSOLUTE.fullmatch(system):
        findings.add(node, f"The system of a code must be absolute, not {quoted(system)}")
    if system is not None and "/ValueSet/" in system:
        findings.add(node, f"The system of a code must be a code system, not the value set {quoted(system)}")
    if system is None and node.text("code") is not None:
        findings.add(node, "A code without its system has no defined meaning", "warning")
