"""Decides what is shown of a patient's documents and what may be done with the one chosen. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import document_reading, documents, examining, templates
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.document_reading import DocumentList, OpenedDocument
from clinic_desktop.services.document_rows import DocumentShown
from clinic_desktop.services.documents import NewDocument, noon
from clinic_desktop.services.examining import Examined
from clinic_desktop.services.templates import FilledTemplate, TemplateShown

T = TypeVar("T")

# Drafts: of a new document by its patient, of a change or a reason by its document.
FORMS = ("add", "write")


@dataclass(frozen=True)
class Offered:
    """What may be done with the document chosen."""

    sign: bool = False
    edit: bool = False
    new_version: bool = False
    withdraw: bool = False
    hand_out: bool = False


@dataclass(frozen=True)
class Added:
    """What was filled in about a file."""

    kind: str
    title: str
    source: str
    author: str = ""
    organization: str = ""
    written_on: date | None = None
    description: str = ""
    restricted: bool = False
    replaces: str = ""


class View(Protocol):
    """What the presenter asks of the view."""

    def show_list(self, rows: tuple[DocumentShown, ...], not_shown: int) -> None: ...  # noqa: D102
    def show_found(self, ids: tuple[str, ...] | None) -> None: ...  # noqa: D102
    def show_opened(self, opened: OpenedDocument, pdf: bytes | None) -> None: ...  # noqa: D102
    def show_examined(self, examined: Examined, source: str) -> None: ...  # noqa: D102
    def restore(self, form: str, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def was_done(self, form: str, words: str, document_id: str) -> None: ...  # noqa: D102
    def insert(self, words: str) -> None: ...  # noqa: D102
    def said(self, words: str) -> None: ...  # noqa: D102
    def show_problem(self, form: str, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """The documents of one patient."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.listed = DocumentList((), 0, 0)
        self.examined: Examined | None = None
        self.editing: DocumentShown | None = None
        self._drafts: dict[str, KeptDraft] = {}
        self._acts: dict[str, str] = {}

    # The list ---------------------------------------------------------------------------------------------

    def open(self, patient_id: str) -> None:
        """Ask for everything of a patient."""
        self.patient_id, self.examined, self.editing = patient_id, None, None
        self.listed = DocumentList((), 0, 0)
        self._drafts = {form: self._draft(form, patient_id) for form in FORMS}
        self._acts = {}
        self.tasks.query("list", lambda: document_reading.documents_of(self.desk, patient_id), self._arrived)
        for form in FORMS:
            self.recall(form)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again where a document was kept, written, signed or withdrawn, here or elsewhere."""
        if self.patient_id and (not kinds or any(kind.startswith(("document.", "patient.")) for kind in kinds)):
            patient_id = self.patient_id
            self.tasks.query("list", lambda: document_reading.documents_again(self.desk, patient_id), self._arrived)

    def _arrived(self, listed: DocumentList) -> None:
        self.listed = listed
        self.view.show_list(listed.documents, listed.not_shown)

    def search(self, words: str) -> None:
        """Look for words in the documents; nothing typed shows all."""
        if not words.strip():
            self.tasks.query("found", lambda: None, self.view.show_found)
            return
        patient_id = self.patient_id
        self.tasks.query(
            "found", lambda: document_reading.search_in_chart(self.desk, patient_id, words), self.view.show_found
        )

    # One document -----------------------------------------------------------------------------------------

    def read(self, document: DocumentShown) -> None:
        """Open a document; what was written here is shown as the paper it will be."""
        patient_id, desk = self.patient_id, self.desk

        def work() -> tuple[OpenedDocument, bytes | None]:
            opened = document_reading.open_document(desk, patient_id, document.id)
            if opened.content is not None or not opened.document.is_written_here:
                return opened, None
            from clinic_desktop.reports import document_papers  # heavy: loaded with the first paper

            return opened, document_papers.letter_of(desk, opened.document)

        self.tasks.query("content", work, lambda found: self.view.show_opened(*found))

    def offered(self, document: DocumentShown | None) -> Offered:
        """What may be done with a document by this person."""
        if document is None:
            return Offered()
        role, mine = self.desk.session.role, document.author_id == self.desk.session.staff_id
        stands = document.status in (rules.DRAFT, rules.CURRENT)
        may_keep = rules.may_keep(role, document.kind)
        written_draft = document.is_written_here and document.status == rules.DRAFT
        care = role in ("doctor", "nurse")
        return Offered(
            sign=stands
            and not document.is_signed
            and care
            and rules.is_clinical(document.kind)
            and (mine or not document.is_written_here),
            edit=written_draft and mine,
            new_version=document.is_written_here
            and document.is_signed
            and document.status == rules.CURRENT
            and may_keep
            and not any(each.supersedes == document.id and each.status != rules.IN_ERROR for each in self._all()),
            withdraw=stands and may_keep and (care or not document.is_signed),
            hand_out=stands and (document.attachment_id is not None or document.is_written_here),
        )

    def sign(self, document: DocumentShown) -> None:
        """Sign what is shown, at the revision that is shown."""
        words = _("Signed.") if document.is_written_here else _("Noted that you have seen it.")
        self._act(
            "sign",
            lambda desk: documents.sign_document(desk, document.id, expect=document.revision),
            lambda _revision: self.view.was_done("sign", words, document.id),
        )

    def new_version(self, document: DocumentShown) -> None:
        """Begin the next version of a signed document."""
        self._act(
            "version",
            lambda desk: documents.new_version(desk, document.id, expect=document.revision),
            lambda made: self.view.was_done("version", _("A new version was begun; change it and sign it."), made),
        )

    def ask_why(self, document: DocumentShown, purpose: str) -> None:
        """A reason is about to be typed for a document: its draft is its own."""
        self._drafts["why"] = self._draft(purpose, document.id)
        self.recall("why")

    def withdraw(self, document: DocumentShown, reason: str) -> None:
        """Say that a document was an error."""
        self._act(
            "why",
            lambda desk: documents.document_entered_in_error(desk, document.id, reason, expect=document.revision),
            lambda _revision: self.view.was_done("why", _("Marked as entered in error."), document.id),
        )

    def hand_out(
        self, document: DocumentShown, reason: str, pictures: Callable[[OpenedDocument], tuple[bytes, ...]], path: Path,
        write: Callable[[Path, bytes], None],
    ) -> None:  # fmt: skip
        """Save a copy outside the clinic's record, after its reason is in the access log."""
        patient_id, desk = self.patient_id, self.desk

        def work() -> None:
            from clinic_desktop.reports import document_papers  # heavy: loaded with the first paper

            opened = document_reading.disclose_document(desk, patient_id, document.id, reason)
            as_it_is = opened.content
            write(path, as_it_is if as_it_is is not None else document_papers.on_paper(desk, opened, pictures(opened)))

        def done(_nothing: None) -> None:
            self._drafts["why"].drop()
            self.view.was_done("why", _("A copy was saved. It is not encrypted."), document.id)

        self.tasks.change(work, done, lambda error: self.view.show_problem("why", error))

    def print_it(
        self, document: DocumentShown, pictures: Callable[[OpenedDocument], tuple[bytes, ...]],
        send: Callable[[bytes], None],
    ) -> None:  # fmt: skip
        """Print a document; no clear copy of it lies on a disk."""
        patient_id, desk = self.patient_id, self.desk

        def work() -> None:
            from clinic_desktop.reports import document_papers  # heavy: loaded with the first paper

            opened = document_reading.print_document(desk, patient_id, document.id)
            send(document_papers.on_paper(desk, opened, pictures(opened)))

        self.view.said(_("Sending to the printer …"))
        self.tasks.change(
            work, lambda _nothing: self.view.said(_("Sent to the printer.")), lambda e: self.view.show_problem("", e)
        )

    # Adding -----------------------------------------------------------------------------------------------

    def take_file(self, path: Path, source: str = rules.SCANNED) -> None:
        """Examine a file that was chosen or dropped."""
        limit = self.listed.limit_mb
        self._examine(lambda: examining.examine_file(path, limit), source)

    def take_bytes(self, data: bytes, name: str, source: str) -> None:
        """Examine what was pasted."""
        limit = self.listed.limit_mb
        self._examine(lambda: examining.examine(data, name, limit), source)

    def _examine(self, work: Callable[[], Examined], source: str) -> None:
        def arrived(examined: Examined) -> None:
            self.examined = examined
            self.view.show_examined(examined, source)

        self.examined = None
        self.tasks.query("examined", work, arrived, lambda error: self.view.show_problem("add", error))

    def addable(self) -> tuple[tuple[str, str], ...]:
        """The kinds of documents from outside that this person may add."""
        role = self.desk.session.role
        return tuple(
            (kind.key, _(kind.title)) for kind in rules.KINDS if not kind.written_here and role in kind.keepers
        )

    def writable(self) -> tuple[tuple[str, str], ...]:
        """The kinds of documents that this person may write."""
        role = self.desk.session.role
        return tuple((kind.key, _(kind.title)) for kind in rules.KINDS if kind.written_here and role in kind.keepers)

    def replaceable(self) -> tuple[tuple[str, str], ...]:
        """The documents from outside that a better copy may take the place of."""
        return tuple(
            (each.id, each.title)
            for each in self._all()
            if each.attachment_id is not None and each.status == rules.CURRENT
            and rules.may_keep(self.desk.session.role, each.kind)
        )  # fmt: skip

    def add(self, filled: Added) -> None:
        """Keep the file that was examined, as it was filled in."""
        examined, patient_id = self.examined, self.patient_id
        if examined is None:
            self.view.show_problem("add", Refusal(N_("Choose a file first."), field="file"))
            return

        def done(made: str) -> None:
            self.examined = None
            self.view.was_done("add", _("The document was added."), made)

        old = next((each for each in self._all() if each.id == filled.replaces), None)
        if old is not None:
            if not filled.description:
                problem = Refusal(N_("Say why the new copy takes the place of the old one."), field="description")
                self.view.show_problem("add", problem)
                return
            self._act(
                "add",
                lambda desk: documents.replace_document(
                    desk, old.id, examined, filled.description, expect=old.revision
                ),
                done,
            )
            return
        new = NewDocument(
            filled.kind, filled.title, filled.source, examined,
            author_name=filled.author or None, author_organization=filled.organization or None,
            written_at=self._on(filled.written_on),
            description=filled.description or None,
            confidentiality=rules.RESTRICTED if filled.restricted else rules.NORMAL,
        )  # fmt: skip
        self._act("add", lambda desk: documents.keep_document(desk, patient_id, new), done)

    def _on(self, day: date | None) -> datetime | None:
        if day is None:
            return None
        # Today's noon may still be to come; a later day is for the service to refuse.
        return min(noon(day), self.desk.now) if day == self.desk.now.astimezone().date() else noon(day)

    # Writing ----------------------------------------------------------------------------------------------

    def begin_writing(self) -> None:
        """Write something new, or go on with what was typed and never saved."""
        self.editing = None
        self._drafts["write"] = self._draft("write", self.patient_id)
        self.recall("write")

    def begin_changing(self, document: DocumentShown) -> None:
        """Write further at a draft that was saved, with what was typed since."""
        self.editing = document
        self._drafts["write"] = self._draft("change", document.id)
        self.recall("write")

    def ask_templates(self, show: Callable[[tuple[TemplateShown, ...]], None]) -> None:
        """Ask for the templates that a letter may begin with."""
        if self.desk.may("templates.templates"):
            self.tasks.query("templates", lambda: templates.templates(self.desk), show)

    def use_template(self, template_id: str, show: Callable[[FilledTemplate], None]) -> None:
        """Fill a template in for the patient whose documents are open."""
        patient_id = self.patient_id

        def arrived(filled: FilledTemplate) -> None:
            if self.patient_id == patient_id:  # another patient's letter never gets these words
                show(filled)

        self.tasks.query(
            "template", lambda: templates.filled_template(self.desk, patient_id, template_id), arrived,
            lambda error: self.view.show_problem("write", error),
        )  # fmt: skip

    def write(self, kind: str, title: str, letter: Letter, template_id: str | None = None) -> None:
        """Keep what was written, as a draft to be read over and signed."""
        patient_id, old = self.patient_id, self.editing

        def work(desk: Desk) -> str:
            if old is None:
                return documents.write_document(desk, patient_id, kind, title, letter, template_id=template_id)
            documents.change_document(desk, old.id, title, letter, expect=old.revision)
            return old.id

        self._act("write", work, lambda made: self.view.was_done("write", _("Saved. Read it over and sign it."), made))

    def ask_summary(self) -> None:
        """Ask for what a referral begins with."""
        patient_id = self.patient_id
        self.tasks.query(
            "summary", lambda: document_reading.referral_start(self.desk, patient_id), self.view.insert,
            lambda error: self.view.show_problem("write", error),
        )  # fmt: skip

    def _draft(self, form: str, subject: str) -> KeptDraft:
        return KeptDraft(self.desk, self.tasks, f"documents.{form}", subject)

    def keep(self, form: str, fields: Mapping[str, str]) -> None:
        """Keep a form's draft."""
        if self.patient_id:
            self._drafts[form].keep(fields)

    def recall(self, form: str) -> None:
        """Bring a form's draft back."""
        self._drafts[form].recall(lambda fields: self.view.restore(form, fields))

    # -----------------------------------------------------------------------------------------------------

    def _all(self) -> tuple[DocumentShown, ...]:
        return self.listed.documents

    def _act(self, form: str, work: Callable[[Desk], T], done: Callable[[T], None]) -> None:
        draft = self._drafts[form].key if form in self._drafts else None
        # The same act pressed twice is done once; after it another begins.
        desk = self.desk.once(self._acts.setdefault(form, new_id()), draft=draft)

        def finished(answer: T) -> None:
            self._acts.pop(form, None)
            done(answer)

        self.tasks.change(lambda: work(desk), finished, lambda error: self.view.show_problem(form, error))
