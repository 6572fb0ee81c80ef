"""`clinic-desktop init`: a new clinic with no window."""

import os
from pathlib import Path

from clinic_desktop.cli.terminal import DONE, Terminal, parser, read_secret
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.clinic import create_clinic
from clinic_desktop.services.recovery import check_recovery


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Make the clinic, write its recovery key to a new file, read it back and check that it opens."""
    words = parser("init", "Make a new clinic in the profile folder.")
    words.add_argument("--clinic", required=True)
    words.add_argument("--admin", required=True)
    words.add_argument("--password-file", required=True, type=Path)
    words.add_argument("--recovery-out", required=True, type=Path)
    words.add_argument("--device-secret", choices=["keyring", "file"], default="keyring")
    chosen = words.parse_args(arguments)
    password = read_secret(chosen.password_file)
    # Opened before anything is made: a clinic whose recovery key could not be kept must not come to be.
    handle = _new_file(chosen.recovery_out)
    try:
        made = create_clinic(
            terminal.profile,
            clinic_name=chosen.clinic,
            username=chosen.admin,
            display_name=chosen.admin,
            password=password,
            device_secret=chosen.device_secret,
        )
    except BaseException:
        os.close(handle)
        chosen.recovery_out.unlink(missing_ok=True)
        raise
    with os.fdopen(handle, "w") as file:
        file.write(made.recovery_key + "\n")
        file.flush()
        os.fsync(file.fileno())
    if not check_recovery(terminal.profile, read_secret(chosen.recovery_out), process="command"):
        raise RuntimeError("the recovery key that was written does not open the clinic")
    document = {
        "profile": str(terminal.profile),
        "workstation": made.workstation,
        "recovery": str(chosen.recovery_out),
        "device_secret": chosen.device_secret,
    }
    terminal.answer(
        document,
        [
            f"The clinic stands in {terminal.profile} (workstation {made.workstation}).",
            f"Its recovery key is in {chosen.recovery_out}: print it, keep it off this machine, delete the file.",
        ],
    )
    return DONE


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Trouble(
            "The recovery key cannot be written to {path} ({why}).",
            remedy="Name a new file in a folder that can be written to; nothing was made.",
            path=str(path),
            why=error.strerror or type(error).__name__,
        ) from error
