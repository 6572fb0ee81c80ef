"""Published profiles: those a record says it follows, and the vital signs, which are asked for by their code.

R4, observation-vitalsigns.html: an Observation with one of these LOINC codes is a vital sign and follows its profile.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from clinic_desktop.exchange.validation import bindings, definitions
from clinic_desktop.exchange.validation.definitions import Rule
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, quoted

Tree = dict[str, Any]
_CORE = "http://hl7.org/fhir/StructureDefinition/"
_VITAL_SIGNS = {
    "85353-1": "vitalspanel",
    "9279-1": "resprate",
    "8867-4": "heartrate",
    "2708-6": "oxygensat",
    "8310-5": "bodytemp",
    "8302-2": "bodyheight",
    "9843-4": "headcircum",
    "29463-7": "bodyweight",
    "39156-5": "bmi",
    "85354-9": "bp",
}
Asks = Iterator[tuple[Node, Rule]]


def check(record: Node, findings: Findings) -> Asks:
    """Check a record against its profiles; the rules that are left to be asked are handed back."""
    asked: dict[str, None] = {}
    for meta in record.all("meta"):
        for node in meta.all("profile"):
            if isinstance(node.value, str):
                url = node.value.partition("|")[0]
                asked[url] = None
                wanted = _type_of(url)
                if wanted is None:
                    words = f"The profile {quoted(url)} is not known here; it was not checked"
                    findings.add(node, words, "information")
                elif not definitions.is_a(record.type, wanted):
                    findings.add(node, f"The profile {quoted(url)} is for {wanted}, not {record.type}")
    # What was entered in error need not be whole.
    if record.type == "Observation" and record.text("status") != "entered-in-error":
        asked |= {f"{_CORE}{name}": None for name in _vital_signs(record)}
    for url in asked:
        tree = definitions.profile_named(url)
        if tree is not None and tree["type"] == record.type:
            yield from _Walk(url.rpartition("/")[2], findings).element(record, tree)


def _type_of(url: str) -> str | None:
    """The kind of record that a profile is for; a kind of record is a profile of itself."""
    known = definitions.profile_named(url)
    if known is not None:
        return str(known["type"])
    name = url.removeprefix(_CORE)
    return name if definitions.kind_of(name) == "resource" else None


def _vital_signs(record: Node) -> list[str]:
    codings = [coding for code in record.all("code") for coding in code.all("coding")]
    found = [
        _VITAL_SIGNS.get(coding.text("code") or "") for coding in codings if coding.text("system") == "http://loinc.org"
    ]
    return [name for name in found if name is not None]


class _Walk:
    def __init__(self, profile: str, findings: Findings) -> None:
        self.profile = profile
        self.findings = findings

    def say(self, node: Node, what: str) -> None:
        self.findings.add(node, f"{what} (profile {self.profile})")

    def element(self, node: Node, tree: Tree) -> Asks:
        """What the profile asks of one element and of all below it."""
        for number in tree.get("rules", ()):
            yield node, definitions.rule(number)
        if "fixed" in tree and not holds(node, tree["fixed"]):
            self.say(node, f"The value must be {_written(tree['fixed'])}")
        if "values" in tree and node.type in {"code", "Coding", "CodeableConcept", "Quantity"}:
            bindings.check(node, tree["values"], self.findings)
        for name, branch in tree.get("kids", {}).items():
            kids = node.all(name)
            self.counted(node, name, kids, branch)
            for kid in kids:
                if "types" in branch and kid.type not in branch["types"]:
                    self.say(kid, f"The type must be {' or '.join(branch['types'][:6])}, not {kid.type}")
                yield from self.element(kid, branch)
            if "slices" in branch:
                yield from self.slices(node, name, kids, branch)

    def slices(self, node: Node, name: str, kids: list[Node], branch: Tree) -> Asks:
        by = branch.get("by", [])
        if not by or any("resolve()" in path for _kind, path in by):
            return
        for piece, inner in branch["slices"].items():
            fitting = [kid for kid in kids if _belongs(kid, piece, inner, by)]
            self.counted(node, f"{name}:{piece}", fitting, inner)
            for kid in fitting:
                yield from self.element(kid, inner)

    def counted(self, node: Node, name: str, kids: Sequence[Node], branch: Tree) -> None:
        if len(kids) < branch.get("min", 0):
            self.say(node, f"{name} is missing: at least {branch['min']} is needed{_wanted(branch)}")
        if len(kids) > branch.get("max", len(kids)):
            self.say(node, f"{name} may stand {branch['max']} time(s) here, not {len(kids)}")


def _belongs(kid: Node, piece: str, tree: Tree, by: list[list[str]]) -> bool:
    """Whether an element is one of a slice, by what tells the slices apart."""
    for kind, path in by:
        if kind == "type":
            if piece.lower() != f"{kid.name}{kid.type}".lower():
                return False
        elif not _told(kid, tree, path.split(".")):
            return False
    return True


def _told(node: Node, tree: Tree, path: list[str]) -> bool:
    if path in ([], ["$this"]):
        return "fixed" not in tree or holds(node, tree["fixed"])
    branch = tree.get("kids", {}).get(path[0])
    if branch is None:
        return True
    inside = [branch, *branch.get("slices", {}).values()]
    telling = [one for one in inside if _says(one, path[1:])]
    return not telling or any(_told(kid, one, path[1:]) for kid in node.all(path[0]) for one in telling)


def _says(tree: Tree, path: list[str]) -> bool:
    if not path:
        return "fixed" in tree
    branch = tree.get("kids", {}).get(path[0])
    return branch is not None and any(_says(one, path[1:]) for one in [branch, *branch.get("slices", {}).values()])


def holds(node: Node, wanted: object) -> bool:
    """Whether an element has at least what is wanted."""
    if isinstance(wanted, dict):
        return all(
            any(holds(kid, one) for kid in node.all(name))
            for name, value in wanted.items()
            for one in (value if isinstance(value, list) else [value])
        )
    return node.value == wanted or str(node.value) == str(wanted)


def _written(wanted: object) -> str:
    return quoted(wanted) if isinstance(wanted, str) else quoted(str(wanted))


def _wanted(branch: Tree) -> str:
    """The codes that a missing slice would have."""
    code = next((code for name, code in _fixed(branch) if name == "code"), None)
    return f", with the code {quoted(code)}" if code else ""


def _fixed(branch: Tree) -> Iterator[tuple[str, str]]:
    for name, kid in branch.get("kids", {}).items():
        if isinstance(kid.get("fixed"), str):
            yield name, kid["fixed"]
        for inner in (kid, *kid.get("slices", {}).values()):
            yield from _fixed(inner)
