"""Answers against their questionnaire, where it is in hand: contained, or in the same bundle."""

from collections.abc import Iterator

from clinic_desktop.exchange.validation.knowledge import items_of
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings, quoted
from clinic_desktop.exchange.validation.references import contained

_FINISHED = frozenset({"completed", "amended"})
_TYPES = {
    "text": "string",
    "url": "uri",
    "choice": "Coding integer date time string Reference",
    "open-choice": "Coding integer date time string Reference",
    "attachment": "Attachment",
    "reference": "Reference",
    "quantity": "Quantity",
}


def check(record: Node, findings: Findings) -> None:
    """Check a response, if the questionnaire that it answers is at hand."""
    asked = record.text("questionnaire")
    questionnaire = _questionnaire(record, asked) if asked else None
    if questionnaire is not None:
        _Answers(questionnaire, findings, finished=record.text("status") in _FINISHED).level(questionnaire, record)


def _questionnaire(record: Node, asked: str) -> Node | None:
    if asked.startswith("#"):
        found = contained(record, asked[1:])
        return found if found is not None and found.type == "Questionnaire" else None
    url = asked.partition("|")[0]
    beside = (one for entry in record.root().all("entry") for one in entry.all("resource"))
    return next((one for one in beside if one.type == "Questionnaire" and one.text("url") == url), None)


class _Answers:
    def __init__(self, questionnaire: Node, findings: Findings, *, finished: bool) -> None:
        self.everywhere = {item.text("linkId") for item in items_of(questionnaire)}
        self.findings = findings
        self.finished = finished

    def level(self, asking: Node, answering: Node) -> None:
        """The items below one item of the questionnaire, and those below its answer."""
        asked = {item.text("linkId"): item for item in asking.all("item")}
        order = {link: place for place, link in enumerate(asked)}
        given: dict[str | None, list[Node]] = {}
        last = -1
        for item in answering.all("item"):
            link = item.text("linkId")
            if link not in asked:
                where = "belongs elsewhere" if link in self.everywhere else "is not in the questionnaire"
                self.findings.add(item, f"The item {quoted(link or '')} {where}")
                continue
            if order[link] < last:
                self.findings.add(item, f"The item {quoted(link or '')} is out of order")
            last = max(last, order[link])
            given.setdefault(link, []).append(item)
        for link, item in asked.items():
            self.item(item, given.get(link, []), answering)

    def item(self, asked: Node, given: list[Node], above: Node) -> None:
        """One question and what was answered."""
        link, kind = asked.text("linkId") or "", asked.text("type") or ""
        answers = [answer for item in given for answer in item.all("answer")]
        if kind in {"group", "display"} and answers:
            self.findings.add(answers[0], f"The item {quoted(link)} is a {kind} and has no answer")
        answered = bool(answers) or (kind == "group" and bool(given))
        if asked.text("required") == "true" and not answered and self.finished and not asked.all("enableWhen"):
            self.findings.add(above, f"The item {quoted(link)} must be answered")
        single = asked.text("repeats") != "true"
        if single and (len(answers) > 1 or len(given) > 1):
            self.findings.add(given[0], f"The item {quoted(link)} is answered once")
        for answer in answers:
            self.value(asked, kind, answer)
            self.level(asked, answer)
        if kind == "group":
            for item in given:
                self.level(asked, item)

    def value(self, asked: Node, kind: str, answer: Node) -> None:
        """The value of one answer."""
        for value in answer.all("value"):
            if value.type not in _TYPES.get(kind, kind).split():
                self.findings.add(value, f"An item of the type {kind} is not answered by {value.type}")
            longest = _length(asked)
            if isinstance(value.value, str) and longest is not None and len(value.value) > longest:
                self.findings.add(value, f"The answer is longer than {longest} characters")
            options = [option for one in asked.all("answerOption") for option in one.all("value")]
            if kind == "choice" and options and not any(_chosen(option, value) for option in options):
                self.findings.add(value, "The answer is none of those that the questionnaire offers")


def _length(asked: Node) -> int | None:
    text = asked.text("maxLength") or ""
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _chosen(option: Node, value: Node) -> bool:
    if option.type != value.type:
        return False
    if option.type == "Coding":
        return (option.text("system"), option.text("code")) == (value.text("system"), value.text("code"))
    return list(_words(option)) == list(_words(value))


def _words(node: Node) -> Iterator[object]:
    yield node.value
    for one in node.below():
        yield one.value
