"""The sandbox ERP: a separate HTTP system that shares nothing with Tieout but its interface."""

from integrations.sandbox_erp.server.application import app

__all__ = ["app"]
