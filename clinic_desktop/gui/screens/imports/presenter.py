"""Decides what the page Import does: what is chosen, the try, the import, and when it stops; knows no Qt."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_
from clinic_desktop.services import imports
from clinic_desktop.services.acts import Desk

RECORDS = "fhir"
KINDS = {
    RECORDS: N_("Records (FHIR, NDJSON)"), "patients": N_("Table of patients"), "prices": N_("Table of prices"),
    "formulary": N_("Table of medicines"), "stock": N_("Table of deliveries"),
    "synthea": N_("Set of tables from Synthea"),
}  # fmt: skip
ALLOWED = "arrivals.receive"


class _Stopped(Exception):  # noqa: N818 - a person's wish, between two batches
    """Somebody pressed Stop."""


@dataclass(frozen=True)
class Chosen:
    """What is to be brought in, as it was chosen; `paths` are lines of files and folders."""

    kind: str
    paths: str
    source: str = ""
    mapping: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Chosen({self.kind})"


@dataclass(frozen=True)
class Counted:
    """What became, or would become, of the records of one kind; `left` were not kept."""

    kind: str
    read: int = 0
    new: int = 0
    same: int = 0
    changed: int = 0
    left: int = 0


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: the file, the place in it, and what it is."""

    number: int
    file: str
    where: str
    what: str

    def __repr__(self) -> str:
        return f"Wrong({self.number})"


@dataclass(frozen=True)
class Done:
    """What a try or an import came to."""

    tried: bool
    stopped: bool
    counted: tuple[Counted, ...]
    wrong: tuple[Wrong, ...]

    @property
    def takes_in(self) -> int:
        """How many records are new or changed."""
        return sum(row.new + row.changed for row in self.counted)

    def __repr__(self) -> str:
        return "Done()"


class View(Protocol):
    """What the presenter asks of the view."""

    def show_mappings(self, names: tuple[str, ...]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool, *, tried: bool) -> None: ...  # noqa: D102, FBT001
    def show_done(self, done: Done) -> None: ...  # noqa: D102
    def show_problem(self, error: Exception) -> None: ...  # noqa: D102
    def restore(self, draft: Mapping[str, object]) -> None: ...  # noqa: D102


class Presenter:
    """The thinking of the page."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self._desk, self._tasks, self._view = desk, tasks, view
        self._draft = KeptDraft(desk, tasks, "imports.files")
        self._stop = False
        self._tried: Chosen | None = None
        self.busy = False
        self.progress = ""  # written by the work, read by the view: a text is replaced whole or not at all

    @property
    def may(self) -> bool:
        """Whether this person may bring records in."""
        return self._desk.may(ALLOWED)

    def open(self) -> None:
        """Ask for the saved mappings and what was chosen before."""
        if not self.may:
            return
        self._tasks.query("mappings", lambda: tuple(imports.saved_mappings(self._desk)), self._view.show_mappings)
        if not self.busy:
            self._draft.recall(self._view.restore)

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep what is being chosen."""
        self._draft.keep(fields)

    def was_tried(self, chosen: Chosen) -> bool:
        """Whether the very same was tried already: only then it is taken in."""
        return self._tried == chosen

    def try_first(self, chosen: Chosen) -> None:
        """Say what would be done; nothing is written."""
        self._run(chosen, tried=True)

    def bring_in(self, chosen: Chosen) -> None:
        """Take in what was tried."""
        if self.was_tried(chosen):
            self._run(chosen, tried=False)

    def stop(self) -> None:
        """Stop after what is being written; what came before stays."""
        self._stop = True

    def _run(self, chosen: Chosen, *, tried: bool) -> None:
        if self.busy:
            return
        try:
            paths = paths_of(chosen.paths)
            require_source(chosen.source)
        except Refusal as error:
            self._view.show_problem(error)
            return
        self.busy, self._stop, self.progress = True, False, ""
        self._view.set_busy(True, tried=tried)
        work = {RECORDS: self._records, "synthea": self._set}.get(chosen.kind, self._tables)

        def done(found: Done) -> None:
            self.busy = False
            self._tried = chosen if tried and not found.stopped and found.takes_in else None
            if not tried and not found.stopped:
                self._draft.drop()
            self._view.set_busy(False, tried=tried)
            self._view.show_done(found)

        def failed(error: Exception) -> None:
            self.busy = False
            self._view.set_busy(False, tried=tried)
            self._view.show_problem(error)

        # Not among the acts: those of the whole window would wait behind a night's import. What it writes gives way to
        # every one of them by itself.
        self._tasks.query("import", lambda: work(chosen, paths, tried=tried), done, failed)

    def _records(self, chosen: Chosen, paths: list[Path], *, tried: bool) -> Done:
        from clinic_desktop.exchange.incoming import Asked, import_fhir  # heavy: loaded with the first file

        asked = Asked(chosen.source.rstrip("/") or "file", chosen.password, tried, self._stopped)
        found = import_fhir(self._desk, paths, self._say, asked=asked)
        kinds = sorted({*found.kept, *found.not_kept})
        counted = []
        for kind in kinds:
            each = found.kept.get(kind)
            sums = (each.read, each.new, each.same, each.changed) if each else (0, 0, 0, 0)
            counted.append(Counted(kind, *sums, left=found.not_kept.get(kind, 0)))
        wrong = [Wrong(place, Path(one.file).name, one.where, one.what) for place, one in enumerate(found.problems)]
        return Done(tried, self._stop, tuple(counted), tuple(wrong))

    def _tables(self, chosen: Chosen, paths: list[Path], *, tried: bool) -> Done:
        from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in, currency_of

        asked = Asked(chosen.kind, self._mapping(chosen), tried, currency_of(self._desk))
        brought = Brought()
        with contextlib.suppress(_Stopped):
            for path in paths:
                bring_in(self._desk, path, asked, brought, partial(self._say_rows, path.name))
        counts = brought.kept()
        counted = Counted(chosen.kind, counts["read"], counts["new"], counts["same"], counts["changed"])
        columns = tuple(Counted(column, left=cells) for column, cells in brought.not_kept.items())
        wrong = [Wrong(place, Path(one.file).name, one.where, one.what) for place, one in enumerate(brought.problems)]
        return Done(tried, self._stop, (counted, *columns), tuple(wrong))

    def _set(self, chosen: Chosen, paths: list[Path], *, tried: bool) -> Done:
        from clinic_desktop.exchange.synthea.bringing import bring_set_in

        try:
            found = bring_set_in(self._desk, paths, self._mapping(chosen), self._say_rows, dry_run=tried)
        except _Stopped:
            return Done(tried, stopped=True, counted=(), wrong=())
        counted = [Counted(name, *sums.values()) for name, sums in found.kept().items()]
        counted += [Counted(name, left=number) for name, number in sorted(found.not_kept.items())]
        wrong = [Wrong(place, Path(one.file).name, one.where, one.what) for place, one in enumerate(found.problems)]
        return Done(tried, self._stop, tuple(counted), tuple(wrong))

    def _mapping(self, chosen: Chosen) -> dict[str, object] | None:
        if not chosen.mapping:
            return None
        read: dict[str, object] = json.loads(imports.saved_mappings(self._desk)[chosen.mapping])
        return read

    def _say(self, words: str) -> None:
        self.progress = words

    def _say_rows(self, name: str, rows: int) -> None:
        self.progress = f"{name}  {rows}"
        if self._stopped():
            raise _Stopped

    def _stopped(self) -> bool:
        """Whether somebody pressed Stop, or the window was closed."""
        return self._stop or self._tasks.closed


def paths_of(lines: str) -> list[Path]:
    """The files and folders that were named, each once. Raises Refusal naming the one that is not there."""
    paths = list(dict.fromkeys(Path(line.strip()).expanduser() for line in lines.splitlines() if line.strip()))
    if not paths:
        raise Refusal(N_("Choose files or a folder."), field="paths")
    for path in paths:
        if not path.exists():
            raise Refusal(N_("There is no file or folder {path}."), field="paths", path=str(path))
    return paths


def require_source(source: str) -> None:
    """Refuse a source that is no address. Raises Refusal."""
    if source and not source.startswith(("http://", "https://")):
        raise Refusal(N_("A source is the address of a system, such as https://hospital.example/fhir."), field="source")
