"""The names on the key slots, for the list on the sign-in page.

Read without the cryptography, which is loaded behind the painted page, and believed by nobody: signing in reads the
slots again, with their checksum, and says what is wrong with them.
"""

import json
from pathlib import Path

FILES = ("keyslots", "keyslots.2")


def names_in(profile: Path) -> list[tuple[str, str]]:
    """Username and label of everyone with a slot, by label; of the newer copy that can be read, if there is one."""
    found: list[tuple[int, list[tuple[str, str]]]] = []
    for name in FILES:
        try:
            body = json.loads(json.loads((profile / name).read_bytes())["body"])
            people = [(str(s["username"]), str(s["label"])) for s in body["slots"] if s["kind"] == "user"]
            found.append((int(body["generation"]), people))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    newest = max(found, key=lambda copy: copy[0], default=(0, []))
    return sorted(newest[1], key=lambda person: (person[1].casefold(), person[0]))
