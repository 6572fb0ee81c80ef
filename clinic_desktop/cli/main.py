"""Reads the first words of the command line and hands the rest to the command's own file."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from clinic_desktop import logs, paths
from clinic_desktop.cli.ending import ending_tidily
from clinic_desktop.cli.terminal import DONE_WITH_PROBLEMS, Terminal, plain
from clinic_desktop.domain.refusals import Refusal, Trouble, TurnedAway
from clinic_desktop.i18n import _

REFUSED, ENVIRONMENT, BUG = 3, 4, 70

# The command line's table of contents: a word, the file it lives in, and what it does.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "make a new clinic with no window"),
    "agent": ("agent", "the background process in the foreground"),
    "demo": ("demo", "fill a new clinic with made-up people and weeks of work"),
    "counts": ("counts", "how many records of each kind there are"),
    "find": ("find", "find patients as reception would"),
    "duplicates": ("duplicates", "pairs of patients who may be the same person"),
    "merge": ("merge", "merge two registrations of one person"),
    "unmerge": ("unmerge", "part two registrations that were merged"),
    "flags": ("flags", "a patient's results with their flags"),
    "check": ("check", "the safety check of a prescription"),
    "reference": ("reference", "list, describe and replace reference data"),
    "import": ("importing", "bring records in: tables and FHIR records from elsewhere"),
    "template": ("template", "an empty table to be filled in"),
    "export": ("export", "hand records out: FHIR R4"),
    "anonymise": ("anonymise", "records for research, with nothing in them that names anybody"),
    "validate": ("validate", "check FHIR records against the published definitions"),
    "report": ("reporting", "a report over some days as PDF, CSV or Excel"),
    "print": ("printing", "a document as PDF"),
    "audit": ("audit", "verify and export the journal and the access log"),
    "backup": ("backup", "create, verify and restore backups"),
    "sync": ("sync", "tell the connected systems and hear them"),
    "remote": ("remote", "connect the documented systems"),
    "device": ("device", "pair, list and revoke the devices of the local API"),
    "review": ("review", "what devices sent and somebody has to decide"),
    "simulate": ("simulate", "play a device against a listener"),
    "jobs": ("jobs", "list and run background jobs"),
    "sandbox": ("sandbox", "the documented systems as a local server, for training"),
    "tour": ("tour", "walk a whole visit through the real window"),
    "doctor": ("health", "what this machine lacks, and how to get it"),
}

# Those that hand records out in files: being killed gently must leave none of them half-written.
WRITES_FILES = frozenset({"anonymise", "audit", "backup", "export", "print", "report", "template"})


def main(arguments: Sequence[str]) -> int:
    """Run one command, or the window when none is named; returns the exit code."""
    # Whatever this process or a library writes is its owner's alone, logs and papers too.
    os.umask(0o077)
    parser = argparse.ArgumentParser(
        prog="clinic-desktop",
        description="A workstation for clinics. With no command, opens the window.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="commands:\n" + "\n".join(f"  {word:<12}{what}" for word, (_file, what) in COMMANDS.items()),
    )
    parser.add_argument("--profile", type=Path, metavar="DIR", help="one workstation's whole state in one folder")
    parser.add_argument("--user", help="who signs in")
    parser.add_argument("--password-file", type=Path, metavar="F", help="a file that holds the password")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    if list(arguments) == ["help"]:
        arguments = ["--help"]
    parser.add_argument("command", nargs="?", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...")
    chosen = parser.parse_args(_globals_first(arguments))
    profile = chosen.profile or paths.profile_folder()
    if chosen.command is None:
        app = importlib.import_module("clinic_desktop.app")
        return int(app.run_window(profile))
    if not logging.getLogger().handlers:
        # What a log is for is not for the person at the terminal, who is told in words.
        logging.getLogger().addHandler(logging.NullHandler())
    terminal = Terminal(profile.absolute(), chosen.user, chosen.password_file, as_json=chosen.json)
    module = importlib.import_module(f"clinic_desktop.cli.{COMMANDS[chosen.command][0]}")
    tidily = ending_tidily() if chosen.command in WRITES_FILES else nullcontext()
    with tidily:
        return guarded(lambda: int(module.run(terminal, chosen.rest)), profile)


def guarded(work: Callable[[], int], profile: Path) -> int:
    """Do the work; say in words what went wrong, and answer with the exit code it has."""
    try:
        return work()
    except Refusal as error:
        where = f" ({error.field})" if error.field else ""
        print(plain(_(error.message).format(**error.facts) + where), file=sys.stderr)
        return REFUSED
    except Trouble as error:
        words = [_(error.message).format(**error.facts), _(error.remedy).format(**error.facts)]
        print(plain(" ".join(words)), file=sys.stderr)
        return REFUSED if isinstance(error, TurnedAway) else ENVIRONMENT
    except OSError as error:
        print(plain(f"{error.strerror or type(error).__name__}: {error.filename or ''}"), file=sys.stderr)
        return ENVIRONMENT
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return DONE_WITH_PROBLEMS
    except Exception as error:  # noqa: BLE001 - the last stop before the shell
        if profile.exists():
            logs.start(profile / "logs", "command")
            # The type and the place alone: an error's own words may carry what it was working on.
            logging.getLogger(__name__).error("%s at %s", type(error).__name__, _place(error))  # noqa: TRY400
        print(
            _("This is a fault of the program ({kind} at {place}). Nothing was half-written.").format(
                kind=type(error).__name__, place=_place(error)
            ),
            file=sys.stderr,
        )
        return BUG


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _globals_first(arguments: Sequence[str]) -> list[str]:
    """Let ``--json`` stand anywhere: it means the same before and after the command."""
    rest = [argument for argument in arguments if argument != "--json"]
    return ["--json", *rest] if len(rest) < len(arguments) else rest
