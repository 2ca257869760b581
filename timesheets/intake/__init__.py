"""Time intake: one validation for the week sheet, the API's batch and files.

1. `lines.py`     reads one given row: types, ranges, what is missing
2. `staging.py`   copies the readable lines into a working table (`tables.sql`) and locks their weeks
3. `check.sql`    checks every line against the stored data at once; `days.py` the 24 hours of a day
4. `write.sql`    writes the accepted lines
5. `reasons.py`   says each refusal as a sentence a person can act on
"""
