"""Pieces shared by verbs: they require an open transaction and never open one."""
