"""Reads a PDF from outside in a process of its own, with little memory and time: what bursts there bursts alone.

Run as a program it takes the PDF from standard input and answers in JSON on standard output. Nothing touches a disk.
"""

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass

IN_ACT = ("read_pdf", "main", "read")
READ = "--read-pdf"

# A scan of a whole record is a few hundred pages; more is no paper. A page of 5,080 points is twice an A0 sheet.
MOST_PAGES, LONGEST_SIDE = 2_000, 5_080.0
# What is shown is drawn once beforehand, so that a page which bursts is found here and not in the window.
PAGES_SHOWN = 100
MOST_LETTERS = 200_000
MOST_MEMORY, MOST_SECONDS = 1 << 30, 20
_TRIAL_SCALE = 0.5


@dataclass(frozen=True)
class PdfRead:
    """What a PDF holds, or in `wrong` why it is not kept: broken, locked, pages, size, bomb."""

    pages: int = 0
    text: str = ""
    wrong: str = ""


def read_pdf(data: bytes) -> PdfRead:
    """Read a PDF in a process of its own; one that takes too much memory or time is a `bomb`."""
    start = [sys.executable, READ] if getattr(sys, "frozen", False) else [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(start, input=data, capture_output=True, timeout=MOST_SECONDS + 10, check=False)  # noqa: S603 - ourselves
        return PdfRead(**json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError, TypeError):
        # Killed by its limits, or by what it read: either way this is no file for a clinic's window.
        return PdfRead(wrong="bomb")


def main() -> int:
    """Answer for the PDF on standard input."""
    _limit()
    answer = read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps({"pages": answer.pages, "text": answer.text, "wrong": answer.wrong}))
    return 0


def read(data: bytes) -> PdfRead:
    """Open a PDF, draw what will be shown, and take its text. Only ever called in a process of its own."""
    import pypdfium2  # the parent must not pay for it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return PdfRead(wrong="locked" if "password" in str(error).lower() else "broken")
    pages = len(document)
    if not 0 < pages <= MOST_PAGES:
        return PdfRead(pages, wrong="pages" if pages else "broken")
    words: list[str] = []
    letters = 0
    for number in range(pages):
        try:
            page = document[number]
            if max(page.get_size()) > LONGEST_SIDE:
                return PdfRead(pages, wrong="size")
            if number < PAGES_SHOWN:
                page.render(scale=_TRIAL_SCALE)
            if letters < MOST_LETTERS:
                words.append(page.get_textpage().get_text_range()[: MOST_LETTERS - letters])
                letters += len(words[-1])
            page.close()
        except pypdfium2.PdfiumError:
            return PdfRead(pages, wrong="broken")
    # Half a character cannot be written out: a text layer may hold anything.
    return PdfRead(pages, "\n".join(words).encode(errors="replace").decode())


def _limit() -> None:
    """Take memory, time and the disk away from this process, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    sys.exit(main())
