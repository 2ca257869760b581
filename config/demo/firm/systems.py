"""How the sandbox ERP calls the firm's companies."""

SYSTEM = "sandbox-erp"
COMPANIES = {"UK": "2000", "US": "1000", "DE": "3000"}
