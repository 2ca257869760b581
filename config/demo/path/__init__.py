"""Walk the main path with the verbs people use: from a contract to an invoice that ties out with the ERP.

Each step looks at what is there already, so a walk that was interrupted goes on where it stopped.
"""
