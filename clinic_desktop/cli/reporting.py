"""`clinic-desktop report`: a report over some days as PDF, CSV or Excel; their list; whether a file is whole."""

import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType

from clinic_desktop.cli.ending import told_to_end
from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Group, Report
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_file import FORMATS, write_report
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.report_queries import asked_query, open_query
from clinic_desktop.services.reporting import Run, Stopped, open_report


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Write one report, list those there are, or verify a file."""
    words = parser("report", "A report over some of the clinic's days. `report verify FILE` checks a file.")
    words.add_argument(
        "name", nargs="?", choices=(*REPORTS, "verify", "query"), metavar="NAME", help="--list names them"
    )
    words.add_argument("file", nargs="?", type=Path, metavar="FILE", help="of verify")
    words.add_argument("--list", action="store_true", help="name every report, its question and its columns")
    words.add_argument("--from", dest="first", metavar="D", help="the first day, as in 2026-03-01")
    words.add_argument("--to", dest="last", metavar="D", help="the last day, counted in")
    words.add_argument("--group-by", choices=("day", "week", "month"))
    words.add_argument("--patient", metavar="MRN", help="of a report about one patient")
    words.add_argument("--definition", type=Path, metavar="F.json", help="of query: what is asked")
    words.add_argument("--only", action="append", default=[], metavar="WHAT=VALUE", help="count nothing else")
    words.add_argument("--format", choices=FORMATS)
    words.add_argument("--out", type=Path, metavar="F")
    chosen = words.parse_args(arguments)
    if chosen.list:
        listed = [_listed(one) for one in REPORTS.values()]
        terminal.answer(listed, [f"{row['report']:<26}{row['question']}" for row in listed])
        return DONE
    if chosen.name == "verify":
        if chosen.file is None:
            words.error("name the FILE to verify")
        return _verify(terminal, chosen.file)
    if chosen.name == "query":
        if chosen.definition is None or chosen.out is None:
            words.error("a query needs --definition F.json and --out F")
        return _query(terminal, chosen.definition, chosen.out, _form(words, chosen))
    if chosen.name is None or chosen.file or None in {chosen.first, chosen.last, chosen.out}:
        words.error("name a report, --from D, --to D and --out F, or --list")
    form = _form(words, chosen)
    first, last = _day(words, chosen.first, "--from"), _day(words, chosen.last, "--to")
    if last < first:
        words.error("the last day (--to) lies before the first (--from)")
    with terminal.signed_in() as here, _asking_to_stop() as asked:
        patient = patient_by_mrn(here.desk, chosen.patient) if chosen.patient else None
        only = tuple((what, value) for what, _sign, value in (one.partition("=") for one in chosen.only))
        made = open_report(here.desk, Asked(chosen.name, first, last, Group(chosen.group_by or "none"), patient, only))
        return _write(terminal, here.desk, made, chosen.out, form, asked)


def _form(words: ArgumentParser, chosen: Namespace) -> str:
    form = str(chosen.format or chosen.out.suffix.lower().removeprefix("."))
    if form not in FORMATS:
        words.error("say --format pdf, csv or xlsx")
    return form


def _query(terminal: Terminal, definition: Path, out: Path, form: str) -> int:
    try:
        text = definition.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(N_("This is no query: it is not written as one."), field="definition") from error
    with terminal.signed_in() as here, _asking_to_stop() as asked:
        made = open_query(here.desk, asked_query(text, here.desk.now.astimezone().date()))
        return _write(terminal, here.desk, made, out, form, asked)


def _write(terminal: Terminal, desk: Desk, made: Run, out: Path, form: str, asked: Sequence[int]) -> int:
    terminal.progress(_("{title}: {question}").format(title=_(made.report.title), question=_(made.report.question)))
    try:
        done = write_report(
            desk, made, out, form,
            tell=lambda rows: terminal.progress(_("{rows} rows").format(rows=rows)), stop=lambda: bool(asked),
        )  # fmt: skip
    except Stopped:
        raise KeyboardInterrupt from None
    terminal.answer(
        {"report": made.report.name, "out": str(done.path), "rows": done.rows},
        [_("{title} in {out}: {rows} rows").format(title=_(made.report.title), out=done.path, rows=done.rows)],
    )
    return DONE


def _listed(one: Report) -> dict[str, object]:
    return {
        "report": one.name,
        "title": _(one.title),
        "question": _(one.question),
        "roles": sorted(one.roles),
        "group_by": ["day", "week", "month"] if one.grouped else [],
        "patient": one.about_patient,
        "only": list(one.filters),
        "columns": [
            {"name": column.name, "title": _(column.title), "kind": column.kind.value, "formula": _(column.formula)}
            for column in one.columns
            if column.shown
        ],
        "source": one.source,
    }


def _verify(terminal: Terminal, path: Path) -> int:
    found = check_report(path)
    words = _("whole, {rows} rows, {sum}").format(rows=found.rows, sum=found.sha256) if found.whole else found.why
    terminal.answer(
        {"file": str(path), "whole": found.whole, "rows": found.rows, "sha256": found.sha256, "why": found.why},
        [f"{path}: {words}"],
    )
    return DONE if found.whole else DONE_WITH_PROBLEMS


def _day(words: ArgumentParser, text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        words.error(f"{option}: write a day as in 2026-03-01")


@contextmanager
def _asking_to_stop() -> Iterator[Sequence[int]]:
    """Let Ctrl+C and being told to end be heard between rows, also while the database is at work.

    Python itself would hear them too late, or end at once and leave half a file behind.
    """
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt  # a second time: at once
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, *told_to_end())}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
