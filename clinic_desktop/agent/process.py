"""The background process: keyless at the start, told what to do line by line, gone at the end of its input.

Told: ``key <64 hex digits>``, ``lock``, ``run NAME``, ``jobs``, ``quit``. It tells one JSON object a line: ``event``
and what belongs to it. Nothing it tells names a patient or a key.
"""

import contextlib
import functools
import json
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop import logs, settings
from clinic_desktop.clock import SystemClock, to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

    from clinic_desktop.agent.api import LocalApi
    from clinic_desktop.agent.courier import Courier
    from clinic_desktop.agent.listening import Listening
    from clinic_desktop.agent.receiving import Receiver
    from clinic_desktop.agent.wanted import Wanted
    from clinic_desktop.services.clinic import Clinic

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, object]], None]
# A job that is in the middle of something gets this long to end when the window has gone.
GRACE_SECONDS = 1.0


class Agent:
    """One background process over one profile."""

    def __init__(self, profile: Path, tell: Tell, wanted: "Wanted | None" = None) -> None:
        self._profile = profile
        self._tell = tell
        self._wanted = wanted
        self._listening: Listening | None = None
        self._api: LocalApi | None = None
        self._receiver: Receiver | None = None
        self._opened_itself = False
        self.ports: dict[str, object] = {}
        self._clinic: Clinic | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._courier: Courier | None = None
        self._busy = threading.Lock()

    def answer(self) -> None:
        """Start the local API where one is wanted, with a key or without. Raises Trouble."""
        port = None if self._wanted is None else self._wanted.api
        port = _chosen_port(self._profile) or None if port is None else port
        if port is None:
            return
        from clinic_desktop.agent.api import LocalApi  # a process with no API does not pay for it

        self._api = LocalApi(port, self._tell, self._profile)
        self.ports["api"] = self._api.start()

    def obey(self, line: str) -> bool:
        """Do what one line says; False when it says to end."""
        word, _, rest = line.strip().partition(" ")
        if word == "quit":
            return False
        done: dict[str, Callable[[], None]] = {
            "key": lambda: self.open(rest),
            "lock": self.lock,
            "jobs": self._list,
            "run": lambda: self._run_now(rest.strip()),
        }
        if word in done:
            self.guarded(word, done[word])
        elif word:
            # The line itself is not repeated: it may be a key with a slip in it.
            self._tell({"event": "not.understood"})
        return True

    def lock(self) -> None:
        """Give up the key: close the database and start this very process anew, so that no copy stays in memory."""
        self.close()
        self.end()
        self._tell({"event": "locked"})
        if os.name == "nt":
            raise SystemExit(0)  # there is no exec there; the window starts another one
        sys.stdout.flush()
        # One that was started with a password would only sign in again: from now on it waits for a key.
        words = [*sys.orig_argv[1:], *(["--sealed"] if self._opened_itself else [])]
        os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - ourselves, argument by argument

    def end(self) -> None:
        """Stop the local API, the last that anybody hears of this process."""
        if self._api is not None:
            self._api.stop()
            self._api = None

    def close(self) -> None:
        """Close the listeners, stop the courier and the jobs, and close the database."""
        if self._api is not None:
            self._api.closed()
        if self._listening is not None:
            self._listening.stop()
            self._listening = None
        if self._receiver is not None:
            self._receiver.close()
        courier, self._courier = self._courier, None
        if courier is not None:
            courier.end(GRACE_SECONDS)
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
            from clinic_desktop.services.backups import end_proofs

            end_proofs()
        clinic, self._clinic = self._clinic, None
        if clinic is not None:
            finished = self._busy.acquire(timeout=GRACE_SECONDS)
            with contextlib.suppress(Refusal, Trouble):
                clinic.close()
            if finished:
                self._busy.release()

    def open(self, text: str) -> None:
        """Open the clinic with a key in hexadecimal and plan the jobs. Raises Refusal and Trouble."""
        # Loaded with the key, not before: a process that waits for one is small and starts at once.
        from clinic_desktop.services.clinic import open_with_key

        if self._clinic is not None:
            return
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise Refusal(N_("This is not a key."))
        self._clinic = open_with_key(self._profile, key, process="agent")
        self._schedule()
        from clinic_desktop.agent.courier import Courier

        self._courier = Courier(self._clinic, self._tell)
        self._tell({"event": "opened", "notices": list(self._clinic.notices)})
        if self._api is not None:
            self._api.opened(self._clinic)
        self._receive(self._clinic)

    def open_itself(self, key: bytes) -> None:
        """Open the clinic with the key of whoever started this process. Raises Refusal and Trouble."""
        self._opened_itself = True
        self.open(key.hex())

    def seal(self) -> None:
        """Listen with no key: what comes is sealed until somebody signs in. Raises Trouble."""
        self._listen()
        if self._listening is not None:
            self._tell({"event": "sealing", **self.ports})

    def _receive(self, clinic: "Clinic") -> None:
        """File what waited, then take what comes for the open clinic."""
        left = self._received().open(clinic, listening=bool(self._wanted or self._api))
        self._listen()
        if self._listening is not None or self._api is not None:
            self._tell({"event": "listening", **self.ports, "filed_late": left})

    def _received(self) -> "Receiver":
        from clinic_desktop.agent.receiving import Receiver  # with the key or the first listener, as above

        if self._receiver is None:
            self._receiver = Receiver(self._profile, self._tell)
        return self._receiver

    def _listen(self) -> None:
        """Open the ports that are wanted, unless they are open already."""
        if not self._wanted or self._listening is not None:
            return
        from clinic_desktop.agent.listening import Listening  # as above

        listening = Listening(self._profile, self._wanted, self._received())
        self.ports |= listening.start()
        self._listening = listening

    def _schedule(self) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler  # with the key, as above

        from clinic_desktop.agent.jobs import JOBS

        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        now = SystemClock().now()
        for job in JOBS.values():
            hours = job.every(self._profile).total_seconds() / 3600
            at = job.next_at(self._profile, now)
            self._scheduler.add_job(self._run, "interval", args=(job.name,), id=job.name, hours=hours, next_run_time=at)
        self._scheduler.start()

    def _list(self) -> None:
        from clinic_desktop.agent.jobs import JOBS

        listed = []
        for job in JOBS.values():
            planned = self._scheduler.get_job(job.name) if self._scheduler else None
            at = planned.next_run_time if planned else None
            listed.append({"name": job.name, "title": job.title, "next_at": to_text(at) if at else None})
        self._tell({"event": "jobs", "jobs": listed})

    def _run_now(self, name: str) -> None:
        from clinic_desktop.agent.jobs import JOBS

        if name not in JOBS:
            raise Refusal(N_("There is no job “{name}”."), name=name)
        if self._clinic is None:
            raise Refusal(N_("The clinic is locked."))
        asked = functools.partial(self._run, name, planned=False)
        threading.Thread(target=asked, name=f"job {name}", daemon=True).start()

    def _run(self, name: str, *, planned: bool = True) -> None:
        from clinic_desktop.agent.jobs import JOBS

        with self._busy:
            clinic = self._clinic
            if clinic is not None and (JOBS[name].is_wanted(clinic) or not planned):
                self._tell({"event": "job.started", "job": name})
                self.guarded(name, lambda: self._tell(JOBS[name].run(clinic)))

    def guarded(self, what: str, work: Callable[[], None]) -> None:
        """Say what went wrong and go on: a job that fails must not take the others with it."""
        try:
            work()
        except Refusal as error:
            self._tell({"event": "failed", "what": what, "message": error.message, "facts": error.facts})
        except Trouble as error:
            told = {"message": error.message, "remedy": error.remedy, "facts": error.facts}
            self._tell({"event": "failed", "what": what, **told})
        except Exception as error:  # noqa: BLE001 - a fault of one job is told, with its type alone
            log.error("%s failed: %s", what, type(error).__name__)  # noqa: TRY400 - the words may carry data
            self._tell({"event": "failed", "what": what, "fault": type(error).__name__})


def run(profile: Path, key: bytes | None = None, wanted: "Wanted | None" = None) -> int:
    """Be the background process until the input ends or says quit; one that begins with a key outlives its input."""
    os.umask(0o077)  # whatever it writes is its owner's alone
    logs.start(profile / "logs", "agent")
    _harden()
    told = threading.Lock()

    def tell(event: dict[str, object]) -> None:
        with told, contextlib.suppress(BrokenPipeError):
            sys.stdout.write(json.dumps(event, default=str) + "\n")
            sys.stdout.flush()

    agent = Agent(profile, tell, wanted)
    if key is not None:
        agent.answer()
        agent.open_itself(key)
    else:
        agent.guarded("local API", agent.answer)
        # A port that is taken stops nothing else: it is told, and tried again with the key.
        agent.guarded("listeners", agent.seal)
    tell({"event": "ready", "pid": os.getpid(), **agent.ports})
    told_to_end = False
    while not told_to_end and (line := _line(sys.stdin.fileno())) is not None:
        told_to_end = not agent.obey(line)
    if not told_to_end and (key is not None or (wanted and not _has_control_line())):
        # In the foreground, or started by the system with no line to it: it goes on until it is interrupted.
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    agent.close()
    agent.end()
    tell({"event": "ended"})
    # Not by returning: a job that still runs would keep the process, and with it the key, alive.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(0)


def _chosen_port(profile: Path) -> int:
    """Where the local API answers by the settings of this workstation; 0 where it does not, or there are none yet."""
    try:
        return settings.load(profile).api_port
    except Trouble:
        return 0


def _line(handle: int) -> str | None:
    """Read one line byte by byte: what a buffer had read ahead would be lost when the process starts itself anew."""
    line = bytearray()
    while byte := os.read(handle, 1):
        if byte == b"\n":
            return line.decode("ascii", "replace")
        line += byte
    return None


def _has_control_line() -> bool:
    """Whether whoever started this process holds the other end of its input: when they are gone, it ends."""
    kind = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)


def _harden() -> None:
    from clinic_desktop.services.hardening import harden_process

    harden_process()
