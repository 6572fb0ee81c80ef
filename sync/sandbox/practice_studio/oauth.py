"""OAuth 2.0 of Practice Studio: three grants, and a page on which a person agrees."""

import base64
import hashlib
import html
from typing import NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from sync.sandbox.call import Call
from sync.sandbox.practice_studio import samples
from sync.sandbox.routing import Route
from sync.sandbox.sessions import Session, same, token
from sync.sandbox.wire import Record, Response, answer
from sync.sandbox.world import World

SCOPES = (
    "read:patients", "write:patients", "read:appointments", "write:appointments", "read:providers", "read:records",
    "read:invoices",
)  # fmt: skip
CLIENT = "clinic-desktop"
ACCESS_SECONDS = 3600.0
CODE_SECONDS = 60.0
REFRESH_SECONDS = 30 * 86400.0
# A program on somebody's own machine is called back on the machine itself.
OWN_MACHINE = {"127.0.0.1", "localhost", "::1"}


class Refused(Exception):  # noqa: N818 - an answer, in the words of OAuth
    """A refusal in the form that OAuth has for it."""

    def __init__(self, error: str, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.error = error
        self.status = status


def secret(world: World) -> str:
    """The secret of the one client there is."""
    return world.draw("practice_studio", "client secret").hex()


def give(call: Call) -> Response:
    """``POST /oauth/token``."""
    form = _form(call)
    try:
        made = _granted(call, form)
    except Refused as refused:
        return answer(refused.status, {"error": refused.error, "error_description": str(refused)})
    response = answer(200, made)
    response.headers["Cache-Control"] = "no-store"
    return response


def page(call: Call) -> Response:
    """``GET /oauth/authorize``: where a person signs in and agrees."""
    query = dict(call.request.query)
    try:
        _asked(query)
    except Refused as refused:
        return _html(400, f"<h1>This cannot be asked</h1><p>{html.escape(str(refused))}</p>")
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in query.items()
    )
    scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in _scopes(query).split())
    return _html(
        200,
        "<h1>Practice Studio (sandbox)</h1><p>Clinic Desktop asks for:</p>"
        f'<ul>{scopes}</ul><form method="post" action="/oauth/authorize">{hidden}'
        '<p><label>Name <input name="username" autofocus></label></p>'
        '<p><label>Password <input name="password" type="password"></label></p>'
        '<p><button name="agreed" value="yes">Allow</button> <button name="agreed" value="no">Deny</button></p></form>',
    )


def agree(call: Call) -> Response:
    """``POST /oauth/authorize``: back to the program, with a code or with the reason why not."""
    form = _form(call)
    try:
        _asked(form)
    except Refused as refused:
        return _html(400, f"<h1>This cannot be asked</h1><p>{html.escape(str(refused))}</p>")
    if form.get("agreed") != "yes":
        return _back(form, error="access_denied")
    for account in samples.ACCOUNTS:
        if account.name == form.get("username") and same(form.get("password"), account.password):
            code = call.system.fresh("code-", 32)
            kept: Record = {name: form.get(name, "") for name in ("redirect_uri", "code_challenge")}
            kept |= {"scope": _scopes(form), "who": account.ident, "until": call.now + CODE_SECONDS}
            call.system.tables["codes"].put(code, {"id": code, **kept})
            return _back(form, code=code)
    return _html(401, "<h1>Not signed in</h1><p>The name or the password is not right. Go back and try again.</p>")


def _granted(call: Call, form: dict[str, str]) -> Record:
    grant = form.get("grant_type", "")
    if form.get("client_id") != CLIENT:
        _refuse("invalid_client", "Unknown client", 401)
    confidential = same(form.get("client_secret"), secret(call.system.world))
    if form.get("client_secret") and not confidential:
        _refuse("invalid_client", "The client's secret is not right", 401)
    if grant == "client_credentials":
        if not confidential:
            _refuse("invalid_client", "This grant needs the client's secret", 401)
        return _tokens(call, CLIENT, _scopes(form), renewable=False)
    if grant == "authorization_code":
        return _for_code(call, form)
    if grant == "refresh_token":
        old = call.system.sessions.get(form.get("refresh_token", ""))
        if old is None or old.kind != "refresh" or old.until <= call.now:
            _refuse("invalid_grant", "The refresh token is not good")
        del call.system.sessions[form["refresh_token"]]
        return _tokens(call, old.who, " ".join(sorted(old.may)), renewable=True)
    if grant == "password" and confidential:
        for account in samples.ACCOUNTS:
            if account.name == form.get("username") and same(form.get("password"), account.password):
                return _tokens(call, account.ident, _scopes(form), renewable=True)
        raise Refused("invalid_grant", "The name or the password is not right")
    raise Refused("unsupported_grant_type", f"No such grant: {grant}")


def _for_code(call: Call, form: dict[str, str]) -> Record:
    kept = call.system.tables["codes"].drop(form.get("code", ""))  # a code is good once
    if kept is None or kept["until"] <= call.now or kept["redirect_uri"] != form.get("redirect_uri", ""):
        _refuse("invalid_grant", "The code is not good")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if not same(base64.urlsafe_b64encode(digest).decode().rstrip("="), str(kept["code_challenge"])):
        _refuse("invalid_grant", "The code verifier does not fit")
    return _tokens(call, kept["who"], kept["scope"], renewable=True)


def _tokens(call: Call, who: str, scope: str, *, renewable: bool) -> Record:
    seconds = call.system.knobs.token_seconds or ACCESS_SECONDS
    may = frozenset(scope.split())
    made: Record = {
        "access_token": token(call.system, Session(who, may, call.now + seconds)),
        "token_type": "Bearer",
        "expires_in": int(seconds),
        "scope": scope,
    }
    if renewable:
        made["refresh_token"] = token(call.system, Session(who, may, call.now + REFRESH_SECONDS, "refresh"))
    return made


def _asked(form: dict[str, str]) -> None:
    """Whether a request for agreement is whole: a code, for our client, called back on its own machine, with PKCE."""
    if form.get("response_type") != "code" or form.get("client_id") != CLIENT:
        _refuse("invalid_request", "response_type must be code, and the client known")
    place = form.get("redirect_uri", "")
    back = urlsplit(place)
    # It goes into a header as it stands.
    if not (place.isascii() and place.isprintable()) or back.scheme != "http" or back.hostname not in OWN_MACHINE:
        _refuse("invalid_request", "redirect_uri must be on the machine itself")
    if form.get("code_challenge_method") != "S256" or not form.get("code_challenge"):
        _refuse("invalid_request", "code_challenge with S256 is required")
    _scopes(form)


def _scopes(form: dict[str, str]) -> str:
    asked = form.get("scope", "").split()
    odd = [scope for scope in asked if scope not in SCOPES]
    if odd:
        _refuse("invalid_scope", f"No such scope: {odd[0]}")
    return " ".join(asked or SCOPES)


def _back(form: dict[str, str], **found: str) -> Response:
    place = form["redirect_uri"]
    query = urlencode({**found, **({"state": form["state"]} if "state" in form else {})})
    return Response(302, {"Location": f"{place}{'&' if '?' in place else '?'}{query}", "Cache-Control": "no-store"})


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _html(status: int, inside: str) -> Response:
    head = "<meta charset='utf-8'><title>Sandbox</title>"
    whole = f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{inside}</body></html>"
    return Response(status, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}, whole.encode())


def _refuse(error: str, said: str, status: int = 400) -> NoReturn:
    raise Refused(error, said, status)


ROUTES = (
    Route("POST", "/oauth/token", give, free=True),
    Route("GET", "/oauth/authorize", page, free=True, extra=True),
    Route("POST", "/oauth/authorize", agree, free=True, extra=True),
)
