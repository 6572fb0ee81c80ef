"""The R4 definitions in their small form: types, elements, rules, extensions and codes; read when first asked for."""

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from clinic_desktop.paths import resources

Terms = dict[str, list[str] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant: its key, whether breaking it is an error, what it says, and how it is asked."""

    key: str
    severe: bool
    human: str
    expression: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a type; `most` 0 stands for any number."""

    name: str
    least: int
    most: int
    types: tuple[str, ...]
    place: int
    targets: tuple[str, ...] = ()
    values: str | None = None
    rules: tuple[Rule, ...] = ()
    plain_quantity: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its elements in order, how each may be written in JSON, and its rules."""

    name: str
    rules: tuple[Rule, ...]
    elements: tuple[Element, ...]
    # `deceasedBoolean` -> (element `deceased`, type `boolean`).
    written: dict[str, tuple[Element, str]]
    named: dict[str, Element]
    required: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """What an extension may hold, and where it may stand."""

    types: tuple[str, ...] = ()
    value_least: int = 0
    parts: dict[str, "ExtensionRule"] = field(default_factory=dict)
    least: int = 0
    most: int = 0
    at: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    targets: tuple[str, ...] = ()
    values: str | None = None
    modifier: bool = False


@cache
def _structures() -> dict[str, Any]:
    return dict(_read("structures.json.gz"))


@cache
def _extensions() -> dict[str, Any]:
    return dict(_read("extensions.json.gz"))


@cache
def terms() -> dict[str, Any]:
    """The code systems and the value sets."""
    return dict(_read("terms.json.gz"))


def _read(name: str) -> Any:
    with gzip.open(resources() / "fhir" / name, "rt", encoding="utf-8") as file:
        return json.load(file)


# R4 wrote it otherwise than its own words have it; later versions mended the expression.
_MENDED = {"que-12": "enableWhen.count() > 1 implies enableBehavior.exists()"}


@cache
def rule(number: int) -> Rule:
    """The rule of a number."""
    key, severity, human, expression = _structures()["rules"][number]
    return Rule(key, severity == "error", human, _MENDED.get(key, expression))


def every_rule() -> list[Rule]:
    """All rules of the definitions, for those who prove that each can be asked."""
    return [rule(number) for number in range(len(_structures()["rules"]))]


def kind_of(name: str) -> str | None:
    """`primitive`, `complex`, `resource` or `backbone`; None where the type is not known."""
    found = _structures()["kinds"].get(name)
    return None if found is None else str(found[0])


def base_of(name: str) -> str | None:
    """The type that a type comes of."""
    found = _structures()["kinds"].get(name)
    return str(found[1]) if found and found[1] else None


def is_concrete(name: str) -> bool:
    """Whether a record can be of this type: Resource and DomainResource alone are none."""
    found = _structures()["kinds"].get(name)
    return found is not None and found[0] == "resource" and not found[2]


@cache
def resources_known() -> frozenset[str]:
    """The names of every kind of record."""
    return frozenset(name for name in _structures()["kinds"] if is_concrete(name))


@cache
def is_a(name: str, wanted: str) -> bool:
    """Whether a type is another, or comes of it."""
    at = name
    while at:
        if at == wanted:
            return True
        found = _structures()["kinds"].get(at)
        at = str(found[1]) if found else ""
    return False


@cache
def type_named(name: str) -> Type | None:
    """A type that has elements; None for primitives and for what is not known."""
    found = _structures()["types"].get(name)
    if found is None:
        return None
    elements = tuple(_element(place, row) for place, row in enumerate(found["elements"]))
    written: dict[str, tuple[Element, str]] = {}
    for element, row in zip(elements, found["elements"], strict=True):
        if row[0].endswith("[x]"):
            for kind in element.types:
                written[element.name + kind[0].upper() + kind[1:]] = (element, kind)
        else:
            written[element.name] = (element, element.types[0] if element.types else "Resource")
    rules = tuple(rule(number) for number in found["rules"])
    named = {element.name: element for element in elements}
    return Type(name, rules, elements, written, named, tuple(element for element in elements if element.least))


def _element(place: int, row: list[Any]) -> Element:
    name, least, most, types, *rest = row
    more = rest[0] if rest else {}
    return Element(
        name=name.removesuffix("[x]"),
        least=least,
        most=most,
        types=tuple(_open(types)),
        place=place,
        targets=tuple(more.get("targets", ())),
        values=more.get("values"),
        rules=tuple(rule(number) for number in more.get("rules", ())),
        plain_quantity=bool(more.get("simple")),
    )


def _open(types: list[str]) -> list[str]:
    """An element of any type is one of the types that an extension may hold."""
    if types != ["*"]:
        return types
    return next(row[3] for row in _structures()["types"]["Extension"]["elements"] if row[0] == "value[x]")


@cache
def extension_named(url: str) -> ExtensionRule | None:
    """The definition of an extension; None where it is not in the definitions."""
    found = _extensions().get(url) or _beyond().get(url)
    return None if found is None else _extension(found)


@cache
def _beyond_file() -> dict[str, Any]:
    return dict(json.loads((resources() / "fhir" / "beyond.json").read_text(encoding="utf-8")))


@cache
def _beyond() -> dict[str, Any]:
    return dict(_beyond_file()["extensions"])


@cache
def currencies() -> frozenset[str]:
    """The currency codes of ISO 4217."""
    return frozenset(_beyond_file()["currencies"].split())


@cache
def names_beyond() -> dict[str, dict[str, list[str]]]:
    """Names of codes of systems that the definitions leave to others: a system, its codes, their names."""
    return dict(_beyond_file()["names"])


def _extension(found: dict[str, Any]) -> ExtensionRule:
    return ExtensionRule(
        types=tuple(_open(found.get("types", []))),
        value_least=found.get("value", 0),
        parts={url: _extension(inner) for url, inner in found.get("parts", {}).items()},
        least=found.get("min", 0),
        most=found.get("max", 0),
        at=tuple(found.get("at", ())),
        when=tuple(found.get("when", ())),
        rules=tuple(rule(number) for number in found.get("rules", ())),
        targets=tuple(found.get("targets", ())),
        values=found.get("values"),
        modifier=bool(found.get("modifier")),
    )


@cache
def _searches() -> dict[str, Any]:
    return dict(_read("searches.json.gz"))


def search_named(url: str) -> tuple[str, list[str]] | None:
    """The type of a published search parameter and the kinds of record it searches; None where it is not known."""
    found = _searches().get(url)
    return None if found is None else (found[0], found[1])


def element_at(owner: str, name: str) -> Element | None:
    """The element of a name in a type; a primitive's own elements are those of Element."""
    kind = type_named(owner if kind_of(owner) != "primitive" else "Element")
    return kind.named.get(name) if kind else None


def profile_named(url: str) -> dict[str, Any] | None:
    """A published profile; None where it is not in the definitions."""
    found = _structures()["profiles"].get(url)
    return None if found is None else dict(found)
