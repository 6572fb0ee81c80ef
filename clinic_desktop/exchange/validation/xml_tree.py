"""Makes the tree of a record written in XML, and says where XML and the definitions part (R4, xml.html)."""

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.markup import FHIR, XHTML, Markup
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.primitives import fault
from clinic_desktop.exchange.validation.problems import Findings, quoted

_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_XML = "http://www.w3.org/XML/1998/namespace"


class XmlTree:
    """Makes trees, and notes what it finds on the way."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def record(self, one: Markup, parent: Node | None = None, name: str = "", index: int | None = None) -> Node | None:
        """The tree of a record; None where it is none, which is noted."""
        where = parent or f"line {one.line}"
        if one.space != FHIR:
            self.findings.add(where, f"The element {quoted(one.name)} is not in the namespace {FHIR}")
            return None
        if not definitions.is_concrete(one.name):
            self.findings.add(where, f"{quoted(one.name)} is not a kind of record in FHIR R4")
            return None
        node = Node(name or one.name, one.name, parent, index)
        node.suffixed = parent is not None
        self._attributes(node, one, set())
        self._fill(node, one)
        return node

    def _fill(self, node: Node, one: Markup) -> None:
        """Add the children as they stand, and say where their order is another than the definition's."""
        kind = definitions.type_named(node.type if definitions.kind_of(node.type) != "primitive" else "Element")
        if kind is None:
            return
        self._no_text(node, one)
        last, last_name = -1, ""
        counts: dict[str, int] = {}
        for inner in one.kids:
            known = kind.written.get(inner.name)
            if known is None or inner.space not in {FHIR, XHTML}:
                self.findings.add(node, f"The element {quoted(inner.name)} is not known here ({node.type})")
                continue
            element, type_name = known
            if (inner.space == XHTML) != (type_name == "xhtml"):
                self.findings.add(node, f"The element {quoted(inner.name)} is in the wrong namespace ({inner.space})")
            if element.place < last:
                self.findings.add(
                    node, f"The element {quoted(inner.name)} is out of order: it stands after {last_name}"
                )
            last, last_name = max(last, element.place), inner.name if element.place >= last else last_name
            at = counts.get(element.name, 0) if element.most != 1 else None
            counts[element.name] = counts.get(element.name, 0) + 1
            self._one(node, element.name, type_name, inner, at, chosen=element.name != inner.name)

    def _one(self, node: Node, name: str, kind: str, inner: Markup, at: int | None, *, chosen: bool) -> None:
        if kind == "Resource":
            self._no_text(node, inner)
            if len(inner.kids) != 1:
                self.findings.add(node, f"{name} must hold one record, not {len(inner.kids)}")
            for held in inner.kids:
                made = self.record(held, node, name, at)
                if made is not None:
                    node.add(made)
            return
        child = Node(name, kind, node, at)
        child.suffixed = chosen
        node.add(child)
        if kind == "xhtml":
            child.markup = inner
            child.value = "".join(part for one in inner.every() for part in one.text) or " "
            return
        primitive = definitions.kind_of(kind) == "primitive"
        allowed = {"id", "value"} if primitive else {"id", "url"} if kind == "Extension" else {"id"}
        self._attributes(child, inner, allowed)
        if primitive:
            self._value(child, kind, inner.attributes.get("value"))
        elif not inner.attributes and not inner.kids:
            self.findings.add(child, "An element must have a value or children (ele-1)")
        self._fill(child, inner)

    def _attributes(self, node: Node, one: Markup, allowed: set[str]) -> None:
        for full_name, value in one.attributes.items():
            space, _gap, name = full_name.rpartition(" ")
            if space in {_SCHEMA, _XML}:
                continue
            if space or name not in allowed:
                self.findings.add(node, f"The attribute {quoted(name)} is not known here ({node.type})")
            elif name != "value":
                held = Node(name, "uri" if name == "url" else "string", node)
                node.add(held)
                self._value(held, held.type, value)

    def _value(self, node: Node, kind: str, text: str | None) -> None:
        if text is None:
            return
        node.value = {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
        what = fault(kind, text)
        if what:
            self.findings.add(node, what)

    def _no_text(self, node: Node, one: Markup) -> None:
        words = one.words().strip()
        if words:
            self.findings.add(node, f"Text must not stand between elements: {quoted(words)}")
