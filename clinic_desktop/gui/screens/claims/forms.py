"""The forms beside a claim: what it lacks, one of its lines, and what the insurer answered."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.claims.words import ANSWERS
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import MoneyField
from clinic_desktop.gui.widgets.panel import Line, label
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_views import Claim, LineView
from clinic_desktop.services.claims import LineEdit

Keep = Callable[[dict[str, str]], None]


class EditForms(QWidget):
    """What may be completed of a claim that was not sent, and of the line chosen."""

    def __init__(self, keep_claim: Keep, keep_line: Keep, save: Callable[[], None]) -> None:
        super().__init__()
        self.line: LineView | None = None
        self.revision = 0  # of the claim that the forms were filled from: what was typed is about that one
        self.form = Form(DraftKeeper(keep_claim))
        self.diagnoses = self.form.add(
            TextField(_("&Diagnoses"), "claims.diagnoses", placeholder="I10 E11.9", longest=200)
        )
        self.authorisation = self.form.add(TextField(_("&Authorisation"), "claims.authorisation", longest=60))
        self.reference = self.form.add(
            TextField(_("Insurer's re&ference"), "claims.payer_reference", longest=60)
        )  # fmt: skip
        ways = [("electronic", _("Electronically")), ("portal", _("On the insurer's page")), ("paper", _("On paper"))]
        self.method = self.form.add(ChoiceField(_("Sent"), "claims.submission_method", ways))
        self.of_line = label("", "strong", name="claims.of_line", wrap=True)
        self.line_form = Form(DraftKeeper(keep_line))
        self.code = TextField(_("C&ode"), "claims.code", longest=60)
        self.modifiers = TextField(_("&Modifiers"), "claims.modifiers", longest=20)
        self.pointers = TextField(_("For dia&gnosis"), "claims.pointers", placeholder="1 2", longest=40)
        self.line_form.add_row(self.code, self.modifiers)
        self.line_form.add(self.pointers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(_("Complete the claim"), "section"))
        column.addWidget(self.form)
        column.addWidget(Line())
        column.addWidget(self.of_line)
        column.addWidget(self.line_form)
        column.addWidget(Button(_("Save &changes"), "claims.save", save))
        column.addStretch(1)

    def show_claim(self, claim: Claim) -> None:
        """Show what stands, unless something else is being typed."""
        if not self.revision or not any(form.is_touched for form in self.forms()):
            self.revision = claim.revision
            self.form.clear()
            self.form.set_values({
                "diagnoses": " ".join(claim.diagnoses), "authorisation": claim.authorisation,
                "payer_reference": claim.payer_reference, "submission_method": claim.submission_method,
            })  # fmt: skip
            self.form.settle()

    def show_line(self, line: LineView | None) -> None:
        """Show one line."""
        same = line is not None and self.line is not None and line.id == self.line.id
        self.line = line
        self.line_form.setVisible(line is not None)
        self.of_line.setText(
            _("Choose a line to give it a code.")
            if line is None
            else _("Line {n}: {what}").format(n=line.position, what=line.description)
        )
        if line is not None and not (same and self.line_form.is_touched):
            self.line_form.clear()
            self.line_form.set_values({"code": line.code, "modifiers": line.modifiers, "pointers": line.pointers})
            self.line_form.settle()

    def edits(self) -> tuple[LineEdit, ...]:
        """What was changed of the line shown."""
        if self.line is None or not self.line_form.is_touched:
            return ()
        return (LineEdit(self.line.id, self.code.value(), self.modifiers.value(), self.pointers.value()),)

    def begin(self) -> None:
        """Empty both forms for another claim; whose revision counts is said when it arrives."""
        self.revision = 0
        for form in self.forms():
            form.clear()
            form.settle()

    def forms(self) -> tuple[Form, ...]:
        """Both forms."""
        return (self.form, self.line_form)


class AnswerForm(QWidget):
    """What the insurer answered."""

    def __init__(self, keep: Keep, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.revision = 0  # of the claim that the form was filled for
        self.form = Form(DraftKeeper(keep))
        self.answer = self.form.add(
            SegmentField(_("Answer"), "claims.answer", [(key, _(words)) for key, words in ANSWERS.items()])
        )
        self.on = DateField(_("&Dated"), "claims.answered_on", today=today, required=True, past=True)
        self.paid = MoneyField(_("&Paid"), "claims.paid", currency="")
        self.to_patient = MoneyField(_("To the pat&ient"), "claims.to_patient", currency="")
        self.written_off = MoneyField(_("&Written off"), "claims.written_off", currency="")
        self.reference = TextField(_("Insurer's re&ference"), "claims.answer.payer_reference", longest=60)
        self.reason = NoteEdit(_("Rea&son"), "claims.reason", rows=2)
        self.form.add_row(self.on, self.paid)
        self.form.add_row(self.to_patient, self.written_off)
        self.form.add(self.reference)
        self.form.add(self.reason)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(_("The insurer's answer"), "section"))
        column.addWidget(self.form)
        column.addStretch(1)

    def show_claim(self, claim: Claim) -> None:
        """Ready for the usual answer: paid in full, today."""
        for field in (self.paid, self.to_patient, self.written_off):
            field.set_unit(claim.currency)
        if not self.form.is_touched:
            self.fresh(claim)
        self.revision = self.revision or claim.revision

    def fresh(self, claim: Claim) -> None:
        """Begin with what is still open as paid."""
        self.revision = claim.revision
        self.form.clear()
        self.form.set_values({"answer": "paid", "answered_on": self._today(), "paid": claim.open})
        self.form.settle()

    def begin(self) -> None:
        """Empty the form for another claim."""
        self.revision = 0
        self.form.clear()
        self.form.settle()

    def entered(self) -> NewAnswer | None:
        """The answer, or None where something is missing."""
        on = self.on.value()
        if not self.form.check() or on is None:
            return None
        answer = self.answer.value() or ""
        return NewAnswer(
            answer, on, (self.paid.minor() or 0) if answer == "paid" else 0, self.to_patient.minor() or 0,
            self.written_off.minor() or 0, self.reference.value(), self.reason.value(),
        )  # fmt: skip
