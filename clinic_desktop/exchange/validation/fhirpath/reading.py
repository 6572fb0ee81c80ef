"""Reads a FHIRPath expression into something that can be asked of an element again and again."""

from decimal import Decimal
from functools import lru_cache

from clinic_desktop.exchange.validation.fhirpath import functions, operators
from clinic_desktop.exchange.validation.fhirpath.asking import Asked, Scope, start
from clinic_desktop.exchange.validation.fhirpath.values import EMPTY, Items, Moment, moment
from clinic_desktop.exchange.validation.fhirpath.words import ExpressionError, Word, words

# From the loosest to the tightest, as the specification's grammar has them.
_LEVELS: tuple[frozenset[str], ...] = tuple(
    frozenset(level.split())
    for level in (
        "implies",
        "or xor",
        "and",
        "in contains",
        "= ~ != !~",
        "< > <= >=",
        "|",
        "is as",
        "+ - &",
        "* / div mod",
    )
)
_DEEPEST = 60


@lru_cache(maxsize=4096)
def read(expression: str) -> Asked:
    """Read an expression; raises ExpressionError."""
    reader = _Reader(words(expression))
    asked = reader.level(0)
    if reader.at < len(reader.words):
        raise ExpressionError(f"{reader.words[reader.at].text!r} is not expected there")
    return asked


class _Reader:
    def __init__(self, found: list[Word]) -> None:
        self.words = found
        self.at = 0
        self.depth = 0

    def peek(self) -> Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self, text: str | None = None) -> Word:
        word = self.peek()
        if word is None or (text is not None and (word.text != text or word.sort == "string")):
            raise ExpressionError(f"{text or 'more'} is missing")
        self.at += 1
        return word

    def is_next(self, *texts: str) -> bool:
        word = self.peek()
        return word is not None and word.sort in {"sign", "name"} and word.text in texts

    def level(self, number: int) -> Asked:
        if number == len(_LEVELS):
            return self.unary()
        left = self.level(number + 1)
        while self.is_next(*_LEVELS[number]):
            sign = self.take().text
            if sign in {"is", "as"}:
                left = functions.typed(sign, left, self.type_name())
            else:
                left = operators.binary(sign, left, self.level(number + 1))
        return left

    def unary(self) -> Asked:
        if self.is_next("+", "-"):
            sign = self.take().text
            inner = self.unary()
            return operators.negative(inner) if sign == "-" else inner
        return self.chain()

    def chain(self) -> Asked:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError("it is nested too deep")
        asked = self.term()
        while self.is_next(".", "["):
            if self.take().text == ".":
                asked = self.invocation(asked)
            else:
                asked = operators.indexed(asked, self.level(0))
                self.take("]")
        self.depth -= 1
        return asked

    def term(self) -> Asked:
        word = self.peek()
        if word is None:
            raise ExpressionError("it ends too early")
        if word.sort == "name":
            return self.invocation(None)
        self.take()
        if word.sort == "sign":
            if word.text == "(":
                inner = self.level(0)
                self.take(")")
                return inner
            if word.text == "{}":
                return _constant(EMPTY)
            raise ExpressionError(f"{word.text!r} is not expected there")
        if word.sort == "variable":
            return functions.variable(word.text)
        return _constant((_literal(word),))

    def invocation(self, before: Asked | None) -> Asked:
        word = self.take()
        if word.sort != "name":
            raise ExpressionError(f"{word.text!r} is no name")
        if not self.is_next("("):
            if before is None and word.text in {"true", "false"}:
                return _constant((word.text == "true",))
            return functions.step(before, word.text)
        self.take("(")
        if word.text in {"is", "as", "ofType"}:
            kind = self.type_name()
            self.take(")")
            return functions.typed(word.text, before or start, kind)
        arguments: list[Asked] = []
        while not self.is_next(")"):
            arguments.append(self.level(0))
            if not self.is_next(")"):
                self.take(",")
        self.take(")")
        return functions.call(before or start, word.text, arguments)

    def type_name(self) -> str:
        name = self.take().text
        while self.is_next("."):
            self.take()
            name = f"{name}.{self.take().text}"
        return name.removeprefix("FHIR.").removeprefix("System.")


def _constant(items: Items) -> Asked:
    def asked(_scope: Scope, _focus: Items) -> Items:
        return items

    return asked


def _literal(word: Word) -> str | int | Decimal | Moment:
    if word.sort == "string":
        return word.text
    if word.sort == "number":
        return Decimal(word.text) if "." in word.text else int(word.text)
    of_day = word.text.startswith("@T")
    read_moment = moment(word.text.removeprefix("@").removeprefix("T"), of_day=of_day)
    if read_moment is None:
        raise ExpressionError(f"{word.text} is no moment")
    return read_moment
