"""The demo firm: generated from a seed, loaded through the verbs people use, led along the main path.

`firm` describes it in plain values, `loading` brings it in, `path` walks from contract to reconciled invoice.
Its commands exist only while the demo mode is on (`TIEOUT_DEMO`).
"""
