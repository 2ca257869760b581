"""Questions about charges, runs and proposals. Nothing here writes."""
