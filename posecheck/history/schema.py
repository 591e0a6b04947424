"""The tables of the history, version by version. A version that was released is never changed: another follows it.

Times of a set in seconds of its source; `started` in seconds since 1970 (UTC), `utc_offset_s` is that of the place.
"""

from __future__ import annotations

APPLICATION_ID = 0x706F7365  # "pose": says whose database this is

_FIRST = """
CREATE TABLE sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    started REAL NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    source_kind TEXT NOT NULL CHECK (source_kind IN ('live', 'video', 'tape')),
    source TEXT NOT NULL,
    routine TEXT NOT NULL,
    exercise TEXT NOT NULL,
    title TEXT NOT NULL,
    exercise_sha256 TEXT NOT NULL,
    posecheck TEXT NOT NULL,
    model TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    duration_s REAL NOT NULL,
    frames INTEGER NOT NULL,
    frames_with_pose INTEGER NOT NULL,
    judged_s REAL NOT NULL,
    counts TEXT NOT NULL,
    goal TEXT NOT NULL,
    complete INTEGER NOT NULL,
    interrupted INTEGER NOT NULL
);
CREATE INDEX sets_by_time ON sets (started);

CREATE TABLE repetitions (
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    side TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    held_s REAL NOT NULL,
    counted INTEGER NOT NULL,
    reason TEXT,
    words TEXT,
    PRIMARY KEY (set_id, number)
) WITHOUT ROWID;

CREATE TABLE medians (
    set_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    signal TEXT NOT NULL,
    plane TEXT NOT NULL,
    relative TEXT,
    value REAL NOT NULL,
    error REAL,
    samples INTEGER NOT NULL,
    main INTEGER NOT NULL,
    PRIMARY KEY (set_id, number, position),
    FOREIGN KEY (set_id, number) REFERENCES repetitions (set_id, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX main_medians ON medians (set_id, number, signal, value, error, main) WHERE main;

CREATE TABLE cues (
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    cue TEXT NOT NULL,
    words TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    PRIMARY KEY (set_id, position)
) WITHOUT ROWID;

CREATE TABLE not_judged (
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    words TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    PRIMARY KEY (set_id, position)
) WITHOUT ROWID;
"""

# what a report draws, apart from the rest: lists and figures never read these pages
_TRACES = """
CREATE TABLE traces (
    set_id INTEGER PRIMARY KEY REFERENCES sets (id) ON DELETE CASCADE,
    zlib_json BLOB NOT NULL
);
"""

# trends of angles that are not counted from the start, too
_RELATIVE = """
DROP INDEX main_medians;
CREATE INDEX main_medians ON medians (set_id, number, signal, value, error, main, relative) WHERE main;
"""

# for how long the body was in a posture that is none of the exercise's
_OTHER_POSTURES = """
ALTER TABLE sets ADD COLUMN other_postures TEXT NOT NULL DEFAULT '{}';
"""

# the bytes of the recording tell two films of one name and length apart
_RECORDING = """
ALTER TABLE sets ADD COLUMN recording TEXT NOT NULL DEFAULT '';
"""

# how surely the side of a repetition is the right one
_SIDE_PROBABILITY = """
ALTER TABLE repetitions ADD COLUMN side_probability REAL;
"""

# the first makes version 1 of an empty database, and so on
MIGRATIONS = (_FIRST, _TRACES, _RELATIVE, _OTHER_POSTURES, _RECORDING, _SIDE_PROBABILITY)
VERSION = len(MIGRATIONS)
