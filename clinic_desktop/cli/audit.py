"""`clinic-desktop audit`: whether the past stands, an export of it, and who saw a patient."""

from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.i18n import _
from clinic_desktop.services.access import Sight, sight_words, who_saw
from clinic_desktop.services.audit import export_audit, verify_audit
from clinic_desktop.services.numbers import patient_by_mrn


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Verify, export, or tell who saw a patient."""
    words = parser("audit", "The journal and the access log.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    which.add_parser("verify", help="find any edit, deletion, insertion, swap or cut tail")
    export = which.add_parser("export", help="hashes and metadata, to be checked anywhere")
    export.add_argument("--out", required=True, type=Path)
    saw = which.add_parser("who-saw", help="who opened a patient's chart")
    saw.add_argument("mrn")
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        if chosen.which == "verify":
            verdict = verify_audit(here.desk)
            lines = [f"{finding.where}: {finding.what}" for finding in verdict.findings]
            sums = f"{verdict.journal} journal entries, {verdict.access} accesses, {verdict.records} records"
            # What was noticed at the opening speaks of the same: an anchor that is gone, a clock that went back.
            noticed = [{"where": "opening", "what": _(notice)} for notice in here.clinic.notices]
            lines += [one["what"] for one in noticed]
            lines.append(f"{sums}: {'sound' if not lines else f'{len(lines)} findings'}")
            lines += [f"head to note: {head}" for head in verdict.heads]
            found = asdict(verdict)
            terminal.answer({**found, "findings": [*found["findings"], *noticed]}, lines)
            return DONE_WITH_PROBLEMS if verdict.findings or noticed else DONE
        if chosen.which == "export":
            links = export_audit(here.desk, chosen.out)
            terminal.answer({"out": str(chosen.out), "links": links}, [f"{links} links in {chosen.out}"])
            return DONE
        rows = who_saw(here.desk, patient_by_mrn(here.desk, chosen.mrn))
        seen = [asdict(row) for row in rows]
        terminal.answer(seen, [_seen(row) for row in rows])
    return DONE


def _seen(row: Sight) -> str:
    """One line for people: when, who, in which role, what, and why where a reason was given."""
    who = row.who or _("the program")
    role = f" ({row.role.replace('_', ' ')})" if row.role else ""
    reason = f": {row.reason}" if row.reason else ""
    return f"{row.at.astimezone():%Y-%m-%d %H:%M}  {who}{role}  {sight_words(row.what)}{reason}"
