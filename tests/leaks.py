"""Looks through files for planted words, in clear and in every wrapping they might have: a leak, if one is found."""

import base64
import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_MOST = 64 << 20
_ZLIB = tuple(bytes([0x78, second]) for second in (0x01, 0x5E, 0x9C, 0xDA))


@dataclass(frozen=True)
class Hit:
    """A planted word, where it was found and how it was written."""

    path: str
    word: str
    writing: str


def scan(folders: Iterable[Path], planted: Iterable[str]) -> list[Hit]:
    """Every planted word found in any file of the folders."""
    wanted = list(_writings(planted))
    hits = []
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_symlink():
                hits += scan_bytes(path.read_bytes(), wanted, str(path))
                hits += [Hit(str(path), word, "name") for word in planted if word in path.name]
    return hits


def scan_bytes(data: bytes, wanted: list[tuple[str, str, bytes]], where: str) -> list[Hit]:
    """Every planted word in some bytes, also in what is compressed within them."""
    hits = []
    for layer, body in (("", data), *_unpacked(data)):
        small = body.lower()
        for word, writing, needle in wanted:
            if needle in body or (writing == "hex" and needle in small):
                hits.append(Hit(where, word, layer + writing))
    return list(dict.fromkeys(hits))


def _writings(planted: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    for word in planted:
        for name in ("utf-8", "utf-16-le", "utf-16-be"):
            raw = word.encode(name)
            yield word, name, raw
            yield word, "hex", raw.hex().encode()
            for shift in range(3):
                # The letters that do not depend on what stands before and after: the same in any base64 of it.
                inside = base64.b64encode(bytes(shift) + raw)[-(-shift * 8 // 6) :]
                whole = (shift + len(raw)) % 3
                yield word, f"base64 of {name}", inside[: len(inside) - (4 if whole else 0)]


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is compressed in some bytes: zlib wherever its first bytes stand, gzip, and raw deflate of a zip."""
    for mark in _ZLIB:
        yield from (("zlib ", body) for body in _at(data, mark, 0, 15))
    yield from (("gzip ", body) for body in _at(data, b"\x1f\x8b\x08", 0, 31))
    at = data.find(b"PK\x03\x04")
    while at >= 0:
        start = (
            at
            + 30
            + int.from_bytes(data[at + 26 : at + 28], "little")
            + int.from_bytes(data[at + 28 : at + 30], "little")
        )
        body = _inflate(data[start:], -15)
        if body:
            yield "zip ", body
        at = data.find(b"PK\x03\x04", at + 4)


def _at(data: bytes, mark: bytes, skip: int, window: int) -> Iterator[bytes]:
    at = data.find(mark)
    while at >= 0:
        body = _inflate(data[at + skip :], window)
        if len(body) > 8:
            yield body
        at = data.find(mark, at + 1)


def _inflate(data: bytes, window: int) -> bytes:
    """As much as can be unpacked: a stream that was cut off still gives away its beginning."""
    stream, found = zlib.decompressobj(window), b""
    try:
        for at in range(0, len(data), 256):
            found += stream.decompress(data[at : at + 256], _MOST)
            if stream.eof or len(found) > _MOST:
                break
    except zlib.error:
        return found
    return found


def wrapped(word: str) -> dict[str, bytes]:
    """A word in each wrapping that must be found: for showing that it would be."""
    raw = f"before {word} after".encode()
    return {
        "plain": raw,
        "utf-16-le": raw.decode().encode("utf-16-le"),
        "utf-16-be": raw.decode().encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        **{f"base64 {n}": base64.b64encode(b"x" * n + raw) for n in range(3)},
        "zlib": b"%PDF stream\n" + zlib.compress(raw * 3),
        "zlib 1": zlib.compress(raw * 3, 1),
        "zlib cut": zlib.compress(raw * 50)[:-6],
        "gzip": b"junk" + gzip.compress(raw * 3),
    }
