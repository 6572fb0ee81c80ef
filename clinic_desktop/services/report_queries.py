"""Queries of an administrator's own: put together from a fixed dictionary, read by a connection that can only read.

Who asked what is in the access log before the first row; values are bound, names come from the dictionary alone.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.report_query import (
    HOWS,
    NAME,
    OF_MANY,
    OFFERED,
    TALLIES,
    Definition,
    Tally,
    bound,
    read_definition,
)
from clinic_desktop.domain.reporting import Asked, Column, Kind, Ratio, Report
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Desk, Read, allow, command, query
from clinic_desktop.services.query_subjects import SUBJECTS, Fact, Subject, thousandths
from clinic_desktop.services.reporting import Run, begun, open_report
from clinic_desktop.services.reporting_words import Question
from clinic_desktop.services.roles import ADMINISTRATOR
from clinic_desktop.store.tables.queries import saved_queries

_SHUT = """
    WITH shut AS (
        SELECT DISTINCT KEPT(r.patient_id) AS patient FROM record_restrictions r
        WHERE r.status = 'active' AND NOT EXISTS (
            SELECT 1 FROM json_each(r.allowed) a WHERE a.value IN (:as_role, :as_person))
    )
"""
_SAME = "lower(trim(@)) = lower(#)"
_FOUND = {
    "contains": "instr(lower(@), lower(#)) > 0", "begins": "substr(lower(trim(@)), 1, length(#)) = lower(#)",
    "is": _SAME, "is_not": _SAME,
}  # fmt: skip
_COMPARED = {"is": "IS", "is_not": "IS NOT", "before": "<", "after": ">"}


@dataclass(frozen=True)
class SavedQuery:
    """A query kept under its name."""

    id: str
    revision: int
    definition: Definition


def open_any(desk: Desk, asked: Asked) -> Run:
    """Let a report or a query be run, and note who runs it."""
    allow(desk, "report_queries.open_any")
    return open_query(desk, asked) if asked.name == NAME else open_report(desk, asked)


def begun_any(desk: Desk, asked: Asked) -> Run:
    """A report or a query that was opened and noted by this person in another process."""
    allow(desk, "report_queries.begun_any")
    if asked.name != NAME:
        return begun(desk, asked)
    allow(desk, "report_queries.open_query")
    return _run(desk, asked)


def open_query(desk: Desk, asked: Asked) -> Run:
    """Let a query be run; who asks what is in the access log from now on. Raises Refusal."""
    allow(desk, "report_queries.open_query")
    run = _run(desk, asked)
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed("report", subject=NAME, detail=asked.definition)
    return run


@command
def save_query(act: Act, definition: str) -> str:
    """Keep a query under its name, in place of the one that had it; returns its id."""
    new = read_definition(definition)
    _Written(new)  # nothing is kept that could not be asked
    values = {"name": new.title, "definition": new.text(), "saved_by": act.session.staff_id, "saved_at": act.at}
    known = act.conn.execute(select(saved_queries).where(saved_queries.c.name == new.title)).one_or_none()
    if known is None:
        return act.create(saved_queries, {**values, "status": "kept"}, kind="query.saved")
    act.change(saved_queries, known.id, {**values, "status": "kept"}, kind="query.changed")
    return str(known.id)


@command
def drop_query(act: Act, query_id: str, *, expect: int) -> int:
    """Take a query off the list."""
    return act.change(saved_queries, query_id, {"status": "dropped"}, kind="query.dropped", expect=expect)


@query
def kept_queries(read: Read) -> tuple[SavedQuery, ...]:
    """The queries that are kept, by name."""
    rows = read.conn.execute(
        select(saved_queries).where(saved_queries.c.status == "kept").order_by(saved_queries.c.name)
    )
    return tuple(SavedQuery(row.id, row.revision, read_definition(row.definition)) for row in rows)


def _run(desk: Desk, asked: Asked) -> Run:
    definition = read_definition(asked.definition)
    made = _Written(definition)
    notes = (N_("Restricted records from which you are shut out are left out."),) if made.clinical else ()
    report = Report(
        NAME, definition.title, made.question(), made.columns, frozenset({ADMINISTRATOR}), grouped=False, notes=notes
    )
    facts = {
        **made.facts, "as_role": f"role:{desk.session.role}", "as_person": f"staff:{desk.session.staff_id}",
    }  # fmt: skip
    who = desk.session.display_name
    return Run(report, asked, made.columns, desk.now, who, desk, question=Question(made.sql()), more=facts)


class _Written:
    """A query as columns and a statement. Raises Refusal for what is not in the dictionary."""

    def __init__(self, definition: Definition) -> None:
        subject = SUBJECTS.get(definition.subject)
        if subject is None:
            raise Refusal(N_("There is nothing called {name} to ask about."), field="subject", name=definition.subject)
        self.subject: Subject = subject
        self._definition = definition
        asked_for = [self._fact(one.column) for one in definition.where]
        self.clinical = subject.clinical or any(one.of_many for one in asked_for)
        self.facts: dict[str, Any] = {"limit": definition.limit}
        self._where = [self._condition(place) for place in range(len(definition.where))]
        heads = [self._head(name) for name in (definition.group_by or definition.columns)]
        if definition.columns and definition.group_by:
            raise Refusal(N_("A query shows columns or counts groups, not both."), field="columns")
        if not heads and not definition.tallies:
            raise Refusal(N_("Choose at least one column, or something to count."), field="columns")
        self._grouped = bool(definition.group_by or definition.tallies)
        tallies = (definition.tallies or (Tally("count"),)) if self._grouped else ()
        money = [one for one in heads if one.kind is Kind.MONEY]
        money += [one for each in tallies if each.column and (one := self._fact(each.column)).kind is Kind.MONEY]
        if money and all(one.name != "currency" for one in heads):
            heads.append(self._fact("currency"))  # amounts of two currencies are never added up
        self._require_nobody_named([*heads, *asked_for])
        self._heads = heads
        self._tallied: list[tuple[Column, str]] = []
        for tally in tallies:
            self._tally(tally)
        self.columns = (
            *(Column(one.name, one.title, one.kind, wide=2 if one.kind is Kind.TEXT else 1) for one in heads),
            *(column for column, _sql in self._tallied),
        )
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise Refusal(N_("Something is asked for twice."), field="columns")

    def question(self) -> str:
        """The query in words, for the head of its paper."""
        by_name = {one.name: one.title for one in self.subject.facts}
        said = [
            " ".join(part for part in (by_name[one.column], HOWS[one.how], one.value, one.other) if part)
            for one in self._definition.where
        ]
        return "; ".join([self.subject.title, *said])

    def sql(self) -> str:
        """The statement; every name in it is of the dictionary, every value is bound."""
        chosen = [one.sql for one in self._heads] + [sql for _column, sql in self._tallied if sql]
        parts = [_SHUT if self.clinical else "", "SELECT", ", ".join(chosen), "FROM", self.subject.source]
        if self.clinical:
            parts += ["AND", f"KEPT({self.subject.patient})", "NOT IN (SELECT patient FROM shut)"]
        parts += [f"AND {one}" for one in self._where]
        places = ", ".join(str(place + 1) for place in range(len(self._heads)))
        if self._grouped and places:
            parts.append(f"GROUP BY {places}")
        parts.append(f"ORDER BY {places}" if places else "")
        parts.append("LIMIT :limit")
        return "\n".join(parts)

    def _fact(self, name: str) -> Fact:
        found = self.subject.fact(name)
        if found is None:
            raise Refusal(N_("There is no column {name} here."), field="columns", name=name)
        return found

    def _head(self, name: str) -> Fact:
        found = self._fact(name)
        if found.of_many:
            raise Refusal(
                N_("{column} can be asked for in a condition, and is shown in no column."),
                field="columns", column=found.title,
            )  # fmt: skip
        return found

    def _require_nobody_named(self, facts: list[Fact]) -> None:
        """Who is ill with what is told to nobody by name, nor asked for by name: as behind a report's numbers."""
        if any(fact.of_many for fact in facts):
            for fact in facts:
                if fact.named:
                    raise Refusal(
                        N_("{column} is not told together with medicines or diagnoses; the record number is."),
                        field="columns", column=fact.title,
                    )  # fmt: skip

    def _condition(self, place: int) -> str:
        one = self._definition.where[place]
        fact = self._fact(one.column)
        if one.how not in HOWS or one.how not in (OF_MANY if fact.of_many else OFFERED[fact.kind]):
            raise Refusal(N_("{column} cannot be asked for in this way."), field="how", column=fact.title)
        if fact.of_many:
            return self._of_many(place, fact)
        if one.how in {"empty", "not_empty"}:
            return f"coalesce({fact.sql}, '') {'=' if one.how == 'empty' else '<>'} ''"
        self.facts[f"value_{place}"] = bound(fact.kind, one.how, one.value)
        compared = fact.day or fact.sql
        if fact.kind is Kind.MONEY:
            compared = f"({fact.sql}) * {thousandths(self._fact('currency').sql)}"
        if one.how in {"contains", "begins"}:
            return _FOUND[one.how].replace("@", fact.sql).replace("#", f":value_{place}")
        if one.how == "between":
            self.facts[f"other_{place}"] = bound(fact.kind, one.how, one.other)
            return f"{compared} BETWEEN :value_{place} AND :other_{place}"
        return f"{compared} {_COMPARED[one.how]} :value_{place}"

    def _of_many(self, place: int, fact: Fact) -> str:
        """Whether any of what somebody has many of is so; `is not` and `empty` ask that none is."""
        one = self._definition.where[place]
        wanted = fact.of_many
        if one.how not in {"empty", "not_empty"}:
            self.facts[f"value_{place}"] = str(bound(fact.kind, one.how, one.value)).strip()
            how = _FOUND[one.how].replace("#", f":value_{place}")
            wanted += f" AND ({' OR '.join(how.replace('@', sql) for sql in (fact.sql, *fact.also))})"
        return f"{self.subject.patient} {'NOT IN' if one.how in {'is_not', 'empty'} else 'IN'} ({wanted})"

    def _tally(self, tally: Tally) -> None:
        if tally.how not in TALLIES:
            raise Refusal(N_("There is no way to reckon called {name}."), field="tallies", name=tally.how)
        if tally.how == "count":
            self._put(Column("count", N_("Number"), Kind.COUNT, total=True), "count(*)")
            return
        if tally.how == "people":
            if not self.subject.patient:
                raise Refusal(N_("Nobody can be counted here."), field="tallies")
            self._put(Column("people", N_("People"), Kind.COUNT), f"count(DISTINCT KEPT({self.subject.patient}))")
            return
        fact = self._head(tally.column)
        if fact.kind not in {Kind.COUNT, Kind.MONEY}:
            raise Refusal(N_("{column} cannot be added up."), field="tallies", column=fact.title)
        mean = tally.how == "mean"
        own = f"sum_{fact.name}" if not mean else f"mean_{fact.name}"
        if not mean:
            self._put(Column(own, fact.title, fact.kind, "Sum.", total=True), f"coalesce(sum({fact.sql}), 0)")
            return
        over, under = f"{own}_over", f"{own}_under"
        self._put(Column(over, "", fact.kind, shown=False, total=True), f"coalesce(sum({fact.sql}), 0)")
        self._put(Column(under, "", Kind.COUNT, shown=False, total=True), f"count({fact.sql})")
        kind = Kind.MONEY if fact.kind is Kind.MONEY else Kind.TENTHS
        times = 1 if kind is Kind.MONEY else 10
        self._put(Column(own, fact.title, kind, "Mean.", ratio=Ratio(over, under, times)), "")

    def _put(self, column: Column, sql: str) -> None:
        self._tallied.append((column, sql))


def asked_query(text: str, today: date) -> Asked:
    """The question that a query is; it has no days of its own. Raises Refusal."""
    return Asked(NAME, today, today, definition=read_definition(text).text())
