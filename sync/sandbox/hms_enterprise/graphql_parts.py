"""Reads GraphQL as far as the document's query and mutation go: operations, arguments, aliases, nested selections."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(r'[\s,]+|#[^\n]*|(\.\.\.|[{}()\[\]:$!=@|]|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*)')


class GraphQLError(Exception):
    """A query that cannot be read or answered."""


@dataclass(slots=True)
class Selection:
    """One field that was asked for."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: list["Selection"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or a mutation."""

    kind: str
    name: str
    fields: list[Selection]


class Reader:
    """Reads one document."""

    def __init__(self, text: str, variables: dict[str, Any]) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._variables = variables

    def operations(self) -> list[Operation]:
        """Every operation of the document."""
        found = []
        while self._peek():
            kind, name = "query", ""
            if self._peek() != "{":
                kind = self._next()
                if kind not in {"query", "mutation"}:
                    raise GraphQLError(f"Cannot read {kind!r} here")
                if self._peek() not in {"{", "("}:
                    name = self._next()
                if self._peek() == "(":
                    self._skip_definitions()
            found.append(Operation(kind, name, self._fields()))
        if not found:
            raise GraphQLError("There is no operation")
        return found

    def _fields(self) -> list[Selection]:
        self._expect("{")
        found = []
        while self._peek() != "}":
            name = self._word()
            alias = name
            if self._peek() == ":":
                self._next()
                name = self._word()
            one = Selection(name, alias)
            if self._peek() == "(":
                one.arguments = self._arguments()
            if self._peek() == "{":
                one.fields = self._fields()
            found.append(one)
        self._expect("}")
        if not found:
            raise GraphQLError("A selection is empty")
        return found

    def _arguments(self) -> dict[str, Any]:
        self._expect("(")
        found = {}
        while self._peek() != ")":
            name = self._word()
            self._expect(":")
            found[name] = self._value()
        self._expect(")")
        return found

    def _value(self) -> Any:
        piece = self._next()
        if piece == "$":
            name = self._word()
            if name not in self._variables:
                raise GraphQLError(f"Variable ${name} was not given")
            return self._variables[name]
        if piece == "[":
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._expect("]")
            return items
        if piece == "{":
            made = {}
            while self._peek() != "}":
                name = self._word()
                self._expect(":")
                made[name] = self._value()
            self._expect("}")
            return made
        if piece[0] == '"' or piece[0].isdigit() or piece[0] == "-" or piece in {"true", "false", "null"}:
            return json.loads(piece)
        return piece  # an enumerated word

    def _skip_definitions(self) -> None:
        depth = 0
        while True:
            token = self._next()
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                return

    def _word(self) -> str:
        token = self._next()
        if not (token[0].isalpha() or token[0] == "_"):
            raise GraphQLError(f"Cannot read {token!r} here")
        return token

    def _expect(self, wanted: str) -> None:
        token = self._next()
        if token != wanted:
            raise GraphQLError(f"Expected {wanted!r}, found {token!r}")

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise GraphQLError("The document ends too early")
        self._at += 1
        return token


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise GraphQLError(f"Cannot read {text[at]!r}")
        if match[1]:
            found.append(match[1])
        at = match.end()
    return found
