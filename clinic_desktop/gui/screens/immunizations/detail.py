"""What is said beside the lists: of an antigen why it is due, of a dose everything that was recorded."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.immunization_forecast import Forecast
from clinic_desktop.domain.immunizations import FUNDING
from clinic_desktop.gui.screens.immunizations.lists import MEANINGS
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.panel import clear_layout, label
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import _
from clinic_desktop.reports.immunization_words import (
    STATE_WORDS,
    given_words,
    how_words,
    reason_words,
    said_words,
)
from clinic_desktop.services.immunization_chart import DoseShown

WORTH = {"valid": "good", "late": "", "extra": "", "invalid": "critical"}


class Detail(QWidget):
    """Words about the line that was chosen last."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("immunizations.detail")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def clear(self) -> None:
        """Say nothing."""
        clear_layout(self._column)

    def show_antigen(self, row: Forecast) -> None:
        """Say how somebody stands with one antigen, and by which rule."""
        self.clear()
        self._title(_(row.name))
        pill = Pill(_(STATE_WORDS[row.state]), MEANINGS[row.state], name="immunizations.state")
        self._column.addWidget(pill, 0, Qt.AlignmentFlag.AlignLeft)
        self._say(said_words(row.reason), "strong")
        if row.declined is not None:
            day = "" if row.declined.on is None else show_date(row.declined.on)
            self._say(_("Not given {on}: {why}").format(on=day, why=row.declined.reason), meaning="warning")
        for words, on in (
            (_("Not before"), row.earliest),
            (_("Recommended"), row.recommended),
            (_("Overdue from"), row.overdue_on),
            (_("Not after"), row.latest),
        ):
            if on is not None:
                self._fact(words, show_date(on))
        self._fact(_("Series"), _(row.series))
        for verdict in (*row.verdicts, *row.uncounted):
            on_words = "" if verdict.dose.on is None else show_date(verdict.dose.on)
            number = "" if verdict.number is None else _("dose {n}").format(n=verdict.number)
            line = " · ".join(part for part in (on_words, verdict.dose.name, number) if part)
            self._say(line, meaning=WORTH[verdict.state])
            if verdict.reason is not None:
                self._say(f"    {said_words(verdict.reason)}", "secondary")
        self._fact(_("Rule"), row.source)
        self._column.addStretch(1)

    def show_dose(self, dose: DoseShown) -> None:
        """Say everything that was recorded of a dose."""
        self.clear()
        self._title(dose.vaccine_name)
        if dose.status == "entered_in_error":
            self._say(_("Entered in error: {why}").format(why=dose.error_reason or ""), "strong", "warning")
        if dose.status == "not_done":
            self._say(_("Not given: {why}").format(why=reason_words(dose)), "strong", "warning")
        self._fact(_("When"), given_words(dose))
        self._fact(_("Lot"), " ".join(filter(None, (dose.lot, _expiry(dose)))))
        self._fact(_("Manufacturer"), dose.manufacturer or "")
        self._fact(_("How"), how_words(dose))
        self._fact(_("By"), dose.performer or "")
        self._fact(_("Where"), dose.location or "")
        self._fact(_("CVX"), dose.vaccine_code or "")
        self._fact(_("Paid by"), _(FUNDING.get(dose.funding_source or "", dose.funding_source or "")))
        if dose.information_given_on is not None:
            self._fact(_("Information sheet"), show_date(dose.information_given_on))
        if not dose.primary_source:
            self._say(_("Told or copied from another record."), "secondary")
        self._fact(_("Note"), dose.note or "")
        for one in dose.counted:
            number = _("dose {n}").format(n=one.number) if one.number is not None else ""
            words = said_words(one.reason)
            self._say(" ".join(filter(None, (f"{_(one.name)}:", number, words))), meaning=WORTH[one.state])
        for reaction in dose.reactions:
            on = "" if reaction.occurred_on is None else show_date(reaction.occurred_on)
            words = _("Reaction {on}: {what} ({severity})").format(
                on=on, what=reaction.reaction, severity=_(reaction.severity)
            )
            self._say(words, meaning="critical" if reaction.severity == "severe" else "warning")
        self._column.addStretch(1)

    def _title(self, words: str) -> None:
        self._column.addWidget(label(words, "section", wrap=True))

    def _fact(self, words: str, value: str) -> None:
        if value:
            self._say(f"{words}: {value}", "secondary")

    def _say(self, words: str, kind: str = "body", meaning: str = "") -> None:
        self._column.addWidget(label(words, kind, meaning=meaning, wrap=True))


def _expiry(dose: DoseShown) -> str:
    return "" if dose.expires_on is None else _("expires {day}").format(day=show_date(dose.expires_on))
