"""Scans in: what a scanner read goes to the window as an event, and to no chart."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field

from clinic_desktop.agent.local_api.bodies import LONGEST_KEY, Body, Text, device_of, told_by
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.domain.pairing import SCANS
from clinic_desktop.i18n import N_
from clinic_desktop.services import device_scans

# Nothing of it is sealed: a scan is for the window that is open now, and would open the wrong thing hours later.
CLOSED = N_("Nobody is signed in, and a scan is for the window alone. Scan it again after the next sign-in.")
RULES = (Rule("POST", "/v1/scans", SCANS, limit=32 * KIB, closed=CLOSED),)


class Scanned(Body):
    """What was read, as the scanner gave it: separators and line ends too."""

    kind: Literal["barcode", "card", "identity"] = "barcode"
    content: Text = Field(min_length=1, max_length=device_scans.LONGEST)
    symbology: Text | None = Field(default=None, max_length=40)


class Arrived(BaseModel):
    """The scan is kept, and the window is told."""

    id: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["scans"])

    @routes.post("/v1/scans", status_code=201, responses=declared(409))
    def take(
        request: Request,
        body: Scanned,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=LONGEST_KEY)] = None,
    ) -> Arrived:
        """Keep a scan, and tell the window that it is there."""
        desk = context.desk(device_of(request))
        told = told_by(request, idempotency_key)
        kept = device_scans.take_scan(desk, told, body.kind, body.symbology, body.content)
        context.received({"event": "scan", "id": kept["id"], "kind": body.kind})
        return Arrived(id=str(kept["id"]))

    return routes
