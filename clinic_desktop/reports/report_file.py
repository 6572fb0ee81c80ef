"""Writing a report to a file, which appears under its name whole or not at all."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import Row
from clinic_desktop.i18n import N_
from clinic_desktop.reports.whole import written_whole
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.reporting import Run, Taker

FORMATS = ("pdf", "csv", "xlsx")
_TELL_EVERY = 10_000


@dataclass(frozen=True)
class Written:
    """A report that was written."""

    path: Path
    rows: int
    content: bytes = field(default=b"", repr=False)  # where it went to no file


class _File(Taker, Protocol):
    """A taker that writes a file, and can be told that it will be thrown away."""

    def give_up(self) -> None:
        """Write nothing more."""
        ...


class _Telling:
    """Passes rows on, and says now and then how many there were."""

    def __init__(self, taker: Taker, tell: Callable[[int], None]) -> None:
        self._taker, self._tell, self._count = taker, tell, 0

    def take(self, rows: Sequence[Row]) -> None:
        """Pass rows on."""
        self._taker.take(rows)
        before, self._count = self._count, self._count + len(rows)
        if before // _TELL_EVERY < self._count // _TELL_EVERY:
            self._tell(self._count)

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Pass the totals on."""
        self._taker.totals(rows, lines)


def write_report(
    desk: Desk,
    run: Run,
    path: Path,
    form: str,
    *,
    tell: Callable[[int], None] = lambda _rows: None,
    stop: Callable[[], bool] = lambda: False,
    token: str = "",
) -> Written:
    """Write a report. Raises Refusal, Trouble where the disk does not take it, or Stopped; then there is no file."""
    if form not in FORMATS:
        raise Refusal(N_("A report is written as pdf, csv or xlsx."), field="format")
    try:
        with written_whole(path, token) as file:
            taker = _taker(desk, run, file, form)
            try:
                rows = run.into(_Telling(taker, tell), stop)
            except BaseException:
                taker.give_up()
                raise
    except OSError as error:
        raise Trouble(
            N_("The report could not be written to {path} ({why})."),
            remedy=N_("Name a file in a folder that can be written to and has room."),
            path=str(path), why=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
    return Written(path, rows)


def report_bytes(
    desk: Desk,
    run: Run,
    form: str,
    *,
    tell: Callable[[int], None] = lambda _rows: None,
    stop: Callable[[], bool] = lambda: False,
) -> Written:
    """A report that lies on no disk, to be looked at and printed. Raises Refusal and Stopped."""
    with io.BytesIO() as file:
        rows = run.into(_Telling(_taker(desk, run, file, form), tell), stop)
        return Written(Path(), rows, file.getvalue())


def _taker(desk: Desk, run: Run, file: BinaryIO, form: str) -> _File:
    # Each is imported when it is asked for: a CSV does without ReportLab.
    if form == "csv":
        from clinic_desktop.reports.report_csv import CsvTaker

        return CsvTaker(run, file)
    if form == "xlsx":
        from clinic_desktop.reports.report_xlsx import XlsxTaker

        return XlsxTaker(run, file)
    from clinic_desktop.reports.printed import head_of
    from clinic_desktop.reports.report_pdf import PdfTaker

    return PdfTaker(run, file, head_of(desk))
