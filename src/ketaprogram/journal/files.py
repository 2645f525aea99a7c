"""A journal in a file: one canonical JSON entry a line, on the disk before `add` returns."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ketaprogram.documents import read, write
from ketaprogram.errors import ConflictError, DocumentError, StorageError
from ketaprogram.journal.chain import anchor_of, check_follows, without_payload
from ketaprogram.journal.model import Anchor, Entry

try:
    import fcntl
except ModuleNotFoundError:  # pragma: no cover  # Windows has no such lock; there the comparison alone has to do
    fcntl = None  # type: ignore[assignment]  # checked before use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

__all__ = ["File"]

_BLOCK = 64 * 1024
_AS_BYTES = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines


class File:
    """
    A store of newline-delimited JSON.

    An `add` looks at the last line only, whatever the length of the file. The lock is the operating system's, so it
    ends with the process that holds it; it keeps no promise on network file systems.

    Args:
        path: The file; it is made by the first `add`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._line = b""
        self._last: Anchor | None = None
        self._size = 0

    def anchor(self) -> Anchor | None:
        """How far the journal goes; None if there is no file, or nothing in it."""
        if not self.path.exists():
            return None
        with self._opened(os.O_RDONLY) as descriptor:
            _lock(descriptor, is_alone=False)
            return self._anchor(descriptor)

    def add(self, entry: Entry) -> None:
        """Write one more line and wait until it is on the disk; a write that fails is taken back."""
        is_new = not self.path.exists()
        with self._locked() as descriptor:
            check_follows(self._anchor(descriptor), entry)
            line = write(entry) + b"\n"
            size = self._size
            try:
                _write(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                # What stays if this fails too is a torn line, which is found and never read.
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                    os.fsync(descriptor)
                raise
            if is_new:
                self._sync_folder()
            self._line, self._last = line, anchor_of(entry)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries in order; those that are skipped are not decoded."""
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(iter(lambda: _whole_line(file), b""), 1):
                    if number > after:
                        yield _entry(line, number)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _storage(error) from None

    def erase(self, redaction: Entry) -> None:
        """
        Write the file anew with the payload gone and the redaction at its end, then put it in the old one's place.

        Copies that were made of the file, and blocks of the disk that it no longer uses, still hold the payload.
        Windows refuses to put a file in the place of one that is open; there, use a `Database`.
        """
        with self._locked() as descriptor:
            check_follows(self._anchor(descriptor), redaction)
            beside = self.path.with_name(self.path.name + ".new")
            try:
                _write_anew(beside, self._without(redaction), os.fstat(descriptor).st_mode)
                beside.replace(self.path)
                self._sync_folder()
            finally:
                beside.unlink(missing_ok=True)

    def mend(self) -> int:
        """
        Take a torn last line away and keep it beside the file, as ``NAME.torn-PLACE-LENGTH``.

        Nothing that was acknowledged is in it: `add` had not returned.

        Returns:
            How many bytes were torn; 0 if none.

        Raises:
            ConflictError: Somebody else is writing.
            StorageError: The file cannot be written.
        """
        with self._locked() as descriptor:
            size = os.fstat(descriptor).st_size
            torn = _last_line(descriptor, size)
            if not torn or torn.endswith(b"\n"):
                return 0
            whole = size - len(torn)
            kept = self.path.with_name(f"{self.path.name}.torn-{whole}-{len(torn)}")
            _write_anew(kept, [torn], os.fstat(descriptor).st_mode)
            os.ftruncate(descriptor, whole)
            os.fsync(descriptor)
            self._sync_folder()
            return len(torn)

    def _without(self, redaction: Entry) -> Iterator[bytes]:
        for entry in chain(self.entries(), [redaction]):
            bare = without_payload(entry) if entry.sequence == redaction.corrects else entry
            yield write(bare) + b"\n"

    def _anchor(self, descriptor: int) -> Anchor | None:
        """How far the file goes, from its last line; that is decoded only if it is not the one seen before."""
        self._size = os.fstat(descriptor).st_size
        line = _last_line(descriptor, self._size)
        if line and not line.endswith(b"\n"):
            raise _torn()
        if line != self._line:
            last = anchor_of(_entry(line, None)) if line else None
            if self._last is not None and (last is None or last.count <= self._last.count):
                message = "entries that were at the end of the journal are missing, or are others than they were"
                raise ConflictError(message)
            self._line, self._last = line, last
        return self._last

    @contextmanager
    def _locked(self) -> Iterator[int]:
        with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
            _lock(descriptor, is_alone=True)
            if not _is_at(self.path, descriptor):
                message = "somebody else has put another file in the journal's place"
                raise ConflictError(message)
            yield descriptor

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        try:
            descriptor = os.open(self.path, flags | _AS_BYTES, 0o600)
            try:
                yield descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _storage(error) from None

    def _sync_folder(self) -> None:
        """Wait until the name of the file is on the disk, too."""
        if os.name == "nt":  # pragma: no cover  # Windows opens no folders; its file systems keep names by themselves
            return
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, *, is_alone: bool) -> None:
    if fcntl is not None:  # pragma: no branch  # Windows has no such lock
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "somebody else is writing to the journal"
            raise ConflictError(message) from None


def _whole_line(file: BinaryIO) -> bytes:
    """The next line. One without an end may just be being written, so it is read again when nobody writes."""
    start, line = file.tell(), file.readline()
    if line and not line.endswith(b"\n"):
        if fcntl is not None:  # pragma: no branch  # Windows has no such lock
            fcntl.flock(file, fcntl.LOCK_SH)
        file.seek(start)
        line = file.readline()
        if line and not line.endswith(b"\n"):
            raise _torn()
    return line


def _write_anew(path: Path, chunks: Iterable[bytes], mode: int) -> None:
    """A file of some bytes that is on the disk, as readable for others as the journal is."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _AS_BYTES, 0o600), "wb") as file:
        path.chmod(mode & 0o777)
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())


def _write(descriptor: int, line: bytes) -> None:
    """All of a line: the system may write less than it was given."""
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _last_line(descriptor: int, size: int) -> bytes:
    """The last line, with its end if it has one; read backwards, so that the length of the file does not matter."""
    found = b""
    while len(found) < size:
        start = max(0, size - len(found) - _BLOCK)
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, size - len(found) - start) + found
        end = found.rfind(b"\n", 0, len(found) - 1)
        if end >= 0:
            return found[end + 1 :]
    return found


def _is_at(path: Path, descriptor: int) -> bool:
    return os.path.samestat(path.stat(), os.fstat(descriptor))


def _entry(line: bytes, number: int | None) -> Entry:
    try:
        return read(Entry, line)
    except DocumentError as error:
        message = "the last line is not an entry" if number is None else f"line {number} is not an entry"
        raise DocumentError(message, error.issues) from None


def _torn() -> ConflictError:
    return ConflictError("the last line is torn: it was being written when something stopped")


def _storage(error: OSError) -> StorageError:
    """What the system says, without the name of the file."""
    return StorageError(f"the journal's file cannot be used: {error.strerror}")
