"""Traces of people in what is about to leave: names, numbers, addresses and birth dates, however they are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from clinic_desktop.domain.patients import fold, identifier_of, words_of

# Shorter words are too often something else ("Li" is lithium, "A" a flag): they count only within a whole name.
SHORTEST_WORD = 3
# Shorter numbers stand in every measurement; as the whole of a text they are found at any length from four on.
SHORTEST_NUMBER, SHORTEST_WHOLE = 6, 4
_FIGURES = re.compile(r"\d+")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Traits:
    """All that tells who one person is, as it is kept of them."""

    names: tuple[str, ...] = ()  # family and given names, present and former, each by itself
    whole_names: tuple[str, ...] = ()  # of the person and of those to call
    numbers: tuple[str, ...] = ()  # record, telephone, identity, insurance and policy numbers
    texts: tuple[str, ...] = ()  # e-mail addresses, street addresses
    born_on: str | None = None

    def __repr__(self) -> str:
        return "Traits()"


@dataclass
class Written:
    """Every text of a document, taken apart once so that very many people can be looked for in it.

    `proven` are the words of the reference data and of FHIR itself: somebody may be called like one of them, so in such
    texts names are looked for only whole.
    """

    proven: frozenset[str] = frozenset()
    words: set[str] = field(default_factory=set)
    phrases: list[str] = field(default_factory=list)
    figures: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    foreign: list[str] = field(default_factory=list)
    _met: set[str] = field(default_factory=set)

    def add(self, texts: Iterable[str]) -> None:
        """Take texts in; the same one again costs nothing."""
        for text in texts:
            if text in self._met:
                continue
            self._met.add(text)
            folded = " ".join(words_of(text))
            self.phrases.append(f" {folded} ")
            whole = identifier_of(text)
            self.wholes.add(fold(text))
            if len(whole) >= SHORTEST_NUMBER:
                self.wholes.add(whole)
            self.figures |= {one for one in _FIGURES.findall(text) if len(one) >= SHORTEST_NUMBER}
            joined = "".join(_FIGURES.findall(text))
            if not any(letter.isalpha() for letter in text):
                self.figures.add(joined)
            self.days.update(_DATED.findall(text))
            if text in self.proven:
                continue
            self.words.update(folded.split(" "))
            if not text.isascii():
                self.foreign.append(fold(text))

    def found(self, traits: Traits) -> str:
        """What of a person stands in the texts, in a word ("name", "number", "address", "birth date"); "" for nothing.

        It errs towards finding: what is found has to be looked at, and nothing leaves meanwhile.
        """
        if any(self._has_name(name) for name in traits.names) or any(
            self._has_whole(one) for one in traits.whole_names
        ):
            return "name"
        if any(self._has_number(number) for number in traits.numbers):
            return "number"
        if any(self._has_whole(text) or fold(text) in self.wholes for text in traits.texts):
            return "address"
        return "birth date" if traits.born_on is not None and traits.born_on in self.days else ""

    def _has_name(self, name: str) -> bool:
        if not name.isascii():
            folded = fold(name)
            if len(folded) > 1 and any(folded in text for text in self.foreign):
                return True
        return any(len(word) >= SHORTEST_WORD and word in self.words for word in words_of(name))

    def _has_whole(self, name: str) -> bool:
        words = words_of(name)
        if len(words) < 2:
            return False
        there, back = f" {' '.join(words)} ", f" {' '.join(reversed(words))} "
        return any(there in phrase or back in phrase for phrase in self.phrases)

    def _has_number(self, number: str) -> bool:
        plain = identifier_of(number)
        if len(plain) >= SHORTEST_NUMBER and plain in self.wholes:
            return True
        if len(plain) >= SHORTEST_WHOLE and fold(number) in self.wholes:
            return True
        figures = "".join(_FIGURES.findall(number)) if len(_FIGURES.findall(plain)) == 1 else ""
        bare = figures.lstrip("0")
        return len(bare) >= SHORTEST_NUMBER and (figures in self.figures or bare in self.figures)
