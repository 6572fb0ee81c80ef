"""The ways to start it: with no word, the window; with one, the command line."""

import os
import sys
from pathlib import Path


def main() -> int:
    """Start what was asked for; returns the exit code."""
    # Each is imported only when it is wanted: the sign-in page must not wait for the command line, nor the other way.
    if sys.argv[1:2] == ["--prove-backup"]:
        # A bundle's own program proving a backup for the one that made it: the question comes on standard input.
        from clinic_desktop.services.backups import answer_proof

        return answer_proof()
    if sys.argv[1:2] == ["--read-pdf"]:
        from clinic_desktop.services import pdf_reader

        return pdf_reader.main()
    if sys.argv[1:2] == ["--write-report"]:
        from clinic_desktop.reports import report_elsewhere

        return report_elsewhere.main()
    words = sys.argv[1:]
    if not words or (len(words) == 2 and words[0] == "--profile"):
        from clinic_desktop import app, paths

        # Whatever this process or a library writes is its owner's alone, logs and papers too.
        os.umask(0o077)
        if _has_no_display():
            # Qt would end the process with a dump.
            why = "There is no display to open the window on. On a machine without one use: clinic-desktop --help"
            print(why, file=sys.stderr)  # noqa: T201 - there is no window to say it in
            return app.ENVIRONMENT
        return app.run_window(Path(words[1]) if words else paths.profile_folder())
    from clinic_desktop.cli import main as command_line

    return command_line.main(words)


def _has_no_display() -> bool:
    """Whether a window could not be opened; asked where a display is something that may be missing."""
    if not sys.platform.startswith("linux"):
        return False
    return not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    sys.exit(main())
