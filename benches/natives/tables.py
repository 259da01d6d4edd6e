"""Rows of CSV and of SQLite: nanoseconds for each row.

usage: INTERPRETER tables.py [NAME ...]
"""
import csv
import io
import sqlite3

from measure import report

COUNT = 500
ROWS = [(i, f"name {i}", i / 7, 'with "quotes", comma' if i % 5 == 0 else "plain") for i in range(COUNT)]
FILE = io.StringIO()
csv.writer(FILE).writerows(ROWS)
TEXT = FILE.getvalue()
LINES = TEXT.splitlines(True)

DATABASE = sqlite3.connect(":memory:")
DATABASE.execute("create table rows (id integer primary key, name text, score real, note text)")
DATABASE.executemany("insert into rows values (?, ?, ?, ?)", ROWS)


def insert():
    DATABASE.execute("create table other (id, name, score, note)")
    DATABASE.executemany("insert into other values (?, ?, ?, ?)", ROWS)
    DATABASE.execute("drop table other")


def by_name():
    cursor = DATABASE.cursor()
    cursor.row_factory = sqlite3.Row
    return [row["name"] for row in cursor.execute("select * from rows")]


report({
    "csv: read": (COUNT, lambda: list(csv.reader(LINES))),
    "csv: read from a stream": (COUNT, lambda: list(csv.reader(io.StringIO(TEXT)))),
    "csv: read dicts": (COUNT, lambda: list(csv.DictReader(LINES, ["id", "name", "score", "note"]))),
    "csv: write": (COUNT, lambda: csv.writer(io.StringIO()).writerows(ROWS)),
    "csv: write one by one": (COUNT, lambda: [*map(csv.writer(io.StringIO()).writerow, ROWS)]),
    "sqlite: select all": (COUNT, lambda: DATABASE.execute("select * from rows").fetchall()),
    "sqlite: iterate": (COUNT, lambda: [row for row in DATABASE.execute("select id, name from rows")]),
    "sqlite: select one": (1, lambda: DATABASE.execute("select name from rows where id = ?", (77,)).fetchone()),
    "sqlite: aggregate": (COUNT, lambda: DATABASE.execute("select note, sum(score) from rows group by note").fetchall()),
    "sqlite: rows by name": (COUNT, by_name),
    "sqlite: insert": (COUNT, insert),
})
