"""The ways to start it: with no word, the window; with one, the command line."""

import sys


def main() -> int:
    """Start what was asked for; returns the exit code."""
    # Each is imported only when it is wanted: the sign-in page must not wait for the command line, nor the other way.
    from clinic_desktop.cli import main as command_line

    return command_line.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
