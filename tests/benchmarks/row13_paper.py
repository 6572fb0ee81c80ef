"""Row 13: a one-page prescription, against the same page drawn by hand with ReportLab and an embedded face."""

import io
import itertools
import statistics
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from clinic_desktop.paths import resources
from clinic_desktop.reports.page import A5, ClinicHead, PatientIdentity, Printed
from clinic_desktop.reports.prescription import PrescriptionPaper, PrescriptionPaperLine, prescription
from tests.benchmarks.figures import Row, medians

ROUNDS = 60
AT = datetime(2026, 11, 20, 11, 51, tzinfo=UTC)


def line(number: int) -> PrescriptionPaperLine:
    return PrescriptionPaperLine(
        f"paracetamol {number}00 mg tablet",
        "Take 2 tablets by mouth up to 4 times a day when needed for pain",
        "24 tablets",
        instructions="No more than 8 tablets in 24 hours.",
    )


LATIN = PrescriptionPaper(
    ClinicHead("Riverside Clinic", ("12 Harbour Road", "Mombasa"), "+254 20 555 0100"),
    PatientIdentity("Okafor", "Adaeze", "MR-A7-000123-4", "female", date(1945, 7, 14), age="81 y"),
    Printed(AT, "Dr Wanjiru"),
    "RX-A7-000123-4",
    AT,
    "Dr Grace Wanjiru",
    "none known, confirmed on 20-Nov-2026",
    tuple(line(number) for number in range(1, 6)),
)

_SIGS = (
    "يؤخذ 500 mg (2x) يوميا حتى 14-Jul-2027",
    "दिन में दो बार 500 mg (2x) भोजन के बाद",
    "每日两次 500 mg (2x) 饭后服用",
)


def mixed(turn: int) -> PrescriptionPaper:
    """A page whose words are new each time, so that nothing shaped before is used again."""
    names = ("محمد", "श्रीमती कृष्णा", "張偉", "Ελένη")
    lines = tuple(replace(entry, sig=f"{_SIGS[at % 3]} {turn}-{at}") for at, entry in enumerate(LATIN.lines))
    return replace(LATIN, patient=replace(LATIN.patient, given=f"{names[turn % 4]} {turn}"), lines=lines)


def latin(turn: int) -> PrescriptionPaper:
    lines = tuple(replace(entry, sig=f"{entry.sig} {turn}") for entry in LATIN.lines)
    return replace(LATIN, patient=replace(LATIN.patient, given=f"Adaeze {turn}"), lines=lines)


def register() -> None:
    for weight in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(weight, str(resources() / "fonts" / f"NotoSans-{weight}.ttf")))


def by_hand(data: PrescriptionPaper) -> bytes:
    """The same words on the same page, with no wrapping, no bidi, no page count and no tables."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A5, pageCompression=1, invariant=1)
    y = A5[1] - 50

    def say(words: str, size: float = 10.5, face: str = "Regular", x: float = 40) -> None:
        nonlocal y
        canvas.setFont(face, size)
        canvas.drawString(x, y, words)
        y -= size * 1.36

    say(data.clinic.name, 13, "Bold")
    canvas.setFont("Bold", 15)
    canvas.drawRightString(A5[0] - 40, y, "Prescription")
    say(" · ".join((*data.clinic.address, data.clinic.phone)), 9)
    canvas.drawRightString(A5[0] - 40, y, data.number)
    say(data.patient.name(), 13, "Bold")
    say(data.patient.facts())
    say("Allergies", 9)
    say(data.allergies, face="Bold", x=110)
    canvas.setLineWidth(0.5)
    canvas.line(40, y, A5[0] - 40, y)
    for position, entry in enumerate(data.lines, start=1):
        say(f"{position}. {entry.medicine}", 12, "Bold")
        say(entry.sig, x=60)
        say(entry.instructions, x=60)
        say(f"Quantity {entry.quantity} · no refills", 9, x=60)
    say(f"{len(data.lines)} medicines in all.", 9)
    canvas.line(200, y, A5[0] - 40, y)
    say(data.prescriber, face="Bold", x=200)
    say("Signed 20-Nov-2026 11:51", 9, x=200)
    say("Printed 20-Nov-2026 11:51 by Dr Wanjiru", 9)
    canvas.drawRightString(A5[0] - 40, y, "Page 1 of 1")
    canvas.showPage()
    canvas.save()
    return held.getvalue()


def first(code: str) -> float:
    """Milliseconds of a fresh process from its first line to a finished page."""
    program = f"import time; started = time.perf_counter()\n{code}\nprint((time.perf_counter() - started) * 1000)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(answer.stdout)


HAND = """
from tests.benchmarks.row13_paper import LATIN, by_hand, register
register()
by_hand(LATIN)
"""
OURS = """
from tests.benchmarks.row13_paper import LATIN
from clinic_desktop.reports.prescription import prescription
prescription(LATIN)
"""


def rows(*, full: bool) -> list[Row]:
    """Every comparison, ours and by hand in turn."""
    register()
    turns = itertools.count()
    hand, ours, scripts = medians(
        ROUNDS * (5 if full else 1),
        lambda: by_hand(latin(next(turns))),
        lambda: prescription(latin(next(turns))),
        lambda: prescription(mixed(next(turns))),
        warm=5,
    )
    cold_hand: list[float] = []
    cold_ours: list[float] = []
    for _turn in range(7):
        cold_hand.append(first(HAND))
        cold_ours.append(first(OURS))
    after_start, by_hand_after_start = statistics.median(cold_ours), statistics.median(cold_hand)
    return [
        Row(13, "one page, Latin", ours, hand, most=1.5),
        Row(13, "one page, mixed scripts", scripts, hand, most=5.0),
        Row(13, "first page after start", after_start, by_hand_after_start, most=1.3),
    ]
