"""Webhooks of the connected systems: each at a door of its own, the only routes that a public name reaches."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from clinic_desktop.agent.local_api.context import ApiContext, locked
from clinic_desktop.agent.local_api.problems import Problem, declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.i18n import N_, _

# Nothing of it is sealed: a call is a hint and no truth, its signature can be asked only with the key, and whatever it
# hints at is found by the next sweep. Its sender sends it again.
CLOSED = N_("The clinic is locked. Send this again: it is looked at after the next sign-in.")
RULES = (Rule("POST", "/v1/hooks/{system}/{door}", None, public=True, limit=1024 * KIB, closed=CLOSED),)


class Heard(BaseModel):
    """That a call was heard: nothing of what comes of it."""

    heard: bool = True


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["webhooks"])

    @routes.post("/v1/hooks/{system}/{door}", status_code=202, responses=declared(404))
    def hear(request: Request, system: str, door: str) -> Heard:
        """Hear that something moved in a connected system: it is looked at there, and nothing of the call is kept."""
        doors = context.doors
        if doors is None:
            raise locked(CLOSED)
        # The raw body as it came, once: the signature is of these bytes and of no other spelling of them.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
        names = [name for name, _value in request.headers.raw]
        if len(names) != len(headers):
            raise Problem(400, _(N_("A header was sent twice.")))
        heard = doors.knock(system, door, request.scope["body"], headers)
        if heard == "nowhere":
            raise Problem(404, _(N_("This is no address of this API.")))
        if heard == "refused":
            raise Problem(401, _(N_("This call is not proved as its system documents.")))
        if heard == "full":
            raise Problem(429, headers={"Retry-After": "3600"})
        if heard == "unknown":
            context.received({"event": "webhook.unknown", "system": system, "count": doors.counts[system, "unknown"]})
        return Heard()

    return routes
