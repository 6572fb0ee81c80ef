"""`clinic-desktop backup`: create and verify backups, and restore one with nothing but the recovery key."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser, read_secret
from clinic_desktop.services.backups import BackupMade, create_backup, verify_backup
from clinic_desktop.services.restoring import restore_backup


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Create, verify or restore."""
    words = parser("backup", "Backups: every one is proved by another process before it counts.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    create = which.add_parser("create", help="make a proved backup")
    create.add_argument("--to", type=Path, metavar="DIR", help="the profile's own folder when not given")
    verify = which.add_parser("verify", help="open a backup in another process and check everything")
    verify.add_argument("file", type=Path)
    restore = which.add_parser(
        "restore",
        help="put a backup in the profile's place; --user and --password-file: the administrator's new sign-in",
    )
    restore.add_argument("file", type=Path)
    restore.add_argument("--recovery-file", type=Path, required=True)
    restore.add_argument("--device-secret", choices=["keyring", "file"], default="keyring")
    restore.add_argument("--accept-older", action="store_true", help="also over a clinic that has newer entries")
    chosen = words.parse_args(arguments)
    if chosen.which == "restore":
        return _restore(terminal, chosen)
    with terminal.signed_in() as here:
        if chosen.which == "create":
            terminal.progress("copying and proving ...")
            made = create_backup(here.desk, here.clinic.data_key, chosen.to)
        else:
            terminal.progress("proving ...")
            made = verify_backup(here.desk, here.clinic.data_key, chosen.file)
    terminal.answer(asdict(made), _lines(made))
    return DONE_WITH_PROBLEMS if made.held_back else DONE


def _restore(terminal: Terminal, chosen: Namespace) -> int:
    password = terminal.password()
    terminal.progress("proving and unpacking ...")
    restored = restore_backup(
        chosen.file.absolute(),
        terminal.profile,
        read_secret(chosen.recovery_file),
        admin_username=terminal.user or "",
        new_password=password,
        device_secret=chosen.device_secret,
        accept_older=chosen.accept_older,
    )
    lines = [f"restored {restored.patients} patients as of {restored.made_at}, workstation {restored.workstation}"]
    if restored.moved_aside:
        lines.append(f"what was there before is kept in {restored.moved_aside}")
    terminal.answer(asdict(restored), lines)
    return DONE


def _lines(made: BackupMade) -> list[str]:
    lines = [f"{made.path}: proved; {made.patients} patients, {made.links} links, {made.size} bytes"]
    if made.held_back:
        lines.append(f"older backups are kept: {made.held_back} lost more than one row in a hundred since the last one")
    return lines
