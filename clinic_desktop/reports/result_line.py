"""One result on paper: its value with flag and range, in black and white too; corrections stay in sight."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.flow import BODY, NORMAL, QUIET, SMALL, Cell, Column, Style
from clinic_desktop.reports.page import Paper
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import moment

# A letter, an arrow and a word: seen in black and white, and read aloud.
FLAG_WORDS: Final[dict[str, str]] = {
    "L": N_("L low"),
    "H": N_("H high"),
    "LL": N_("LL critically low"),
    "HH": N_("HH critically high"),
    "A": N_("A abnormal"),
    "AA": N_("AA critically abnormal"),
}
ALARMING: Final = frozenset({"LL", "HH", "AA"})
_NO_FLAG: Final = frozenset({"", "N", "none"})

_SHORT: Final = 10  # characters that the column of values holds


def flag_words(flag: str) -> str:
    """A flag with its word: a letter alone is no word to whoever takes the paper along; one of theirs as it came."""
    return "" if flag in _NO_FLAG else _(FLAG_WORDS.get(flag, flag))


@dataclass(frozen=True, repr=False)
class Corrected:
    """What a result was before it was corrected."""

    value: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, repr=False)
class LaboratoryReportTest:
    """One released result; `range` in words, such as "3.5 to 5.1"."""

    name: str
    value: str
    unit: str = ""
    flag: str = "none"  # N, L, H, LL, HH, A, none; or as whoever reported it flagged it
    range: str = ""
    panel: str = ""
    comment: str = ""
    corrected: tuple[Corrected, ...] = ()
    critical_note: str = ""  # "Called to Dr Okafor 20-Nov-2026 10:15 by S. Njeri, read back"
    pending: bool = False


def result_columns(paper: Paper) -> tuple[Column, ...]:
    """The columns of a list of results: test, value, unit, flag, range."""
    wide = paper.width
    return (
        Column(wide * 0.33), Column(wide * 0.15, "right"), Column(wide * 0.14), Column(wide * 0.19),
        Column(wide * 0.19),
    )  # fmt: skip


def name_columns(paper: Paper, columns: tuple[Column, ...]) -> None:
    """Put the names over those columns."""
    paper.head_row((_("Test"), _("Value"), _("Unit"), _("Flag"), _("Range")), columns)


def put_result(paper: Paper, columns: tuple[Column, ...], test: LaboratoryReportTest) -> None:
    """Put one result in columns of test, value, unit, flag and range, with what is said of it beneath."""
    critical = test.flag in ALARMING
    marked = test.flag not in _NO_FLAG
    style = Style(BODY, bold=marked, colour=CRITICAL if critical else NORMAL.colour)
    value = _("pending") if test.pending else test.value
    marker = flag_words(test.flag)
    first, *middle, last = columns
    name, normal = Cell(test.name), Cell(test.range, QUIET)
    if test.unit or len(value) <= _SHORT:
        cells = [name, Cell(value, style), Cell(test.unit, QUIET), Cell(marker, style), normal]
        paper.row(cells, columns, gap=1)
    else:
        # Words for a value take the room of value, unit and flag.
        worded = Cell("     ".join(filter(None, (value, marker))), style)
        paper.row([name, worded, normal], (first, Column(sum(column.width for column in middle)), last), gap=1)
    said = Style(SMALL, bold=True, colour=CRITICAL)
    if test.critical_note:
        paper.say(test.critical_note, said, indent=6 * MM)
    for before in test.corrected:
        words = _("Corrected {moment} by {name}: was {value}. {reason}").format(
            moment=moment(before.at), name=before.by, value=before.value, reason=before.reason
        )
        paper.say(words, Style(SMALL, bold=True), indent=6 * MM)
    if test.comment:
        paper.say(test.comment, QUIET, indent=6 * MM)
    paper.space(2)
