"""The clinic's certificate: made once, its own key alone, renewed before it ends, and only pinned senders let in."""

import hashlib
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import certificates
from clinic_desktop.services.certificates import CHAIN, FOLDER, KEY, server_context, standing

HERE = "127.0.0.1"


def test_it_is_made_once_and_shown_by_its_digest(tmp_path: Path) -> None:
    first = standing(tmp_path, HERE)
    der = ssl.PEM_cert_to_DER_cert(first.chain.read_text())
    assert first.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert standing(tmp_path, HERE) == first
    assert (tmp_path / FOLDER / KEY).stat().st_mode & 0o077 == 0


def test_it_is_made_anew_for_another_address_and_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = standing(tmp_path, HERE)
    second = standing(tmp_path, "192.0.2.7")
    assert second.fingerprint != first.fingerprint
    names = x509.load_pem_x509_certificate(second.chain.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert "192.0.2.7" in {str(one) for one in names.value.get_values_for_type(x509.IPAddress)}
    later = SystemClock().now() + timedelta(days=365 * certificates.YEARS - 10)
    monkeypatch.setattr(SystemClock, "now", lambda _self: later)
    assert standing(tmp_path, "192.0.2.7").fingerprint != second.fingerprint


def test_a_key_that_is_not_the_certificates_own_makes_both_anew(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, other = (standing(tmp_path / name, HERE) for name in ("a", "b"))
    first.key.write_bytes(other.key.read_bytes())
    assert standing(tmp_path / "a", HERE).fingerprint != first.fingerprint


@pytest.mark.parametrize("name", [CHAIN, KEY])
def test_a_damaged_file_is_said_and_not_written_over(tmp_path: Path, name: str) -> None:
    standing(tmp_path, HERE)
    (tmp_path / FOLDER / name).write_bytes(b"-----BEGIN NOTHING-----")
    with pytest.raises(Trouble, match="certificate of this workstation"):
        standing(tmp_path, HERE)
    assert (tmp_path / FOLDER / name).read_bytes() == b"-----BEGIN NOTHING-----"


def test_without_a_list_anybody_is_let_in_and_with_one_only_who_stands_on_it(tmp_path: Path) -> None:
    mine = standing(tmp_path, HERE)
    assert server_context(mine).lets_in(None)
    pinned = server_context(mine, mine.chain)
    der = ssl.PEM_cert_to_DER_cert(mine.chain.read_text())
    assert pinned.lets_in(der)
    assert not pinned.lets_in(None)
    assert not pinned.lets_in(der[:-1] + b"\0")
    assert pinned.context.verify_mode == ssl.CERT_REQUIRED
    assert pinned.context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\xff" * 100, None])
def test_a_list_that_is_none_lets_nobody_in(tmp_path: Path, content: bytes | None) -> None:
    mine = standing(tmp_path, HERE)
    given = tmp_path / "senders.pem"
    if content is not None:
        given.write_bytes(content)
    with pytest.raises(Trouble, match="certificates of the senders"):
        server_context(mine, given)
