"""The document that is read: what is known of it, what may be done with it, and its content."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QHBoxLayout

from clinic_desktop.domain import contents
from clinic_desktop.gui.screens.documents import lists
from clinic_desktop.gui.screens.documents.presenter import Offered
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.documentview import DocumentView
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.pictures import pictures_of
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.document_rows import DocumentShown

CHOOSE = N_("Choose a document to read it here.")


class Reading(Panel):
    """One document beside the list; `acts` are what its buttons do, by ``edit version print copy error``."""

    def __init__(self, acts: Mapping[str, Callable[[], None]]) -> None:
        super().__init__(" ")
        self._warning = label("", "error", name="documents.warning", wrap=True)
        self._facts = label("", "secondary", name="documents.facts", wrap=True)
        self.view = DocumentView("documents.reader", _(CHOOSE))
        self.add(self._warning)
        self.add(self._facts)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._acts: dict[str, Button] = {}
        for name, words in (
            ("edit", _("Chan&ge")),
            ("version", _("&New version")),
            ("print", _("P&rint")),
            ("copy", _("Save a &copy")),
            ("error", _("Was an &error")),
        ):
            button = Button(words, f"documents.{name}", acts[name])
            button.hide()
            self._acts[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add(self.view, 1)
        self.show_nothing()

    def offer(self, may: Offered) -> None:
        """Show the buttons of what may be done."""
        for name, offered in (
            ("edit", may.edit),
            ("version", may.new_version),
            ("print", may.hand_out),
            ("copy", may.hand_out),
            ("error", may.withdraw),
        ):
            self._acts[name].setVisible(offered)

    def show_nothing(self) -> None:
        """Nothing is chosen."""
        self.set_title("")
        self._facts.setText("")
        self._warn("")
        self.view.show_nothing(_(CHOOSE))

    def show_facts(self, document: DocumentShown) -> None:
        """Say what is known of a document, before its content has come."""
        self.set_title(lists.title(document))
        self._facts.setText(lists.facts(document))
        self._warn(lists.warning(document))
        self.view.show_nothing(_("Opening …"))

    def _warn(self, words: str) -> None:
        self._warning.setText(words)
        self._warning.setVisible(bool(words))


def show_content(tasks: Tasks, place: DocumentView, media_type: str | None, content: bytes) -> None:
    """Show a content by the type that its bytes have."""
    if media_type == contents.PDF:
        place.show_pdf(content)
    elif media_type in contents.IMAGES:
        form = str(media_type)
        tasks.query(
            f"pictures {place.objectName()}",
            lambda: pictures_of(content, form),
            place.show_pictures,
            lambda error: place.show_nothing(explain(error)),
        )
    else:
        text = contents.read_text(content) if media_type in (contents.TEXT, contents.XML) else None
        if text is None:
            place.show_nothing(_("This kind of file cannot be shown here. Save a copy to open it elsewhere."))
        else:
            place.show_text(text)
