"""Reads XML into a plain tree, with no entity, no document type and no more depth than a record has."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from clinic_desktop.exchange.validation.json_text import UnreadableError

DEEPEST = 200
XHTML = "http://www.w3.org/1999/xhtml"
FHIR = "http://hl7.org/fhir"


@dataclass(slots=True)
class Markup:
    """One element: its namespace and name, its attributes, its children and the text before and between them."""

    space: str
    name: str
    attributes: dict[str, str]
    line: int
    kids: list["Markup"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def words(self) -> str:
        """The element's own text."""
        return "".join(self.text)

    def every(self) -> Iterator["Markup"]:
        """This element and every one below it."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.kids))


class _Reader:
    def __init__(self) -> None:
        self.root: Markup | None = None
        self.open: list[Markup] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.buffer_text = True

    def start(self, full_name: str, attributes: dict[str, str]) -> None:
        space, _gap, name = full_name.rpartition(" ")
        one = Markup(space, name, attributes, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].kids.append(one)
        else:
            self.root = one
        self.open.append(one)
        if len(self.open) > DEEPEST:
            raise UnreadableError(f"line {one.line}", f"The document is nested more than {DEEPEST} levels deep")

    def end(self, _name: str) -> None:
        self.open.pop()

    def words(self, text: str) -> None:
        if self.open:
            self.open[-1].text.append(text)

    def doctype(self, *_about: object) -> None:
        line = self.parser.CurrentLineNumber
        raise UnreadableError(f"line {line}", "A document type (DOCTYPE) is not allowed in FHIR")

    def instruction(self, target: str, _data: str) -> None:
        if self.open:
            line = self.parser.CurrentLineNumber
            raise UnreadableError(f"line {line}", f"A processing instruction ({target}) is not allowed in FHIR")


def parse(data: bytes | str) -> Markup:
    """The tree of the text; raises UnreadableError."""
    reader = _Reader()
    try:
        reader.parser.ParseFile(io.BytesIO(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data))
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        raise UnreadableError(
            where, f"This is not well-formed XML: {expat.ErrorString(error.code)} at {where}"
        ) from None
    except (ValueError, LookupError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("", "The XML is in an encoding that is not known; FHIR is written in UTF-8") from None
    if reader.root is None:
        raise UnreadableError("", "The file is empty")
    return reader.root


def looks_like(data: bytes) -> bool:
    """Whether the first sign of the file is that of XML."""
    return re.match(rb"(?:\xef\xbb\xbf)?\s*<", data) is not None
