"""`clinic-desktop device`: who may speak with the local API, and from where."""

from dataclasses import asdict

from clinic_desktop import settings
from clinic_desktop.cli.terminal import DONE, SignedIn, Terminal, parser
from clinic_desktop.domain.pairing import KINDS
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import administration, certificates, local_network, pairing
from clinic_desktop.services.device_views import SHOWS
from clinic_desktop.services.permissions import require


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Pair, list or revoke devices; choose the network and what the call screen shows."""
    words = parser("device", "Devices of the local API.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    which.add_parser("kinds", help="the kinds there are, and what each may")
    which.add_parser("list", help="every device, those that may speak first")
    for name, about in (("pair", "let a device in and print its token, once"), ("code", "a code for a device to give")):
        one = which.add_parser(name, help=about)
        one.add_argument("--kind", required=True, metavar="KIND", help=", ".join(KINDS))
        one.add_argument("--name", required=True, help="by which people know it")
    revoke = which.add_parser("revoke", help="let a device in no more")
    revoke.add_argument("id", metavar="ID")
    network = which.add_parser("network", help="let other machines ask on one address, over TLS; or no more")
    network.add_argument("--address", metavar="A", help="one address of this machine in the clinic's network")
    network.add_argument("--port", type=int, metavar="N", default=8443)
    network.add_argument("--off", action="store_true", help="answer on this machine alone again")
    port = which.add_parser("port", help="where the local API answers on this machine, whenever the window runs")
    port.add_argument("number", type=int, metavar="N", help="0: nowhere")
    screen = which.add_parser("call-screen", help="what the public call screen shows beside the ticket")
    screen.add_argument("--show", choices=SHOWS, required=True)
    chosen = words.parse_args(arguments)
    if chosen.which == "kinds":
        known = {name: {"about": kind.about, "scopes": sorted(kind.scopes)} for name, kind in KINDS.items()}
        terminal.answer(known, [f"{name:<10}{kind.about}" for name, kind in KINDS.items()])
        return DONE
    with terminal.signed_in() as here:
        if chosen.which == "list":
            _list(terminal, here)
        elif chosen.which == "pair":
            token = pairing.new_token()
            new = pairing.pair_device(here.desk, chosen.kind, chosen.name, token)
            told = {"id": new.id, "token": token, "scopes": list(new.scopes)}
            terminal.answer(told, [f"{new.id}  {new.name} ({new.kind})", token, _("The token is shown this once.")])
        elif chosen.which == "code":
            code = pairing.new_code()
            offered = pairing.offer_code(here.desk, chosen.kind, chosen.name, code)
            terminal.answer({"code": code, "expires_at": offered.expires_at.isoformat()}, [code])
        elif chosen.which == "revoke":
            gone = pairing.revoke_device(here.desk, chosen.id)
            terminal.answer({"id": gone.id, "state": gone.state}, [f"{gone.id} {gone.state}"])
        elif chosen.which == "port":
            _port(terminal, here, chosen.number)
        elif chosen.which == "network":
            _network(terminal, here, "" if chosen.off else chosen.address or "", chosen.port)
        else:
            administration.change_setting(here.desk, "call_screen_shows", chosen.show)
            terminal.answer({"call_screen_shows": chosen.show}, [chosen.show])
    return DONE


def _list(terminal: Terminal, here: SignedIn) -> None:
    known = pairing.paired(here.desk)
    terminal.answer(
        [asdict(one) for one in known],
        [
            f"{one.id}  {one.state:<8}{one.kind:<10}{one.name}"
            f"  {one.seen_at.isoformat() if one.seen_at else _('not heard from yet')}"
            for one in known
        ]
        or [_("No device is paired.")],
    )


def _port(terminal: Terminal, here: SignedIn, number: int) -> None:
    require(here.desk.session.role, "local_network.choose_network")
    if not (number == 0 or 1024 <= number <= 65535):
        raise Refusal(N_("A port is a number from 1024 to 65535, or 0 for none."), field="port")
    settings.change(terminal.profile, api_port=number)
    terminal.answer({"port": number}, [_("From the next start of the background process on: {n}").format(n=number)])


def _network(terminal: Terminal, here: SignedIn, address: str, port: int) -> None:
    if not address:
        local_network.leave_network(here.desk)
        terminal.answer({"address": None}, [_("This machine alone may ask.")])
        return
    chosen = local_network.choose_network(here.desk, address, port)
    made = certificates.standing(terminal.profile, chosen.address)
    told = {"address": chosen.address, "port": chosen.port, "sha256": made.fingerprint}
    terminal.answer(told, [f"https://{chosen.address}:{chosen.port}", f"SHA-256 {made.fingerprint}"])
