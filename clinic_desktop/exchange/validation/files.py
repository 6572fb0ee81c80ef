"""Files and folders of records: JSON, XML and NDJSON, packed or not, each answered for by itself."""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from clinic_desktop.exchange.validation.checking import USUAL, check_document
from clinic_desktop.exchange.validation.problems import Findings, Problem, clean
from clinic_desktop.exchange.validation.prose import Strictness

# One record is held in memory whole, about twenty times its size.
LARGEST = 32 * 1024 * 1024
_ENDINGS = (".json", ".xml", ".ndjson", ".jsonl")
_PACKED = b"\x1f\x8b"


@dataclass(slots=True)
class Report:
    """What was found in one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    records: int = 0

    @property
    def valid(self) -> bool:
        """Whether nothing that was found is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    def as_row(self) -> dict[str, object]:
        """The file as `validate fhir` prints it."""
        return {"file": self.file, "valid": self.valid, "problems": [problem.as_row() for problem in self.problems]}


class _TooLargeError(Exception):
    pass


def check_paths(paths: list[Path], strictness: Strictness = USUAL) -> Iterator[Report]:
    """Check every file named, and every file of records in the folders named; one report each."""
    for path in paths:
        if path.is_dir():
            inside = list(_files_of(path))
            if not inside:
                yield _failed(path, "There is no file of records in this folder")
            for file in inside:
                yield check_file(file, strictness)
        else:
            yield check_file(path, strictness)


def check_file(path: Path, strictness: Strictness = USUAL) -> Report:
    """Check one file; whatever is wrong with the file itself is a problem of it too."""
    if not path.exists():
        return _failed(path, "There is no such file")
    if not path.is_file():
        return _failed(path, "This is not a file")
    report = Report(clean(str(path), 4000))
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _PACKED
            file.seek(0)
            with gzip.GzipFile(fileobj=file) if packed else file as opened:
                _read(cast(BinaryIO, opened), _by_line(path), report, strictness)
    except _TooLargeError:
        report.problems.append(
            Problem("", "error", f"The file holds more than {LARGEST // 1024 // 1024} MB in one record: it is not read")
        )
    except (EOFError, zlib.error, gzip.BadGzipFile):
        report.problems.append(Problem("", "error", "The packed file is damaged or was written by half"))
    except OSError as error:
        report.problems.append(
            Problem("", "error", f"The file cannot be read: {error.strerror or type(error).__name__}")
        )
    except MemoryError:
        report.problems.append(Problem("", "error", "The file needs more memory than there is"))
    return report


def _read(file: BinaryIO, by_line: bool, report: Report, strictness: Strictness) -> None:  # noqa: FBT001
    if by_line:
        _lines(file, report, strictness)
        return
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _TooLargeError
    report.problems.extend(check_document(data, strictness))
    report.records = 1


def _lines(file: BinaryIO, report: Report, strictness: Strictness) -> None:
    findings = Findings()
    number = 0
    while line := file.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            raise _TooLargeError
        if not line.strip():
            continue
        report.records += 1
        for problem in check_document(line, strictness):
            # A fault of the line itself names its place within it already.
            inside = problem.path and not problem.path.startswith("line ")
            where = f"line {number}: {problem.path}" if inside else f"line {number}"
            findings.add(where, problem.what, problem.severity)
    report.problems.extend(findings.done())
    if not report.records:
        report.problems.append(Problem("", "error", "The file is empty"))


def _by_line(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((".ndjson", ".jsonl"))


def _files_of(folder: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.lower().removesuffix(".gz").endswith(_ENDINGS):
                yield Path(at) / name


def _failed(path: Path, what: str) -> Report:
    return Report(clean(str(path), 4000), [Problem("", "error", what)])
