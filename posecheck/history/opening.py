"""Opens the database of the history: makes it, migrates an older one, sets a damaged one aside, refuses a newer one.

Nothing that is there is ever overwritten: a damaged file is renamed, and of an older one a copy stays.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from posecheck.errors import FormatError, InputError, OutputError, PosecheckError
from posecheck.history.schema import APPLICATION_ID, MIGRATIONS, VERSION
from posecheck.records.files import make_folder, writing
from posecheck.records.folders import user_data_dir

DB_ENV = "POSECHECK_DB"
BUSY_S = 5.0  # a guess: another process may be at it for this long
_LISTED = ("sets", "repetitions", "medians")  # tables
_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm")  # files of a database beside its own
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def history_path(db: Path | None = None) -> Path:
    """Where the history is: `db`, else POSECHECK_DB, else `history.db` in the user's data folder (POSECHECK_DATA)."""
    named = db or os.environ.get(DB_ENV)
    return Path(named) if named else user_data_dir() / "history.db"


class DamagedError(FormatError):
    """The database cannot be read as one; `what` tells it without advice."""

    def __init__(self, path: Path, why: object) -> None:
        self.what = f"the history {path} is damaged ({why})"
        super().__init__(f"{self.what}; move it away to begin a new one, sqlite3's .recover may save what is in it")


def open_to_write(path: Path, *, thorough: bool = True) -> tuple[sqlite3.Connection, str | None]:
    """Open the database to write, made or migrated where needed.

    A damaged one is set aside, and a new one begun.

    Args:
        path: the database file; its folder is made when missing.
        thorough: look at every page for damage, not only at those that lists and figures read.

    Returns:
        The connection; and what the user should know, in a sentence, or None.

    Raises:
        OutputError: it cannot be written.
        FormatError: it belongs to another program, or to a newer posecheck.
    """
    make_folder(path.parent)
    seen = _identity(path)
    try:
        return _open(path, thorough)
    except DamagedError as error:
        # set aside only what was found damaged: another process may have done so meanwhile
        if seen is not None and seen == _identity(path):
            aside = _set_aside(path)
            said = f"{error.what}; it was set aside as {aside}, and a new history begun"
            return _open(path, thorough)[0], said
        return _open(path, thorough)


def open_to_read(path: Path) -> sqlite3.Connection:
    """The database as it is, never changed by this connection; an empty one where there is none.

    An older one in a folder that cannot be written is read from a migrated copy in memory.

    Raises:
        InputError: it cannot be read.
        FormatError: it is damaged, newer, or belongs to another program.
    """
    if not path.exists():
        return _in_memory(None)
    _refuse_other_files(path)
    with explaining(path):
        db = _connect_to_read(path)
        try:
            version = _version(db, path)
            if version < VERSION:
                with closing(db):
                    return _in_memory(db)
        except BaseException:
            db.close()
            raise
        db.execute("PRAGMA query_only = ON")
        return db


def look_after(path: Path) -> str | None:
    """Migrate an older history, and set a damaged one aside.

    One that cannot be written stays as it is.

    Returns:
        What was done, in a sentence; None when nothing had to be.

    Raises:
        FormatError: it is newer, or another program's.
    """
    if not path.exists():
        return None
    with suppress(OutputError):
        db, said = open_to_write(path, thorough=False)
        db.close()
        return said
    return None


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn every error of the database into one of ours that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, path) from error


def explained(error: sqlite3.Error, path: Path) -> PosecheckError:
    """The error of posecheck that says in words what an error of the database means, and what to do.

    Args:
        error: what sqlite3 raised.
        path: the database file, for the words.

    Returns:
        DamagedError when the file is damaged, else OutputError; it is returned, not raised.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code
    if code in _DAMAGED:
        return DamagedError(path, error)
    if code == sqlite3.SQLITE_FULL:
        return OutputError(f"cannot write the history {path}: the disk is full; free some space")
    if code in _BUSY:
        return OutputError(f"another program has kept the history {path} locked for {BUSY_S:.0f} s; try again")
    if code in _READ_ONLY:
        return OutputError(f"cannot write the history {path}: {error}; allow writing there, or use --db")
    return OutputError(f"cannot use the history {path}: {error}")


def _open(path: Path, thorough: bool) -> tuple[sqlite3.Connection, str | None]:
    _refuse_other_files(path)
    with writing(path):
        _create_private(path)
    with explaining(path):
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            _version(db, path)  # refuses what is not to be touched
            _be_patient(db, "PRAGMA journal_mode = WAL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")  # what was said to be kept is there after a power cut, too
            db.execute("PRAGMA secure_delete = ON")  # what is deleted is gone
            said = _migrate(db, path)
            _check(db, path, thorough)
        except BaseException:
            db.close()
            raise
    return db, said


def _create_private(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _refuse_other_files(path: Path) -> None:
    """Keep off files that are no database: they are somebody's, unless their name says that they were one."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder: give the name of the history's file with --db") from error
    except OSError as error:
        if error.errno == errno.EACCES:
            raise InputError(f"cannot read the history {path}: permission denied; allow it, or use --db") from error
        raise InputError(f"cannot read the history {path}: {error.strerror}") from error
    if start and start != _MAGIC:
        if path.suffix not in _SUFFIXES:
            raise FormatError(f"{path} is no history of posecheck: give another name with --db")
        raise DamagedError(path, "its beginning is not that of a database")


def _version(db: sqlite3.Connection, path: Path) -> int:
    """The schema's version; 0 for an empty database.

    Raises:
        FormatError: it is newer, or another program's.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID and db.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise FormatError(f"{path} is the database of another program: give another name with --db")
    if version > VERSION:
        raise FormatError(
            f"the history {path} has version {version}, this posecheck knows {VERSION}: update posecheck, "
            "or use --db for another file"
        )
    return int(version)


def _migrate(db: sqlite3.Connection, path: Path) -> str | None:
    said = None
    if _version(db, path) < VERSION:
        _be_patient(db, "BEGIN IMMEDIATE")
        try:
            # asked again: another process may have migrated it while this one waited
            version = _version(db, path)
            if 0 < version < VERSION:
                copy = _backup(path, version)
                said = f"the history was brought from version {version} to {VERSION}; as it was it is kept as {copy}"
            upgrade(db, version)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    return said


def _check(db: sqlite3.Connection, path: Path, thorough: bool) -> None:
    """Look for damage. Plots are most of the pages: they are left out when it must be quick."""
    for what in ("1",) if thorough else _LISTED:
        found = db.execute(f"PRAGMA quick_check({what})").fetchone()[0]
        if found != "ok":
            raise DamagedError(path, found.splitlines()[-1])


def upgrade(db: sqlite3.Connection, version: int, to: int = VERSION) -> None:
    """Bring the tables from one version to another, within the transaction that is open.

    Args:
        db: the connection.
        version: the version that the tables have; 0 when there are none.
        to: the version that they get.
    """
    for step in MIGRATIONS[version:to]:
        for statement in filter(None, map(str.strip, step.split(";"))):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {to}")


def _backup(path: Path, version: int) -> Path:
    copy = _free_name(path, f"version{version}")
    with writing(copy):
        _create_private(copy)
    # by its own connection: the one that migrates is within a transaction
    with closing(sqlite3.connect(path, timeout=BUSY_S)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _set_aside(path: Path) -> Path:
    aside = _free_name(path, "damaged")
    with writing(aside):
        path.rename(aside)
        for end in _BESIDE:  # what was not yet in the file itself: whoever repairs it needs them
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return aside


def _free_name(path: Path, what: str) -> Path:
    when = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    for number in range(1, 1000):
        again = f"-{number}" if number > 1 else ""
        name = path.with_name(f"{path.stem}-{what}-{when}{again}{path.suffix}")
        if not name.exists():
            return name
    raise OutputError(f"there are too many copies of {path}: move some of them away")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect_to_read(path: Path) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # in a folder that cannot be written, nobody writes to it
        db = sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            db.close()
            if mode == "mode=ro" and error.sqlite_errorcode & 0xFF in _READ_ONLY:
                continue
            raise
        return db
    raise AssertionError("the loop returns or raises")


def _in_memory(source: sqlite3.Connection | None) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    version = 0
    if source is not None:
        source.backup(db)
        (version,) = db.execute("PRAGMA user_version").fetchone()
    upgrade(db, version)
    return db


def _be_patient(db: sqlite3.Connection, statement: str) -> None:
    """Execute what must wait for others even where SQLite itself does not, as for the change of the journal."""
    end = time.monotonic() + BUSY_S
    while True:
        try:
            db.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.05)
        else:
            return
