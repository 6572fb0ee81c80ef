"""What stands beside every step: allergies, problems, medicines, the last signs and results."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.units import written
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.panel import clear_layout, label
from clinic_desktop.gui.widgets.result_words import told_of
from clinic_desktop.gui.widgets.vital_rows import SignRow, sign_rows
from clinic_desktop.i18n import _
from clinic_desktop.services.chart_rows import ResultShown
from clinic_desktop.services.encounters import Consultation

MEANING = {"LL": "critical", "HH": "critical", "AA": "critical", "L": "warning", "H": "warning", "A": "warning"}
SHOWN = 8  # of each list of results, besides what is critical; all of them stand with the investigations
Said = Iterable[tuple[str, str]]  # words and their meaning


class Side(QScrollArea):
    """The patient at a glance, in words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("consultation.side")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(256)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(4)
        self.setWidget(holder)

    def show_patient(self, shown: Consultation) -> None:
        """Show what is known."""
        clear_layout(self._column)
        self._part(_("Allergies"), _allergies(shown))
        self._part(_("Vital signs"), (_sign(row) for row in sign_rows(shown.vitals)))
        self._part(_("Problems"), ((each.title, "") for each in shown.problems))
        self._part(_("Medicines"), (("  ".join(filter(None, (each.name, each.dose))), "") for each in shown.medicines))
        self._part(_("Last results"), _last(each for each in shown.results if not each.source))
        elsewhere = [each for each in shown.results if each.source]
        if elsewhere:
            self._part(_("Results from elsewhere"), _last(elsewhere))
        self._column.addStretch(1)

    def _part(self, title: str, lines: Said) -> None:
        self._column.addWidget(label(title, "strong"))
        said = list(lines)
        for words, meaning in said:
            self._column.addWidget(label(words, "secondary", meaning=meaning, wrap=True))
        if not said:
            self._column.addWidget(label("–", "secondary"))
        self._column.addSpacing(8)


def _allergies(shown: Consultation) -> list[tuple[str, str]]:
    if shown.patient.allergy_state == "none_known":
        on = shown.patient.allergy_state_on
        return [(_("None known, {day}").format(day=show_date(on) if on else ""), "good")]
    if shown.patient.allergy_state == "not_asked":
        return [(_("Not asked yet"), "warning")]
    return [(" – ".join(filter(None, (each.substance, each.reaction))), "critical") for each in shown.allergies]


def _sign(row: SignRow) -> tuple[str, str]:
    words = f"{row.words} {row.value} {row.unit} {_flag(row.flag)}".rstrip()
    return f"{words}, {show_date(row.taken_at.astimezone().date())}", MEANING.get(row.flag, "")


def _last(rows: Iterable[ResultShown]) -> list[tuple[str, str]]:
    """Every critical one first, then the newest; and how many there are besides."""
    found = sorted(rows, key=lambda row: MEANING.get(row.flag) != "critical")
    shown = [row for place, row in enumerate(found) if place < SHOWN or MEANING.get(row.flag) == "critical"]
    more = len(found) - len(shown)
    return [*map(_result, shown), *([(_("and {n} more, with the investigations").format(n=more), "")] if more else [])]


def _result(row: ResultShown) -> tuple[str, str]:
    words = " ".join(filter(None, (row.name, row.value, written(row.unit), _flag(row.flag))))
    return ", ".join(filter(None, (words, told_of(row) if row.source else ""))), MEANING.get(row.flag, "")


def _flag(flag: str) -> str:
    return "" if flag in {"N", "none"} else flag
