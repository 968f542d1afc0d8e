"""Lets every lease of an installation run out, as minutes would."""

import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], timeout=10)
with database:
    database.execute("UPDATE leases SET until = 0")
    database.execute("UPDATE touch_intents SET lease_until = 0 WHERE lease_until IS NOT NULL")
database.close()
