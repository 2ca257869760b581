"""Expense intake: one validation for the entry form, corrections and the API's batch.

1. `lines.py`    reads one given row: types, ranges, what is missing
2. `known.py`    loads what the rows name, in a fixed number of statements
3. `checking.py` judges every row against it and makes the expense of it
4. `limits.py`   says what the firm's own limits make of an expense
5. `writing.py`  writes the accepted rows and records their events
6. `reasons.py`  says each refusal as a sentence a person can act on
"""
