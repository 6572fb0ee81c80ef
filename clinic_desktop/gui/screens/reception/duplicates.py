"""Likely duplicates beside the form: who it may be, how likely, why, and what is done about it."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.civil import Birth, show_birth
from clinic_desktop.gui.widgets.evidence import evidence_words, family_menu, score_look
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import _
from clinic_desktop.services.identity import LikelyDuplicate
from clinic_desktop.services.patients import sex_words


class Deciding(Protocol):
    """What can be done about somebody who may be the one being registered."""

    may_merge: bool

    def open_instead(self, one: LikelyDuplicate) -> None:
        """Go to that registration."""
        ...

    def merge_with(self, one: LikelyDuplicate) -> None:
        """Look at merging the two."""
        ...

    def link_with(self, one: LikelyDuplicate, kind: str) -> None:
        """Say what they are to one another."""
        ...

    def not_the_same(self, one: LikelyDuplicate) -> None:
        """Say that they are two people."""
        ...


class DuplicatesPanel(QWidget):
    """A card for each; the first one's acts have keys."""

    def __init__(self, deciding: Deciding) -> None:
        super().__init__()
        self._deciding = deciding
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
        score = Pill(name=f"reception.duplicate{place}.score")
        score.show_look(score_look(one.score))
        head.addWidget(score, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        born = show_birth(Birth(one.born_on, one.born_precision))  # type: ignore[arg-type]
        facts = [f"{born} ({one.age})" if one.age else born, sex_words(one.sex), one.mrn]
        card.add(label(" · ".join(facts), "secondary", wrap=True))
        card.add(label(evidence_words(one.evidence), wrap=True))
        self._offer(card, place, one)
        return card

    def _offer(self, card: Panel, place: int, one: LikelyDuplicate) -> None:
        do, name = self._deciding, f"reception.duplicate{place}"
        words = (
            (_("&Open this one instead"), _("&Merge…"), _("Link as famil&y"), _("Not th&e same"))
            if place == 0
            else (_("Open this one instead"), _("Merge…"), _("Link as family"), _("Not the same"))
        )
        card.add(Button(words[0], f"{name}.open", lambda: do.open_instead(one)))
        row, below = QHBoxLayout(), QHBoxLayout()
        row.setSpacing(4)
        if do.may_merge:
            row.addWidget(LinkButton(words[1], f"{name}.merge", lambda: do.merge_with(one)))
        menu = family_menu(card, f"{name}.kinds", lambda kind: do.link_with(one, kind))
        family = LinkButton(
            words[2], f"{name}.family", lambda: menu.popup(family.mapToGlobal(family.rect().bottomLeft()))
        )
        below.addWidget(family)
        below.addStretch(1)
        row.addWidget(LinkButton(words[3], f"{name}.different", lambda: do.not_the_same(one)))
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addLayout(below)
