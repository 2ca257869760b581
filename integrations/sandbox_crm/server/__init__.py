"""The sandbox CRM: a separate HTTP system that shares nothing with Tieout but its interface.

It stands on the sandbox ERP's server frame: strict bodies, one transaction per request, fault script.
"""

from integrations.sandbox_crm.server.application import app

__all__ = ["app"]
