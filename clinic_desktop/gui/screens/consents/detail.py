"""One consent or one share, to be read."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain import sharing
from clinic_desktop.domain.consents import Scope
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.signatures import read
from clinic_desktop.gui.screens.consents import lists
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.gui.widgets.signature import SignaturePad
from clinic_desktop.i18n import _
from clinic_desktop.reports.consent_words import CHANNEL_WORDS
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.sharing import Share


class Detail(QWidget):
    """Shows what is chosen in the lists."""

    def __init__(self) -> None:
        super().__init__()
        self._panel = Panel(name="consents.detail")
        self._state = Pill(name="consents.detail.state")
        self._panel.add_beside_title(self._state)
        self._text = label("", name="consents.detail.text", wrap=True)
        self._facts = Facts()
        self._pad = SignaturePad("consents.detail.signature", read_only=True)
        self._panel.add(self._text)
        self._panel.add(self._facts)
        self._panel.add(self._pad)
        self._panel.body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what is shown here."""
        self._facts.clear()
        self._panel.set_title("")
        self._state.hide()
        self._pad.hide()
        self._text.setText(_("Choose a consent or a share to read it here."))

    def show_consent(self, row: Consent, scope: Scope | None) -> None:
        """Show a consent."""
        self._facts.clear()
        self._panel.set_title(row.wording if scope else lists.scope_words(row.scope))
        self._state.show_look(lists.consent_look(row.state))
        self._state.show()
        self._text.setText(row.wording_text)
        who = f"{row.grantor_name} ({row.grantor_relation})" if row.grantor_relation else row.grantor_name
        on = show_date(row.granted_on) if row.granted_on else ""
        if row.state == "rejected":  # it was never in force, and nothing was given
            self._facts.add(_("Refused by"), who)
            self._facts.add(_("Refused on"), on)
        else:
            self._facts.add(_("Given by"), who)
            self._facts.add(_("Given on"), on)
            until = show_date(row.valid_until) if row.valid_until else _("until it is withdrawn")
            self._facts.add(_("In force"), f"{show_date(row.valid_from)} – {until}")
        self._facts.add(_("By way of"), ", ".join(_(CHANNEL_WORDS.get(one, one)) for one in row.covers))
        self._facts.add(_("Witness"), row.witness)
        self._facts.add(_("Signed paper"), row.document_id or "")
        self._facts.add(_("Wording"), f"{row.wording_version}, {row.language}" if row.wording_version else "")
        self._facts.add(_("Note"), row.note)
        self._facts.add(_("Recorded by"), row.recorded_by)
        if row.withdrawn_at is not None:
            self._facts.add(
                _("Withdrawn"), f"{show_date(row.withdrawn_at.astimezone().date())}: {row.withdrawal_reason}"
            )
        self._show_signature(row.signature)

    def show_share(self, row: Share) -> None:
        """Show a share and every copy made of it."""
        self._facts.clear()
        self._panel.set_title(row.number)
        self._state.show_look(lists.share_look(row))
        self._state.show()
        self._pad.hide()
        self._text.setText(row.message)
        self._facts.add(_("Shared with"), ", ".join(filter(None, (row.recipient_name, row.recipient_organisation))))
        self._facts.add(_("Who is"), _(sharing.RECIPIENTS[row.recipient_type]))
        self._facts.add(_("E-mail"), row.recipient_email)
        self._facts.add(_("What for"), row.purpose)
        self._facts.add(_("As"), _(sharing.FORMS[row.form]))
        self._facts.add(_("Parts"), lists.section_words(row.sections))
        self._facts.add(_("May"), ", ".join(_(sharing.PERMISSIONS[one]).lower() for one in row.permissions))
        self._facts.add(_("Until"), show_date(row.expires_on))
        self._facts.add(_("Made by"), f"{row.created_by}, {show_date(row.created_at.astimezone().date())}")
        if row.in_emergency:
            self._facts.add(_("How"), _("under a broken glass"))
        if row.withdrawal_reason:
            self._facts.add(_("Withdrawn"), row.withdrawal_reason)
        for number, copy in enumerate(row.copies, start=1):
            at = copy.made_at.astimezone()
            self._facts.add(_("Copy {n}").format(n=number), f"{show_date(at.date())} {at:%H:%M}, {copy.made_by}")

    def _show_signature(self, text: str | None) -> None:
        try:
            signature = read(text) if text else None
        except Refusal:
            signature = None
        self._pad.show_signature(signature)
        self._pad.setVisible(signature is not None)
