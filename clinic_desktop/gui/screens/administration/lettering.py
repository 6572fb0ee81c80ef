"""Decides what an administrator does with templates of letters and with the head of the papers. No Qt."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from clinic_desktop.domain import documents
from clinic_desktop.domain.templates import Template
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import logos, templates
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.templates import TemplateShown

Shown = Callable[[bytes], None]
Failed = Callable[[Exception], None]


class Acts(Protocol):
    """What it asks of the screen's presenter."""

    desk: Desk
    tasks: Tasks

    def do(  # noqa: D102
        self, section: str, key: str, work: Callable[[Desk], object], words: str, kept: KeptDraft | None = None,
    ) -> None: ...  # fmt: skip
    def kept(self, form: str, about: str) -> KeptDraft: ...  # noqa: D102


class Lettering:
    """The acts of the sections Templates and Letterhead."""

    def __init__(self, presenter: Acts) -> None:
        self._presenter = presenter

    # Templates -----------------------------------------------------------------------------------------------

    def kinds(self) -> tuple[tuple[str, str], ...]:
        """The kinds of documents that are written here."""
        return tuple((kind.key, _(kind.title)) for kind in documents.KINDS if kind.written_here)

    def save(self, known: TemplateShown | None, values: Mapping[str, object]) -> None:
        """Add a template, or write the next version of one."""
        new = _template(values)
        if known is None:
            words = _("{name} can be chosen for letters from now on.").format(name=new.name)
            self._presenter.do("templates", "", lambda desk: templates.add_template(desk, new), words)
            return
        words = _("{name} is now version {n}. Letters begun before keep theirs.")
        self._presenter.do(
            "templates", known.template,
            lambda desk: templates.change_template(desk, known.id, new, expect=known.revision),
            words.format(name=new.name, n=known.version + 1),
        )  # fmt: skip

    def retire(self, known: TemplateShown, reason: str) -> None:
        """Take a template out of use."""
        self._presenter.do(
            "templates", known.template,
            lambda desk: templates.retire_template(desk, known.id, reason, expect=known.revision),
            _("{name} is not offered any more.").format(name=known.text.name),
            self._presenter.kept("retire_template", known.id),
        )  # fmt: skip

    def example(self, values: Mapping[str, object], show: Shown, failed: Failed) -> None:
        """Make the letter of a made-up patient that a template gives, as it is typed."""
        desk, new = self._presenter.desk, _template(values)
        self._presenter.tasks.query("templates.example", lambda: _papers().template_example(desk, new), show, failed)

    # The letterhead -------------------------------------------------------------------------------------------

    def take_logo(self, path: Path) -> None:
        """Put the picture in a file at the head of the papers."""

        def work(desk: Desk) -> None:
            logos.set_logo(desk, logos.logo_file(path))

        self._presenter.do("letterhead", "logo", work, _("The logo stands on every paper from now on."))

    def remove_logo(self) -> None:
        """Print without a logo again."""
        self._presenter.do("letterhead", "logo", logos.remove_logo, _("The papers have no logo any more."))

    def head(self, values: Mapping[str, object], show: Shown, failed: Failed) -> None:
        """Make a page with the head as it is typed."""
        desk = self._presenter.desk
        lines = str(values.get("clinic_letterhead") or "")
        number = str(values.get("clinic_registration") or "")
        self._presenter.tasks.query(
            "letterhead.example", lambda: _papers().head_example(desk, number, lines), show, failed
        )


def _template(values: Mapping[str, object]) -> Template:
    return Template(*(str(values.get(name) or "") for name in ("name", "kind", "title", "body")))


def _papers() -> Any:
    return importlib.import_module("clinic_desktop.reports.document_papers")  # heavy: loaded with the first paper
