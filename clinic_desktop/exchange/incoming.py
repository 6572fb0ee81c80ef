"""Taking in files of FHIR R4: each is judged whole before its first row is written, and what became of it is told.

One person's records of a file are one transaction: all of them or none, also where the machine stops in the middle. A
bundle of up to `WHOLE` records is one transaction as a whole; of a larger one, and of bulk files, every person is, and
small ones are put together for as long as a background writer may hold the database. Run again, it goes on.
"""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.gathering import Gathered, Held, Pointing, arrivals, gather, standing
from clinic_desktop.exchange.halted import naming
from clinic_desktop.exchange.reading import FileRefused, files_of
from clinic_desktop.exchange.subjects import SUBJECTS
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.arrivals import foreseen, receive, which_are_here

WHOLE = 5_000
STOPPED = "stopped before this was taken in; what came before stays, and the same again goes on from there"
SLICE_SECONDS, PAUSE_SECONDS = 0.008, 0.001
ASKED_AT_ONCE = 500
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file, and where in it."""

    file: str
    where: str
    what: str


@dataclass
class Kept:
    """How many distinct records of a kind were read, and what became of them."""

    read: int = 0
    new: int = 0
    same: int = 0
    changed: int = 0


@dataclass
class Imported:
    """What an import did."""

    kept: dict[str, Kept] = field(default_factory=dict)
    not_kept: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """How files are to be taken in: whose ids they bear, what opens a sealed one, and whether it is only tried."""

    source: str = "file"
    password: str = field(default="", repr=False)
    dry_run: bool = False
    stopped: Callable[[], bool] = lambda: False


def import_fhir(
    desk: Desk, paths: Sequence[Path], progress: Progress, source: str = "file", asked: Asked | None = None
) -> Imported:
    """Take in files and folders; a file that is refused leaves the others as they are."""
    return _Import(desk, progress, asked or Asked(source)).run(paths)


class _Import:
    """One call, over all its files."""

    def __init__(self, desk: Desk, progress: Progress, asked: Asked) -> None:
        self._desk, self._progress, self._asked = desk, progress, asked
        self._done = Imported()
        self._counted: dict[str, set[int]] = {}
        self._standing: set[int] = set()
        self._pending: list[tuple[str, Pointing]] = []
        self._refused: set[Key] = set()
        self._met: dict[int, str] = {}
        self._size = 40

    def run(self, paths: Sequence[Path]) -> Imported:
        files, missing = files_of(list(paths))
        for path in missing:
            self._problem(path, "", "there is no such file or folder")
        for number, path in enumerate(files, start=1):
            if self._asked.stopped():
                self._problem(path, "", STOPPED)
                break
            self._file(path)
            self._progress(f"{number}/{len(files)}  {path.name}  {self._so_far()}")
        self._settle_references()
        self._done.kept = dict(sorted(self._done.kept.items()))
        self._done.not_kept = dict(sorted(self._done.not_kept.items()))
        return self._done

    def _file(self, path: Path) -> None:
        # A tree of a million small objects and no circle in it: looking for garbage there took a tenth of the time.
        searched = gc.isenabled()
        gc.disable()
        try:
            self._keep(path)
        finally:
            if searched:
                gc.enable()

    def _keep(self, path: Path) -> None:
        try:
            found = gather(path, self._asked.source, self._asked.password)
        except FileRefused as error:
            self._problem(path, error.where, error.what)
            return
        until = found.envelope.until
        if until is not None and until < self._desk.now.astimezone().date():
            self._problem(path, "exp", f"it was given to be used until {until.isoformat()}, and that day is past")
            return
        for batch in self._batches(found):
            if self._asked.stopped():
                self._problem(path, "", STOPPED)
                return
            if not (self._foresee(path, batch) if self._asked.dry_run else self._take(path, found, batch)):
                return
        for kind, number in found.not_kept:
            if self._first(kind, number):
                self._done.not_kept[kind] = self._done.not_kept.get(kind, 0) + 1
        self._standing |= found.standing
        self._pending += [(str(path), each) for each in found.pointing]
        if found.envelope.next_page:
            self._problem(path, "Bundle.link", "this is one page of several; the others are not in this file")
        if found.asked_to_delete:
            self._problem(
                path, "Bundle.entry", f"{found.asked_to_delete} records are to be deleted; an import deletes nothing"
            )

    def _batches(self, found: Gathered) -> Iterator[list[Held]]:
        """What is written together, and a pause after each so that a person's save gets in between."""
        whole = found.envelope.kind == "bundle" and len(found.kept) <= WHOLE
        batch: list[Held] = []
        for records in found.groups():
            group = records
            if batch and not whole and len(batch) + len(group) > self._size:
                yield batch
                batch = []
            about = group[0].about
            # Records of nobody stand alone, and so may be parted.
            if about is None and not whole:
                while group:
                    batch_size = self._size
                    yield group[:batch_size]
                    group = group[batch_size:]
            else:
                batch += group
        if batch:
            yield batch

    def _take(self, path: Path, found: Gathered, batch: list[Held]) -> bool:
        """Write one batch; False where it was refused, and with it the rest of its file."""
        fit = [held for held in batch if held.about not in self._refused]
        rows = arrivals(fit, found.frame, self._met)
        begun = time.monotonic()
        try:
            with naming(path, batch[0].where):
                outcomes = receive(self._desk, rows).outcomes
        except Refusal as error:
            if "where" not in error.facts:
                raise
            self._problem(path, str(error.facts["where"]), str(error))
            self._refused |= {held.key for held in batch if held.key.kind == "Patient"}
            return False
        took = time.monotonic() - begun
        # So many that the next transaction is as long as a background writer's may be.
        self._size = max(10, min(1000, int(self._size * min(2.0, SLICE_SECONDS / max(took, 0.0001)) + 1)))
        time.sleep(PAUSE_SECONDS)
        for held, outcome in zip(fit, outcomes, strict=True):
            self._count(path, held, outcome)
        for held in (each for each in batch if each.about in self._refused):
            self._count(path, held, "unplaced")
        return True

    def _foresee(self, path: Path, batch: list[Held]) -> bool:
        """Count what would become of a batch, and write nothing."""
        for held, outcome in zip(batch, foreseen(self._desk, [(each.key, each.digest) for each in batch]), strict=True):
            nobodys = held.about is None and SUBJECTS[held.key.kind].about is not None
            self._count(path, held, "unplaced" if nobodys else outcome)
        return True

    def _count(self, path: Path, held: Held, outcome: str) -> None:
        kind = held.key.kind
        if outcome == "unplaced":
            if self._first(kind, hash(held.key)):
                self._done.not_kept[kind] = self._done.not_kept.get(kind, 0) + 1
            self._problem(path, held.where, "it belongs to no patient of this clinic; it was not kept")
            return
        if outcome == "conflict":
            self._problem(path, held.where, "another file of this import says something else of it; the first stands")
            return
        self._met.setdefault(hash(held.key), held.digest)
        if outcome == "kept_here":
            self._problem(path, held.where, "it was changed here and elsewhere; what stands here was left as it is")
        if self._first(kind, hash(held.key)):
            counts = self._done.kept.setdefault(kind, Kept())
            counts.read += 1
            word = "same" if outcome == "kept_here" else outcome
            setattr(counts, word, getattr(counts, word) + 1)

    def _first(self, kind: str, number: int) -> bool:
        """Whether a record is met for the first time in this call."""
        seen = self._counted.setdefault(kind, set())
        if number in seen:
            return False
        seen.add(number)
        return True

    def _settle_references(self) -> None:
        """Tell of every reference that leads to nothing in any of the files, nor in the clinic."""
        open_: list[tuple[str, Pointing]] = []
        for file, each in self._pending:
            if each.key is None:
                self._done.problems.append(Problem(file, each.where, f"“{each.text[:120]}” leads to no record"))
            elif standing(each.key) not in self._standing:
                open_.append((file, each))
        keys = list(dict.fromkeys(each.key for _file, each in open_ if each.key is not None))
        here: set[Key] = set()
        for start in range(0, len(keys), ASKED_AT_ONCE):
            here.update(which_are_here(self._desk, keys[start : start + ASKED_AT_ONCE]))
        told: Counter[tuple[str, str]] = Counter()
        for file, each in open_:
            if each.key in here:
                continue
            told[file, each.text] += 1
            if told[file, each.text] == 1:
                what = f"“{each.text[:120]}” is neither in these files nor in this clinic"
                self._done.problems.append(Problem(file, each.where, what))

    def _problem(self, path: Path, where: str, what: str) -> None:
        self._done.problems.append(Problem(str(path), where, what))

    def _so_far(self) -> str:
        kept = sum(each.read for each in self._done.kept.values())
        left = sum(self._done.not_kept.values())
        return f"{kept} kept, {left} not kept, {len(self._done.problems)} problems"
