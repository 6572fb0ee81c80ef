"""The signature of a webhook: what is signed is told in two ways, and either may hold."""

import hashlib
import hmac

HEADER = "X-PracticeStudio-Signature"
# How old a signed instant may be, in seconds: what is older may be a repetition.
OLDEST = 300.0


def is_signed(secret: str, header: str, raw: bytes, now: float) -> bool:
    """Whether a notice bears a good signature: of its instant and its body, or of its body alone.

    A good one only says who sent it: a notice is a hint to look there, and never a truth of its own.
    """
    instant, given = _read(header)
    if not secret or not given:
        return False
    key = secret.encode()
    wanted = []
    if instant is not None and abs(now - instant) <= OLDEST:
        wanted.append(hmac.new(key, str(instant).encode() + b"." + raw, hashlib.sha256).hexdigest())
    wanted.append(hmac.new(key, raw, hashlib.sha256).hexdigest())
    found = False
    for each in given:
        for good in wanted:
            found |= hmac.compare_digest(each.encode(), good.encode())
    return found


def _read(header: str) -> tuple[int | None, list[str]]:
    instant, given = None, []
    for part in header.split(",")[:16]:
        name, _sign, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 16:
            instant = int(value)
        elif name == "v1":
            given.append(value)
    return instant, given
