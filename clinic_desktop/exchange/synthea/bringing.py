"""Brings a set in: every file is read whole and judged before the first row of it is written, each row once.

A row is one transaction's or none's with its money. It is known again by its id, and where a table has none by all it
says: the same set again changes nothing. What is wrong with a row is told by file, row, column and what stands there.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import gathering
from clinic_desktop.exchange.csv.mapping import Mapped, understand
from clinic_desktop.exchange.csv.problems import Problem, in_words
from clinic_desktop.exchange.csv.reading import Line, Sheet, read, require_whole
from clinic_desktop.exchange.gathering import Held
from clinic_desktop.exchange.halted import naming
from clinic_desktop.exchange.keys import Frame
from clinic_desktop.exchange.pace import Pace, in_batches
from clinic_desktop.exchange.synthea import money
from clinic_desktop.exchange.synthea.cells import Cells, WrongCell
from clinic_desktop.exchange.synthea.tables import COLUMNS, NOT_KEPT, TABLES, Clinical
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.arrivals import Arrival, foreseen, receive, which_are_here
from sync.records.exact import digest

KIND, SOURCE, CURRENCY = "synthea", "synthea", "USD"
ASKED_AT_ONCE = 500
Progress = Callable[[str, int], None]
Numbered = tuple[int, list[Arrival]]


@dataclass
class Taken:
    """What became of the rows of each table, what has no home here, and what is wrong with the others."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    not_kept: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def kept(self) -> dict[str, dict[str, int]]:
        """The counts as they are answered."""
        return {
            name: {word: found[word] for word in ("read", "new", "same", "changed")}
            for name, found in self.counts.items()
        }


def bring_set_in(
    desk: Desk,
    paths: Sequence[Path],
    mapping: Mapping[str, object] | None,
    progress: Progress,
    *,
    dry_run: bool = False,
) -> Taken:
    """Bring files and folders of a set in; a file that cannot be read is told and leaves the others as they are."""
    options = understand({"columns": {}, **(mapping or {})}, ())
    return _Set(desk, options, progress, dry_run=dry_run).run(paths)


class _Set:
    """One call over all files of a set."""

    def __init__(self, desk: Desk, options: Mapped, progress: Progress, *, dry_run: bool) -> None:
        self._desk, self._options, self._progress, self._dry_run = desk, options, progress, dry_run
        self._source = options.source or SOURCE
        self._currency = options.currency or CURRENCY
        self._frame = Frame(self._source)
        self._here: dict[Key, bool] = {}  # patients and visits that rows refer to
        self._payers: money.Payers = {}
        self._done = Taken()

    def run(self, paths: Sequence[Path]) -> Taken:
        files = self._files(paths)
        for name in (*TABLES, *NOT_KEPT):
            for path in files.get(name, ()):
                self._file(name, path)
        return self._done

    def _files(self, paths: Sequence[Path]) -> dict[str, list[Path]]:
        """Which file is which table, by the longest table's name in its own."""
        found: dict[str, list[Path]] = {}
        for path in paths:
            if not path.exists():
                self._problem(path, "", N_("There is no such file or folder."))
            listed = sorted(path.iterdir()) if path.is_dir() else [path]
            for each in (one for one in listed if one.suffix.casefold() in {".csv", ".xlsx"} and one.is_file()):
                name = self._table_of(each)
                if name:
                    found.setdefault(name, []).append(each)
                elif path.is_dir():
                    self._done.not_kept[each.name] += 1
                else:
                    self._problem(each, "", N_("This is no table of a Synthea set."))
        return found

    @staticmethod
    def _table_of(path: Path) -> str:
        stem = path.stem.casefold().replace("-", "_")
        return max((name for name in (*TABLES, *NOT_KEPT) if name in stem), key=len, default="")

    def _read(self, path: Path) -> Sheet:
        return read(path, delimiter=self._options.delimiter, encoding=self._options.encoding)

    def _file(self, name: str, path: Path) -> None:
        try:
            require_whole(path, delimiter=self._options.delimiter, encoding=self._options.encoding)
            sheet = self._read(path)
            if name in NOT_KEPT:
                self._done.not_kept[name] += sum(1 for _line in sheet.lines)
                return
            _require_columns(name, sheet.columns)
        except Refusal as error:
            self._done.problems.append(Problem(str(path), error.field or "", in_words(error)))
            return
        self._done.counts.setdefault(name, Counter())
        in_batches(
            self._rows(name, path, sheet.lines),
            lambda batch, pace: self._take(name, path, batch, pace),
            lambda done: self._progress(name, done),
        )

    def _rows(self, name: str, path: Path, lines: Iterator[Line]) -> Iterator[Numbered]:
        """The rows of a table that can be taken, as what is kept of each."""
        table, counts = TABLES[name], self._done.counts[name]
        seen: Counter[str] = Counter()
        said: dict[Key, str] = {}
        for line in lines:
            counts["read"] += 1
            if line.broken:
                self._problem(path, _row(line.number), line.broken)
                continue
            row = Cells(line.cells, self._currency)
            try:
                if isinstance(table, Clinical):
                    made = self._clinical(name, table, row, line, seen)
                else:
                    made = table.arrivals(row, self._source, self._payers)
                    _require_once(name, row, made, said)
                    if name == "payers":
                        self._payers[line.cells["Id"]] = line.cells["NAME"]
            except WrongCell as error:
                self._problem(path, f"{_row(line.number)}, {error.column}", error.what)
                continue
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                self._problem(path, f"{_row(line.number)}, {'.'.join(map(str, first['loc']))}", first["msg"])
                continue
            left = {column for column, text in line.cells.items() if text} - row.asked
            self._done.not_kept.update(f"{name}.{column}" for column in left)
            if made:
                yield line.number, made
            else:
                self._done.not_kept[f"{name} ({_NOTHING[name]})"] += 1

    def _clinical(self, name: str, table: Clinical, row: Cells, line: Line, seen: Counter[str]) -> list[Arrival]:
        resource = table.resource(row)
        said = digest(resource)
        if "id" in resource:
            key = money.key(resource["resourceType"], resource["id"], self._source)
            if seen[str(key)]:
                raise WrongCell("Id", resource["id"], N_("Another row of this file has the same id."))
            seen[str(key)] += 1
        else:
            # A table whose rows have no id: a row is all that it says, and two alike are two.
            whole = json.dumps([name, line.cells], sort_keys=True, ensure_ascii=False)
            value = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]
            seen[value] += 1
            key = Key(resource["resourceType"], self._source, value if seen[value] == 1 else f"{value}.{seen[value]}")
        held = Held(key, said, str(line.number), None, resource)
        made = list(gathering.arrivals([held], self._frame, {}))
        return made + (money.cost(table.costs, row, key, self._source, self._payers) if table.costs else [])

    def _take(self, name: str, path: Path, batch: Sequence[Numbered], pace: Pace) -> None:
        self._look_for(batch)
        fit = [(number, made) for number, made in batch if self._belongs(name, path, number, made)]
        flat = [one for _number, made in fit for one in made]
        if not flat:
            return
        try:
            with naming(path, _row(fit[0][0])):
                keys = [(one.key, one.digest) for one in flat]
                if self._dry_run:
                    outcomes = foreseen(self._desk, keys)
                else:
                    outcomes = receive(pace.desk(self._desk), flat).outcomes
        except Refusal as error:
            if len(fit) == 1:
                self._problem(path, f"{_row(fit[0][0])}, {error.field or ''}".rstrip(", "), in_words(error))
                return
            # Which row it was is found by taking each by itself.
            for one in fit:
                self._take(name, path, [one], pace)
            return
        told = iter(outcomes)
        for number, made in fit:
            self._count(name, path, number, [next(told) for _one in made])
            if name in {"patients", "encounters", "claims"}:
                self._here[made[0].key] = True

    def _count(self, name: str, path: Path, number: int, outcomes: Sequence[str]) -> None:
        counts = self._done.counts[name]
        if "kept_here" in outcomes:
            self._problem(
                path, _row(number), N_("It was changed here and elsewhere; what stands here was left as it is.")
            )
        if "unplaced" in outcomes:
            self._problem(path, _row(number), N_("What it belongs to is not here; it was not kept."))
            return
        said = {"same" if word == "kept_here" else word for word in outcomes}
        counts["new" if said == {"new"} else "same" if said == {"same"} else "changed"] += 1

    def _look_for(self, batch: Sequence[Numbered]) -> None:
        """Which of the patients and visits that rows refer to are in this clinic, those met for the first time."""
        wanted = {
            key
            for _number, made in batch
            for column, key in dict(made[0].links).items()
            if column in _TOLD and key not in self._here
        }
        if wanted:
            here = set(which_are_here(self._desk, sorted(wanted)))
            self._here.update((key, key in here) for key in wanted)

    def _belongs(self, name: str, path: Path, number: int, made: Sequence[Arrival]) -> bool:
        """Whether the patient of a row is in this set or in this clinic: nobody is made up for a row."""
        place = 1 if name.startswith("claims") else 0
        for column, key in dict(made[0].links).items():
            if column not in _TOLD or self._here[key]:
                continue
            columns, what = _TOLD[column]
            self._told(path, number, columns[place], _(what).format(id=key.value))
            if column == "patient_id":
                return False
        return True

    def _told(self, path: Path, number: int, column: str, what: str) -> None:
        self._done.problems.append(Problem(str(path), f"{_row(number)}, {column}", what))

    def _problem(self, path: Path, where: str, what: str) -> None:
        self._done.problems.append(Problem(str(path), where, _(what)))


# What a row refers to: the column in clinical tables and in those of claims, and what is said where it is not here.
_TOLD = {
    "patient_id": (("PATIENT", "PATIENTID"), N_("“{id}” is no patient of these files, nor of this clinic.")),
    "encounter_id": (
        ("ENCOUNTER", "APPOINTMENTID"),
        N_("“{id}” is no visit of these files, nor of this clinic; the row is kept without it."),
    ),
    "bill_id": (
        ("CLAIMID", "CLAIMID"),
        N_("“{id}” is no claim of these files, nor of this clinic; the row is kept without it."),
    ),
}
_NOTHING = {"payers": N_("no payer"), "payer_transitions": N_("not insured")}


def _require_columns(name: str, columns: Sequence[str]) -> None:
    for column in COLUMNS[name]:
        if column not in columns:
            raise Refusal(N_("The file has no column “{column}”."), field=column, column=column)


def _require_once(name: str, row: Cells, made: Sequence[Arrival], said: dict[Key, str]) -> None:
    """Refuse a row that says something else of what an earlier one of its file has told: which is right nobody knows.

    Taken one after the other they would also change one another, each time the set comes again.
    """
    for one in made:
        if said.setdefault(one.key, one.digest) != one.digest:
            column = COLUMNS[name][-1] if name == "payer_transitions" else COLUMNS[name][0]
            raise WrongCell(column, row.text(column), N_("Another row of this file says something else of the same."))


def _row(number: int) -> str:
    return _("row {number}").format(number=number)
