"""Results of a class in one SQLite file: what was handed in, and every mark it ever got.

A row of `attempt` is something that a student handed in, a row of `mark` one marking of it, by the
digests of what it depends on. Rows are added and never taken away; the last mark of an attempt
counts. What is begun is written down before, so that whatever ends the batch leaves a trace.
"""

import contextlib
import datetime
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import filelock
import msgspec

from grader.collect import Work
from grader.errors import KataError
from grader.result import Result

State = Literal["begun", "lost", "unraced", "marked", "refused", "failed", "quarantined"]
"""How far a marking came; `unraced` waits for its races, the last three gave no Result."""

UNFINISHED = "('begun', 'lost')"

MIGRATIONS = (
    """
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY,
        student TEXT NOT NULL,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        digest TEXT NOT NULL,
        work BLOB NOT NULL,
        seen TEXT NOT NULL,
        UNIQUE (student, number)
    ) STRICT;
    CREATE TABLE mark (
        id INTEGER PRIMARY KEY,
        attempt INTEGER NOT NULL REFERENCES attempt (id),
        course TEXT NOT NULL,
        seed INTEGER NOT NULL,
        grader TEXT NOT NULL,
        exercises TEXT NOT NULL,
        state TEXT NOT NULL,
        message TEXT NOT NULL,
        losses INTEGER NOT NULL,
        score REAL,
        max_score REAL,
        result BLOB,
        marked TEXT NOT NULL
    ) STRICT;
    CREATE INDEX mark_of_attempt ON mark (attempt, id);
    """,
    """
    ALTER TABLE attempt ADD COLUMN late_days REAL NOT NULL DEFAULT 0;
    ALTER TABLE attempt ADD COLUMN penalty REAL NOT NULL DEFAULT 0;
    """,
)
"""Each brings a journal from one version of its tables to the next; the last one is in use."""

SECONDS_TO_WAIT = 5.0
"""For another program that reads or copies the file."""


class Key(msgspec.Struct, frozen=True):
    """What a mark depends on besides the work: `exercises` are the digests of what was asked."""

    course: str
    seed: int
    grader: str
    exercises: dict[str, str]


class Attempt(msgspec.Struct, frozen=True):
    """Something that a student handed in, as their `number`th.

    `penalty` is the share of the points that each of the `late_days` costs.
    """

    id: int
    student: str
    number: int
    name: str
    digest: str
    late_days: float = 0.0
    penalty: float = 0.0


class Mark(msgspec.Struct, frozen=True):
    """One marking of an attempt; `losses` counts the judges that it took with it."""

    id: int
    attempt: Attempt
    key: Key
    state: State
    message: str
    losses: int
    result: Result | None


class Journal:
    """A journal that is open. A context manager; leaving it closes the file.

    With `writing` no other batch can open it so, and what one that was killed had begun is lost.

    Raises
    ------
    KataError
        It is no journal, of a newer grader, in use, cannot be read or written.

    """

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self._path = path
        self._lock = filelock.FileLock(f"{path}.lock", blocking=False) if writing else None
        if not writing and not path.is_file():
            raise KataError(f"{path}: there is no such journal; kata batch makes one")
        try:
            if self._lock:
                self._lock.acquire()
            self._connection = self._opened()
        except filelock.Timeout:
            raise KataError(f"{path}: another batch is writing to it; wait for its end") from None
        except OSError as error:
            raise KataError(f"{path}: cannot be written: {error.strerror}") from None
        except KataError:
            self._unlock()
            raise

    def close(self) -> None:
        """Close the file, and let another batch have it; all that is in it is in one file then."""
        if self._lock:
            with contextlib.suppress(sqlite3.Error):  # somebody may be reading
                self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._unlock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def attempt(
        self, student: str, work: Work, late_days: float = 0.0, penalty: float = 0.0
    ) -> Attempt:
        """What a student has handed in, as a new attempt if it is not what came last from them."""
        digest = work.digest
        with self._writing() as database:
            row = database.execute(
                "SELECT id, number, digest FROM attempt WHERE student = ? ORDER BY number DESC",
                (student,),
            ).fetchone()
            if row and row["digest"] == digest:
                database.execute(
                    "UPDATE attempt SET late_days = ?, penalty = ? WHERE id = ?",
                    (late_days, penalty, row["id"]),
                )
                number, id_ = row["number"], row["id"]
            else:
                number = row["number"] + 1 if row else 1
                packed = zlib.compress(msgspec.msgpack.encode(work))
                id_ = database.execute(
                    "INSERT INTO attempt (student, number, name, digest, work, seen, late_days,"
                    " penalty) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (student, number, work.name, digest, packed, _now(), late_days, penalty),
                ).lastrowid
        assert id_ is not None
        return Attempt(id_, student, number, work.name, digest, late_days, penalty)

    def begin(self, attempt: Attempt, key: Key, losses: int) -> int:
        """Write down that an attempt is about to be marked, and return the number of the mark.

        `losses` is how many it will have cost if nothing more is ever heard of it.
        """
        exercises = msgspec.json.encode(key.exercises).decode()
        row = (attempt.id, key.course, key.seed, key.grader, exercises, losses)
        with self._writing() as database:
            number = database.execute(
                "INSERT INTO mark (attempt, course, seed, grader, exercises, losses, state,"
                " message, marked) VALUES (?, ?, ?, ?, ?, ?, 'begun', '', ?)",
                (*row, _now()),
            ).lastrowid
        assert number is not None
        return number

    def end(
        self,
        mark: int,
        state: State,
        result: Result | None = None,
        message: str = "",
        losses: int = 0,
    ) -> None:
        """Write down what came of it."""
        score, most = (result.score, result.max_score) if result else (None, None)
        packed = zlib.compress(msgspec.msgpack.encode(result)) if result else None
        with self._writing() as database:
            database.execute(
                "UPDATE mark SET state = ?, message = ?, losses = ?, score = ?, max_score = ?,"
                " result = ?, marked = ? WHERE id = ?",
                (state, message, losses, score, most, packed, _now(), mark),
            )

    def forget(self, mark: int) -> None:
        """Take back that a marking has begun, which somebody stopped."""
        with self._writing() as database:
            database.execute("DELETE FROM mark WHERE id = ? AND state = 'begun'", (mark,))

    def lost(self, attempt: Attempt) -> int | None:
        """What an attempt has cost, if a batch came to a sudden end while it was being marked."""
        with self._told():
            row = self._connection.execute(
                "SELECT state, losses FROM mark WHERE attempt = ? ORDER BY id DESC LIMIT 1",
                (attempt.id,),
            ).fetchone()
        return row["losses"] if row and row["state"] == "lost" else None

    def latest(self, attempt: Attempt) -> Mark | None:
        """The last mark of the work of an attempt, be it of an earlier one, that came to an end."""
        found = self._marks(
            "attempt.student = ? AND attempt.digest = ? ORDER BY mark.id DESC LIMIT 1",
            attempt.student,
            attempt.digest,
        )
        return next(found, None)

    def marks(self, student: str = "") -> list[Mark]:
        """The last mark of every attempt, or of those of a student; by student and attempt."""
        last = (
            "mark.id = (SELECT max(m.id) FROM mark AS m WHERE m.attempt = attempt.id"
            f" AND m.state NOT IN {UNFINISHED})"
        )
        order = "ORDER BY attempt.student, attempt.number"
        if student:
            return [*self._marks(f"{last} AND attempt.student = ? {order}", student)]
        return [*self._marks(f"{last} {order}")]

    def work(self, attempt: Attempt) -> Work:
        """The bytes of what was handed in."""
        with self._told():
            row = self._connection.execute("SELECT work FROM attempt WHERE id = ?", (attempt.id,))
            return msgspec.msgpack.decode(zlib.decompress(row.fetchone()["work"]), type=Work)

    def _marks(self, condition: str, *values: object) -> Iterator[Mark]:
        query = (
            "SELECT mark.id AS mark_id, mark.*, attempt.* FROM mark JOIN attempt"
            f" ON attempt.id = mark.attempt WHERE mark.state NOT IN {UNFINISHED} AND {condition}"
        )
        with self._told():
            yield from map(_mark, self._connection.execute(query, values).fetchall())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._told(), self._connection:
            yield self._connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn an error of SQLite's into a line."""
        try:
            yield
        except (sqlite3.Error, zlib.error, msgspec.MsgspecError) as error:
            raise KataError(f"{self._path}: {_words(error)}") from None

    def _opened(self) -> sqlite3.Connection:
        with self._told():
            connection = sqlite3.connect(self._path, SECONDS_TO_WAIT, check_same_thread=False)
            try:
                self._bring_up(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        """Refuse a file that is of no use; with `writing` make of it what is in use now."""
        connection.row_factory = sqlite3.Row
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        known = len(MIGRATIONS)
        if version > known:
            raise KataError(
                f"{self._path}: written by a newer tensorkata (version {version} of the "
                f"journal, this one knows {known}); update tensorkata"
            )
        if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise KataError(f"{self._path}: is no journal of kata batch, but of another program")
        if version < known and not self._lock:
            raise KataError(f"{self._path}: of an older tensorkata; kata batch brings it up")
        if self._lock:
            connection.execute("PRAGMA journal_mode = WAL")
            for number in range(version, known):
                step = f"{MIGRATIONS[number]} PRAGMA user_version = {number + 1};"
                connection.executescript(f"BEGIN; {step} COMMIT;")
            with connection:
                connection.execute("UPDATE mark SET state = 'lost' WHERE state = 'begun'")

    def _unlock(self) -> None:
        if self._lock:
            self._lock.release()


def _mark(row: sqlite3.Row) -> Mark:
    attempt = Attempt(
        row["attempt"],
        row["student"],
        row["number"],
        row["name"],
        row["digest"],
        row["late_days"],
        row["penalty"],
    )
    exercises = msgspec.json.decode(row["exercises"], type=dict[str, str])
    key = Key(row["course"], row["seed"], row["grader"], exercises)
    packed = row["result"]
    result = msgspec.msgpack.decode(zlib.decompress(packed), type=Result) if packed else None
    return Mark(row["mark_id"], attempt, key, row["state"], row["message"], row["losses"], result)


def _words(error: Exception) -> str:
    text = str(error)
    if "readonly" in text:
        return "cannot be written: it is read-only"
    if "full" in text:
        return "cannot be written: the disk is full; what is in it is safe"
    if "not a database" in text or not isinstance(error, sqlite3.OperationalError):
        return f"is no journal of kata batch, or a damaged one ({text})"
    return f"cannot be used: {text}"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
