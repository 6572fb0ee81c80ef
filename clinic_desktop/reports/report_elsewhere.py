"""Writing a report in a process of its own: ReportLab's memory and time are never the window's.

The window asks in one line on standard input and may say ``stop`` in another; the other process tells one JSON object
a line, how many rows it has and how it ended. It stops too when its input ends: a window that dies leaves no writer.
"""

import base64
import json
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.i18n import N_
from clinic_desktop.reports.report_file import Written, report_bytes, write_report
from clinic_desktop.reports.whole import part_of
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.report_desk import borrowed, lend
from clinic_desktop.services.report_queries import begun_any, open_any
from clinic_desktop.services.reporting import Run, Stopped

WRITE = "--write-report"
# A page that is being set cannot be cut; after this long the process is ended instead.
GRACE_SECONDS = 2.0
_LOOK_SECONDS = 0.1
_running: set["subprocess.Popen[str]"] = set()


def write_elsewhere(
    desk: Desk,
    key: bytes,
    asked: Asked,
    path: Path | None,
    form: str,
    *,
    tell: Callable[[int], None] = lambda _rows: None,
    stop: Callable[[], bool] = lambda: False,
) -> Written:
    """Write a report in another process. Raises Refusal, Trouble, or Stopped; then there is no file.

    Without a path its bytes come back through the pipe: what is only looked at or printed lies on no disk.

    Who asked is noted here, under their own session, before the first row is read there.
    """
    open_any(desk, asked)
    token = secrets.token_hex(4)
    question = {
        "lent": lend(desk, key), "asked": plain(asked), "path": "" if path is None else str(path), "form": form,
        "token": token,
    }  # fmt: skip
    # A bundle has no `-m`: there the program itself is started and sees this word first (see `__main__`).
    start = [sys.executable, WRITE] if getattr(sys, "frozen", False) else [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    child = subprocess.Popen(start, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)  # noqa: S603 - ourselves
    _running.add(child)
    try:
        _say(child, json.dumps(question))
        answer = _listen(child, tell, stop)
    finally:
        _running.discard(child)
        child.kill()
        child.wait()
        if path is not None:
            part_of(path, token).unlink(missing_ok=True)
    return _answered(answer, child.returncode)


def end_writers() -> None:
    """End every writer that runs: who takes the key away takes it from them too."""
    for child in tuple(_running):
        child.kill()
        child.wait()


def _say(child: "subprocess.Popen[str]", line: str) -> None:
    if child.stdin is not None:
        try:
            child.stdin.write(line + "\n")
            child.stdin.flush()
        except OSError:
            return  # it has ended: what it told says how


def _listen(
    child: "subprocess.Popen[str]", tell: Callable[[int], None], stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Hear a writer to its end; None where it ended without a word."""
    heard: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def hear() -> None:
        for line in child.stdout or ():
            heard.put(line)
        heard.put(None)

    threading.Thread(target=hear, name="report writer", daemon=True).start()
    until: float | None = None
    while True:
        if until is None and stop():
            _say(child, "stop")
            until = time.monotonic() + GRACE_SECONDS
        if until is not None and time.monotonic() > until:
            raise Stopped
        try:
            line = heard.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            if until is not None:
                raise Stopped
            return None
        said = json.loads(line)
        if "at" not in said:
            return dict(said)
        tell(int(said["at"]))


def _answered(answer: dict[str, Any] | None, code: int | None) -> Written:
    if answer is None:
        raise Trouble(
            N_("The program that writes reports did not answer (code {code})."),
            remedy=N_("Nothing was written. Try again."), code=code,
        )  # fmt: skip
    if "stopped" in answer:
        raise Stopped
    if "refusal" in answer:
        refusal = answer["refusal"]
        raise Refusal(refusal["message"], field=refusal["field"], **refusal["facts"])
    if "trouble" in answer:
        trouble = answer["trouble"]
        raise Trouble(trouble["message"], remedy=trouble["remedy"], **trouble["facts"])
    return Written(Path(answer["path"]), int(answer["rows"]), base64.b64decode(answer["content"]))


def plain(asked: Asked) -> dict[str, Any]:
    """A question as JSON takes it."""
    return {
        "name": asked.name, "first": asked.first.isoformat(), "last": asked.last.isoformat(),
        "group": asked.group.value, "patient_id": asked.patient_id, "only": [list(one) for one in asked.only],
        "definition": asked.definition,
    }  # fmt: skip


def asked_of(said: dict[str, Any]) -> Asked:
    """The question that `plain` wrote."""
    only = tuple((str(name), str(value)) for name, value in said["only"])
    first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
    return Asked(said["name"], first, last, Group(said["group"]), said["patient_id"], only, said["definition"])


def main() -> int:
    """Answer one question from standard input."""
    question = json.loads(sys.stdin.readline())
    stopped = threading.Event()

    def hear() -> None:
        sys.stdin.readline()  # `stop`, or the end of whoever asked
        stopped.set()

    threading.Thread(target=hear, daemon=True).start()
    sys.stdout.write(json.dumps(_write(question, stopped)) + "\n")
    sys.stdout.flush()
    return 0


def _write(question: dict[str, Any], stopped: threading.Event) -> dict[str, Any]:
    def tell(rows: int) -> None:
        sys.stdout.write(json.dumps({"at": rows}) + "\n")
        sys.stdout.flush()

    try:
        with borrowed(question["lent"]) as desk:
            run: Run = begun_any(desk, asked_of(question["asked"]))
            form, path = question["form"], question["path"]
            if not path:
                made = report_bytes(desk, run, form, tell=tell, stop=stopped.is_set)
                content = base64.b64encode(made.content).decode()
                return {"path": "", "rows": made.rows, "content": content}
            done = write_report(
                desk, run, Path(path), form, tell=tell, stop=stopped.is_set, token=question["token"]
            )  # fmt: skip
    except Stopped:
        return {"stopped": True}
    except Refusal as refused:
        return {"refusal": {"message": refused.message, "field": refused.field, "facts": refused.facts}}
    except Trouble as trouble:
        return {"trouble": {"message": trouble.message, "remedy": trouble.remedy, "facts": trouble.facts}}
    return {"path": str(done.path), "rows": done.rows, "content": ""}


if __name__ == "__main__":
    sys.exit(main())
