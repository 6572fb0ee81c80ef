"""`clinic-desktop unmerge`: two registrations that were merged are two people again."""

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.services import parting

REASON = "said to be two people on the command line"


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Undo a merge, and print what was put back and what stayed."""
    words = parser("unmerge", "Part two registrations that were merged.")
    words.add_argument("merge", metavar="ID", help="the id that `merge` printed")
    words.add_argument("--reason", default=REASON, help="how it is known that they are two people")
    words.add_argument(
        "--take-back", action="append", default=[], metavar="ROW",
        help="a row noted since the merge that is the other's (its id)",
    )  # fmt: skip
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        done = parting.unmerge(here.desk, chosen.merge, reason=chosen.reason, take_back=chosen.take_back)
    terminal.answer(
        {
            "kept": done.kept_mrn, "other": done.other_mrn, "put_back": list(done.put_back),
            "changed_since": list(done.changed_since), "stayed": done.stayed, "taken_back": done.taken_back,
        },
        [
            f"{done.kept_mrn} and {done.other_mrn} are two people again.",
            *(f"  {name}: as it was before the merge" for name in done.put_back),
            *(f"  {name}: changed since the merge, left as it is" for name in done.changed_since),
            f"  rows noted since: {done.stayed} stay with {done.kept_mrn}, {done.taken_back} taken back",
        ],
    )  # fmt: skip
    return DONE
