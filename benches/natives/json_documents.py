"""JSON both ways: nanoseconds for each document.

usage: INTERPRETER json_documents.py [NAME ...]
"""
import json

from measure import report

RECORDS = [{"id": i, "name": f"name {i}", "tags": ["a", "b", "c"], "score": i / 7, "active": i % 2 == 0, "parent": None}
           for i in range(100)]
TEXTS = [f'line {i}: "quoted", \\escaped\\\n' for i in range(200)]
FOREIGN = [f"größer — {i} ≥ √{i}" for i in range(200)]
NUMBERS = [i / 3 if i % 2 else i * 1001 for i in range(500)]
NESTED = []
for _ in range(60):
    NESTED = [NESTED, {"a": NESTED[:1]}]
    if len(json.dumps(NESTED)) > 20000:
        break

OPERATIONS = {}
for name, subject in {"records": RECORDS, "texts": TEXTS, "foreign texts": FOREIGN, "numbers": NUMBERS, "nested": NESTED}.items():
    written = json.dumps(subject)
    OPERATIONS[f"json: write {name}"] = 1, lambda subject=subject: json.dumps(subject)
    OPERATIONS[f"json: read {name}"] = 1, lambda written=written: json.loads(written)
OPERATIONS["json: write indented"] = 1, lambda: json.dumps(RECORDS, indent=2)
OPERATIONS["json: write sorted"] = 1, lambda: json.dumps(RECORDS, sort_keys=True)
OPERATIONS["json: write unescaped"] = 1, lambda: json.dumps(FOREIGN, ensure_ascii=False)
OPERATIONS["json: read a small one"] = 1, lambda: json.loads('{"a": [1, 2.5, "three"]}')
OPERATIONS["json: write a small one"] = 1, lambda: json.dumps({"a": [1, 2.5, "three"]})
report(OPERATIONS)
