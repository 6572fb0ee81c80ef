"""Makes the tree of a record written in JSON, and says where JSON and the definitions part (R4, json.html)."""

from collections.abc import Sequence

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.definitions import Element
from clinic_desktop.exchange.validation.json_text import Doubled, Numeral, shown
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.primitives import NUMBERS, fault
from clinic_desktop.exchange.validation.problems import Findings, quoted

# What `_field` may hold beside a primitive value.
_ELEMENT_TYPE = "Element"


class JsonTree:
    """Makes trees, and notes what it finds on the way."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def record(
        self, value: object, parent: Node | None = None, name: str = "", index: int | None = None
    ) -> Node | None:
        """The tree of a record; None where it is none, which is noted."""
        where = _below(parent, name, index)
        if not isinstance(value, dict):
            self.findings.add(where, f"A record is expected here, not {shown(value)}")
            return None
        kind = value.get("resourceType")
        if not isinstance(kind, str) or isinstance(kind, Numeral):
            self.findings.add(where, "The property resourceType is missing: this is not a FHIR record")
            return None
        if not definitions.is_concrete(kind):
            self.findings.add(where, f"{quoted(kind)} is not a kind of record in FHIR R4")
            return None
        node = Node(name or kind, kind, parent, index)
        node.suffixed = parent is not None
        self._fill(node, value, skip="resourceType")
        return node

    def _fill(self, node: Node, value: dict[str, object], skip: str = "") -> None:
        """Add the children in the order of the definition."""
        kind = definitions.type_named(node.type)
        if kind is None:
            return
        if isinstance(value, Doubled):
            for key in value.doubled:
                self.findings.add(node, f"The property {quoted(key)} stands here more than once")
        if not value or (len(value) == 1 and "resourceType" in value and not skip):
            self.findings.add(node, "An object must not be empty")
        found: dict[str, tuple[Element, str]] = {}
        for key in value:
            if key == skip:
                continue
            plain = key.removeprefix("_")
            known = kind.written.get(plain)
            if known is not None and (plain == key or definitions.kind_of(known[1]) == "primitive"):
                found[plain] = known
            elif key != "fhir_comments":
                self.findings.add(node, f"The property {quoted(key)} is not known here ({node.type})")
        for key, (element, type_name) in sorted(found.items(), key=lambda row: row[1][0].place):
            self._element(node, element, type_name, key, value)

    def _element(self, node: Node, element: Element, kind: str, key: str, value: dict[str, object]) -> None:
        """One property, with its `_` companion."""
        given, beside = value.get(key), value.get(f"_{key}")
        many = element.most != 1
        chosen = element.name != key
        if many != isinstance(given, list) and given is not None:
            should = "an array" if many else "a single value"
            self.findings.add(_below(node, element.name), f"The property {key} must be {should}, not {shown(given)}")
            # Read on as it was meant, so that what is inside is told too.
            given = [given] if many else next(iter(given), None) if isinstance(given, list) else given
        if many:
            self._many(node, element, kind, key, given, beside)
            return
        if key in value and given is None and beside is None:
            self.findings.add(
                _below(node, element.name), f"The property {key} is null: it should be left out", "warning"
            )
            return
        self._one(node, element, kind, given, beside, None, chosen=chosen)

    def _many(self, node: Node, element: Element, kind: str, key: str, given: object, beside: object) -> None:
        values: Sequence[object] = given if isinstance(given, list) else []
        companions: Sequence[object] = beside if isinstance(beside, list) else []
        where = _below(node, element.name)
        if isinstance(given, list) and not given:
            self.findings.add(where, f"The array {key} must not be empty")
        if beside is not None and not isinstance(beside, list):
            self.findings.add(where, f"The property _{key} must be an array, not {shown(beside)}")
        elif isinstance(beside, list) and (not beside or (values and len(beside) != len(values))):
            self.findings.add(where, f"The arrays {key} and _{key} must be of one length")
        for at in range(max(len(values), len(companions))):
            one = values[at] if at < len(values) else None
            companion = companions[at] if at < len(companions) else None
            if one is None and companion is None:
                self.findings.add(
                    _below(node, element.name, at), "null stands for nothing here: it has no extension beside it"
                )
                continue
            self._one(node, element, kind, one, companion, at)

    def _one(
        self,
        node: Node,
        element: Element,
        kind: str,
        given: object,
        beside: object,
        at: int | None,
        *,
        chosen: bool = False,
    ) -> None:
        """One value of an element."""
        if kind == "Resource":
            made = self.record(given, node, element.name, at)
            if made is not None:
                node.add(made)
            return
        child = Node(element.name, kind, node, at)
        child.suffixed = chosen
        node.add(child)
        if definitions.kind_of(kind) == "primitive":
            self._primitive(child, kind, given)
            if beside is not None:
                self._companion(child, beside)
        elif isinstance(given, dict):
            self._fill(child, given)
        else:
            self.findings.add(child, f"An object is expected here ({kind}), not {shown(given)}")

    def _primitive(self, node: Node, kind: str, given: object) -> None:
        if given is None:
            return
        what = literal_fault(kind, given)
        if what:
            self.findings.add(node, what)
        # A wrong value is kept all the same, so that it is not said to be missing too.
        if not isinstance(given, dict | list):
            node.value = given if isinstance(given, bool) else str(given)

    def _companion(self, node: Node, beside: object) -> None:
        if not isinstance(beside, dict):
            self.findings.add(node, f"The property beside a value must be an object, not {shown(beside)}")
            return
        kind = node.type
        node.type = _ELEMENT_TYPE
        self._fill(node, beside)
        node.type = kind


def literal_fault(kind: str, given: object) -> str | None:
    """What is wrong with one JSON value of a primitive type, in words; None when it is right.

    null is no value, which is for the element to allow or not; only a narrative cannot be without.
    """
    if given is None:
        return "A narrative must have a text" if kind == "xhtml" else None
    if isinstance(given, dict | list):
        return f"A value is expected here ({kind}), not {shown(given)}"
    wanted: type = bool if kind == "boolean" else Numeral if kind in NUMBERS else str
    if not isinstance(given, wanted) or (wanted is str and isinstance(given, Numeral)):
        sort = {bool: "true or false", Numeral: "a number", str: "a text"}[wanted]
        return f"The value must be {sort} in JSON ({kind}), not {shown(given)}"
    return fault(kind, given) if isinstance(given, str) else None


def _below(parent: Node | None, name: str, index: int | None = None) -> str:
    if parent is None:
        return ""
    return f"{parent.path()}.{name}" + ("" if index is None else f"[{index}]")
