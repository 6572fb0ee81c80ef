"""Whether the API is there, and who the asker is."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rules import Rule

RULES = (
    Rule("GET", "/v1/health", None, keyless=True),
    Rule("GET", "/v1/status", "status"),
)


class Health(BaseModel):
    """Nothing that a stranger may not know."""

    status: str
    version: str


class Status(BaseModel):
    """Who the asker is here."""

    device: str
    name: str
    kind: str
    scopes: list[str]
    time: str


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["health"])

    @routes.get("/v1/health", responses=declared())
    async def health() -> Health:
        """Say whether the API is there: ``ok``, or ``locked`` while it can keep nothing."""
        return Health(status="locked" if context.clinic is None else "ok", version="v1")

    @routes.get("/v1/status", responses=declared())
    async def status(request: Request) -> Status:
        """Say who the asker is, and what it may do."""
        device = request.scope["device"]
        return Status(
            device=device.id, name=device.name, kind=device.kind, scopes=sorted(device.scopes),
            time=context.clock.now().isoformat(),
        )  # fmt: skip

    return routes
