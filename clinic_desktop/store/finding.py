"""Finding patients by what somebody types: names in any order, misspelt, numbers, births.

Measured over a million patients (performance.md, finding 4): nothing is ever ordered by rank, and never more than the
first 500 matches are sorted. An exact family name comes from the B-tree, already in order.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from sqlalchemy import Connection

from clinic_desktop.domain import numbers
from clinic_desktop.domain.identity import sound
from clinic_desktop.domain.patients import digits_of, identifier_of, name_key, read_birth_date, words_of
from clinic_desktop.store.search import matching, near_words, quoted

CAP = 500
# Fewer exact matches than this, and those who may be meant by a misspelling are shown below them.
FEW = 3
TOKENS = 6
LAST = "\U0010ffff"

# The index on names covers these: no row is read before the fifty that are shown are known.
BY_FAMILY = (
    "SELECT rowid_ FROM patients WHERE family_key >= ? AND family_key < ? ORDER BY family_key, given_key LIMIT ?"
)
BY_BOTH = (
    "SELECT rowid_ FROM patients WHERE family_key = ? AND given_key >= ? AND given_key < ? ORDER BY given_key LIMIT ?"
)
BY_MRN = "SELECT rowid_ FROM patients WHERE mrn >= ? AND mrn < ? ORDER BY mrn LIMIT ?"
BY_BIRTH = "SELECT rowid_ FROM patients WHERE born_on = ? LIMIT ?"
ROWS = (
    "SELECT p.rowid_, p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.born_precision, p.phone,"
    " p.family_key, p.given_key, p.merged_into FROM json_each(?) j JOIN patients p ON p.rowid_ = j.value"
)
KEPT = (
    "SELECT m.rowid_, p.rowid_, p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.born_precision,"
    " p.phone, p.family_key, p.given_key FROM json_each(?) j JOIN patients m ON m.rowid_ = j.value"
    " JOIN patients p ON p.id = m.merged_into"
)
WORDS_OF = "SELECT s.patient_rowid, s.words FROM json_each(?) j JOIN patient_search s ON s.patient_rowid = j.value"
WITH_WORDS = (
    "SELECT s.patient_rowid, s.words FROM patient_fts f JOIN patient_search s ON s.patient_rowid = f.rowid"
    " WHERE patient_fts MATCH ? LIMIT 500"
)
WITH_NUMBERS = "SELECT rowid FROM patient_trigram WHERE patient_trigram MATCH ? LIMIT 500"

DATE = re.compile(
    r"\b(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}[- ]?[a-z]{3,9}[- ]?\d{4})\b",
    re.IGNORECASE,
)


# Rows come as the driver gives them: text, whole numbers and None.
Row = Sequence[Any]


@dataclass(frozen=True)
class Found:
    """One patient in the answer, and how well the text fits, 0 to 1."""

    rowid: int
    id: str
    mrn: str
    family_name: str
    given_names: str
    sex: str
    born_on: str | None
    born_precision: str
    phone: str | None
    score: float

    def __repr__(self) -> str:
        return f"Found({self.id})"


@dataclass(frozen=True)
class Asked:
    """What a text asks for: words of names, numbers, a whole birth date."""

    tokens: tuple[str, ...]
    digits: tuple[str, ...]
    born_on: date | None
    raw: str


def asked(text: str, today: date) -> Asked:
    """Read what somebody typed; halves of characters and NUL, which no name holds, are passed over."""
    text = text.encode("utf-8", "ignore").decode().replace("\0", " ")
    raw = text.strip()
    born_on = None
    if match := DATE.search(raw):
        born_on = read_birth_date(match[0], today)
        if born_on is not None:
            text = raw.replace(match[0], " ")
    tokens: list[str] = []
    runs: list[str] = []
    grouped = False
    for piece in text.split():
        if not any(c.isdigit() for c in piece):
            tokens += words_of(piece)
            grouped = False
        elif grouped and not any(c.isalpha() for c in piece):
            runs[-1] += piece
        else:
            runs.append(piece)
            grouped = not any(c.isalpha() for c in piece)
    return Asked(tuple(tokens[:TOKENS]), tuple(runs[:TOKENS]), born_on, raw)


def find(connection: Connection, text: str, today: date, limit: int = 50) -> list[Found]:
    """Find patients; best first, each once. From two letters, three digits, or one sign of Chinese."""
    question = asked(text, today)
    found = _as_asked(connection, question, today, limit)
    if not found and (question.digits or question.born_on):
        # A name may hold digits: then nothing was a number.
        words = words_of(question.raw)[:TOKENS]
        short = len("".join(words)) < 3
        found = _keyed(connection, name_key(question.raw), "\0", limit) if short else _named(connection, words, limit)
    return found


def _as_asked(connection: Connection, question: Asked, today: date, limit: int) -> list[Found]:
    if question.born_on is not None:
        return _born(connection, question, limit)
    years = tuple(run for run in question.digits if question.tokens and _a_year(run, today))
    numbers_asked = tuple(run for run in question.digits if run not in years)
    if numbers_asked:
        found = _numbered(connection, question, numbers_asked, today, limit)
        if found or not years:
            return found
    if question.tokens:
        tokens = (*question.tokens, *years)
        if len("".join(tokens)) < 2 and tokens[0].isascii():
            # Some family names are one letter: those, and not everybody whose name begins with it.
            return _keyed(connection, tokens[0], "\0", limit)
        found = _named(connection, tokens, limit)
        return found or (_numbered(connection, question, years, today, limit) if years else [])
    return _keyed(connection, name_key(question.raw), LAST, limit) if question.raw else []


def _a_year(run: str, today: date) -> bool:
    return run.isdecimal() and (len(run) < 4 or (len(run) == 4 and 1880 <= int(run) <= today.year))


# Names. ---------------------------------------------------------------------------------------------


def _named(connection: Connection, tokens: Sequence[str], limit: int) -> list[Found]:
    rowids = _in_order(connection, tokens, limit)
    if len(rowids) < limit:
        matches = connection.exec_driver_sql(WITH_WORDS, (matching(tokens),)).all()
        if len(matches) > len(rowids):
            rowids = _each_once([*rowids, *_best(matches, tokens)])[:limit]
    found = [_found(row, _fit(tokens, row)) for row in _rows(connection, rowids)]
    if len(found) < FEW and max(map(len, tokens)) >= 3:
        seen = {one.rowid for one in found}
        found += [one for one in _misspelt(connection, tokens, limit) if one.rowid not in seen]
    return found[:limit]


def _in_order(connection: Connection, tokens: Sequence[str], limit: int) -> list[int]:
    """Exact family names, in name order, from the B-tree; a family name of several words, and both orders."""
    rowids: list[int] = []
    for cut in range(len(tokens) - 1, 0, -1):
        first, second = " ".join(tokens[:cut]), " ".join(tokens[cut:])
        for family, given in ((first, second), (second, first)):
            if len(rowids) < limit:
                rowids += connection.exec_driver_sql(BY_BOTH, (family, given, given + LAST, limit)).scalars()
    if len(rowids) < limit:
        family = " ".join(tokens)
        rowids += connection.exec_driver_sql(BY_FAMILY, (family, family + LAST, limit)).scalars()
    return _each_once(rowids)[:limit]


def _best(matches: Sequence[Row], tokens: Sequence[str]) -> list[int]:
    """At most 500 matches sorted: whole words before beginnings, then by name."""
    whole = set(tokens)

    def rank(match: Row) -> tuple[int, str]:
        words = str(match[1])
        return -len(whole.intersection(words.split())), words

    return [int(match[0]) for match in sorted(matches, key=rank)]


def _each_once(rowids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(rowids))


def _rows(connection: Connection, rowids: Sequence[int]) -> list[Row]:
    """The rows of some patients in the order asked for; in place of one merged into another, the other; each once."""
    rows: dict[int, Row] = {row[0]: row for row in connection.exec_driver_sql(ROWS, (json.dumps(rowids),)).all()}
    if merged := [rowid for rowid, row in rows.items() if row[11] is not None]:
        rows |= {row[0]: row[1:] for row in connection.exec_driver_sql(KEPT, (json.dumps(merged),)).all()}
    return list({rows[rowid][0]: rows[rowid] for rowid in rowids if rowid in rows}.values())


def _misspelt(connection: Connection, tokens: Sequence[str], limit: int) -> list[Found]:
    """Those whose names are a mistake or two away, or sound alike."""
    alike = {token: near(connection, token) for token in tokens}
    if not any(alike.values()):
        return []
    expression = " AND ".join(
        "(" + " OR ".join([f"{quoted(token)} *", *(quoted(word) for word in alike[token])]) + ")" for token in tokens
    )
    matches = connection.exec_driver_sql(WITH_WORDS, (expression,)).all()

    def fit(words: list[str]) -> float:
        return sum(
            max(1.0 if w == token else 0.95 if w.startswith(token) else alike[token].get(w, 0.0) for w in words)
            for token in tokens
        ) / len(tokens)

    scored = sorted((-fit(words.split()), words, rowid) for rowid, words in matches)[:limit]
    score_of = {rowid: -score for score, _, rowid in scored}
    return [_found(row, score_of.get(row[0], min(score_of.values()))) for row in _rows(connection, list(score_of))]


def near(connection: Connection, token: str, most: int = 12) -> dict[str, float]:
    """The names of the vocabulary that may be meant by a misspelt one, each with its likeness, the likest first."""
    if len(token) < 3:
        return {}
    heard = sound(token)
    found: dict[str, float] = {}
    for word in near_words(connection, token):
        if word == token:
            continue
        edits = DamerauLevenshtein.distance(word, token)
        alike = JaroWinkler.similarity(word, token)
        if edits <= (1 if len(token) <= 4 else 2) or (heard and sound(word) == heard and alike >= 0.75):
            found[word] = min(0.94, alike) - 0.02 * edits
    return dict(sorted(found.items(), key=lambda item: -item[1])[:most])


def _fit(tokens: Sequence[str], row: Row) -> float:
    """How well exact matches fit: 1 where every word typed is a whole word of the name."""
    words = {*row[9].split(), *row[10].split()}
    return sum(1.0 if token in words or token.isdecimal() else 0.96 for token in tokens) / len(tokens)


# Numbers and births. ----------------------------------------------------------------------------------


def _numbered(connection: Connection, question: Asked, runs: Sequence[str], today: date, limit: int) -> list[Found]:
    """By record number, telephone, identity number or a run of one's digits; with words, those must fit too."""
    rowids: list[int] = []
    for low in (low for run in runs for low in _record_numbers(connection, run)):
        rowids += connection.exec_driver_sql(BY_MRN, (low, low + LAST, limit)).scalars()
    if not question.tokens and len(runs) == 1 and len(runs[0]) == 4 and _a_year(runs[0], today):
        rowids += _with_digits_or_born_in(connection, runs[0], limit)
    elif len(rowids) < limit:
        for expression in _number_expressions(runs):
            got = connection.exec_driver_sql(WITH_NUMBERS, (expression,)).scalars().all()
            rowids += got
            if got:
                break
    if question.tokens:
        rowids = _with_words(connection, rowids, question.tokens)
    return [_found(row, 1.0) for row in _rows(connection, _each_once(rowids)[:limit])]


def _record_numbers(connection: Connection, run: str) -> list[str]:
    """Beginnings of record numbers that a text may mean: its start, or only the count, zeros left out."""
    typed = run.upper()
    found = [typed]
    if run.isdecimal() and len(run) <= 6:
        codes = connection.exec_driver_sql("SELECT code FROM workstations").scalars().all()
        found += [numbers.compose("MRN", str(code), int(run)) for code in codes]
    if match := re.fullmatch(r"(?:MRN)?([A-Z0-9]{2})(\d{6})([A-Z0-9])", identifier_of(run).upper()):
        found.append(f"MRN-{match[1]}-{match[2]}-{match[3]}")
    if match := re.fullmatch(r"(?:MRN-)?([A-Z0-9]{2})-(\d{1,6})", typed):
        found.append(f"MRN-{match[1]}-{int(match[2]):06d}")
    return found


def _number_expressions(runs: Sequence[str]) -> list[str]:
    """What to look for among numbers: without a country's prefix first, as it stands, then as an identity number.

    The prefix is in every number of the country, and its trigrams with it: looking for it too is ten times slower.
    """
    plain = [identifier_of(run) if any(c.isalpha() for c in run) else digits_of(run) for run in runs]
    found: dict[str, None] = {}
    for form in ([number[-9:] for number in plain], plain, [identifier_of(run) for run in runs]):
        parts = [quoted(number) for number in form if len(number) >= 3]
        if parts:
            found[" AND ".join(parts)] = None
    return list(found)


def _born(connection: Connection, question: Asked, limit: int) -> list[Found]:
    """By a whole birth date, and whatever words stand beside it."""
    born_on = question.born_on.isoformat() if question.born_on else ""
    rowids: Sequence[int] = connection.exec_driver_sql(BY_BIRTH, (born_on, 2 * CAP)).scalars().all()
    if question.tokens:
        rowids = _with_words(connection, rowids, question.tokens)
    rows = sorted(_rows(connection, rowids), key=lambda row: (row[9], row[10]))
    return [_found(row, 1.0) for row in rows][:limit]


def _with_digits_or_born_in(connection: Connection, year: str, limit: int) -> list[int]:
    """By four digits that may be a year: those with such a number, then those born that year."""
    rowids = list(connection.exec_driver_sql(WITH_NUMBERS, (quoted(year),)).scalars())[: limit // 2]
    return rowids + _best(connection.exec_driver_sql(WITH_WORDS, (quoted(year),)).all(), (year,))


def _with_words(connection: Connection, rowids: Sequence[int], tokens: Sequence[str]) -> list[int]:
    """Of some patients, those whose names begin with every token; if none does, those that are nearly so."""
    words = {
        rowid: text.split() for rowid, text in connection.exec_driver_sql(WORDS_OF, (json.dumps(list(rowids)),)).all()
    }

    def those(fits: Callable[[str, str], bool]) -> list[int]:
        return [
            rowid
            for rowid in rowids
            if all(any(fits(word, token) for word in words.get(rowid, ())) for token in tokens)
        ]

    return those(str.startswith) or those(lambda word, token: JaroWinkler.similarity(word, token) >= 0.85)


def _keyed(connection: Connection, key: str, last: str, limit: int) -> list[Found]:
    """By a family name as it stands, such as one that is nothing but signs."""
    rowids = connection.exec_driver_sql(BY_FAMILY, (key, key + last, limit)).scalars().all()
    return [_found(row, 1.0) for row in _rows(connection, rowids)]


def _found(row: Row, score: float) -> Found:
    rowid, id_, mrn, family, given, sex, born_on, precision, phone = row[:9]
    return Found(rowid, id_, mrn, family, given, sex, born_on, precision, phone, round(score, 3))
