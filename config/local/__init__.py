"""Run Tieout on one machine with nothing to set up: real servers from wheels, in a local data folder."""
