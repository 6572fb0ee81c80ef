"""`clinic-desktop import fhir`: records from elsewhere."""

from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.incoming import Asked, import_fhir
from clinic_desktop.i18n import N_
from clinic_desktop.services.permissions import require


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Take in files of FHIR R4; a file with a fault is named and left out whole."""
    words = parser(
        "import fhir",
        "Bundles, single resources and bulk files of FHIR R4 (JSON), also compressed. What is here already stays.",
    )
    words.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files and folders")
    words.add_argument(
        "--source",
        default="file",
        metavar="URL",
        help="whose ids these are, where the files do not say: the address of the system they came from",
    )
    words.add_argument("--dry-run", action="store_true", help="say what would be done; nothing is written")
    words.add_argument("--opens-with", type=Path, metavar="FILE", help="a file with the password of a sealed record")
    chosen = words.parse_args(arguments)
    if chosen.source != "file" and not chosen.source.startswith(("http://", "https://")):
        raise Refusal(N_("A source is the address of a system, such as https://hospital.example/fhir."), field="source")
    with terminal.signed_in() as here:
        # Asked before a file is opened: who may not import learns nothing of it.
        require(here.desk.session.role, "arrivals.receive")
        asked = Asked(chosen.source.rstrip("/"), _password(chosen.opens_with), chosen.dry_run)
        done = import_fhir(here.desk, chosen.paths, terminal.progress, asked=asked)
    lines = [f"{'':<22}{'read':>8}{'new':>8}{'same':>8}{'changed':>8}"]
    lines += [
        f"{kind:<22}{each.read:>8}{each.new:>8}{each.same:>8}{each.changed:>8}" for kind, each in done.kept.items()
    ]
    lines += [f"{kind:<22}{number:>8}  not kept" for kind, number in done.not_kept.items()]
    lines += [f"{each.file}: {each.where}: {each.what}" for each in done.problems]
    terminal.answer(asdict(done), lines)
    return DONE_WITH_PROBLEMS if done.problems else DONE


def _password(path: Path | None) -> str:
    """A password never stands on a command line, where every other program reads it."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refusal(N_("The file with the password cannot be read."), field="opens-with") from None
