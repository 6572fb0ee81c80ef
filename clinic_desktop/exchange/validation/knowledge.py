"""Rules in prose about whole records: questionnaires, search parameters, code systems (R4, their own pages)."""

from collections.abc import Iterator

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, quoted


def check(record: Node, findings: Findings) -> None:
    """Check a record by its kind."""
    if record.type == "Questionnaire":
        _questionnaire(record, findings)
    elif record.type == "SearchParameter":
        _search_parameter(record, findings)
    elif record.type == "CodeSystem":
        _code_system(record, findings)
    elif record.type == "ValueSet":
        _value_set(record, findings)


def items_of(node: Node) -> Iterator[Node]:
    """Every item of a questionnaire or of an answer to one, in order."""
    for item in node.all("item"):
        yield item
        yield from items_of(item)


def _questionnaire(record: Node, findings: Findings) -> None:
    ids = {item.text("linkId"): item for item in items_of(record)}
    for item in items_of(record):
        inner = {one.text("linkId") for one in items_of(item)}
        for condition in item.all("enableWhen"):
            asked = condition.text("question")
            if asked is None:
                continue
            if asked == item.text("linkId"):
                findings.add(item, f"The condition of the item {quoted(asked)} asks the item itself")
            elif asked in inner:
                findings.add(item, f"The condition of an item cannot ask an item inside it ({quoted(asked)})")
            elif asked not in ids:
                findings.add(condition, f"There is no item {quoted(asked)} to ask")


def _search_parameter(record: Node, findings: Findings) -> None:
    components = len(record.all("component"))
    if record.text("type") == "composite" and components < 2:
        findings.add(record, "A search parameter of the type composite has two or more components")
    elif record.text("type") != "composite" and components:
        findings.add(record, "Only a search parameter of the type composite has components")
    from_ = definitions.search_named((record.text("derivedFrom") or "").partition("|")[0])
    if from_ is None:
        return
    kind, bases = from_
    if record.text("type") != kind:
        findings.add(
            record, f"The type {record.text('type')} is not that of the search parameter this comes from: {kind}"
        )
    for base in record.all("base"):
        if bases and str(base.value) not in bases and not {"Resource", "DomainResource"} & set(bases):
            findings.add(base, f"{quoted(str(base.value))} is no base of the search parameter this comes from")


def _code_system(record: Node, findings: Findings) -> None:
    content = record.text("content")
    concepts = [node for node in record.below() if node.name == "concept"]
    if content == "not-present" and concepts:
        findings.add(concepts[0], "The code system says that it has no content, but there are codes in it")
    count = record.one("count")
    if content == "complete" and count is not None and str(count.value) != str(len(concepts)) and concepts:
        findings.add(
            count, f"The code system is complete with {len(concepts)} codes, but says it has {quoted(str(count.value))}"
        )
    if record.text("supplements") is not None and content is not None and content != "supplement":
        findings.add(record.one("content") or record, "A supplement has the content supplement")


def _value_set(record: Node, findings: Findings) -> None:
    for compose in record.all("compose"):
        for include in (*compose.all("include"), *compose.all("exclude")):
            system = include.text("system")
            if system is not None and not system.startswith("#") and ":" not in system:
                findings.add(include, f"The system of a value set must be absolute, not {quoted(system)}")
