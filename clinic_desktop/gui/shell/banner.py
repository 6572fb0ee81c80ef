"""The patient banner: who this is, and what could hurt them. 64 px, on every screen about a patient."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from clinic_desktop.gui.shell.gate import BannerFacts
from clinic_desktop.gui.theme.tokens import BANNER, RAIL
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.labels import Elided, tip
from clinic_desktop.gui.widgets.panel import clear_layout, label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.i18n import _

# Pixels of a pill's words that stay where many stand in a narrow window; of what the patient is allergic to more do,
# and as many as the smallest window has room for beside the other pills' icons.
LEAST, ALLERGY = 8, 96
# What that window leaves for facts and pills beside rail, initials and margins; what is round a pill's words.
ROOM, AROUND = 1280 - RAIL - 104, 35


class PatientBanner(QFrame):
    """Shows `BannerFacts`; labels are lighter than values, no colons (NHS common user interface, patient banner).

    While a record is open in an emergency it stands on red; `emergency_over` says when that time has passed.
    """

    emergency_over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("panel", "bar")
        self.setFixedHeight(BANNER)
        self.patient_id: str | None = None
        self._shown: BannerFacts | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 8, 16, 8)
        row.setSpacing(12)
        self._initials = QLabel()
        self._initials.setObjectName("banner.initials")
        self._initials.setFixedSize(40, 40)
        self._initials.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._initials.setProperty("face", "initials")
        self._name = Elided(kind="section", name="banner.name")
        # At the left also for a name that is written from the right: one looks for it there.
        self._name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = QHBoxLayout()
        self._facts.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addLayout(self._facts)
        self._tags = QHBoxLayout()
        self._tags.setSpacing(8)
        row.addWidget(self._initials)
        row.addLayout(words, 1)
        row.addLayout(self._tags)
        self._until = QTimer(self)
        self._until.setSingleShot(True)
        self._until.timeout.connect(self.emergency_over)
        self.hide()

    def show_facts(self, facts: BannerFacts) -> None:
        """Show a patient; what is known already stays in sight until what is new stands in its place."""
        if facts == self._shown and not facts.emergency:
            return  # nothing is new: what somebody marks or reads there is left alone
        self._shown = facts
        self.patient_id = facts.patient_id
        self._initials.setText((facts.given[:1] + facts.family[:1]).upper())
        self._name.setText(f"{facts.family.upper()}, {facts.given}")
        known, tagged = self._facts.count(), self._tags.count()
        born = f"{facts.born} ({facts.age})" if facts.age else facts.born
        for words, value in ((_("Born"), born), (_("Sex"), facts.sex), (_("MRN"), facts.mrn)):
            self._fact(words, value)
        if facts.weight:
            on = f" ({show_date(facts.weight_on)})" if facts.weight_on else ""
            self._fact(_("Weight"), facts.weight + on)
        self._show_emergency(facts)
        self._facts.addStretch(1)
        if facts.pregnancy:
            self._tags.addWidget(Pill(facts.pregnancy, "information", "pregnancy", gives_way=True, least=LEAST))
        for alert in facts.alerts:
            self._tags.addWidget(Pill(alert, "warning", "alert", gives_way=True, least=LEAST))
        allergy = Pill("", name="banner.allergy", gives_way=True, least=ALLERGY)
        allergy.show_look(allergy_look(facts))
        allergy.setToolTip(tip("\n".join(facts.allergies)))
        self._tags.addWidget(allergy)
        if facts.state is not None:
            state = Pill(name="banner.state", gives_way=True, least=LEAST)
            state.show_look(facts.state)
            self._tags.addWidget(state)
        self.setAccessibleName(f"{self._name.text()}, {born}, {facts.sex}, {facts.mrn}, {allergy.text()}")
        _in_place_of(self._facts, known)
        _in_place_of(self._tags, tagged)
        self._favour(allergy)
        self.show()

    def _favour(self, allergy: Pill) -> None:
        """Let all else give way before what the patient is allergic to."""
        items = (self._tags.itemAt(place) for place in range(self._tags.count()))
        others = [widget for item in items if item and (widget := item.widget()) is not None and widget is not allergy]
        taken = sum(one.minimumSizeHint().width() + self._tags.spacing() for one in others)
        allergy.keep(max(ALLERGY, ROOM - AROUND - self._facts.minimumSize().width() - taken))

    def _show_emergency(self, facts: BannerFacts) -> None:
        self._until.stop()
        kind = "emergency" if facts.emergency else "bar"
        if self.property("panel") != kind:
            self.setProperty("panel", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        if facts.emergency:
            self._tags.addWidget(Pill(facts.emergency, "critical", "stop", name="banner.emergency"))
            self._until.start(facts.emergency_seconds * 1000 + 500)

    def take_away(self) -> None:
        """Show no patient."""
        self._until.stop()
        self.patient_id = self._shown = None
        self._name.clear()
        self._initials.clear()
        self.setAccessibleName("")
        clear_layout(self._facts)
        clear_layout(self._tags)
        self.hide()

    def _fact(self, words: str, value: str) -> None:
        self._facts.addWidget(label(words, "secondary"))
        shown = label(value or _("Not known"))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.addWidget(shown)
        self._facts.addSpacing(6)


def _in_place_of(layout: QHBoxLayout, before: int) -> None:
    """Show what was added behind the first so many, and take those away: there is no moment without either.

    Qt itself shows a widget that is put into a layout only later, and by then the old ones would be gone. They have
    left the layout before the new ones are shown: with room for both the window would have to be wider, and stay so.
    """
    gone = [item.widget() for _old in range(before) if (item := layout.takeAt(0)) is not None]
    for place in range(layout.count()):
        item = layout.itemAt(place)
        added = None if item is None else item.widget()
        if added is not None:
            added.show()
    for old in gone:
        if old is not None:
            old.hide()
            old.deleteLater()


def allergy_look(facts: BannerFacts) -> Look:
    """The three states of allergies, which must never be taken for one another."""
    if facts.allergy_state == "listed":
        shown = ", ".join(facts.allergies[:3])
        more = len(facts.allergies) - 3
        if more > 0:
            shown += _(" and {n} more").format(n=more)
        return Look(_("Allergies: {names}").format(names=shown), "critical", "allergy")
    if facts.allergy_state == "none_known":
        on = facts.allergies_confirmed_on
        if on is None:
            return Look(_("No known allergies"), "good", "shield")
        return Look(_("No known allergies, confirmed {date}").format(date=show_date(on)), "good", "shield")
    return Look(_("Allergies not asked"), "warning", "help")
