"""The mock's own API under ``/__mock/``: sessions, their clocks and journals, health, metrics; described by openapi.yaml."""
