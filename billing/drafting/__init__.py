"""Proposals are drafted and recalculated set-based, for many contracts at once.

1. `tables.sql`    working tables
2. `collect.sql`   which open charges go on which document (runs only; a recalculation names its proposals)
3. `tax.sql`       the tax code of every charge, by rule; credits take their original's
4. `park.sql`      contracts that cannot be proposed, each with its reason (runs only)
5. `documents.sql` the proposal rows (runs only)
6. `lines.sql`     presentation groups; the charges point at their line
7. `totals.sql`    tax per code rounded once, totals, base-currency value
"""
