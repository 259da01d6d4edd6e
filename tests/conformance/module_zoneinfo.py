# zoneinfo: time zones read from files, with changes, gaps and folds, rules for later years, caches and pickles.
import io
import pickle
import struct
import zoneinfo
from datetime import UTC, datetime, time, timedelta


def file_of(rule, changes=(), kinds=((0, 0, "LMT"),)):
    """A file of the database: changes are pairs of seconds and kind, kinds have an offset, daylight saving time, a name."""
    names = b"".join(name.encode() + b"\0" for _, _, name in kinds)
    parts = []
    for code, held in (("l", ()), ("q", changes)):
        parts.append(b"TZif3" + bytes(15) + struct.pack(">6l", 0, 0, 0, len(held), len(kinds), len(names)))
        parts.append(struct.pack(f">{len(held)}{code}", *(seconds for seconds, _ in held)))
        parts.append(bytes(kind for _, kind in held))
        place = 0
        for offset, daylight, name in kinds:
            parts.append(struct.pack(">lbb", offset, daylight, place))
            place += len(name) + 1
        parts.append(names)
    return io.BytesIO(b"".join(parts) + b"\n" + rule.encode() + b"\n")


def show(zone, moment):
    print(moment, zone.utcoffset(moment), zone.dst(moment), zone.tzname(moment))


KINDS = ((3208, 0, "LMT"), (3600, 0, "CET"), (7200, 1, "CEST"), (10800, 1, "CEMT"))
CHANGES = ((-2422054408, 1), (323830800, 2), (338950800, 1), (354675600, 2), (360000000, 3), (370400400, 1))
berlin = zoneinfo.ZoneInfo.from_file(file_of("CET-1CEST,M3.5.0,M10.5.0/3", CHANGES, KINDS), key="Test/Berlin")
print(berlin, repr(berlin), berlin.key, type(berlin), isinstance(berlin, zoneinfo.ZoneInfo.__base__))

# Before the first change, between changes, after the last.
for moment in (datetime(1850, 1, 1), datetime(1900, 1, 1), datetime(1980, 6, 1), datetime(1981, 6, 15), datetime(1981, 12, 1),
               datetime(2024, 1, 1), datetime(2024, 7, 1), datetime(9999, 12, 31, 23)):
    show(berlin, moment)
show(berlin, None)
print(time(12, tzinfo=berlin).utcoffset(), time(12, tzinfo=berlin))

# What clocks skip, and what they show twice; by hand and from UTC.
for hour in (1, 2, 3):
    for fold in (0, 1):
        print([datetime(2024, month, day, hour, 30, fold=fold, tzinfo=berlin).isoformat() for month, day in ((3, 31), (10, 27))])
for step in range(4):
    for start in (datetime(2024, 3, 31, 0, 15, tzinfo=UTC), datetime(2024, 10, 27, 0, 15, tzinfo=UTC)):
        local = (start + timedelta(minutes=30 * step)).astimezone(berlin)
        print(repr(local), local.fold, local.astimezone(UTC) == start + timedelta(minutes=30 * step))

# Many times: the year's changes.
count = 0
moment, offset = datetime(2023, 1, 1, tzinfo=UTC), None
for hour in range(0, 2 * 8760):
    local = (moment + timedelta(hours=hour)).astimezone(berlin)
    if local.utcoffset() != offset:
        offset = local.utcoffset()
        print(local, offset)
    count += local.fold
print(count)

for rule in ("<+0330>-3:30", "STD5DST,M3.2.0,M11.1.0", "IST-1GMT0,M10.5.0,M3.5.0/1", "AAA3BBB,J60/-12:30:15,299/+26", "AAA3BBB,0/0,J365/25"):
    zone = zoneinfo.ZoneInfo.from_file(file_of(rule))
    print(rule, [str(datetime(2024, month, 1, tzinfo=zone).utcoffset()) for month in (1, 3, 7, 11)],
          [datetime(2024, month, 1, tzinfo=zone).tzname() for month in (1, 7)], zone.utcoffset(None))
for rule in ("AAA", "4", "AAA4BBB", "AAA25", "AAA4BBB,J0,J9", "AAA4BBB,J1", "AAA4BBB,M13.1.1,J9", "AAA4BBB,J1,J9,", "AAA4,J1,J9",
             "AAA4BBB,J1/168,J9"):
    try:
        zoneinfo.ZoneInfo.from_file(file_of(rule))
    except ValueError as error:
        print(error)
try:
    zoneinfo.ZoneInfo.from_file(io.BytesIO(b"no time zone"))
except ValueError as error:
    print(error)
try:
    zoneinfo.ZoneInfo.from_file(file_of("", kinds=()))
except ValueError as error:
    print(error)
try:
    zoneinfo.ZoneInfo("No/Such")
except zoneinfo.ZoneInfoNotFoundError as error:
    print(error)
for call in (lambda: berlin.fromutc(1), lambda: berlin.fromutc(datetime(2024, 1, 1)), lambda: berlin.utcoffset(1),
             lambda: pickle.dumps(berlin), lambda: zoneinfo.ZoneInfo(), lambda: zoneinfo.ZoneInfo("../up")):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)

# Caches and pickles, where the database has UTC.
utc = zoneinfo.ZoneInfo("UTC")
fresh = zoneinfo.ZoneInfo.no_cache("UTC")
print(utc is zoneinfo.ZoneInfo(key="UTC"), fresh is utc, pickle.loads(pickle.dumps(utc)) is utc)
print(type(pickle.loads(pickle.dumps(fresh))) is zoneinfo.ZoneInfo, utc.__reduce__()[1], fresh.__reduce__()[1])
zoneinfo.ZoneInfo.clear_cache(only_keys=["UTC"])
print(zoneinfo.ZoneInfo("UTC") is utc, datetime(2024, 1, 1, tzinfo=utc).tzname())
zoneinfo.ZoneInfo.clear_cache()


class Zone(zoneinfo.ZoneInfo):
    pass


print(Zone("UTC"), repr(Zone("UTC")), Zone("UTC") is Zone("UTC"), type(Zone._weak_cache).__name__)


class Moment(datetime):
    pass


print(repr(Moment(2024, 10, 27, 1, 15, tzinfo=UTC).astimezone(berlin)))
# modes: native
