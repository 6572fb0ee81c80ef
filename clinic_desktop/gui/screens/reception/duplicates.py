"""Likely duplicates beside the form: who it may be, how likely, and why."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.civil import Birth, show_birth
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.identity import Finding, LikelyDuplicate
from clinic_desktop.services.patients import sex_words

FIELDS = {
    "name": N_("Name"),
    "birth": N_("Birth"),
    "sex": N_("Sex"),
    "phone": N_("Phone"),
    "national id": N_("National id"),
    "address": N_("Address"),
    "place": N_("Place"),
    "household": N_("Household"),
}


class DuplicatesPanel(QWidget):
    """The context panel of reception; each card opens that patient instead."""

    def __init__(self, open_instead: Callable[[str], None]) -> None:
        super().__init__()
        self._open_instead = open_instead
        self.found: tuple[LikelyDuplicate, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._title = label(_("Likely the same person"), "section", name="reception.duplicates.title")
        column.addWidget(self._title)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(8)
        holder = QWidget()
        holder.setLayout(self._cards)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(area, 1)
        self.show_found(())

    def show_found(self, found: Sequence[LikelyDuplicate]) -> None:
        """Show those who may be the one being typed, the likeliest first."""
        self.found = tuple(found)
        clear_layout(self._cards)
        if not found:
            self._cards.addWidget(
                Empty(
                    _("As you type, patients who may be the same person appear here, with the evidence."), icon="people"
                )
            )
            return
        for place, one in enumerate(found):
            self._cards.addWidget(self._card(place, one))
        self._cards.addStretch(1)

    def _card(self, place: int, one: LikelyDuplicate) -> Panel:
        card = Panel(name=f"reception.duplicate{place}")
        head = QHBoxLayout()
        name = label(one.name, "strong", name=f"reception.duplicate{place}.name", wrap=True)
        head.addWidget(name, 1)
        meaning = "critical" if one.score >= 0.9 else "warning"
        score = f"{int(one.score * 100)} %" if one.score < 0.995 else _("over 99 %")
        head.addWidget(
            Pill(score, meaning, "people", f"reception.duplicate{place}.score"), 0, Qt.AlignmentFlag.AlignTop
        )
        card.body.addLayout(head)
        born = show_birth(Birth(one.born_on, one.born_precision))  # type: ignore[arg-type]
        facts = [f"{born} ({one.age})" if one.age else born, sex_words(one.sex), one.mrn]
        card.add(label(" · ".join(facts), "secondary", wrap=True))
        card.add(label("\n".join(_line(each) for each in one.evidence if each.weight), wrap=True))
        words = _("&Open this one instead") if place == 0 else _("Open this one instead")
        button = Button(words, f"reception.duplicate{place}.open", lambda: self._open_instead(one.patient_id))
        card.add(button)
        return card


def _line(finding: Finding) -> str:
    sign = "✓" if finding.weight > 0 else "✗"
    return f"{sign} {_(FIELDS.get(finding.field, finding.field))}: {_(finding.finding)}"


# The findings of domain/identity.py, so that they are translated.
_FINDINGS = (
    N_("same"), N_("close"), N_("similar"), N_("sounds alike"), N_("different"), N_("swapped"), N_("other name"),
    N_("day and month swapped"), N_("one digit differs"), N_("two digits differ"), N_("year near"), N_("year agrees"),
    N_("another generation"), N_("perhaps twins"),
)  # fmt: skip
