"""What the demo firm is, in plain values: nothing here reads or writes."""
