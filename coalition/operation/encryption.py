"""A file that only who has the key reads, and that nobody else can have written: AES-256-GCM, chunk by chunk.

It begins with MAGIC, with which kind of key it was made, and a salt. Each chunk of CHUNK_BYTES is encrypted under a
nonce that counts it and says whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
2015), so that a chunk that was changed, moved or cut off is noticed, and none is larger than it may be.
"""

import base64
import hashlib
import hmac
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.private_file import write_private
from settlement import Phrase

MAGIC = b"coalition backup 2\n"
CHUNK_BYTES = 2**20
TAG_BYTES, SALT_BYTES, KEY_BYTES = 16, 16, 32
SCRYPT_COST = 2**15
"""Of guessing a passphrase: 32 MB of memory for each try."""


class KeyFileUnusable(CoalitionError):
    """A file that is no key of this program."""

    code = "key_file_unusable"
    detail = N_("{path}: {why}.")
    public = False
    path: Path
    why: str


class KeyKind(IntEnum):
    """What the key of a file is made from."""

    FILE = 1
    PASSPHRASE = 2


@dataclass(frozen=True, slots=True)
class BackupKey:
    """A key, or a passphrase that one is made from."""

    kind: KeyKind
    secret: bytes

    def cipher(self, salt: bytes) -> AESGCM:
        """The cipher of one file."""
        if self.kind is KeyKind.PASSPHRASE:
            key = hashlib.scrypt(self.secret, salt=salt, n=SCRYPT_COST, r=8, p=1, maxmem=2**26, dklen=KEY_BYTES)
        else:
            key = hmac.digest(self.secret, b"backup\0" + salt, hashlib.sha256)
        return AESGCM(key)


def key_of_passphrase(passphrase: str) -> BackupKey:
    """The key that a passphrase makes."""
    return BackupKey(KeyKind.PASSPHRASE, passphrase.encode())


def read_key_file(path: Path) -> BackupKey:
    """The key in a file. Raises KeyFileUnusable."""
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except OSError as error:
        raise KeyFileUnusable(path, Phrase("it can't be read ({reason})", reason=error.strerror or error)) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileUnusable(path, Phrase("it is no key file"))
    return BackupKey(KeyKind.FILE, key)


def make_key_file(path: Path) -> bool:
    """Make a new key that the user of this process alone can read; False where the file is there already."""
    try:
        write_private(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    except FileExistsError:
        return False
    except OSError as error:
        raise KeyFileUnusable(path, Phrase("it can't be written ({reason})", reason=error.strerror or error)) from None
    return True


class EncryptingFile(io.RawIOBase):
    """Encrypts what is written to it into another file; the last chunk is written when it is closed."""

    def __init__(self, raw: IO[bytes], key: BackupKey) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._raw, self._header = raw, MAGIC + bytes([key.kind]) + salt
        self._cipher, self._waiting, self._number = key.cipher(salt), bytearray(), 0
        raw.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._put(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk; without it the file is not whole."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._raw.write(self._cipher.encrypt(nonce(self._number, last=last), chunk, self._header))
        self._number += 1


def kind_of(raw: IO[bytes]) -> KeyKind | None:
    """With which kind of key a file was made; None where it is not encrypted. The file is read up to its salt."""
    head = raw.read(len(MAGIC) + 1)
    if head[:-1] != MAGIC:
        return None
    return KeyKind(head[-1])


def decrypt(raw: IO[bytes], key: BackupKey, write: Callable[[bytes], object]) -> None:
    """Decrypt what is behind `kind_of` and write it. Raises ValueError where the key is another or anything changed."""
    salt = raw.read(SALT_BYTES)
    header, cipher, number = MAGIC + bytes([key.kind]) + salt, key.cipher(salt), 0
    chunk = raw.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = raw.read(CHUNK_BYTES + TAG_BYTES)
        try:
            write(cipher.decrypt(nonce(number, last=not following), chunk, header))
        except InvalidTag:
            raise ValueError from None
        if not following:
            return
        chunk, number = following, number + 1


def nonce(number: int, *, last: bool) -> bytes:
    """Of a chunk; a file has a key of its own, so no nonce is used twice."""
    return number.to_bytes(11) + bytes([last])
