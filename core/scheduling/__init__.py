"""Run jobs by the clock: each due time is a row, so none is run twice and none is lost."""
