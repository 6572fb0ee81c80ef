"""One claim: who pays by what, what is missing in words, its lines, and what was answered."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.claims.words import STATES, about, answer_words, finding_words, line_columns
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
        # Whole sentences, never cut off: they say what to do before the claim can go out.
        self.stops = label("", meaning="critical", name="claims.stops", wrap=True)
        self.odd = label("", meaning="warning", name="claims.odd", wrap=True)
        self.complete = label(_("Nothing is missing."), meaning="good", name="claims.complete")
        self.answers = label("", name="claims.answers", wrap=True)
        self.lines: ListTable[LineView] = ListTable(
            "claims.lines", line_columns(), key=lambda row: row.id, settings=settings, counted=False,
            empty=Empty(_("Choose a claim."), icon="document"),
        )  # fmt: skip
        self.lines.setMinimumHeight(110)
        self.panel.add_beside_title(self.state)
        for part in (self.facts, self.stops, self.odd, self.complete, self.answers):
            self.panel.add(part)
        self.panel.add(self.lines, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.show_claim(None)

    def show_claim(self, claim: Claim | None) -> None:
        """Show a claim, or nothing."""
        self.setVisible(claim is not None)
        if claim is None:
            self.lines.set_rows(())
            return
        words, meaning = STATES[claim.status]
        self.panel.set_title(claim.number)
        self.state.show_look(Look(_(words), meaning))
        self.facts.setText(about(claim))
        self.lines.set_rows(claim.lines)
        for place, mark, found in (
            (self.stops, _("Stops it"), [one for one in claim.findings if one.stops]),
            (self.odd, _("Look at"), [one for one in claim.findings if not one.stops]),
        ):
            place.setText("\n".join(f"{mark}: {finding_words(one)}" for one in found))
            place.setVisible(bool(found))
        self.complete.setVisible(claim.status in {"draft", "ready"} and not claim.findings)
        answered = [answer_words(row, claim.currency) for row in reversed(claim.answers)]
        if not answered and claim.status == "sent":
            answered = [_("The insurer has not answered yet.")]
        self.answers.setText("\n".join(answered))
        self.answers.setVisible(bool(answered))
