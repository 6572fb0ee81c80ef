"""One clinic's vault: its data key behind a slot for each user and one for the recovery key."""

import hashlib
import hmac
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from clinic_desktop.clock import Clock, SystemClock, new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault import keyslots, recovery_key
from clinic_desktop.vault.attempts import Attempts
from clinic_desktop.vault.device_secret import FILE, DeviceSecret, choose, reopen
from clinic_desktop.vault.keyslots import KeySlots, SecretKind
from clinic_desktop.vault.passwords import MOST, canonical_password, canonical_username, check_password
from clinic_desktop.vault.sealing import (
    DEFAULT,
    KEY_BYTES,
    KdfParams,
    Slot,
    new_nonce,
    password_key,
    random_bytes,
    recovery_slot_key,
    seal,
    subkey,
    unseal,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VaultUser:
    """Who may be chosen on the sign-in page."""

    user_id: str
    username: str
    label: str = field(repr=False)


@dataclass(frozen=True)
class Unlocked:
    """A successful sign-in; `failures` is how often it went wrong since the one before."""

    user_id: str
    username: str
    data_key: bytes = field(repr=False)
    failures: int


class Vault:
    """The keys of one profile folder; open it with `Vault.open`, make it with `create_vault`."""

    def __init__(self, profile: Path, slots: KeySlots, clock: Clock, kdf: KdfParams) -> None:
        self._profile = profile
        self._slots = slots
        self._clock = clock
        self._kdf = kdf
        self._attempts = Attempts(profile / "attempts")

    @staticmethod
    def open(profile: Path, *, clock: Clock | None = None, kdf: KdfParams = DEFAULT) -> "Vault":
        """Read a profile's key slots; opens nothing yet. Raises Trouble when they are missing or damaged."""
        return Vault(profile, keyslots.load(profile), clock or SystemClock(), kdf)

    @property
    def database_id(self) -> str:
        """The id of the database these keys belong to."""
        return self._slots.database_id

    @property
    def users(self) -> tuple[VaultUser, ...]:
        """Everyone with a slot, by label."""
        people = (VaultUser(s.user_id, s.username, s.label) for s in self._user_slots())
        return tuple(sorted(people, key=lambda user: (user.label.casefold(), user.username)))

    @property
    def recovery_confirmed(self) -> bool:
        """Whether the recovery key was typed back once; no patient is registered before."""
        return self._slots.recovery_confirmed

    @property
    def device_secret(self) -> tuple[SecretKind, str]:
        """Where the device secret lies: the kind and, for a keyring, its back end."""
        return self._slots.secret_kind, self._slots.secret_backend

    def failures(self, username: str) -> int:
        """How often in a row signing in as this person went wrong."""
        return self._attempts.failures(self._bucket(username))

    def unlock(self, username: str, password: str, *, durable: bool = True) -> Unlocked:
        """Open a user's slot. Raises Refusal (wrong, or wait) and Trouble (device secret not to be had).

        `durable` wants the try written down before it is made; without it a full disk is no reason to refuse.
        """
        # Somebody may have been given another password, or lost their slot, in another process meanwhile.
        self._reload()
        secret = self._secret().read(self.database_id)
        who = self._bucket(username)
        before = self._attempts.begin(who, self._clock.now(), durable=durable)
        slot = self._slot_of(username)
        data_key = self._open_user_slot(slot or self._nobody(), password, secret)
        if slot is None or data_key is None:
            raise Refusal(N_("The username or the password is wrong."), field="password")
        self._attempts.succeeded(who)
        self._raise_cost(slot, password, secret, data_key)
        return Unlocked(slot.user_id, slot.username, data_key, before)

    def unlock_with_recovery(self, key: str) -> bytes:
        """Open with the recovery key alone: no device secret, no keyring. Raises Refusal."""
        found = self._open_recovery(recovery_key.from_paper(key))
        if found is None:
            raise Refusal(N_("This is not the recovery key of this clinic."), field="recovery_key")
        return found[1]

    def verify_recovery(self, key: str) -> bool:
        """Whether a typed key opens the newest recovery slot; from then on older ones are gone.

        Raises Refusal naming the line when the key was mistyped.
        """
        found = self._open_recovery(recovery_key.from_paper(key))
        self._reload()
        newest = max(slot.version for slot in self._recovery_slots())
        if found is None or found[0].version != newest:
            return False
        kept = (s for s in self._slots.slots if s.kind == "user" or s.version == newest)
        self._save(kept, recovery_confirmed=True)
        return True

    def replace_recovery(self, data_key: bytes) -> str:
        """Make a new recovery key; the old one goes when the new one was typed back."""
        self._require(data_key)
        self._reload()
        version = 1 + max((slot.version for slot in self._recovery_slots()), default=0)
        slot, paper = _recovery_slot(self.database_id, version, data_key)
        self._save((*self._slots.slots, slot), recovery_confirmed=False)
        return paper

    def add_user(self, data_key: bytes, user_id: str, username: str, password: str, label: str = "") -> None:
        """Give a person a slot, or a new password when they have one. Raises Refusal."""
        self._require(data_key)
        check_password(password, username)
        self._reload()
        name = username.strip()
        taken = self._slot_of(name)
        if not name or (taken and taken.user_id != user_id):
            raise Refusal(N_("The username “{username}” cannot be used."), field="username", username=name)
        slot = Slot(new_id(), "user", user_id, name, label or name, 0, self._kdf, b"", b"", b"")
        self._put(self._seal_user(slot, password, self._secret().read(self.database_id), data_key))
        self._attempts.succeeded(self._bucket(name))

    def change_password(self, username: str, old: str, new: str) -> Unlocked:
        """Let a person change their own password. Raises Refusal, its field ``old`` or ``password``."""
        try:
            unlocked = self.unlock(username, old)
        except Refusal as error:
            raise Refusal(error.message, field="old", **error.facts) from None
        check_password(new, username)
        label = next(user.label for user in self.users if user.user_id == unlocked.user_id)
        self.add_user(unlocked.data_key, unlocked.user_id, unlocked.username, new, label)
        return unlocked

    def remove_user(self, user_id: str) -> None:
        """Take a person's slot away; copies of the files made earlier are not reached by it."""
        self._reload()
        self._save(s for s in self._slots.slots if s.user_id != user_id or s.kind != "user")

    def renew_device_secret(self, data_key: bytes, device_secret: SecretKind) -> None:
        """Bind the vault to this machine anew, after recovery: every password must be given again.

        A secret that the machine's keyring has for this database is kept, since an older folder may still need it.
        """
        self._require(data_key)
        self._reload()
        place = choose(device_secret, self._profile)
        if not place.has(self.database_id):
            place.make(self.database_id)
        self._save(self._recovery_slots(), secret_kind=place.kind, secret_backend=place.backend)
        if place.kind != "file":
            (self._profile / FILE).unlink(missing_ok=True)

    def put_anchor(self, text: str) -> bool:
        """Keep the journal's head in the keyring; False where there is none to be had."""
        try:
            return self._secret().put_text(self.database_id, "anchor", text)
        except Trouble:
            # A clinic opened with the recovery key must go on without the keyring.
            _log.warning("the anchor could not be put into the keyring")
            return False

    def get_anchor(self) -> str | None:
        """The journal's head as the keyring has it; None where there is none to be had."""
        try:
            return self._secret().get_text(self.database_id, "anchor")
        except Trouble:
            _log.warning("the keyring could not be asked for the anchor")
            return None

    def opens_with(self, data_key: bytes) -> bool:
        """Whether a data key is this vault's."""
        return self.slots_open_with(self._slots, data_key)

    @staticmethod
    def slots_open_with(slots: KeySlots, data_key: bytes) -> bool:
        """Whether a data key is the one that some slots hold, such as a backup's copy."""
        return hmac.compare_digest(_key_check(data_key, slots.database_id), slots.key_check)

    def _secret(self) -> DeviceSecret:
        return reopen(self._slots.secret_kind, self._slots.secret_backend, self._profile)

    def _require(self, data_key: bytes) -> None:
        # A slot sealed around another key would lock its owner out, and be found only when it is too late.
        if not self.opens_with(data_key):
            raise ValueError("not the data key of this vault")

    def _user_slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self._slots.slots if slot.kind == "user")

    def _recovery_slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self._slots.slots if slot.kind == "recovery")

    def _slot_of(self, username: str) -> Slot | None:
        name = canonical_username(username)
        return next((s for s in self._user_slots() if canonical_username(s.username) == name), None)

    def _bucket(self, username: str) -> str:
        """Under which name tries are counted; of an unknown name (it may be a password) only 12 bits."""
        slot = self._slot_of(username)
        if slot:
            return slot.user_id
        digest = hashlib.sha256(f"{self.database_id}|{canonical_username(username)!a}".encode()).hexdigest()
        return f"?{digest[:3]}"

    def _nobody(self) -> Slot:
        """A slot that nothing opens, so that an unknown name takes as long as a wrong password."""
        cost = max((s.kdf for s in self._user_slots() if s.kdf), key=lambda k: k.memory_kib, default=self._kdf)
        return Slot("", "user", "", "", "", 0, cost, bytes(16), bytes(12), bytes(KEY_BYTES + 16))

    def _open_user_slot(self, slot: Slot, password: str, secret: bytes) -> bytes | None:
        typed = canonical_password(password[: MOST + 1])
        data_key = unseal(password_key(typed, secret, slot, self.database_id), slot, self.database_id)
        return data_key if data_key and self.opens_with(data_key) else None

    def _open_recovery(self, key: bytes) -> tuple[Slot, bytes] | None:
        for slot in self._recovery_slots():
            data_key = unseal(recovery_slot_key(key, slot, self.database_id), slot, self.database_id)
            if data_key and self.opens_with(data_key):
                return slot, data_key
        return None

    def _seal_user(self, slot: Slot, password: str, secret: bytes, data_key: bytes) -> Slot:
        versions = (s.version for s in self._user_slots() if s.user_id == slot.user_id)
        fresh = replace(
            slot,
            version=1 + max(versions, default=0),
            kdf=self._kdf,
            salt=random_bytes(16),
            nonce=new_nonce(),
            sealed=b"",
        )
        key = password_key(canonical_password(password), secret, fresh, self.database_id)
        return replace(fresh, sealed=seal(key, data_key, fresh, self.database_id))

    def _raise_cost(self, slot: Slot, password: str, secret: bytes, data_key: bytes) -> None:
        """Seal again at today's cost; a clinic that cannot be written to is opened all the same."""
        if slot.kdf is None or not slot.kdf.weaker_than(self._kdf):
            return
        try:
            self._reload()
            if slot in self._slots.slots:
                self._put(self._seal_user(slot, password, secret, data_key))
        except Trouble:
            _log.warning("the cost of a slot could not be raised")

    def _put(self, slot: Slot) -> None:
        self._save((*(s for s in self._slots.slots if s.user_id != slot.user_id or s.kind != "user"), slot))

    def _reload(self) -> None:
        # Another process of this workstation may have written since: never save over what it wrote.
        self._slots = keyslots.load(self._profile)

    def _save(
        self,
        slots: Iterable[Slot],
        *,
        recovery_confirmed: bool | None = None,
        secret_kind: SecretKind | None = None,
        secret_backend: str | None = None,
    ) -> None:
        old = self._slots
        confirmed = old.recovery_confirmed if recovery_confirmed is None else recovery_confirmed
        self._slots = keyslots.save(
            self._profile,
            replace(
                old,
                slots=tuple(slots),
                recovery_confirmed=confirmed,
                secret_kind=secret_kind or old.secret_kind,
                secret_backend=old.secret_backend if secret_backend is None else secret_backend,
            ),
        )


@dataclass(frozen=True)
class NewVault:
    """What `create_vault` made; the recovery key is shown once and kept nowhere."""

    vault: Vault
    data_key: bytes = field(repr=False)
    recovery_key: str = field(repr=False)


def create_vault(
    profile: Path, *, device_secret: SecretKind, kdf: KdfParams = DEFAULT, clock: Clock | None = None
) -> NewVault:
    """Draw a clinic's keys in an empty profile folder. Raises Trouble."""
    if keyslots.exist(profile):
        raise Trouble(
            N_("There is a clinic in {folder} already."),
            remedy=N_("Choose another folder."),
            folder=str(profile),
        )
    try:
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Trouble(
            N_("The folder {folder} could not be made."),
            remedy=N_("Choose another folder."),
            folder=str(profile),
        ) from error
    database_id = str(uuid.uuid4())
    place = choose(device_secret, profile)
    place.make(database_id)
    data_key = random_bytes()
    slot, paper = _recovery_slot(database_id, 1, data_key)
    check = _key_check(data_key, database_id)
    slots = keyslots.save(
        profile,
        KeySlots(database_id, 0, place.kind, place.backend, False, check, (slot,)),  # noqa: FBT003 - not yet
    )
    return NewVault(Vault(profile, slots, clock or SystemClock(), kdf), data_key, paper)


def _recovery_slot(database_id: str, version: int, data_key: bytes) -> tuple[Slot, str]:
    key = recovery_key.new_recovery_key()
    slot = Slot(new_id(), "recovery", "", "", "", version, None, random_bytes(16), new_nonce(), b"")
    sealed = seal(recovery_slot_key(key, slot, database_id), data_key, slot, database_id)
    return replace(slot, sealed=sealed), recovery_key.to_paper(key)


def _key_check(data_key: bytes, database_id: str) -> bytes:
    return hmac.digest(subkey(data_key, "key check"), database_id.encode(), "sha256")
