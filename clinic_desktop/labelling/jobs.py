"""One print: made for the printer that its document goes to, looked at from its own bytes, logged, and sent."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from clinic_desktop.devices.label_printer import protocol as zpl
from clinic_desktop.devices.label_printer import reading as zpl_reading
from clinic_desktop.devices.receipt_printer import protocol as escpos
from clinic_desktop.devices.receipt_printer import reading as escpos_reading
from clinic_desktop.domain import printing as rules
from clinic_desktop.domain.plates import Bits, turned
from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.labelling.paper import Paper
from clinic_desktop.labelling.sending import send
from clinic_desktop.reports.bits import PaperArtist
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.services import printing
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.printing import Before, Print, Printer

# The longest that waits for one print: a roll of pictures of everything that is sent is kept in the window.
MOST_LABELS = 60


@dataclass(frozen=True)
class Picture:
    """One label or paper as its bytes say it will look, and what of them was not understood."""

    bits: Bits
    dpi: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """A print made for a printer, ready to be looked at and sent."""

    desk: Desk
    paper: Paper
    printer: Printer
    sheets: LabelSheets
    pictures: tuple[Picture, ...]
    before: Before
    look: bool = False

    def __repr__(self) -> str:
        return f"Job({self.paper!r}, {self.printer.id})"

    @property
    def look_first(self) -> bool:
        """Whether somebody looks before it goes out: by the printer's setting, and always where a reason is asked."""
        return (
            self.look
            or self.printer.target.look_first
            or self.before.needs_reason
            or any(p.problems for p in self.pictures)
        )


def prepare(desk: Desk, paper: Paper) -> Job | bytes:
    """The print for the printer that its document goes to; where none is set up, the PDF."""
    printer = printing.printer_for(desk, paper.document)
    if printer is None:
        return paper.make(80).pdf()
    sheets = paper.make(printer.target.roll_mm)
    data = encoded(sheets, printer.target)
    before = printing.printed_before(desk, paper.document, paper.record_id)
    return Job(desk, paper, printer, sheets, pictures(data, printer.target), before)


def encoded(sheets: LabelSheets, target: Target, *, copies: int = 1, drawer: bool = False) -> bytes:
    """The bytes for a printer."""
    plates = sheets.plates(target.dpi)
    if len(plates) > MOST_LABELS:
        raise Refusal("This would be {count} labels: too many to print at once.", field="copies", count=len(plates))
    if target.kind == "receipt":
        return escpos.encode(plates, target.roll_mm, copies=copies, drawer=drawer and target.drawer)
    return zpl.encode([turned(plate) for plate in plates] if sheets.lengthwise else plates, copies)


def pictures(data: bytes, target: Target) -> tuple[Picture, ...]:
    """What the bytes say, painted from them alone."""
    artist = PaperArtist()
    if target.kind == "receipt":
        return tuple(
            Picture(paper.bits, target.dpi, paper.problems)
            for paper in escpos_reading.read(data, target.roll_mm, artist)
        )
    return tuple(Picture(label.bits, target.dpi, label.problems) for label in zpl_reading.read(data, artist))


def carry_out(job: Job, copies: int = 1, reason: str = "", *, draft: DraftKey | None = None) -> str:
    """Note the print, send it, and note how it ended; returns its id. Raises Refusal and Trouble.

    `draft` is what was typed as the reason: it goes with the print it led to.
    """
    desk, paper, target = job.desk, job.paper, job.printer.target
    rules.require_copies(copies)
    data = encoded(job.sheets, target, copies=copies, drawer=paper.cash and not job.before.times)
    what = Print(paper.document, paper.record_id, paper.number, copies, hashlib.sha256(data).hexdigest(), reason)
    print_id = printing.begin_print(desk.once(draft=draft), job.printer.id, what)
    try:
        send(target, data, f"{paper.document} {print_id[-8:]}", asking(target))
    except Trouble as error:
        printing.end_print(desk, print_id, str(error))
        raise
    printing.end_print(desk, print_id)
    return print_id


def test_job(desk: Desk, printer: Printer) -> Job:
    """A print that says which printer this is, to be looked at and sent like any other."""
    paper = Paper("test", printer.id, printer.target.name, lambda _roll: test_sheets(printer.target))
    sheets = test_sheets(printer.target)
    shown = pictures(encoded(sheets, printer.target), printer.target)
    return Job(desk, paper, printer, sheets, shown, Before(0, "", needs_reason=False), look=True)


def test_sheets(target: Target) -> LabelSheets:
    """What a printer is tried with: its name, letters of four scripts, and a code."""
    from clinic_desktop.reports.labels import trial

    return trial(target.name, target.roll_mm if target.kind == "receipt" else None)


def asking(target: Target) -> tuple[bytes, Callable[[bytes], str]]:
    """How a printer of this kind is asked how it is, and what its answer means."""
    return (escpos.STATUS, escpos.fault) if target.kind == "receipt" else (zpl.STATUS, zpl.fault)
