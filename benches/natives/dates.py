"""Dates and times: nanoseconds for each operation.

usage: INTERPRETER dates.py [NAME ...]
"""
from datetime import date, datetime, timedelta, timezone

from measure import report

A, B = datetime(2024, 5, 17, 12, 30, 15, 250), datetime(2023, 1, 1)
STEP = timedelta(days=1, seconds=30)
AWARE = A.replace(tzinfo=timezone.utc)
EAST = timezone(timedelta(hours=2))

report({
    "datetime: make": (1, lambda: datetime(2024, 5, 17, 12, 30)),
    "datetime: make a date": (1, lambda: date(2024, 5, 17)),
    "datetime: make a difference": (1, lambda: timedelta(hours=5, minutes=3)),
    "datetime: add": (1, lambda: A + STEP),
    "datetime: subtract": (1, lambda: A - B),
    "datetime: compare": (1, lambda: A < B),
    "datetime: fields": (1, lambda: (A.year, A.month, A.hour)),
    "datetime: replace": (1, lambda: A.replace(day=3)),
    "datetime: isoformat": (1, A.isoformat),
    "datetime: fromisoformat": (1, lambda: datetime.fromisoformat("2024-05-17T12:30:15")),
    "datetime: strftime": (1, lambda: A.strftime("%Y-%m-%d %H:%M:%S")),
    "datetime: strptime": (1, lambda: datetime.strptime("2024-05-17 12:30", "%Y-%m-%d %H:%M")),
    "datetime: now": (1, datetime.now),
    "datetime: fromtimestamp": (1, lambda: datetime.fromtimestamp(1.7e9, timezone.utc)),
    "datetime: astimezone": (1, lambda: AWARE.astimezone(EAST)),
    "datetime: hash": (1, lambda: hash(date(2024, 5, 17))),
    "datetime: total_seconds": (1, STEP.total_seconds),
    "datetime: weekday": (1, A.weekday),
})
