"""Says which column of a table is which field: from a file, from what was saved, or by the columns' own names."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.csv.fields import DATE_FORMATS, Field
from clinic_desktop.i18n import N_

OPTIONS = ("source", "delimiter", "encoding", "date_format", "currency", "columns", "kind")


@dataclass(frozen=True)
class Source:
    """Where a field's text comes from: columns joined by a space, or the same text for every row."""

    columns: tuple[str, ...] = ()
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # what the file's words mean, by their small letters

    def text(self, cells: Mapping[str, str]) -> str:
        """The field's text in one row."""
        joined = " ".join(filter(None, (cells.get(column, "") for column in self.columns))) or self.constant
        return self.values.get(joined.casefold(), joined)


@dataclass(frozen=True)
class Mapped:
    """A whole mapping."""

    sources: Mapping[str, Source]
    source: str = ""
    delimiter: str = ""
    encoding: str = ""
    date_format: str = ""
    currency: str = ""

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column that is used."""
        return frozenset(column for source in self.sources.values() for column in source.columns)


def load(path: Path) -> dict[str, object]:
    """Read a mapping file: JSON. Raises Refusal naming what is wrong with it."""
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Refusal(N_("There is no mapping file {name}."), field="mapping", name=path.name) from None
    except (ValueError, RecursionError):
        raise Refusal(N_("The mapping {name} is no JSON."), field="mapping", name=path.name) from None
    if not isinstance(read, dict):
        raise Refusal(N_('A mapping is an object: {{"field": "column"}}.'), field="mapping")
    return read


def understand(said: Mapping[str, object], fields: Sequence[Field]) -> Mapped:
    """Understand a mapping: ``{"columns": {"family_name": "surname", ...}, "date_format": "YYYYMMDD"}``.

    The columns may also stand alone, and may be named the other way round (``{"surname": "family_name"}``). A column
    may be a list (joined by a space), or an object of `column`, `value` (the same for every row) and `values`.
    """
    columns = said.get("columns", said)
    if not isinstance(columns, Mapping):
        raise Refusal(N_('“columns” is an object: {{"field": "column"}}.'), field="mapping")
    if "columns" in said and (unknown := sorted(said.keys() - set(OPTIONS))):
        raise Refusal(N_("“{name}” means nothing in a mapping."), field="mapping", name=unknown[0])
    known = {one.name for one in fields}
    if not columns.keys() & known and all(isinstance(value, str) and value in known for value in columns.values()):
        columns = _turned(columns)
    sources = {}
    for name, value in columns.items():
        if name not in known:
            raise Refusal(
                N_("There is no field “{name}”; there are {known}."), field="mapping", name=name,
                known=", ".join(one.name for one in fields),
            )  # fmt: skip
        sources[name] = _source(name, value)
    options = {} if columns is said else {key: said[key] for key in OPTIONS[:5] if key in said}
    for key, option in options.items():
        if not isinstance(option, str):
            raise Refusal(N_("“{name}” is a text."), field="mapping", name=key)
    mapped = Mapped(sources, **{key: str(option) for key, option in options.items()})
    if mapped.date_format and mapped.date_format not in DATE_FORMATS:
        raise Refusal(N_("A date format is one of {known}."), field="mapping", known=", ".join(DATE_FORMATS))
    if len(mapped.delimiter) > 1:
        raise Refusal(N_("A delimiter is one character."), field="mapping")
    if mapped.currency and not _CURRENCY.fullmatch(mapped.currency):
        raise Refusal(N_("A currency is three capital letters, as in KES."), field="mapping")
    if mapped.encoding:
        _require_encoding(mapped.encoding)
    return mapped


_CURRENCY = re.compile(r"[A-Z]{3}")


def _require_encoding(name: str) -> None:
    """Refuse a word that is no encoding of texts."""
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, UnicodeError, ValueError):  # ValueError: a NUL in the word
        raise Refusal(N_("“{name}” is no encoding that is known here."), field="encoding", name=name) from None


def by_name(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, Source]:
    """Find columns by their own names: a field's name, or a common word for it; each column serves once."""
    free = {_bare(column): column for column in columns if column}
    found = {}
    for one in fields:
        names = (one.name, *one.synonyms)
        if one.joined:
            parts = tuple(column for bare, column in list(free.items()) if bare in {_bare(name) for name in names})
            if parts:
                found[one.name] = Source(tuple(free.pop(_bare(column)) for column in parts))
            continue
        for name in names:
            if column := free.pop(_bare(name), None):
                found[one.name] = Source((column,))
                break
    return found


def require_columns(mapped: Mapped, columns: Sequence[str], fields: Sequence[Field]) -> None:
    """Refuse a mapping that names a column the file has not, or leaves out a field that is required."""
    for name, source in mapped.sources.items():
        for column in source.columns:
            if column not in columns:
                raise Refusal(
                    N_("The file has no column “{column}” for {name}; it has {columns}."), field=name, column=column,
                    name=name, columns=", ".join(filter(None, columns)),
                )  # fmt: skip
    missing = [one.name for one in fields if one.required and one.name not in mapped.sources]
    if missing or not mapped.sources:
        raise Refusal(
            N_("No column is mapped to {missing}; the file has {columns}."), field=missing[0] if missing else "mapping",
            missing=", ".join(missing) or ", ".join(one.name for one in fields[:3]),
            columns=", ".join(filter(None, columns)),
        )  # fmt: skip


def _turned(columns: Mapping[str, object]) -> dict[str, object]:
    """Turn ``{column: field}`` round; several columns of one field keep their order."""
    turned: dict[str, list[str]] = {}
    for column, name in columns.items():
        turned.setdefault(str(name), []).append(column)
    return dict(turned)


def _source(name: str, said: object) -> Source:
    if isinstance(said, str):
        return Source((said,))
    if isinstance(said, list) and said and all(isinstance(one, str) for one in said):
        return Source(tuple(said))
    if isinstance(said, Mapping):
        column, values = said.get("column", []), said.get("values", {})
        listed = [column] if isinstance(column, str) else column
        texts = isinstance(listed, list) and all(isinstance(one, str) for one in listed)
        if texts and isinstance(values, Mapping) and not said.keys() - {"column", "value", "values"}:
            meant = {str(key).casefold(): str(value) for key, value in values.items()}
            return Source(tuple(listed), str(said.get("value", "")), meant)
    raise Refusal(N_("Say a column for {name}, a list of them, or an object."), field="mapping", name=name)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()
