"""What can become of a request on its way: the one thing that sockets and a simulator both turn into what they know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sync.sandbox.wire import Response

Kind = Literal[
    "lost_before", "lost_after", "delayed", "answer_delayed", "doubled", "error_before", "error_after", "too_many",
    "token_expired", "token_dead", "proxy_page", "truncated", "wrong_type", "consent", "page_order", "page_shift",
    "masked", "edit", "remove", "merge", "add", "back_up", "restored", "drift_add", "drift_remove", "drift_retype",
    "no_body", "socket_drop",
    "hook_lost", "hook_forged", "hook_replayed", "hook_reordered", "hook_storm",
]  # fmt: skip
HookKind = Literal["hook_lost", "hook_forged", "hook_replayed", "hook_reordered", "hook_storm"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, no answer, or one that comes later.

    ``lost_before``: nothing happened and no answer comes. ``lost_after``: it happened and no answer comes.
    ``delayed``: it has not happened yet; call ``late`` after so many seconds, whether or not the client still waits.
    ``answer_delayed`` is an answer that has happened already and arrives after so many seconds.
    """

    kind: Literal["answer", "lost_before", "lost_after", "delayed", "answer_delayed"]
    response: Response | None = None
    seconds: float = 0.0
    late: Callable[[], "Outcome"] | None = None

    @classmethod
    def answer(cls, response: Response) -> "Outcome":
        """An answer, now."""
        return cls("answer", response)

    @classmethod
    def lost_before(cls) -> "Outcome":
        """The request never arrived."""
        return cls("lost_before")

    @classmethod
    def lost_after(cls, response: Response) -> "Outcome":
        """The answer never arrived; it is kept here for whoever checks."""
        return cls("lost_after", response)

    @classmethod
    def delayed(cls, seconds: float, late: Callable[[], "Outcome"]) -> "Outcome":
        """It will happen after so many seconds."""
        return cls("delayed", None, seconds, late)

    @classmethod
    def answer_delayed(cls, seconds: float, response: Response) -> "Outcome":
        """It has happened; the answer takes so many seconds."""
        return cls("answer_delayed", response, seconds)
