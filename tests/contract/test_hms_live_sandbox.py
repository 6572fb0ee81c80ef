"""The live channel of HMS against the sandbox's own, both over real sockets."""

import threading
import time

from sync.port import Kind
from sync.remotes.hms_enterprise.remote import open_live, open_remote
from sync.sandbox.hosting import Sandbox
from sync.sandbox.people import People
from sync.telling.hints import CATCH_UP, Hint
from sync.transport.opening import Opening
from tests.unit.sync.loopback import Drawer, OpenGate, Watch


def test_what_other_people_change_is_heard_and_an_end_of_the_line_is_caught_up() -> None:
    house = Sandbox(["hms_enterprise"])
    try:
        [address] = house.addresses()
        secrets = Drawer(**address["credentials"])
        opening = Opening(address["base_url"], secrets, Watch(), OpenGate())
        remote = open_remote(opening)
        remote.check()
        hints: list[Hint] = []
        system = house.gates["hms_enterprise"].system
        patient = next(iter(system.tables["patients"].rows))
        live = open_live(opening, lambda _seconds: time.sleep(0.05), lambda: 1.0)
        ended = threading.Event()
        listener = threading.Thread(target=live.listen, args=(hints.append, ended.is_set), daemon=True)
        listener.start()

        def heard(count: int) -> bool:
            """Whether so many hints came; other people go on changing until they do."""
            for _try in range(100):
                if len(hints) >= count:
                    return True
                People(system).edit("patients", patient, first_name="Jo")
                time.sleep(0.1)
            return False

        assert heard(2)
        assert hints[0] == CATCH_UP
        assert Hint(Kind.PATIENT, patient) in hints
        before = len(hints)
        for channel in list(getattr(system, "channels", ())):
            channel.drop()
        assert heard(before + 2)
        assert CATCH_UP in hints[before:]
        ended.set()
        listener.join(5)
        assert not listener.is_alive()
    finally:
        house.close()
