"""Codes against the value sets they must come from and the code systems that are known."""

import re
from collections.abc import Callable

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Severity, quoted

# The type alone is looked at: the specification's own examples write parameters freely.
_MIME = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+(\s*[;,].*)?", re.ASCII)
# RFC 5646, well-formed tags: language, script, region, variants, extensions, private use.
_LANGUAGE = re.compile(
    r"([A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?"
    r"(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*(-[xX](-[A-Za-z0-9]{1,8})+)?"
    r"|[xX](-[A-Za-z0-9]{1,8})+|i-[a-z]+"
)
_UCUM = re.compile(r"[!-~]+")
_ZONE = re.compile(r"[A-Za-z0-9_+\-/]+")
# Systems whose codes are a grammar, not a list.
_GRAMMARS: dict[str, Callable[[str], object]] = {
    "urn:ietf:bcp:13": _MIME.fullmatch,
    "urn:ietf:bcp:47": _LANGUAGE.fullmatch,
    "urn:iso:std:iso:4217": lambda code: code in definitions.currencies(),
    "http://unitsofmeasure.org": _UCUM.fullmatch,
    "https://www.iana.org/time-zones": _ZONE.fullmatch,
}


def check(node: Node, values: str | None, findings: Findings) -> None:
    """Check the codes of an element: against its value set, and against the code systems that are known."""
    if values is not None:
        _bound(node, values, findings)
    if node.type == "Coding":
        _coding(node, findings)


def _bound(node: Node, values: str, findings: Findings) -> None:
    codes = definitions.terms()["sets"].get(values)
    if codes is None:
        return
    name = values.rpartition("/")[2]
    if node.type in {"code", "string", "uri", "id"}:
        if isinstance(node.value, str) and not any(_holds(codes, system, node.value) for system in codes):
            findings.add(node, f"The code {quoted(node.value)} is not in the value set {name}, which is required here")
    elif node.type in {"Coding", "Quantity"} or definitions.is_a(node.type, "Quantity"):
        if node.kids and not _fits(node, codes):
            findings.add(node, f"{_named(node)} is not in the value set {name}, which is required here")
    elif node.type == "CodeableConcept":
        codings = node.all("coding")
        if codings and not any(_fits(coding, codes) for coding in codings):
            given = ", ".join(_named(coding) for coding in codings[:3])
            findings.add(node, f"No code is in the value set {name}, which is required here: {given}")
        elif not codings and not node.all("extension"):
            findings.add(node, f"A code of the value set {name} is required here")


def _holds(codes: definitions.Terms, system: str, code: str) -> bool:
    listed = codes[system]
    if listed is not None:
        return code in listed
    grammar = _GRAMMARS.get(system)
    if grammar is not None:
        return bool(grammar(code))
    known = definitions.terms()["systems"].get(system)
    return known is None or code in known[2] or (not known[1] and code.lower() in {one.lower() for one in known[2]})


def _fits(coding: Node, codes: definitions.Terms) -> bool:
    system, code = coding.text("system"), coding.text("code")
    if code is None:
        # An extension may say why there is none (data-absent-reason).
        return bool(coding.all("extension"))
    return system in codes and _holds(codes, system, code)


def _named(coding: Node) -> str:
    return f"{quoted(coding.text('system') or '')} {quoted(coding.text('code') or '')}"


def _coding(node: Node, findings: Findings) -> None:
    system, code = node.text("system"), node.text("code")
    if system is None or code is None:
        return
    known = definitions.terms()["systems"].get(system)
    names = definitions.names_beyond().get(system, {}).get(code)
    if known is None and names is None:
        return
    if known is not None:
        content, exact, codes = known
        held = codes.get(code)
        if held is None and not exact:
            held = next((name for one, name in codes.items() if one.lower() == code.lower()), None)
        if held is None:
            if content == "complete" and node.text("version") is None:
                where = node.one("code") or node
                # HL7's terminology has grown beside R4; what lies under the address of FHIR itself has not.
                severity: Severity = "error" if system.startswith("http://hl7.org/fhir/") else "warning"
                findings.add(where, f"The code {quoted(code)} is not in the code system {system}", severity)
            return
        names = [held] if isinstance(held, str) else held
    display = node.one("display")
    if display is None or not isinstance(display.value, str) or names is None:
        return
    if _plain(display.value) not in {_plain(name) for name in names if name} and any(names):
        words = f"The name {quoted(display.value)} is not that of the code {quoted(code)}: {quoted(names[0])}"
        # HL7 has renamed codes since R4, so that their names are a hint; those in `beyond.json` are the owner's own,
        # and what a nurse reads off a vaccination.
        findings.add(display, words, "error" if known is None else "warning")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
