"""Files of FHIR JSON, read as a stream: bundles, single resources, one resource a line, and these compressed."""

import codecs
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, cast

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.csv.problems import in_words
from clinic_desktop.exchange.envelope import FIRST, open_sealed
from clinic_desktop.exchange.subjects import ORDER, SUBJECTS
from sync.records.exact import DECODER, Json, NotExact, require_sound_text

SUFFIXES = (".json", ".ndjson", ".jsonl", ".jwe")
CHUNK = 1 << 20
LARGEST_SEALED = 256 << 20
# One entry larger than this is no record of a patient: a scan of a hundred pages is half of it.
LARGEST_ENTRY = 96 << 20
_SPACE = " \t\r\n"
_GZIP = b"\x1f\x8b"


class FileRefused(Exception):  # noqa: N818 - a rule said no to a file
    """Nothing of a file is taken in: where in it, and why."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.where = where
        self.what = what


@dataclass(frozen=True)
class Entry:
    """One resource of a file: its place, its full address where it has one, and what a bundle asks to do with it."""

    resource: Json
    full_url: str | None
    where: str
    method: str | None = None


@dataclass
class Envelope:
    """What a file says of itself beside its resources, known when it was read to its end."""

    kind: str = "lines"
    next_page: bool = False
    left_out: int = 0
    # Of a sealed file: the last day on which it is meant to be used.
    until: date | None = None


def files_of(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The files to read, in a settled order, and the paths that are not there; folders are walked."""
    found: dict[Path, None] = {}
    missing: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file() and _is_fhir(each))
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path] = None
        else:
            missing.append(path)
    # What others point to first: files in which no patient stands near the top hold practitioners and organisations.
    return sorted(found, key=_rank), missing


def entries(path: Path, envelope: Envelope, password: str = "") -> Iterator[Entry]:
    """Every resource of a file. Raises FileRefused for what is broken, cut off, no FHIR or sealed otherwise."""
    try:
        with _opened(path) as stream:
            yield from _documents(_Window(_unsealed(stream, envelope, password)), envelope)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefused("", f"the compressed file stops halfway or is damaged ({error})") from None
    except UnicodeDecodeError:
        raise FileRefused("", "the text is not UTF-8") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file, or what is compressed in it, whatever it is called."""
    with path.open("rb") as raw:
        compressed = raw.read(2) == _GZIP
        raw.seek(0)
        if not compressed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as inside:
            yield cast("IO[bytes]", inside)


def _unsealed(stream: IO[bytes], envelope: Envelope, password: str) -> IO[bytes]:
    """What a file holds, or what is sealed in it."""
    head = stream.read(len(FIRST))
    if head != FIRST:
        stream.seek(0)
        return stream
    if not password:
        raise FileRefused("password", "this file is sealed: give the password that came with it")
    sealed = head + stream.read(LARGEST_SEALED)
    if len(sealed) > LARGEST_SEALED:
        raise FileRefused("", "this sealed file is larger than any record")
    try:
        opened = open_sealed(sealed, password)
    except Refusal as error:
        raise FileRefused(error.field or "", in_words(error)) from None
    envelope.until = opened.until
    return io.BytesIO(opened.content)


def _is_fhir(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


_KIND = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')
_POINTED_AT = frozenset(kind for kind, subject in SUBJECTS.items() if subject.about is None and kind != "Patient")
HEAD = 256 << 10
_NAMED = re.compile(r'"(\w+)"\s*:\s*$')
NEAR = 80


def _rank(path: Path) -> tuple[int, str]:
    """Where a file stands in the order of reading, by the kinds at its head: what others point to comes first."""
    try:
        with _opened(path) as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return len(ORDER), str(path)
    kinds = {found.decode() for found in _KIND.findall(head)} - {"Bundle"}
    if "Patient" in kinds:
        return ORDER["Patient"], str(path)
    if kinds <= _POINTED_AT:
        return 0, str(path)
    return min(ORDER.get(kind, len(ORDER)) for kind in kinds - _POINTED_AT), str(path)


class _Window:
    """The text of a stream, a part at a time."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def more(self) -> bool:
        """Read on; False at the end."""
        if self.ended:
            return False
        raw = self._stream.read(max(CHUNK, len(self.text) - self.at))
        self.ended = not raw
        self.line += self.text.count("\n", 0, self.at)
        self.text = self.text[self.at :] + self._decoder.decode(raw, final=not raw)
        self.at = 0
        return True

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in _SPACE:
                    return self.text[self.at]
                self.at += 1
            if not self.more():
                return ""

    def take(self, character: str) -> None:
        """Step over a character that must be there."""
        found = self.peek()
        if found != character:
            raise self.broken(f"“{character}” is missing" if found else "it stops halfway")
        self.at += 1

    def value(self) -> object:
        """Read one JSON value, however much of the stream it takes."""
        self.peek()
        while True:
            try:
                found, end = DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if len(self.text) - self.at > LARGEST_ENTRY:
                    raise FileRefused(self._too_large(), "one entry is larger than any record") from None
                if self.more():
                    continue
                cut = error.pos >= len(self.text) - 1 or error.msg.startswith("Unterminated")
                raise self.broken("it stops halfway" if cut else f"broken JSON: {error.msg}", error.pos) from None
            except RecursionError:
                raise FileRefused(self._place(), "nested too deep") from None
            except NotExact as error:
                raise FileRefused(self._place(), str(error)) from None
            # A number at the very end of what was read may go on.
            if end == len(self.text) and self.more():
                continue
            try:
                require_sound_text(found, self.text, self.at, end)
            except NotExact as error:
                raise FileRefused(self._place(), str(error)) from None
            self.at = end
            return found

    def broken(self, what: str, position: int | None = None) -> FileRefused:
        """The refusal of a text that is no JSON."""
        return FileRefused(self._place(position), what)

    def _too_large(self) -> str:
        """The line, and the member in which the text grew too large: the last that was named before."""
        opened = self.text.rfind('"', self.at)
        named = _NAMED.search(self.text, max(self.at, opened - NEAR), max(self.at, opened))
        return f"{self._place()}, {named[1]}" if named else self._place()

    def _place(self, position: int | None = None) -> str:
        return f"line {self.line + self.text.count(chr(10), 0, self.at if position is None else position)}"


def _documents(window: _Window, envelope: Envelope) -> Iterator[Entry]:
    """The resources of a document, or of the documents that stand in it line after line."""
    first = window.peek()
    if first == "":
        raise FileRefused("", "the file is empty")
    if first != "{":
        raise FileRefused("line 1", "not FHIR: the file is no JSON object")
    number = 0
    while window.peek():
        number += 1
        where = f"line {number}"
        yield from _document(window, envelope, where)


def _document(window: _Window, envelope: Envelope, where: str) -> Iterator[Entry]:
    """One JSON object: a resource, or a bundle whose entries come one after the other."""
    window.take("{")
    members: Json = {}
    while window.peek() != "}":
        if members:
            window.take(",")
        name = window.value()
        if not isinstance(name, str) or name in members:
            raise window.broken(f"broken JSON: the member “{str(name)[:40]}” stands twice in one object")
        window.take(":")
        if name == "entry" and members.get("resourceType", "Bundle") == "Bundle" and window.peek() == "[":
            members["entry"] = None
            envelope.kind = "bundle"
            yield from _entries(window, envelope)
        else:
            members[name] = window.value()
    window.take("}")
    if members.get("resourceType") == "Bundle":
        _end_of_bundle(members, envelope)
    elif "entry" in members and members["entry"] is None:
        raise FileRefused(where, "not FHIR: a list of entries that is no Bundle")
    else:
        yield Entry(members, None, str(members.get("resourceType", "")) if where == "line 1" else where)


def _entries(window: _Window, envelope: Envelope) -> Iterator[Entry]:
    window.take("[")
    place = 0
    while window.peek() != "]":
        if place:
            window.take(",")
        entry = window.value()
        where = f"entry[{place}]"
        place += 1
        if not isinstance(entry, dict):
            raise FileRefused(where, "not FHIR: an entry is no object")
        request = entry.get("request")
        method = request.get("method") if isinstance(request, dict) else None
        resource = entry.get("resource")
        if resource is None:
            envelope.left_out += 1
            continue
        if not isinstance(resource, dict):
            raise FileRefused(where, "not FHIR: a resource is no object")
        url = entry.get("fullUrl")
        if url is not None and not isinstance(url, str):
            raise FileRefused(where, "not FHIR: fullUrl is no text")
        yield Entry(resource, url, where, method if isinstance(method, str) else None)
    window.take("]")


def _end_of_bundle(members: Json, envelope: Envelope) -> None:
    kind = members.get("type")
    if not isinstance(kind, str):
        raise FileRefused("Bundle.type", "not FHIR: a bundle says what it is for")
    if kind in {"history", "subscription-notification"}:
        raise FileRefused("Bundle.type", f"a bundle of the type “{kind}” is no state of records")
    links = members.get("link")
    envelope.kind = "bundle"
    envelope.next_page = isinstance(links, list) and any(
        isinstance(each, dict) and each.get("relation") == "next" for each in links
    )
