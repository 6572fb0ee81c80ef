"""The narrative of a record: XHTML with formatting alone (R4, narrative.html; txt-1 and txt-2)."""

import re

from clinic_desktop.exchange.validation import markup
from clinic_desktop.exchange.validation.json_text import UnreadableError
from clinic_desktop.exchange.validation.markup import XHTML, Markup
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, Severity, quoted
from clinic_desktop.exchange.validation.references import holder_of

_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i "
        "img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var",
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff "
        "charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang "
        "longdesc name nowrap "
        "rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width",
    )
)
_XML = "http://www.w3.org/XML/1998/namespace"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# What a reader may follow from a page; `urn` and `javascript` lead nowhere, or to harm.
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp", "sms", "data", "cid", "file", "nfs", "tftp"})


def check(node: Node, findings: Findings) -> None:
    """Check the `div` of a narrative, and keep its tree for those who look for what it points at."""
    if node.markup is None:
        if not isinstance(node.value, str):
            return
        if not node.value.strip():
            findings.add(node, "The narrative must have some content (txt-2)")
            return
        try:
            node.markup = markup.parse(node.value)
        except UnreadableError as error:
            findings.add(node, f"The narrative cannot be read: {error.what}")
            return
    root = node.markup
    assert isinstance(root, Markup)
    if root.name != "div":
        findings.add(node, f"The narrative must be one div, not {quoted(root.name)} (txt-1)")
    if root.space != XHTML:
        severity: Severity = "error" if root.space else "warning"
        findings.add(node, f"The div must be in the namespace {XHTML}", severity)
    seen = False
    places = {value for one in root.every() for name, value in one.attributes.items() if name in {"id", "name"}}
    for one in root.every():
        _element(node, one, root.space, places, findings)
        seen = seen or one.name == "img" or any(part.strip() for part in one.text)
    if not seen:
        findings.add(node, "The narrative must have some content that is not space (txt-2)")


def _element(node: Node, one: Markup, space: str, places: set[str], findings: Findings) -> None:
    if one.name not in _ELEMENTS or one.space != space:
        findings.add(node, f"The element {quoted(one.name)} is not allowed in a narrative (txt-1)")
    for full_name, value in one.attributes.items():
        home, _gap, name = full_name.rpartition(" ")
        if home == _XML and name == "space" and value != "preserve":
            findings.add(node, "xml:space can only be preserve")
        if home == _XML or (not home and name in _ATTRIBUTES):
            if name in {"href", "src"}:
                _link(node, one, name, value, places, findings)
            continue
        findings.add(node, f"The attribute {quoted(name)} of {one.name} is not allowed in a narrative (txt-1)")


def _ids_around(node: Node) -> set[object]:
    """The ids of the record's elements and of what it contains, which its narrative may point at too."""
    return {one.value for one in holder_of(node).below() if one.name == "id"}


def _link(node: Node, one: Markup, name: str, value: str, places: set[str], findings: Findings) -> None:
    if name == "href" and len(value) > 1 and value.startswith("#") and value[1:] not in places | _ids_around(node):
        findings.add(node, f"The link {quoted(value)} leads nowhere in the narrative")
        return
    scheme = _SCHEME.match(value.strip())
    if scheme is not None and scheme.group(1).lower() not in _SCHEMES:
        findings.add(node, f"{name} of {one.name} leads to {quoted(value)}, which is no link that can be followed")
