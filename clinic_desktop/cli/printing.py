"""`clinic-desktop print`: a document as PDF, the same that the window prints."""

from pathlib import Path

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import _
from clinic_desktop.reports.binding import bind
from clinic_desktop.reports.papers import DOCUMENTS, make
from clinic_desktop.reports.whole import written_whole
from clinic_desktop.services.numbers import patient_by_mrn


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Write one document, or list those there are."""
    words = parser("print", "A document as PDF; the newest when no number is given.")
    words.add_argument("document", nargs="?", choices=DOCUMENTS, metavar="DOCUMENT", help=", ".join(DOCUMENTS))
    words.add_argument("--list", action="store_true", help="name every document and what its number is")
    words.add_argument("--patient", metavar="MRN")
    words.add_argument("--number", metavar="N")
    words.add_argument("--out", type=Path, metavar="F.pdf")
    chosen = words.parse_args(arguments)
    if chosen.list:
        listed = [
            {"document": name, "title": _(one.title), "number": _(one.number), "patient": one.about_patient}
            for name, one in DOCUMENTS.items()
        ]
        terminal.answer(listed, [f"{row['document']:<20}{row['title']} (number: {row['number']})" for row in listed])
        return DONE
    if chosen.document is None or chosen.out is None:
        words.error("name a DOCUMENT and --out F.pdf, or --list")
    document = DOCUMENTS[chosen.document]
    if document.about_patient and chosen.patient is None:
        words.error(f"{chosen.document} needs --patient MRN")
    with terminal.signed_in() as here:
        patient = patient_by_mrn(here.desk, chosen.patient) if document.about_patient else ""
        pages = make(here.desk, chosen.document, patient, chosen.number)
    _write(chosen.out, bind(pages))
    terminal.answer(
        {"document": chosen.document, "out": str(chosen.out), "papers": len(pages)},
        [f"{_(document.title)} in {chosen.out}"],
    )
    return DONE


def _write(path: Path, pdf: bytes) -> None:
    try:
        with written_whole(path) as file:
            file.write(pdf)
    except OSError as error:
        raise Trouble(
            "The document could not be written to {path} ({why}).",
            remedy="Name a file in a folder that can be written to.",
            path=str(path),
            why=error.strerror or type(error).__name__,
        ) from error
