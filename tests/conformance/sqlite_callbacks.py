# What a database calls: functions, aggregates, windows, collations, authorizers, traces; blobs, copies, bytes.
import sqlite3

con = sqlite3.connect(":memory:")
con.executescript("create table n(v integer); " + "".join(f"insert into n values({i});" for i in range(200)))

calls = 0


def double(value):
    global calls
    calls += 1
    return value * 2


con.create_function("double", 1, double, deterministic=True)
print(con.execute("select sum(double(v)) from n").fetchone(), calls)


class Product:
    def __init__(self):
        self.total = 0

    def step(self, value):
        self.total += value

    def inverse(self, value):
        self.total -= value

    def value(self):
        return self.total

    finalize = value


con.create_aggregate("plus", 1, Product)
print(con.execute("select plus(v) from n").fetchone())
con.create_window_function("moving", 1, Product)
print(con.execute("select moving(v) over (order by v rows 1 preceding) from n limit 5").fetchall())

con.create_collation("backwards", lambda a, b: (a < b) - (a > b))
print(con.execute("select v from n order by cast(v as text) collate backwards limit 3").fetchall())


def broken(*arguments):
    raise ZeroDivisionError("broken")


con.create_function("broken", -1, broken)
try:
    con.execute("select broken(1, 2)")
except sqlite3.OperationalError as error:
    print(error)
con.create_collation("broken", broken)
try:
    con.execute("select v from n order by cast(v as text) collate broken")
except ZeroDivisionError as error:
    print(error)

con.set_authorizer(lambda action, *names: sqlite3.SQLITE_DENY if names[0] == "n" else sqlite3.SQLITE_OK)
try:
    con.execute("select v from n")
except sqlite3.DatabaseError as error:
    print(error)
con.set_authorizer(None)
con.set_trace_callback(print)
con.execute("select ?, ?", ("text", 2))
con.set_trace_callback(None)
con.set_progress_handler(lambda: True, 10)
try:
    con.execute("select count(*) from n a, n b, n c")
except sqlite3.OperationalError as error:
    print(error)
con.set_progress_handler(None, 10)

con.execute("create table b(data blob)")
con.execute("insert into b values(zeroblob(10))")
with con.blobopen("b", "data", 1) as blob:
    blob.write(b"hello")
    blob[-1] = 33
    blob[6:8] = b"<>"
    print(len(blob), blob[0], blob[1:9:2], blob.tell())
print(con.execute("select data from b").fetchone())
con.commit()

copy = sqlite3.connect(":memory:")
con.backup(copy, pages=1, progress=lambda status, remaining, total: None)
print(copy.execute("select count(*) from n").fetchone())
third = sqlite3.connect(":memory:")
third.deserialize(con.serialize())
print(third.execute("select max(v) from n").fetchone())
print(list(con.iterdump())[:3])
print(con.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 20), con.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))
for connection in (con, copy, third):
    connection.close()
