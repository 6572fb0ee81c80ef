"""The pages of the API: the public call screen and the documentation, our own files and nothing of another host."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse, Response

from clinic_desktop import paths
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.rules import Rule

# Address -> file and kind. Listed one by one: no name that comes from outside ever becomes a path.
PAGES = {
    "/call": ("call.html", "text/html; charset=utf-8"),
    "/call/call.js": ("call.js", "text/javascript; charset=utf-8"),
    "/call/call.css": ("call.css", "text/css; charset=utf-8"),
    "/v1/docs": ("docs.html", "text/html; charset=utf-8"),
    "/v1/docs/docs.js": ("docs.js", "text/javascript; charset=utf-8"),
    "/v1/docs/docs.css": ("docs.css", "text/css; charset=utf-8"),
}
RULES = (
    *(Rule("GET", address, None, keyless=True) for address in PAGES),
    Rule("GET", "/v1/openapi.json", None, keyless=True),
)


def router(_context: ApiContext) -> APIRouter:
    """Make the routes of the pages."""
    routes = APIRouter(include_in_schema=False)
    folder = paths.resources() / "local_api"

    def page(name: str, kind: str) -> Callable[[], Any]:
        content = (folder / name).read_bytes()

        async def give() -> Response:
            return Response(content, media_type=kind)

        return give

    for address, (name, kind) in PAGES.items():
        routes.get(address)(page(name, kind))
    return routes


def describe(api: FastAPI) -> None:
    """Serve what the routes say of themselves, with where a token goes."""
    described: dict[str, Any] = {}

    def whole() -> dict[str, Any]:
        if not described:
            described.update(FastAPI.openapi(api))
            parts = described.setdefault("components", {})
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for path, methods in described["paths"].items():
                open_ = path in {"/v1/health", "/v1/pair"}
                for operation in methods.values():
                    operation["security"] = [] if open_ else [{"token": []}]
        return described

    api.openapi = whole  # type: ignore[method-assign]  # FastAPI's own way of changing it

    @api.get("/v1/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(whole())
