"""The search over patients: two full-text indexes, a vocabulary of names, and the writing of them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from clinic_desktop.domain import identity
from clinic_desktop.domain.patients import digits_of, identifier_of, searchable_words
from clinic_desktop.store.prepared import run

# Made after the tables by the schema; the statements that FTS5 needs and SQLAlchemy has no words for.
# The tokenizer is `ascii`, which keeps every letter outside ASCII: the words come folded from the domain, and FTS5's
# own Unicode tables are years behind (they take the newer scripts, and every vowel sign of India, for blanks).
# `detail = none` halves the index; there are no phrases in it, only words. `secure-delete` leaves no old name behind.
DDL: tuple[str, ...] = (
    "CREATE VIRTUAL TABLE patient_fts USING fts5(words, content = 'patient_search', content_rowid = 'patient_rowid',"
    " tokenize = 'ascii', prefix = '1 2 3', detail = none)",
    "CREATE VIRTUAL TABLE patient_trigram USING fts5(numbers, content = 'patient_search',"
    " content_rowid = 'patient_rowid', tokenize = 'trigram')",
    "INSERT INTO patient_fts (patient_fts, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO patient_trigram (patient_trigram, rank) VALUES ('secure-delete', 1)",
    "CREATE TRIGGER search_insert AFTER INSERT ON patient_search BEGIN"
    " INSERT INTO patient_fts (rowid, words) VALUES (new.patient_rowid, new.words);"
    " INSERT INTO patient_trigram (rowid, numbers) VALUES (new.patient_rowid, new.numbers);"
    " END",
    "CREATE TRIGGER search_delete AFTER DELETE ON patient_search BEGIN"
    " INSERT INTO patient_fts (patient_fts, rowid, words) VALUES ('delete', old.patient_rowid, old.words);"
    " INSERT INTO patient_trigram (patient_trigram, rowid, numbers) VALUES ('delete', old.patient_rowid, old.numbers);"
    " END",
    "CREATE TRIGGER search_words AFTER UPDATE OF words ON patient_search BEGIN"
    " INSERT INTO patient_fts (patient_fts, rowid, words) VALUES ('delete', old.patient_rowid, old.words);"
    " INSERT INTO patient_fts (rowid, words) VALUES (new.patient_rowid, new.words);"
    " END",
    "CREATE TRIGGER search_numbers AFTER UPDATE OF numbers ON patient_search BEGIN"
    " INSERT INTO patient_trigram (patient_trigram, rowid, numbers) VALUES ('delete', old.patient_rowid, old.numbers);"
    " INSERT INTO patient_trigram (rowid, numbers) VALUES (new.patient_rowid, new.numbers);"
    " END",
)

# Longer words are misspelt in their first letters or not at all: the vocabulary stays small.
LETTERS_VARIED = 14


@dataclass(frozen=True)
class Indexed:
    """What a patient can be found by."""

    names: tuple[str, ...]
    born_on: date | None = None
    phones: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    words: tuple[str, ...] = field(init=False, repr=False)

    def __repr__(self) -> str:
        return "Indexed()"

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(searchable_words(*self.names)))

    def row(self) -> tuple[str, str]:
        """The columns `words` and `numbers` of the search row."""
        year = () if self.born_on is None else (str(self.born_on.year),)
        numbers = [*(digits_of(phone) for phone in self.phones), *(identifier_of(text) for text in self.identifiers)]
        return " ".join((*self.words, *year)), " ".join(number for number in numbers if number)


def index_patient(connection: Connection, rowid: int, facts: Indexed) -> None:
    """Index a new or changed patient, in the transaction of the act."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    # Past SQLAlchemy: an import does it a hundred thousand times.
    driver.execute(
        "INSERT INTO patient_search (patient_rowid, words, numbers) VALUES (?, ?, ?) ON CONFLICT (patient_rowid)"
        " DO UPDATE SET words = excluded.words, numbers = excluded.numbers",
        (rowid, *facts.row()),
    )
    known = driver.execute(
        "SELECT n.word FROM json_each(?) j JOIN name_near n ON n.key = j.value AND n.word = j.value",
        (json.dumps(facts.words, ensure_ascii=False),),
    )
    fresh = set(facts.words).difference(word for (word,) in known)
    if rows := [(key, word) for word in sorted(fresh) for key in near_keys(word)]:
        driver.executemany("INSERT OR IGNORE INTO name_near (key, word) VALUES (?, ?)", rows)


def near_keys(word: str) -> tuple[str, ...]:
    """The keys of the vocabulary under which a word stands, and under which a misspelt one is looked for."""
    if len(word) < 3:
        return ()
    short = {word[:i] + word[i + 1 :] for i in range(min(len(word), LETTERS_VARIED))}
    heard = identity.sound(word)
    return (word, *sorted(short - {word}), *((f"~{heard}",) if len(heard) > 1 else ()))


def matching(tokens: Iterable[str]) -> str:
    """The FTS5 expression for words that begin with every token."""
    return " AND ".join(f"{quoted(token)} *" for token in tokens)


def quoted(token: str) -> str:
    """A token as an FTS5 string, in which nothing is an operator."""
    return '"' + token.replace('"', '""') + '"'


def rebuild(connection: Connection) -> None:
    """Make both indexes again from the search rows, after a bulk load that bypassed the triggers."""
    connection.exec_driver_sql("INSERT INTO patient_fts (patient_fts) VALUES ('rebuild')")
    connection.exec_driver_sql("INSERT INTO patient_trigram (patient_trigram) VALUES ('rebuild')")


def check(connection: Connection) -> None:
    """Raise when an index does not say what the search rows say."""
    connection.exec_driver_sql("INSERT INTO patient_fts (patient_fts, rank) VALUES ('integrity-check', 1)")
    connection.exec_driver_sql("INSERT INTO patient_trigram (patient_trigram, rank) VALUES ('integrity-check', 1)")


def near_words(connection: Connection, word: str) -> Iterator[str]:
    """The names of the vocabulary that are one mistake from a word, or sound like it; each once."""
    rows = run(
        connection,
        "SELECT DISTINCT n.word FROM json_each(?) k JOIN name_near n ON n.key = k.value LIMIT 400",
        (json.dumps(near_keys(word), ensure_ascii=False),),
    )
    yield from (row[0] for row in rows.fetchall())
