"""A registered patient's family and merges, beneath the likely duplicates."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.evidence import RELATIONS
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel, clear_layout
from clinic_desktop.i18n import _
from clinic_desktop.services.merging import MergeRow
from clinic_desktop.services.relations import Decision, Relative


class FamilyPanel(QWidget):
    """Who belongs to this patient, which registrations were merged, and who was said to be somebody else."""

    def __init__(self, open_patient: Callable[[str], None], part: Callable[[str], None], *, may_part: bool) -> None:
        super().__init__()
        self._open_patient, self._part, self._may_part = open_patient, part, may_part
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._family, self._merged, self._different = (
            Panel(_("Family"), name="reception.family"),
            Panel(_("Merged into this registration"), name="reception.merged"),
            Panel(_("Said to be somebody else"), name="reception.different"),
        )
        for panel in (self._family, self._merged, self._different):
            column.addWidget(panel)
        self.clear()

    def clear(self) -> None:
        """Nobody: a new patient, or another one is on the way."""
        self.show_family(())
        self.show_merges(())
        self.show_different(())

    def show_family(self, relatives: Sequence[Relative]) -> None:
        """The patient's family, each opened by its name."""
        self._fill(
            self._family,
            [
                (_(RELATIONS[one.kind]), one.name, one.mrn, partial(self._open_patient, one.patient_id))
                for one in relatives
            ],
            "reception.relative",
        )

    def show_merges(self, merges: Sequence[MergeRow]) -> None:
        """The merges that stand, each with the way to undo it."""
        clear_layout(self._merged.body)
        standing = [one for one in merges if one.undone_at is None]
        for place, one in enumerate(standing):
            self._merged.add(label(f"{one.other_name} · {one.other_mrn}", "strong", wrap=True))
            when = show_date(one.merged_at.astimezone().date())
            self._merged.add(label(f"{when}, {one.merged_by}: {one.reason}", "secondary", wrap=True))
            if self._may_part:
                words = _("&Un-merge…") if place == 0 else _("Un-merge…")
                button = LinkButton(words, f"reception.merge{place}.part", partial(self._part, one.merge_id))
                self._merged.add(button)
        self._merged.setVisible(bool(standing))

    def show_different(self, decisions: Sequence[Decision]) -> None:
        """Who looks like the patient and is not, by whose word."""
        clear_layout(self._different.body)
        for one in decisions:
            self._different.add(label(f"{one.name} · {one.mrn}", "strong", wrap=True))
            when = show_date(one.decided_at.astimezone().date())
            self._different.add(label(f"{when}, {one.decided_by}: {one.reason}", "secondary", wrap=True))
        self._different.setVisible(bool(decisions))

    def _fill(self, panel: Panel, rows: Sequence[tuple[str, str, str, Callable[[], None]]], name: str) -> None:
        clear_layout(panel.body)
        for place, (kind, words, mrn, act) in enumerate(rows):
            row = QHBoxLayout()
            row.addWidget(label(f"{kind}:", "secondary"))
            row.addWidget(LinkButton(words.replace("&", "&&"), f"{name}{place}", act))
            row.addStretch(1)
            panel.body.addLayout(row)
            panel.add(label(mrn, "secondary"))
        panel.setVisible(bool(rows))
