"""The forms of the page Consents."""

from collections.abc import Callable
from datetime import date

from clinic_desktop.domain import consents as rules
from clinic_desktop.domain import sharing
from clinic_desktop.gui.screens.consents.lists import ROLE_WORDS
from clinic_desktop.gui.screens.consents.presenter import ConsentsPresenter, allowed_of
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.signature import SignatureField
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.consent_words import CHANNEL_WORDS
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.services.sharing import NewShare, Share

GLASS_REASONS = {
    "life_in_danger": N_("A life is in danger"),
    "cannot_consent": N_("The patient cannot be asked"),
    "public_health": N_("Danger to others, required by law"),
    "other": N_("Another emergency"),
}


class ConsentForms:
    """Every form of the page, made once."""

    def __init__(self, presenter: ConsentsPresenter, today: Callable[[], date]) -> None:
        self._presenter, self._today = presenter, today
        self.chosen: Consent | Share | None = None  # what a signature or a reason is asked for
        self.wording = label("", "", name="consents.wording", wrap=True)
        self.channels = [
            CheckField(_(words), f"consents.channel_{channel}") for channel, words in CHANNEL_WORDS.items()
        ]
        self.pages: dict[str, FormPage] = {
            "consent": self._consent(),
            "sign": self._sign(),
            "withdraw": self._reason("withdraw", _("Withdraw"), _("Withdraw &it now"), self._withdraw),
            "restrict": self._restrict(),
            "lift": self._reason("lift", _("Lift the restriction"), _("L&ift it"), self._presenter.lift),
            "glass": self._glass(),
            "share": self._share(),
            "copy": self._copy(),
        }

    def _form(self, name: str) -> Form:
        return Form(DraftKeeper(lambda fields: self._presenter.keep(name, fields)))

    # A consent -------------------------------------------------------------------------------------------

    def _consent(self) -> FormPage:
        form = self._form("consent")
        today = self._today
        scope = ChoiceField(_("What it is about"), "consents.scope", [(one.key, _(one.name)) for one in rules.SCOPES],
                            required=True)  # fmt: skip
        form.add(scope)
        form.add_widget(self.wording)
        form.add_row(*self.channels)
        form.add(
            SegmentField(
                _("Who gives it"), "consents.grantor",
                (("patient", _("The patient")), ("guardian", _("A guardian")), ("other", _("Somebody else"))),
            )
        )  # fmt: skip
        form.add_row(
            TextField(_("Name, if not the patient"), "consents.grantor_name", longest=rules.LONGEST_NAME),
            TextField(_("What they are to the patient"), "consents.grantor_relation", longest=rules.LONGEST_NAME),
        )
        form.add(
            SegmentField(
                _("What is kept"), "consents.status",
                (("active", _("Signed now")), ("draft", _("To be signed later")), ("rejected", _("Patient refuses"))),
            )
        )  # fmt: skip
        form.add(
            SignatureField(_("Signature"), "consents.signature", clear=_("Sign &again"),
                           hint=_("With the mouse, a pen or a finger."))
        )  # fmt: skip
        form.add_row(
            DateField(_("Given on"), "consents.granted_on", today=today),
            DateField(_("From"), "consents.valid_from", today=today),
            DateField(_("Until"), "consents.valid_until", today=today),
        )
        form.add_row(
            TextField(_("Signed paper, its document number"), "consents.document_id", longest=80),
            TextField(_("Witness"), "consents.witness_name", longest=rules.LONGEST_NAME),
        )
        form.add(NoteEdit(_("Note"), "consents.note", rows=2))
        form.edited.connect(lambda key: self.show_scope() if key == "scope" else None)
        return FormPage(_("New consent"), _("&Keep the consent"), form, self._record)

    def start_consent(self) -> None:
        """An empty form: the patient gives it, now."""
        form = self.pages["consent"].form
        form.clear()
        form.set_values({"grantor": "patient", "status": "active", "granted_on": self._today()})
        self.show_scope()

    def show_scope(self) -> None:
        """Ask for the wording of what was chosen; ways of being written to belong to messages alone."""
        scope = str(self.pages["consent"].form.field("scope").value() or "")
        known = rules.BY_KEY.get(scope)
        for channel in self.channels:
            channel.setVisible(known is not None and known.by_channel)
        self.wording.setVisible(known is not None)
        if known is not None:
            self._presenter.wording(scope)

    def _record(self) -> None:
        values = self.pages["consent"].form.values()
        self._presenter.record(
            NewConsent(
                scope=str(values["scope"]),
                status=str(values["status"] or "active"),
                granted_on=_day(values["granted_on"]),
                valid_from=_day(values["valid_from"]),
                valid_until=_day(values["valid_until"]),
                grantor=str(values["grantor"] or ""),
                grantor_name=str(values["grantor_name"]),
                grantor_relation=str(values["grantor_relation"]),
                witness_name=str(values["witness_name"]),
                channels=tuple(channel for channel in CHANNEL_WORDS if values[f"channel_{channel}"]),
                document_id=str(values["document_id"]) or None,
                signature=None if values["signature"] is None else str(values["signature"]),
                note=str(values["note"]),
            )
        )

    def _sign(self) -> FormPage:
        form = self._form("sign")
        field = SignatureField(_("Signature"), "consents.signed", clear=_("Sign &again"))
        form.add(field)

        def submit() -> None:
            if isinstance(self.chosen, Consent):
                self._presenter.sign(self.chosen, field.value())

        return FormPage(_("Sign the draft"), _("&Keep the signature"), form, submit)

    def _reason(self, name: str, title: str, words: str, act: Callable[[str], None]) -> FormPage:
        form = self._form(name)
        key = "reason" if name == "withdraw" else "lift_reason"
        field = form.add(NoteEdit(_("Why"), f"consents.{key}", required=True))
        return FormPage(title, words, form, lambda: act(field.value()))

    def _withdraw(self, reason: str) -> None:
        if self.chosen is not None:
            self._presenter.withdraw(self.chosen, reason)

    # Who may open the record -----------------------------------------------------------------------------

    def _restrict(self) -> FormPage:
        form = self._form("restrict")
        words = _(
            "Only those named here open the chart, its results, prescriptions and papers. The pharmacy, the"
            " laboratory and the cashier still do what they are asked to for this patient."
        )
        form.add_widget(label(words, "secondary", wrap=True))
        form.add_row(*(CheckField(_(words), f"consents.role_{role}") for role, words in ROLE_WORDS.items()))
        self.person = form.add(ChoiceField(_("And this person"), "consents.person", ()))
        why = form.add(NoteEdit(_("What the patient asks for"), "consents.restriction", required=True))

        def submit() -> None:
            self._presenter.restrict(allowed_of(form.values(), tuple(ROLE_WORDS)), why.value())

        return FormPage(_("Restrict the record"), _("Restrict &it"), form, submit)

    def _glass(self) -> FormPage:
        form = self._form("glass")
        warning = _(
            "The record opens to you for a limited time. Everything you open is written down, and an administrator"
            " looks at it afterwards."
        )
        form.add_widget(label(warning, "warning", wrap=True))
        reason = form.add(
            ChoiceField(_("Why"), "consents.glass_reason", [(key, _(words)) for key, words in GLASS_REASONS.items()],
                        required=True)
        )  # fmt: skip
        words = form.add(NoteEdit(_("What has happened"), "consents.glass_words", required=True))
        password = form.add(
            TextField(_("Your own password, again"), "consents.own_password", secret=True, required=True, longest=1024)
        )

        def submit() -> None:
            given = password.value()
            password.clear()  # it stays on no screen, right or wrong
            self._presenter.break_glass(reason.value() or "", words.value(), given)

        return FormPage(_("Break the glass"), _("&Open the record now"), form, submit)

    # Sharing ---------------------------------------------------------------------------------------------

    def _share(self) -> FormPage:
        form = self._form("share")
        form.add_row(
            TextField(_("Who is to have it"), "consents.recipient_name", required=True, longest=sharing.LONGEST_NAME),
            TextField(_("Organisation"), "consents.recipient_organisation", longest=sharing.LONGEST_NAME),
        )
        form.add_row(
            ChoiceField(_("What they are"), "consents.recipient_type",
                        [(key, _(words)) for key, words in sharing.RECIPIENTS.items()], required=True),
            TextField(_("E-mail"), "consents.recipient_email", longest=sharing.LONGEST_NAME),
        )  # fmt: skip
        form.add_row(
            TextField(_("What for"), "consents.purpose", required=True),
            ChoiceField(_("As"), "consents.form", [(key, _(words)) for key, words in sharing.FORMS.items()],
                        required=True),
        )  # fmt: skip
        parts = [CheckField(_(words), f"consents.section_{key}") for key, words in sharing.SECTIONS.items()]
        for beside in range(0, len(parts), 3):
            form.add_row(*parts[beside : beside + 3])
        form.add_row(*(CheckField(_("May {what}").format(what=_(words).lower()), f"consents.permission_{key}")
                       for key, words in sharing.PERMISSIONS.items() if key != "view"))  # fmt: skip
        form.add(DateField(_("Until"), "consents.expires_on", today=self._today, required=True))
        form.add(NoteEdit(_("Words to go with it"), "consents.message", rows=2))
        return FormPage(_("Share the record"), _("Share &it"), form, self._share_it)

    def _share_it(self) -> None:
        values = self.pages["share"].form.values()
        self._presenter.share(
            NewShare(
                recipient_name=str(values["recipient_name"]),
                recipient_type=str(values["recipient_type"] or ""),
                purpose=str(values["purpose"]),
                sections=tuple(key for key in sharing.SECTIONS if values[f"section_{key}"]),
                expires_on=_day(values["expires_on"]),
                permissions=tuple(key for key in sharing.PERMISSIONS if key == "view" or values[f"permission_{key}"]),
                recipient_organisation=str(values["recipient_organisation"]),
                recipient_email=str(values["recipient_email"]),
                message=str(values["message"]),
                form=str(values["form"] or ""),
            )
        )

    def _copy(self) -> FormPage:
        form = self._form("copy")
        folder = form.add(TextField(_("Folder for the file"), "consents.folder", required=True, longest=1000))
        words = _(
            "The file is encrypted (AES-256: a PDF, or FHIR records in a JWE) and opens with a password that is shown"
            " once, here. Give it to the recipient by another way than the file."
        )
        form.add_widget(label(words, "secondary", wrap=True))
        self.password = label("", "figure", name="consents.password", wrap=True)
        self.written = label("", "secondary", name="consents.written", wrap=True)
        for one in (self.password, self.written):
            one.setTextInteractionFlags(one.textInteractionFlags().TextSelectableByMouse)
            form.add_widget(one)

        def submit() -> None:
            if isinstance(self.chosen, Share):
                self._presenter.write_copy(self.chosen, folder.value())

        return FormPage(_("Make a file for the recipient"), _("&Make the file"), form, submit)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
