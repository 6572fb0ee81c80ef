"""One claim: who pays by what, what is missing in words, its lines, and what was answered."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.claims.words import STATES, about, answer_words, finding_words, line_columns
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.claim_views import Claim, LineView


class ClaimPanel(QWidget):
    """The claim that is open."""

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        self.panel = Panel(_("Claim"), name="claims.panel")
        self.state = Pill(name="claims.state")
        self.facts = label("", "secondary", name="claims.facts", wrap=True)
        self.checks: ListTable[tuple[str, str, str]] = ListTable(
            "claims.checks", _check_columns(), key=lambda row: row, settings=settings, counted=False,
            empty=Empty(_("Nothing is missing."), icon="done"),
        )  # fmt: skip
        self.lines: ListTable[LineView] = ListTable(
            "claims.lines", line_columns(), key=lambda row: row.id, settings=settings, counted=False,
            empty=Empty(_("Choose a claim."), icon="document"),
        )  # fmt: skip
        self.panel.add_beside_title(self.state)
        self.panel.add(self.facts)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for table in (self.lines, self.checks):
            table.setMinimumHeight(120)
            row.addWidget(table, 1)
        self.panel.add(both, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.show_claim(None)

    def show_claim(self, claim: Claim | None) -> None:
        """Show a claim, or nothing."""
        self.setVisible(claim is not None)
        if claim is None:
            self.lines.set_rows(())
            self.checks.set_rows(())
            return
        words, meaning = STATES[claim.status]
        self.panel.set_title(claim.number)
        self.state.show_look(Look(_(words), meaning))
        self.facts.setText(about(claim))
        self.lines.set_rows(claim.lines)
        found = [
            ("critical" if one.stops else "warning", _("Stops") if one.stops else _("Look"), finding_words(one))
            for one in claim.findings
        ]
        answered = [
            ("neutral", _("Answer"), answer_words(row, claim.currency)) for row in reversed(claim.answers)
        ]  # fmt: skip
        self.checks.set_rows((*found, *answered))
        waits = claim.status in {"sent", "accepted"}
        self.checks.set_empty_words(_("The insurer has not answered yet.") if waits else _("Nothing is missing."))


def _check_columns() -> list[Column[tuple[str, str, str]]]:
    return [
        Column("kind", _("Check"), lambda row: row[1], width=84, look=lambda row: Look(row[1], row[0])),
        Column("words", _("What, and what to do"), lambda row: row[2], width=240, stretch=True),
    ]
