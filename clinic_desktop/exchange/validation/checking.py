"""Checks one record from its root to its leaves: the door of this room for a record that is already read."""

from clinic_desktop.exchange.validation import (
    answers,
    bindings,
    bundles,
    definitions,
    extensions,
    knowledge,
    markup,
    narrative,
    profiles,
    prose,
    references,
)
from clinic_desktop.exchange.validation.definitions import Element, ExtensionRule, Rule
from clinic_desktop.exchange.validation.fhirpath.asking import Around, Scope
from clinic_desktop.exchange.validation.fhirpath.reading import read
from clinic_desktop.exchange.validation.fhirpath.values import truth
from clinic_desktop.exchange.validation.json_text import UnreadableError, as_written, parse
from clinic_desktop.exchange.validation.json_tree import JsonTree
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Problem, Severity
from clinic_desktop.exchange.validation.prose import Strictness
from clinic_desktop.exchange.validation.xml_tree import XmlTree

USUAL = Strictness()

# Rules that are held here by hand: with a better place and words, or because every element would ask them.
_BY_HAND = frozenset({"ele-1", "ext-1", "ref-1", "dom-3", "dom-6", "txt-1", "txt-2"})


# Rules that compare every part with every other: no real record has so many that it would take long.
_EACH_WITH_EACH = frozenset({"ig-1", "ig-2", "obs-7"})
_MANY = 2000


def check_resource(resource: object, strictness: Strictness = USUAL) -> list[Problem]:
    """Check one record that was read from JSON already; numbers may be int, float or Decimal."""
    findings = _findings(strictness)
    try:
        written = as_written(resource)
    except UnreadableError as error:
        return [Problem(error.where, "error", error.what)]
    record = JsonTree(findings).record(written)
    if record is not None:
        check_tree(record, findings, strictness)
    return findings.done()


def check_document(data: bytes, strictness: Strictness = USUAL) -> list[Problem]:
    """Check the bytes of one record, in JSON or XML."""
    findings = _findings(strictness)
    try:
        if markup.looks_like(data):
            record = XmlTree(findings).record(markup.parse(data))
        else:
            record = JsonTree(findings).record(parse(data))
    except UnreadableError as error:
        return [Problem(error.where, "error", error.what)]
    if record is not None:
        check_tree(record, findings, strictness)
    return findings.done()


def _findings(strictness: Strictness) -> Findings:
    return Findings(None if strictness.contained else ".contained[")


def check_tree(record: Node, findings: Findings, strictness: Strictness = USUAL) -> None:
    """Check a record that was made into a tree."""
    waiting: list[tuple[Node, Node]] = [(record, record)]
    while waiting:
        node, holder = waiting.pop()
        if node.name == "contained" and not strictness.contained:
            continue
        _node(node, holder, findings)
        prose.check(node, findings, strictness)
        if node is holder:
            _record(node, findings, strictness)
        waiting.extend((kid, kid if kid.is_resource() else holder) for kid in reversed(node.kids))


def _record(node: Node, findings: Findings, strictness: Strictness) -> None:
    if strictness.contained:
        references.check_contained(node, findings)
    references.check_ids(node, findings)
    knowledge.check(node, findings)
    for at, rule in profiles.check(node, findings):
        _ask(at, node, (rule,), findings)
    if node.type == "Bundle":
        bundles.check(node, findings)
    elif node.type == "QuestionnaireResponse":
        answers.check(node, findings)
    elif node.type == "Parameters":
        bundles.check_parameters(node, findings)


def _node(node: Node, holder: Node, findings: Findings) -> None:
    kind = definitions.type_named(node.type)
    element = definitions.element_at(node.parent.type, node.name) if node.parent is not None else None
    if kind is None:
        if node.value is None and not any(kid.name != "id" for kid in node.kids):
            findings.add(node, "An element must have a value or children (ele-1)")
    else:
        if node.kids and not any(kid.name != "id" for kid in node.kids) and node is not holder:
            findings.add(node, "An element must have a value or children (ele-1)")
        present: dict[str, int] = {}
        for kid in node.kids:
            present[kid.name] = present.get(kid.name, 0) + 1
        for needed in kind.required:
            if needed.name not in present:
                severity: Severity = "warning" if _may_lack(node, needed) else "error"
                findings.add(node, f"{kind.name}.{needed.name} is missing: at least {needed.least} is needed", severity)
        for name, count in present.items():
            known = kind.named.get(name)
            if known is not None and known.most and count > known.most:
                findings.add(node, f"{kind.name}.{name} may stand {known.most} time(s) here, not {count}")
    rules: tuple[Rule, ...] = (element.rules if element else ()) + (kind.rules if kind else ())
    if node.type == "Extension":
        found = extensions.check(node, findings)
        rules += found.rules if found else ()
        if found is not None and node.parent is not None:
            _where_it_stands(node, node.parent, holder, found, findings)
    _values(node, element, findings)
    if rules:
        _ask(node, holder, rules, findings)


def _may_lack(node: Node, needed: Element) -> bool:
    """An item that is only shown is never answered: the official examples leave its link away."""
    return needed.name == "linkId" and node.text("type") == "display"


def _values(node: Node, element: Element | None, findings: Findings) -> None:
    values = element.values if element else None
    targets = element.targets if element else ()
    if node.parent is not None and node.parent.type == "Extension" and node.name == "value":
        rule = extensions.rule_of(node.parent)
        values, targets = (rule.values, rule.targets) if rule else (None, ())
    if values is not None or node.type == "Coding":
        bindings.check(node, values, findings)
    if node.type == "xhtml":
        narrative.check(node, findings)
    elif node.type == "Reference":
        references.check(node, targets, findings)
    if element is not None and element.plain_quantity and node.type == "Quantity" and node.all("comparator"):
        findings.add(node, "A comparator is not allowed here: this is a plain quantity (sqty-1)")


def _where_it_stands(node: Node, host: Node, holder: Node, found: ExtensionRule, findings: Findings) -> None:
    """What must hold of the element that an extension stands at."""
    for expression in found.when:
        around = Around(
            holder, references.root_of(holder), host, is_a=definitions.is_a, variables={"extension": (node,)}
        )
        if not truth(read(expression)(Scope(around, (host,)), (host,))):
            findings.add(node, f"The extension may stand here only where {expression}")


def _ask(node: Node, holder: Node, rules: tuple[Rule, ...], findings: Findings) -> None:
    around = Around(holder, references.root_of(holder), node, is_a=definitions.is_a)
    scope = Scope(around, (node,))
    seen: set[str] = set()
    for rule in rules:
        if rule.key in _BY_HAND or rule.key in seen or not rule.expression:
            continue
        seen.add(rule.key)
        if rule.key in _EACH_WITH_EACH and len(node.kids) > _MANY:
            findings.add(node, f"There are too many parts here to hold each against each ({rule.key})", "warning")
            continue
        if not truth(read(rule.expression)(scope, (node,))):
            findings.add(node, f"{rule.human} ({rule.key})", "error" if rule.severe else "warning")
