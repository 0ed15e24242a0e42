"""Judges a register by the description of docs/formats/registre.md, with nothing of ours: database, chain, seal, triggers.

    register.py FOLDER
"""

import hashlib
import json
import pathlib
import sqlite3
import sys


def form(*fields):
    """The canonical form: netstrings, `-,` for what is absent."""
    texts = [None if field is None else str(field).encode() for field in fields]
    return b"".join(b"-," if text is None else b"%d:%s," % (len(text), text) for text in texts)


def digest(*fields):
    return hashlib.sha256(form("paraphe-registre-1", *fields)).hexdigest()


folder = pathlib.Path(sys.argv[1])
database = folder / "registre.sqlite"
connection = sqlite3.connect(f"file:{database}?mode=rw", uri=True, isolation_level=None)
assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity_check"
assert connection.execute("PRAGMA foreign_key_check").fetchall() == [], "foreign_key_check"
assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",), "journal_mode"

last = digest("registre", *connection.execute("SELECT identite, cree FROM registre").fetchone())
count = 0
for *fields, previous, own in connection.execute("SELECT * FROM evenement ORDER BY numero").fetchall():
    count += 1
    assert fields[0] == count, f"event {count} is missing"
    assert previous == last, f"event {count} does not follow"
    pieces = connection.execute(
        "SELECT rang, nom, sha256, taille FROM piece WHERE evenement = ? ORDER BY rang", (count,)
    ).fetchall()
    last = digest(*fields, len(pieces), *(value for piece in pieces for value in piece), previous)
    assert own == last, f"event {count} was changed"

for table in ["evenement", "piece", "registre"]:
    column = connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()[-1][0]
    for sql in [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ]:
        try:
            connection.execute(sql)
        except sqlite3.IntegrityError:
            continue
        raise AssertionError(f"allowed: {sql}")
connection.close()

seal = json.loads((folder / "registre.sceau").read_text())
content = database.read_bytes()
assert seal == {
    "format": 1,
    "last": count,
    "digest": last,
    "sha256": hashlib.sha256(content).hexdigest(),
    "size": len(content),
}, "the seal differs"
print(f"register clean      {count} events, last digest {last}")
