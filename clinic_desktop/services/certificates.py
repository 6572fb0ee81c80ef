"""The clinic's own certificate for what the local network sends over TLS: made once, shown by its fingerprint.

Its key lies in the clinic's folder, readable by its owner alone: the listeners need it while nobody has the clinic's
key. It proves which workstation answers and opens nothing of the clinic.
"""

import contextlib
import hashlib
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault.durable import write_durably

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# Nobody is signed in when the listeners open: whoever owns the folder starts them.
IN_ACT = ("server_context", "standing")

FOLDER, KEY, CHAIN = "tls", "key.pem", "certificate.pem"
YEARS = 5
# A new one is made when the old one would end soon: a listener that nobody can reach helps nobody.
RENEW_BEFORE = timedelta(days=30)
LARGEST_PINS = 1024 * 1024


@dataclass(frozen=True)
class Certificate:
    """The clinic's certificate: where it and its key lie, and the SHA-256 of it that is compared by eye."""

    chain: Path
    key: Path
    fingerprint: str


@dataclass(frozen=True)
class Allowed:
    """How a listener speaks TLS; `pinned` are the SHA-256 of the only certificates that may connect."""

    context: ssl.SSLContext
    pinned: frozenset[bytes] | None = None

    def lets_in(self, certificate: bytes | None) -> bool:
        """Whether a sender with this certificate may speak."""
        return self.pinned is None or (certificate is not None and hashlib.sha256(certificate).digest() in self.pinned)


def standing(profile: Path, host: str) -> Certificate:
    """The clinic's certificate for an address, made now where there is none that will stand. Raises Trouble."""
    folder = profile / FOLDER
    chain, key = folder / CHAIN, folder / KEY
    try:
        if not _stands(chain, key, host):
            folder.mkdir(mode=0o700, exist_ok=True)
            _make(chain, key, host)
        der = ssl.PEM_cert_to_DER_cert(chain.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise Trouble(
            N_("The certificate of this workstation could not be made or read ({why})."),
            remedy=N_("Check the folder {folder}; without the files in it new ones are made."),
            why=getattr(error, "strerror", None) or type(error).__name__,
            folder=str(folder),
        ) from error
    digits = hashlib.sha256(der).hexdigest().upper()
    return Certificate(chain, key, ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)))


def server_context(certificate: Certificate, clients: Path | None = None) -> Allowed:
    """TLS 1.2 or newer with the clinic's certificate; with a file of certificates only these may connect.

    Raises Trouble.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate.chain, certificate.key)
        if clients is None:
            return Allowed(context)
        with clients.open("rb") as file:
            given = file.read(LARGEST_PINS)
        pinned = _ders(given)
        # Each of them is trusted for itself, whoever issued it; whether it is one of them is looked at again by its
        # digest, so that one that may issue others lets none of those in.
        context.load_verify_locations(cadata=b"".join(pinned))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Trouble(
            N_("The certificates of the senders could not be read from {file}."),
            remedy=N_("Name a file with one or more certificates as PEM."),
            file="" if clients is None else str(clients),
        ) from error
    return Allowed(context, frozenset(hashlib.sha256(der).digest() for der in pinned))


def _ders(pem: bytes) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(pem)]


def _stands(chain: Path, key: Path, host: str) -> bool:
    """Whether both are here, belong together, are for this address and will not end soon."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not (chain.exists() and key.exists()):
        return False
    one = x509.load_pem_x509_certificate(chain.read_bytes())
    mine = load_pem_private_key(key.read_bytes(), None).public_key()
    names = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        mine == one.public_key()
        and all(name in names for name in _names(host))
        and one.not_valid_after_utc - RENEW_BEFORE > SystemClock().now()
    )


def _make(chain: Path, key: Path, host: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = ec.generate_private_key(ec.SECP256R1())
    made = _described(private, host).sign(private, SHA256())
    # The key first: a certificate with another's key would be of no use, a key alone is made anew.
    with contextlib.suppress(FileNotFoundError):
        chain.unlink()
    write_durably(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_durably(chain, made.public_bytes(Encoding.PEM))


def _described(private: "EllipticCurvePrivateKey", host: str) -> "x509.CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = SystemClock().now().astimezone(UTC)
    whom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clinic Desktop")])
    return (
        x509.CertificateBuilder()
        .subject_name(whom)
        .issuer_name(whom)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        # A day before: the clocks of analysers are often wrong by hours.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _names(host: str) -> "list[x509.GeneralName]":
    """What the certificate is for: this machine by its name and its addresses, and the address that is listened on."""
    from cryptography import x509

    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    own = socket.gethostname()
    if own.isascii() and own and own != "localhost":
        names.append(x509.DNSName(own))
    for text in dict.fromkeys(("127.0.0.1", "::1", host)):
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(text)
            if not address.is_unspecified:
                names.append(x509.IPAddress(address))
    return names


__all__ = ["Allowed", "Certificate", "server_context", "standing"]
