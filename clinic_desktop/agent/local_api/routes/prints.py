"""Prints out: a print station asks what waits for it, takes the bytes, and says whether they came out."""

import base64

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from clinic_desktop.agent.local_api.bodies import Body, Text, device_of
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import Problem, declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.domain.pairing import PRINTS
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import station_prints

# What waits lies in the clinic alone: without its key there is nothing to give, and no job to end.
CLOSED = N_("Nobody is signed in. What waits to be printed is given out after the next sign-in.")
RULES = (
    Rule("GET", "/v1/prints", PRINTS, closed=CLOSED),
    Rule("POST", "/v1/prints/{id}/take", PRINTS, limit=KIB, closed=CLOSED),
    Rule("POST", "/v1/prints/{id}/end", PRINTS, limit=8 * KIB, closed=CLOSED),
)


class Waiting(BaseModel):
    """One print that waits; `kind` is what its bytes are, `digest` their SHA-256."""

    id: str
    document: str
    kind: str
    copies: int
    size: int
    digest: str
    waits_since: str


class Prints(BaseModel):
    """What waits for this station, oldest first."""

    prints: list[Waiting]


class Nothing(Body):
    """An empty object."""


class Taken(BaseModel):
    """The bytes to print, in base64."""

    id: str
    kind: str
    content: str


class Ended(Body):
    """How it went: `why` says what went wrong, and is left out where it came out."""

    why: Text | None = Field(default=None, min_length=1, max_length=500)


class Noted(BaseModel):
    """It is on record."""

    id: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["prints"])

    @routes.get("/v1/prints", responses=declared())
    def waiting(request: Request) -> Prints:
        """Tell what waits for this station."""
        device = device_of(request)
        found = station_prints.waiting_prints(context.desk(device), device.id)
        return Prints(prints=[Waiting(**vars(one)) for one in found])

    @routes.post("/v1/prints/{id}/take", responses=declared(404))
    def take(request: Request, id: str, _body: Nothing) -> Taken:  # noqa: A002 - the name in the address
        """Give the bytes of one print; asked again, they are given again."""
        device = device_of(request)
        try:
            kind = station_prints.take_print(context.desk(device), device.id, id)
            content = station_prints.print_content(context.desk(device), device.id, id)
        except Refusal as refused:
            raise Problem(404, refused.message) from refused
        return Taken(id=id, kind=kind, content=base64.b64encode(content).decode())

    @routes.post("/v1/prints/{id}/end", responses=declared(404))
    def end(request: Request, id: str, body: Ended) -> Noted:  # noqa: A002 - the name in the address
        """Note how a print ended; its bytes are kept no longer."""
        device = device_of(request)
        try:
            station_prints.end_station_print(context.desk(device), device.id, id, body.why or "")
        except Refusal as refused:
            raise Problem(404, refused.message) from refused
        return Noted(id=id)

    return routes
