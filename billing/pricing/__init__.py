"""The pricing engine: what should be charged, compared with what is fixed, gives what is open.

One pass over a scope runs these files in order, inside one transaction and under a lock per contract:

1. `work.sql`                 approved work in the scope, with the terms in force on each work date
2. `rates.sql`                which rate: once per distinct combination of dimensions
3. `time_and_materials.sql`   what each source should cost
4. `milestones.sql`, `instalments.sql`, `fixed_fees.sql`  accepted parts and what is due by date
5. `expenses.sql`             approved expenses: conversion, ceiling, markup
6. `decisions.sql`            write-downs and write-ups
7. `ceilings.sql`             caps and purchase orders in force today; without any, 8 and 10 are left out
8. `caps.sql` to `capped.sql` what is over caps becomes parts of their own: `claims.sql` says what a source
                              claims and keeps, `cap.sql` asks one level of ceilings, `split.sql` splits
9. `payers.sql`               who pays which share
10. `orders.sql` to `ordered.sql`  the same for what purchase orders pay
11. `difference.sql`          should − fixed = the slices that should be open
12. `apply.sql`               the open charges become exactly those slices
13. `gaps.sql`                work without a price, for the exception queue

`tables.sql` declares the working tables they hand each other.
"""
