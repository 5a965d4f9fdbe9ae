"""Push messages to devices (RFC 8030, 8291, 8292)."""
