# Rows of a database: parameters, transactions, rows by name, converters and adapters, hot.
import sqlite3

con = sqlite3.connect(":memory:")
cur = con.cursor()
cur.execute("create table item(id integer primary key, name text, price real, data blob)")
cur.executemany(
    "insert into item(name, price, data) values(?, ?, ?)",
    ((f"name {i}", i * 1.5, bytes([i % 256])) for i in range(300)),
)
print(cur.rowcount, con.in_transaction, con.total_changes)
con.commit()

total = 0
for id, name, price, data in cur.execute("select * from item order by id"):
    total += id * len(name) + price + data[0]
print(total, cur.description[1][0], cur.fetchone())

found = 0
for i in range(400):
    row = con.execute("select name from item where id = :id", {"id": i}).fetchone()
    found += row is not None and row[0] == f"name {i - 1}"
print(found)

con.row_factory = sqlite3.Row
row = con.execute("select id as key, price from item where id = 3").fetchone()
print(row.keys(), row["KEY"], row[-1], tuple(row), row == row, len(row))
try:
    row["nothing"]
except IndexError as error:
    print(error)
con.row_factory = lambda cursor, row: dict(zip((c[0] for c in cursor.description), row))
print(con.execute("select 1 as a, 'two' as b").fetchall())
con.row_factory = None

try:
    with con:
        con.execute("delete from item")
        con.execute("insert into item(id) values(1)")
        con.execute("insert into item(id) values(1)")
except sqlite3.IntegrityError as error:
    print(error, error.sqlite_errorname, error.sqlite_errorcode)
print(con.execute("select count(*) from item").fetchone())


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __conform__(self, protocol):
        return f"{self.x};{self.y}" if protocol is sqlite3.PrepareProtocol else None


sqlite3.register_converter("point", lambda text: tuple(map(int, text.split(b";"))))
sqlite3.register_adapter(complex, lambda number: f"{int(number.real)};{int(number.imag)}")
con = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
con.execute("create table place(at point)")
con.executemany("insert into place values(?)", [(Point(1, 2),), (3 + 4j,)])
print(con.execute("select at from place").fetchall())
print(con.execute("select '5;6' as \"other [point]\"").fetchall())

for sql, parameters in [
    ("select ?", ()),
    ("select ?", (object(),)),
    ("select ?", (2**70,)),
    ("select :a", {}),
    ("selekt 1", ()),
    ("select 1; select 2", ()),
    ("select * from nowhere", ()),
]:
    try:
        con.execute(sql, parameters)
    except Exception as error:
        print(type(error).__name__, error)
con.close()
try:
    con.execute("select 1")
except sqlite3.ProgrammingError as error:
    print(error)
