"""The rows of a system: replaced, never changed in place, so that a copy of everything costs next to nothing."""

from collections.abc import Callable, Hashable, Iterator

from sync.sandbox.wire import Record

Words = Callable[[Record], str]


class Table:
    """Records by id, in the order they were made, with a few columns indexed and the words that are searched.

    A column that is a list of entries is indexed by the ``value`` of each.
    """

    __slots__ = ("_by", "_hay", "_keys", "_words", "rows")

    def __init__(self, keys: tuple[str, ...] = (), words: Words | None = None) -> None:
        self.rows: dict[str, Record] = {}
        self._keys = keys
        self._words = words
        self._by: dict[str, dict[object, tuple[str, ...]]] = {key: {} for key in keys}
        self._hay: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.rows.values())

    def get(self, ident: str) -> Record | None:
        """The record of that id."""
        return self.rows.get(ident)

    def put(self, ident: str, record: Record) -> None:
        """Keep a record; it must not be changed afterwards."""
        old = self.rows.get(ident)
        for key in self._keys:
            if old is None or old.get(key) != record.get(key):
                if old is not None:
                    self._forget(key, old, ident)
                index = self._by[key]
                for value in _values(record, key):
                    index[value] = (*index.get(value, ()), ident)
        if self._words:
            self._hay[ident] = self._words(record).lower()
        self.rows[ident] = record

    def put_first(self, ident: str, record: Record) -> None:
        """Keep a new record before all others, as a list sorted by name may show one."""
        self.put(ident, record)
        self.rows = {ident: record, **{other: row for other, row in self.rows.items() if other != ident}}

    def drop(self, ident: str) -> Record | None:
        """Take a record away."""
        old = self.rows.pop(ident, None)
        if old is not None:
            for key in self._keys:
                self._forget(key, old, ident)
            self._hay.pop(ident, None)
        return old

    def where(self, key: str, value: object) -> list[Record]:
        """The records whose indexed column has that value."""
        return [self.rows[ident] for ident in self._by[key].get(value, ())]

    def search(self, words: str) -> list[Record]:
        """The records in whose words every word asked for stands."""
        wanted = words.lower().split()
        return [self.rows[ident] for ident, hay in self._hay.items() if all(word in hay for word in wanted)]

    def copy(self) -> "Table":
        """Another table of the same records."""
        twin = Table(self._keys, self._words)
        twin.rows = dict(self.rows)
        twin._by = {key: dict(index) for key, index in self._by.items()}
        twin._hay = dict(self._hay)
        return twin

    def _forget(self, key: str, old: Record, ident: str) -> None:
        index = self._by[key]
        for value in _values(old, key):
            left = tuple(one for one in index.get(value, ()) if one != ident)
            if left:
                index[value] = left
            else:
                index.pop(value, None)


def _values(record: Record, key: str) -> set[Hashable]:
    """What a record is found by: the column's value, or the values of its entries when it is a list of them."""
    value = record.get(key)
    if isinstance(value, list):
        return {
            entry.get("value") for entry in value if isinstance(entry, dict) and isinstance(entry.get("value"), str)
        }
    return {value} if isinstance(value, Hashable) else set()
