"""`clinic-desktop validate`: records of FHIR R4 against the published definitions. It opens no clinic."""

from collections.abc import Iterator
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.exchange.validation.files import Report, check_paths
from clinic_desktop.exchange.validation.prose import Strictness


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Check every file, and print what is wrong with each."""
    words = parser("validate", "Check FHIR R4 records: JSON, XML and NDJSON, packed (.gz) or not, files or folders.")
    words.add_argument("what", choices=["fhir"])
    words.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    words.add_argument("--no-html-in-markdown", action="store_true", help="what looks like HTML in a text is an error")
    words.add_argument("--skip-contained", action="store_true", help="leave contained records unchecked")
    chosen = words.parse_args(arguments)
    strictness = Strictness(contained=not chosen.skip_contained, html_in_markdown=not chosen.no_html_in_markdown)
    reports: list[Report] = []
    for report in check_paths(chosen.paths, strictness):
        reports.append(report)
        if len(reports) % 100 == 0:
            terminal.progress(f"{len(reports)} files")
    terminal.answer([report.as_row() for report in reports], _lines(reports))
    return DONE if all(report.valid for report in reports) else DONE_WITH_PROBLEMS


def _lines(reports: list[Report]) -> Iterator[str]:
    for report in reports:
        yield f"{report.file}: {'valid' if report.valid else 'not valid'}"
        for problem in report.problems:
            where = f"{problem.path}: " if problem.path else ""
            yield f"  {problem.severity:<12}{where}{problem.what}"
    yield f"{sum(report.valid for report in reports)} of {len(reports)} files are valid."
