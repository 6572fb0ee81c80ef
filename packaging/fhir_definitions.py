"""Turns the published FHIR R4 definitions into the small form under `resources/fhir`.

    python packaging/fhir_definitions.py FOLDER [--out resources/fhir]

FOLDER holds StructureDefinition, ValueSet, CodeSystem and SearchParameter as `.ndjson.gz`, one definition a line
(package `hl7.fhir.core` 4.0.1, CC0). Prose, mappings and narrative stay behind; what a validator asks is kept.
"""

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CORE = "http://hl7.org/fhir/StructureDefinition/"
TYPE_OF = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
MAX_VALUES = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"
# Inherited by every element or every extension, and held by the validator itself.
BUILT_IN = {"ele-1", "ext-1"}
VERSION = "4.0.1"


def main() -> None:
    """Read the folder and write the four files."""
    words = argparse.ArgumentParser(description="Make resources/fhir from the published R4 definitions.")
    words.add_argument("folder", type=Path)
    words.add_argument("--out", type=Path, default=Path("resources/fhir"))
    chosen = words.parse_args()
    definitions = read(chosen.folder / "StructureDefinition.ndjson.gz")
    book = Book()
    wanted = [one for one in definitions if one["kind"] != "logical" and one.get("derivation") != "constraint"]
    for one in sorted(wanted, key=lambda one: str(one["type"])):
        book.add_type(one)
    book.of_types = len(book.rules)
    extensions = {
        one["url"]: extension(one, book)
        for one in sorted(definitions, key=lambda one: str(one["url"]))
        if one["type"] == "Extension" and one.get("derivation") == "constraint"
    }
    profiles = {
        one["url"]: book.profile(one)
        for one in sorted(definitions, key=lambda one: str(one["url"]))
        if one["kind"] == "resource" and one.get("derivation") == "constraint" and "snapshot" in one
    }
    systems = read(chosen.folder / "CodeSystem.ndjson.gz")
    sets = read(chosen.folder / "ValueSet.ndjson.gz")
    chosen.out.mkdir(parents=True, exist_ok=True)
    write(
        chosen.out / "structures.json.gz",
        {"version": VERSION, "kinds": book.kinds, "rules": book.rules, "types": book.types, "profiles": profiles},
    )
    write(chosen.out / "extensions.json.gz", extensions)
    write(chosen.out / "terms.json.gz", terms(systems, sets, book.asked))
    searches = read(chosen.folder / "SearchParameter.ndjson.gz")
    bases = {
        one["url"]: [one["type"], one.get("base", [])] for one in sorted(searches, key=lambda one: str(one["url"]))
    }
    write(chosen.out / "searches.json.gz", bases)


def read(path: Path) -> list[Json]:
    """Every definition of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write(path: Path, document: object) -> None:
    """Write the same bytes for the same content."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes\n")


class Book:
    """The types, with every rule stated once."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[object]] = {}
        self.rules: list[list[str]] = []
        self.types: dict[str, Json] = {}
        self.asked: set[str] = set()
        # Rules with a number below this one are those of the types; above stand those of extensions and profiles.
        self.of_types = 0
        self._known: dict[tuple[str, ...], int] = {}

    def add_type(self, one: Json) -> None:
        """Keep a resource or data type, and each of its backbone elements as a type of its own."""
        name = one["type"]
        base = str(one.get("baseDefinition", "")).removeprefix(CORE)
        self.kinds[name] = [one["kind"].partition("-")[0], base, int(bool(one.get("abstract")))]
        if one["kind"] == "primitive-type":
            return
        root, *rest = one["snapshot"]["element"]
        self.types[name] = {"rules": self.rule_numbers(root), "elements": []}
        parents = {element["path"] for element in rest}
        nested = {path.rpartition(".")[0] for path in parents} - {name}
        for element in rest:
            path = element["path"]
            if path in nested:
                self.kinds[path] = ["backbone", element["type"][0]["code"], 0]
                self.types.setdefault(path, {"rules": self.rule_numbers(element), "elements": []})
            owner = path.rpartition(".")[0]
            self.types[owner]["elements"].append(self.element(element, nested))

    def element(self, element: Json, nested: set[str]) -> list[object]:
        """One element: name, least, most (0 for many), types, and what else is said of it."""
        path = element["path"]
        more: Json = {}
        if path in nested:
            types = [path]
        elif "contentReference" in element:
            types = [element["contentReference"].rpartition("#")[2]]
        else:
            types = [type_code(kind) for kind in element.get("type", [])]
            if path.endswith(".id") and self.kinds.get(path[:-3], [""])[0] == "resource":
                types = ["id"]
            more = targets(element)
            rules = self.rule_numbers(element)
            if rules:
                more["rules"] = rules
        more |= self.bound(element)
        most = 0 if element["max"] == "*" else int(element["max"])
        return [path.rpartition(".")[2], element["min"], most, types, *([more] if more else [])]

    def bound(self, element: Json) -> Json:
        """The value set that a code has to come from."""
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and binding.get("valueSet"):
            return {"values": self.ask(binding["valueSet"])}
        for said in binding.get("extension", []):
            if said["url"] == MAX_VALUES:
                return {"values": self.ask(said.get("valueCanonical") or said.get("valueUri"))}
        return {}

    def ask(self, url: str) -> str:
        """Note that a value set is needed."""
        plain = url.partition("|")[0]
        self.asked.add(plain)
        return plain

    def rule_numbers(self, element: Json) -> list[int]:
        """The numbers of the rules of an element."""
        return [self.rule(rule) for rule in element.get("constraint", []) if rule["key"] not in BUILT_IN]

    def rule(self, rule: Json) -> int:
        """The number of a rule; the same rule has the same number."""
        stated = (rule["key"], rule["severity"], rule["human"], rule.get("expression", ""))
        if stated not in self._known:
            self._known[stated] = len(self.rules)
            self.rules.append(list(stated))
        return self._known[stated]

    def profile(self, one: Json) -> Json:
        """What a published profile asks beyond its type, as a tree of elements and slices."""
        root, *rest = one["snapshot"]["element"]
        tree: Json = {"type": one["type"], "rules": self.rule_numbers(root)}
        for element in rest:
            at = tree
            *above, last = element["id"].split(".")[1:]
            for step in above:
                name, _colon, piece = step.partition(":")
                at = at.setdefault("kids", {}).setdefault(name.removesuffix("[x]"), {})
                if piece:
                    at = at.setdefault("slices", {}).setdefault(piece, {})
            name, _colon, piece = last.partition(":")
            here = at.setdefault("kids", {}).setdefault(name.removesuffix("[x]"), {})
            if piece:
                here = here.setdefault("slices", {}).setdefault(piece, {})
            here |= self.asked_more(element, sliced=bool(piece))
        return pruned(tree)

    def asked_more(self, element: Json, *, sliced: bool) -> Json:
        """What a profile says of one element that its type does not say already."""
        more: Json = {}
        base = element.get("base", {})
        if element["min"] and (sliced or element["min"] != base.get("min")):
            more["min"] = element["min"]
        if element["max"] != "*" and (sliced or element["max"] != base.get("max")):
            more["max"] = int(element["max"])
        for word, value in element.items():
            if word.startswith(("fixed", "pattern")):
                more["fixed"] = value
        rules = [number for number in self.rule_numbers(element) if number >= self.of_types]
        if rules:
            more["rules"] = rules
        bound = self.bound(element)
        if bound and ("code" in element["path"] or "value" in element["path"]):
            more |= bound
        if "[x]" in element["path"].rpartition(".")[2]:
            more["types"] = [type_code(kind) for kind in element.get("type", [])]
        slicing = element.get("slicing")
        if slicing and not element["path"].endswith("xtension"):
            more["by"] = [[by["type"], by["path"]] for by in slicing.get("discriminator", [])]
        return more


def pruned(tree: Json) -> Json:
    """The tree without branches that ask for nothing."""
    for word in ("kids", "slices"):
        branches = {name: pruned(branch) for name, branch in tree.get(word, {}).items()}
        branches = {name: branch for name, branch in branches.items() if branch}
        if branches:
            tree[word] = branches
        else:
            tree.pop(word, None)
    if set(tree) <= {"by"}:
        return {}
    return tree


def type_code(kind: Json) -> str:
    """The FHIR name of a type; the few that are FHIRPath's own say theirs in an extension."""
    code = str(kind["code"])
    if code.startswith("http://hl7.org/fhirpath/System."):
        for said in kind.get("extension", []):
            if said["url"] == TYPE_OF:
                return str(said.get("valueUrl") or said.get("valueUri"))
        return "string"
    return code


def targets(element: Json) -> Json:
    """Which resources a reference may name, and which profiles of data types an element wants."""
    found: list[str] = []
    more: Json = {}
    for kind in element.get("type", []):
        if kind["code"] == "Quantity" and f"{CORE}SimpleQuantity" in kind.get("profile", []):
            more["simple"] = 1
        if kind["code"] == "Reference":
            found += [url.removeprefix(CORE) for url in kind.get("targetProfile", [])]
    if found and "Resource" not in found:
        more["targets"] = found
    return more


def extension(one: Json, book: Book) -> Json:
    """Where an extension may stand, and what it may hold."""
    elements = (one.get("snapshot") or one["differential"])["element"]
    by_id = {element["id"]: element for element in elements}
    found = part("Extension", by_id, book)
    found["at"] = [context["expression"] for context in one.get("context", []) if context["type"] == "element"]
    if one.get("contextInvariant"):
        found["when"] = one["contextInvariant"]
    if by_id["Extension"].get("isModifier"):
        found["modifier"] = 1
    return found


def part(at: str, by_id: dict[str, Json], book: Book) -> Json:
    """An extension or one of the parts inside it."""
    found: Json = {}
    # The root of an extension says how often it may be repeated where it stands.
    root = by_id.get(at, {})
    found["min"] = root.get("min", 0)
    found["max"] = 0 if root.get("max", "*") == "*" else int(root["max"])
    rules = [book.rule(rule) for rule in root.get("constraint", []) if rule["key"] not in BUILT_IN]
    if rules:
        found["rules"] = rules
    held = next(
        (e for name, e in by_id.items() if name.startswith(f"{at}.value") and "." not in name[len(at) + 1 :]), None
    )
    if held is not None and held.get("max") != "0":
        found["types"] = [type_code(kind) for kind in held.get("type", [])]
        found["value"] = held.get("min", 0)
        found |= targets(held) | book.bound(held)
    parts: Json = {}
    prefix = f"{at}.extension:"
    for name in by_id:
        if name.startswith(prefix) and "." not in name[len(prefix) :]:
            fixed = by_id.get(f"{name}.url", {}).get("fixedUri") or name[len(prefix) :]
            parts[fixed] = part(name, by_id, book)
    if parts:
        found["parts"] = parts
    return found


def terms(systems: list[Json], sets: list[Json], asked: set[str]) -> Json:
    """The code systems with their codes and names, and the value sets that somebody asks for."""
    by_url = {one["url"]: one for one in sets}
    trees = {one["url"]: one for one in systems}
    kept = {
        url: [one["content"], int(one.get("caseSensitive", True)), flat(one.get("concept", []))]
        for url, one in sorted(trees.items())
        if one["content"] in {"complete", "fragment", "example"} and one.get("concept")
    }
    found = {url: expanded(by_url[url], by_url, trees) for url in sorted(asked) if url in by_url}
    return {"systems": kept, "sets": found}


def flat(concepts: list[Json]) -> Json:
    """Every code with its name, or its names where it has several."""
    found: Json = {}
    for concept in concepts:
        names = [concept.get("display", "")]
        names += [said["value"] for said in concept.get("designation", []) if said["value"] not in names]
        found[concept["code"]] = names[0] if len(names) == 1 else names
        found |= flat(concept.get("concept", []))
    return found


def expanded(one: Json, by_url: dict[str, Json], trees: dict[str, Json]) -> Json:
    """A value set as codes by system; null stands for every code of the system."""
    found: dict[str, list[str] | None] = {}
    for include in one["compose"]["include"]:
        for url in include.get("valueSet", []):
            inner = by_url[url.partition("|")[0]]
            for system, codes in expanded(inner, by_url, trees).items():
                merge(found, system, codes)
        system = include.get("system")
        if not system:
            continue
        if include.get("concept"):
            merge(found, system, [concept["code"] for concept in include["concept"]])
        elif include.get("filter"):
            codes = set(flat(trees[system].get("concept", [])))
            for asked in include["filter"]:
                codes &= filtered(asked, trees[system])
            merge(found, system, sorted(codes))
        else:
            merge(found, system, None)
    return found


def merge(found: dict[str, list[str] | None], system: str, codes: list[str] | None) -> None:
    """Add codes of a system."""
    had = found.get(system, [])
    found[system] = None if codes is None or had is None else [*had, *codes]


def filtered(asked: Json, system: Json) -> set[str]:
    """The codes below one code: the only filter that the needed value sets use."""
    if asked["op"] not in {"is-a", "descendent-of"}:
        raise SystemExit(f"A filter that is not understood: {asked}")
    found: set[str] = set()

    def walk(concepts: list[Json], *, inside: bool) -> None:
        for concept in concepts:
            # A concept may name more parents than the one it is written under.
            named = any(
                said["code"] == "subsumedBy" and said.get("valueCode") in {asked["value"], *found}
                for said in concept.get("property", [])
            )
            here = inside or named or (concept["code"] == asked["value"] and asked["op"] == "is-a")
            if here:
                found.add(concept["code"])
            walk(concept.get("concept", []), inside=here or concept["code"] == asked["value"])

    walk(system.get("concept", []), inside=False)
    return found


if __name__ == "__main__":
    main()
