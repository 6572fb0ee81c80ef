"""Plays a scanner: what it sends of one code, with the end that it is set to."""


def compose(text: str, end: str = "\r\n") -> list[bytes]:
    r"""The bytes of a scan; ``\x1d`` and the like, as a shell lets them be typed, stand for control characters."""
    return [text.encode().decode("unicode_escape").encode("latin-1") + end.encode()]
