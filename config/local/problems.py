class LocalProblem(Exception):
    """Something about this machine that a person can mend; its text is the whole message to them."""
