"""The lists of the page Consents and the words of their states."""

from clinic_desktop.domain import consents as rules
from clinic_desktop.domain import sharing
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.consent_words import STATE_WORDS
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.sharing import Share

SHORT_STATES = {
    "draft": (N_("Draft"), "information"),
    "waiting": (N_("Not yet"), "information"),
    "active": (N_("In force"), "good"),
    "expired": (N_("Expired"), "warning"),
    "withdrawn": (N_("Withdrawn"), "critical"),
    "rejected": (N_("Refused"), "critical"),
    "entered_in_error": (N_("Error"), "neutral"),
}
ROLE_WORDS = {
    "doctor": N_("Doctors"),
    "nurse": N_("Nurses"),
    "pharmacist": N_("Pharmacists"),
    "laboratory": N_("Laboratory"),
}
__all__ = ["ROLE_WORDS", "STATE_WORDS", "consent_look", "consents", "scope_words", "share_look", "shares"]


def scope_words(scope: str) -> str:
    """What a consent is about; one from elsewhere says it in its own words."""
    known = rules.BY_KEY.get(scope)
    return _(known.name) if known else scope.replace("_", " ")


def consent_look(state: str) -> Look:
    """The pill of a consent's or a share's state."""
    words, meaning = SHORT_STATES[state]
    return Look(_(words), meaning)


def share_look(row: Share) -> Look:
    """The pill of a share."""
    return consent_look(row.state)


def consents(settings: Remembered) -> ListTable[Consent]:
    """The patient's consents."""
    columns = (
        Column[Consent]("scope", _("About"), lambda row: scope_words(row.scope), 170, stretch=True, strong=True),
        Column[Consent]("by", _("Given by"), lambda row: row.grantor_relation or row.grantor_name, 110, subtle=True,
                        wrap=True),
        Column[Consent]("until", _("Until"), lambda row: show_date(row.valid_until) if row.valid_until else "–", 100,
                        sort=lambda row: row.valid_until),
        Column[Consent]("state", _("State"), lambda row: _(SHORT_STATES[row.state][0]), 108,
                        look=lambda row: consent_look(row.state)),
    )  # fmt: skip
    empty = Empty(
        _("No consent yet. Alt+N records one: what it is about, who gives it, and the signature."), icon="edit"
    )
    return ListTable("consents.list", columns, key=lambda row: row.id, settings=settings, empty=empty)


def shares(settings: Remembered) -> ListTable[Share]:
    """What was shared."""
    columns = (
        Column[Share]("recipient", _("Shared with"), lambda row: row.recipient_name, 150, stretch=True, strong=True),
        Column[Share]("until", _("Until"), lambda row: show_date(row.expires_on), 100, sort=lambda row: row.expires_on),
        Column[Share]("copies", _("Copies"), lambda row: str(len(row.copies)), 60, number=True,
                      sort=lambda row: len(row.copies)),
        Column[Share]("state", _("State"), lambda row: _(SHORT_STATES[row.state][0]), 108, look=share_look),
    )  # fmt: skip
    empty = Empty(_("Nothing of this record was shared with anybody outside."), icon="people")
    return ListTable("consents.shares", columns, key=lambda row: row.id, settings=settings, empty=empty)


def section_words(sections: tuple[str, ...]) -> str:
    """The parts of a record in words."""
    return ", ".join(_(sharing.SECTIONS[one]) for one in sections)
