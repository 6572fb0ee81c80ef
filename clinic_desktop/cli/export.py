"""`clinic-desktop export`: records as others read them."""

from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.outgoing import export_all, export_one
from clinic_desktop.i18n import N_, ngettext
from clinic_desktop.services.numbers import patient_by_mrn


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Write one patient's bundle to a file, or every patient's into a folder."""
    words = parser("export", "Hand records out. Each patient's is in the access log before it is read.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    fhir = which.add_parser("fhir", help="FHIR R4: a Bundle (collection) for each patient")
    fhir.add_argument("--out", type=Path, required=True, metavar="PATH", help="a file with --patient, else a folder")
    fhir.add_argument("--patient", metavar="MRN", help="one patient; without it everybody, a file each")
    chosen = words.parse_args(arguments)
    if chosen.patient is not None and chosen.out.is_dir():
        raise Refusal(N_("For one patient --out is a file."), field="out")
    if chosen.patient is None and chosen.out.exists() and not chosen.out.is_dir():
        raise Refusal(N_("For everybody --out is a folder."), field="out")
    with terminal.signed_in() as here:
        if chosen.patient is not None:
            done = export_one(here.desk, patient_by_mrn(here.desk, chosen.patient), chosen.out)
        else:
            done = export_all(here.desk, chosen.out, terminal.progress)
    lines = [
        *(f"{kind:<22}{number:>8}" for kind, number in done.records.items()),
        ngettext("{n} file", "{n} files", len(done.files)),
    ]
    if done.restricted:
        lines.append(f"{done.restricted} restricted records are not open to you and stayed here")
    terminal.answer(asdict(done), lines)
    return DONE_WITH_PROBLEMS if done.restricted else DONE
