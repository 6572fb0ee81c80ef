from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any

class Job:
    id: str
    next_run_time: datetime | None

class BackgroundScheduler:
    def __init__(
        self, *, timezone: tzinfo | str | None = None, job_defaults: dict[str, Any] | None = None, daemon: bool = True
    ) -> None: ...
    def add_job(
        self,
        func: Callable[..., object],
        trigger: str | None = None,
        *,
        args: Sequence[object] | None = None,
        id: str | None = None,
        hours: float = 0,
        next_run_time: datetime | None = None,
        replace_existing: bool = False,
    ) -> Job: ...
    def get_job(self, job_id: str) -> Job | None: ...
    def start(self, *, paused: bool = False) -> None: ...
    def shutdown(self, *, wait: bool = True) -> None: ...
