"""Makes a document off the window's thread and hands its preview on: a PDF's pages, or a label as its bytes say it."""

import importlib
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.labelpreview import LabelPreview
from clinic_desktop.gui.widgets.pdfpreview import PdfPreview
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.labelling.jobs import Job

Preview = PdfPreview | LabelPreview
_TURNS = itertools.count()


class Teller(Protocol):
    """Where it is said what became of a print."""

    def say(self, text: str) -> None:
        """Put words on the status line."""
        ...

    def show_error(self, error: Exception) -> None:
        """Say what went wrong."""
        ...

    def back(self) -> None:
        """Close the preview."""
        ...


def preview_of(
    document: Callable[[], object], title: str, tasks: Tasks, show: Callable[[Preview], None], teller: Teller
) -> None:
    """Make a document, then show it; a label whose printer is set so is printed at once."""

    def arrived(made: object) -> None:
        if isinstance(made, bytes):
            show(PdfPreview(made, title, tasks))
        else:
            _job(made, title, tasks, show, teller)  # type: ignore[arg-type] # the heavy class is not imported here

    tasks.query("preview", document, arrived)


def _job(job: "Job", title: str, tasks: Tasks, show: Callable[[Preview], None], teller: Teller) -> None:
    if not job.look_first:
        send_job(job, tasks, lambda: teller.say(_said(job)), teller.show_error)
        return
    kept = KeptDraft(job.desk, tasks, "printing.reason", job.paper.record_id)
    preview = LabelPreview(job, title, kept)

    def sent() -> None:
        teller.back()
        teller.say(_said(job))

    preview.asked.connect(
        lambda copies, reason: send_job(job, tasks, sent, preview.not_printed, copies=copies, reason=reason, kept=kept)
    )
    preview.pdf_asked.connect(
        lambda: tasks.query("preview", job.sheets.pdf, lambda pdf: show(PdfPreview(pdf, title, tasks)))
    )
    show(preview)


def _said(job: "Job") -> str:
    return _("Printed on {printer}.").format(printer=job.printer.target.name)


def send_job(
    job: "Job", tasks: Tasks, done: Callable[[], None], failed: Callable[[Exception], None], *,
    copies: int = 1, reason: str = "", kept: KeptDraft | None = None,
) -> None:  # fmt: skip
    """Send a job where nobody waits behind it: a printer that does not answer must not hold up what is being saved."""
    jobs = importlib.import_module("clinic_desktop.labelling.jobs")
    tasks.query(
        f"print.{next(_TURNS)}",
        lambda: jobs.carry_out(job, copies, reason, draft=None if kept is None else kept.key),
        lambda _print: done(),
        failed,
    )
