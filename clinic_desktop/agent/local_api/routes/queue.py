"""The queue for the staff's boards, and whom the public call screen calls; both as a list and as events."""

from collections.abc import Iterable

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from clinic_desktop.agent.local_api.bodies import device_of
from clinic_desktop.agent.local_api.context import ApiContext, Book
from clinic_desktop.agent.local_api.feed import Feed
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rendered import NAMED, Rendered, Written
from clinic_desktop.agent.local_api.rules import ASK_LATER, Rule
from clinic_desktop.domain.pairing import CALLS, QUEUE
from clinic_desktop.services import device_views
from clinic_desktop.services.acts import Desk

JSON, EVENTS = "application/json", "text/event-stream"
RULES = (
    Rule("GET", "/v1/queue", QUEUE, direct=True, closed=ASK_LATER),
    Rule("GET", "/v1/queue/events", QUEUE, closed=ASK_LATER),
    Rule("GET", "/v1/calls", CALLS, direct=True, closed=ASK_LATER),
    Rule("GET", "/v1/calls/events", CALLS, closed=ASK_LATER),
)


class InQueue(BaseModel):
    """One person in the queue, as a board of the staff shows it."""

    ticket: int
    number: str
    name: str
    priority: str
    status: str
    minutes: int
    practitioner: str | None


class Called(BaseModel):
    """One person who is called; `shown` is what the clinic lets be shown of the name, by default nothing."""

    ticket: int
    shown: str
    to: str
    called_at: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["queue"])
    waiting, calling = Written(InQueue, _Line(context)).text, Written(Called, _calling).text
    board, screen = Feed(context, "queue", waiting), Feed(context, "calls", calling)
    stream = declared() | {
        200: {"description": "Events: the whole list at each change, and a beat", "content": {EVENTS: {}}}
    }

    lines, called = Rendered(context, waiting), Rendered(context, calling)

    @routes.get("/v1/queue", response_model=list[InQueue], responses=declared())
    async def in_queue(request: Request) -> Response:
        """Everybody who is here, those waiting first, in the order they are seen."""
        return Response(await lines.body(device_of(request)), media_type=JSON)

    @routes.get("/v1/queue/events", response_class=StreamingResponse, responses=stream)
    async def queue_events(request: Request) -> StreamingResponse:
        """The queue as server-sent events: the whole of it at each change."""
        return StreamingResponse(board.watch(device_of(request)), media_type=EVENTS)

    @routes.get("/v1/calls", response_model=list[Called], responses=declared())
    async def calls(request: Request) -> Response:
        """Whoever is called now, the last called first."""
        return Response(await called.body(device_of(request)), media_type=JSON)

    @routes.get("/v1/calls/events", response_class=StreamingResponse, responses=stream)
    async def call_events(request: Request) -> StreamingResponse:
        """The calls as server-sent events: the whole list at each change."""
        return StreamingResponse(screen.watch(device_of(request)), media_type=EVENTS)

    return routes


class _Line:
    """Everybody who is here, each as the values of InQueue; names are read again where a registration moved."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._known: tuple[Book | None, int, dict[str, tuple[str, str]]] = None, 0, {}

    def __call__(self, desk: Desk) -> Iterable[tuple[object, ...]]:
        book, before = self._context.book, self._known
        moved = 0 if book is None else book.moved(NAMED)
        line = device_views.waiting(desk, before[2] if before[0] is book and before[1] == moved else None)
        self._known = book, moved, {one.patient_id: (one.mrn, one.patient) for one in line}
        return (one[: len(InQueue.model_fields)] for one in line)


def _calling(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Whoever is called now, each as the values of Called."""
    return ((one.ticket, one.shown, one.to, one.called_at) for one in device_views.called(desk))
