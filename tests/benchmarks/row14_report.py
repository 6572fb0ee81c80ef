"""Row 14: a report of fifty pages with a chart, against tables of 48 rows of one height set by hand with ReportLab."""

import io
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from clinic_desktop.domain.reporting import Asked, Column, Group, Kind, Report, Totals
from clinic_desktop.domain.reporting import Row as ReportRow
from clinic_desktop.paths import resources
from clinic_desktop.reports.page import A4, ClinicHead
from clinic_desktop.reports.report_pdf import MOST_ROWS, PdfTaker
from clinic_desktop.services.reporting import Run
from tests.benchmarks.figures import Row, in_turn
from tests.benchmarks.processes import grown

ROWS_A_PAGE, PAGES = 48, 50
ROUNDS = 7
BARS = 12
COLUMNS = (
    Column("period", "Day", Kind.DAY), Column("who", "Patient", wide=3), Column("what", "Service", wide=2),
    Column("room", "Room"), Column("number", "Number", Kind.COUNT, "n", total=True),
    Column("minutes", "Minutes", Kind.TENTHS, "m", "min", total=True),
)  # fmt: skip
HEAD = [column.title for column in COLUMNS]
WIDTHS = (70.0, 150.0, 110.0, 60.0, 60.0, 70.0)


def sample(count: int) -> Iterator[list[ReportRow]]:
    """Rows as a cursor gives them, some at a time."""
    services = ("Consultation", "Laboratory", "Pharmacy")
    for first in range(0, count, 1_000):
        yield [
            (f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}", f"Family {n}, Given", services[n % 3], "B2", n, 100 * n + 5)
            for n in range(first, min(first + 1_000, count))
        ]


def ours(rows: Iterable[list[ReportRow]]) -> bytes:
    """The taker that every report on paper goes through: cells, widths, pages, checksum, and the last page's check."""
    report = Report("bench", "Bench", "How fast?", COLUMNS, frozenset(), chart="minutes")
    asked = Asked("bench", date(2026, 1, 1), date(2026, 12, 31), Group.DAY)
    run = Run(report, asked, COLUMNS, datetime(2026, 11, 20, tzinfo=UTC), "Ada", None)  # type: ignore[arg-type]
    held = io.BytesIO()
    taker = PdfTaker(run, held, ClinicHead("Riverside Clinic", ("12 Harbour Road", "Mombasa"), "+254 20 555 0100"))
    totals = Totals(COLUMNS)
    for some in rows:
        totals.add(some)
        taker.take(some)
    taker.totals(totals.rows, totals.lines({}, "Total"))
    return held.getvalue()


def by_hand(rows: list[ReportRow]) -> bytes:
    """The same cells in tables whose rows are as high as said, so that none is measured; bars first, no totals."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4, pageCompression=1, invariant=1)
    style = TableStyle([
        ("FONT", (0, 0), (-1, -1), "Regular", 9), ("FONT", (0, 0), (-1, 0), "Bold", 9),
        ("ALIGN", (4, 0), (-1, -1), "RIGHT"), ("LINEBELOW", (0, 0), (-1, 0), 0.5, "grey"),
        ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ])  # fmt: skip
    pages = -(-len(rows) // ROWS_A_PAGE)
    for page in range(pages):
        if page == 0:
            most = max(int(row[5] or 0) for row in rows[:BARS])
            for at, row in enumerate(rows[:BARS]):
                canvas.rect(180, 790 - 9 * at, 200 * int(row[5] or 0) / most, 7, stroke=0, fill=1)
        lines = [
            (day, who, what, room, str(number), f"{int(tenths or 0) // 10}.{int(tenths or 0) % 10}")
            for day, who, what, room, number, tenths in rows[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE]
        ]
        table = Table([HEAD, *lines], colWidths=WIDTHS, rowHeights=[13.5] * (len(lines) + 1), style=style)
        table.wrapOn(canvas, A4[0], A4[1])
        table.drawOn(canvas, 40, 680 - 13.5 * len(lines))
        canvas.setFont("Regular", 9)
        canvas.drawRightString(A4[0] - 40, 24, f"Page {page + 1} of {pages}")
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def pages_of(pdf: bytes) -> int:
    """How many pages a document has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def peak(count: int) -> float:
    """The most memory a process of its own took for a report of so many rows, in MB."""
    words = [sys.executable, "-m", "tests.benchmarks.row14_report", str(count)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def rows(*, full: bool) -> list[Row]:
    """Pages a second, ours and by hand in turn; and the memory of ten times the rows, in the process that writes."""
    for weight in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(weight, str(resources() / "fonts" / f"NotoSans-{weight}.ttf")))
    parts = list(sample(PAGES * ROWS_A_PAGE))
    lines = [row for some in parts for row in some]
    mine, hand = in_turn(ROUNDS * (3 if full else 1), partial(ours, parts), partial(by_hand, lines))
    counts = pages_of(ours(parts)), pages_of(by_hand(lines))
    rate = [
        1000 * count / statistics.median(times) for count, times in zip(counts, (mine, hand), strict=True)
    ]  # fmt: skip
    more = peak(MOST_ROWS) - peak(MOST_ROWS // 10)
    return [
        Row(14, "50 pages of a report", rate[0], rate[1], most=0.8, unit="pages/s", least=True),
        Row(14, f"memory of {MOST_ROWS:,} rows beyond that of a tenth", more, limit=20, unit="MB"),
    ]


if __name__ == "__main__":
    ours(sample(100))
    sys.stdout.write(str(grown(lambda: ours(sample(int(sys.argv[1]))))))
