"""`clinic-desktop anonymise`: records for research, with nothing in them that names anybody."""

from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain.anonymising import FIELDS, LEVELS, PRESERVED, USUAL_K
from clinic_desktop.exchange.anonymous import Request, anonymise
from clinic_desktop.i18n import ngettext
from clinic_desktop.services.permissions import require


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Export everybody whose consent to research is in force."""
    words = parser(
        "anonymise",
        "Records of everybody who agreed to research, with nothing in them that names anybody. Each record is in the"
        " access log, the export is on a list, and no file is left where anything in it could name a patient.",
    )
    words.add_argument("--out", type=Path, required=True, metavar="F", help="a zip of FHIR R4; .ndjson for plain lines")
    words.add_argument("--approval", required=True, metavar="ID", help="the number of the ethics approval")
    words.add_argument(
        "--level", required=True, metavar="LEVEL",
        help=f"{LEVELS[0]}: years alone (HIPAA Safe Harbor); {LEVELS[1]}: dates moved, intervals kept",
    )  # fmt: skip
    words.add_argument("--purpose", default="", metavar="TEXT", help="what the research is about")
    words.add_argument(
        "--preserve", default=",".join(PRESERVED), metavar="FIELDS",
        help=f"what may tell people apart, divided by commas, of {', '.join(FIELDS)}",
    )  # fmt: skip
    words.add_argument("--k", type=int, default=USUAL_K, metavar="N", help=f"nobody among fewer than N ({USUAL_K})")
    chosen = words.parse_args(arguments)
    preserve = tuple(dict.fromkeys(name.strip() for name in chosen.preserve.split(",") if name.strip()))
    asked = Request(chosen.out.absolute(), chosen.approval, chosen.level, chosen.purpose, preserve, chosen.k)
    with terminal.signed_in() as here:
        # Asked before anything is looked at: who may not export learns nothing of who agreed.
        require(here.desk.session.role, "research.note_export")
        done = anonymise(here.desk, asked, terminal.progress)
    told = done.manifest
    lines = [f"{kind:<22}{number:>8}" for kind, number in told["records"].items()]
    lines += [
        f"{number:>8} {ngettext('patient', 'patients', number)} left out: {why}"
        for why, number in told["left_out"]["patients"].items()
        if number
    ]
    lines += [
        f"{number:>8} {ngettext('record', 'records', number)} left out: {why.replace('_', ' ')}"
        for why, number in told["left_out"]["records"].items()
    ]
    lines += [
        f"k is {told['k']} over {', '.join(told['quasi_identifiers']) or 'nothing'}",
        *(f"made wider: {name}, {how}" for name, how in told["made_wider"].items()),
        *(f"Written: {name}" for name in done.files),
    ]
    terminal.answer(asdict(done), lines)
    return DONE
