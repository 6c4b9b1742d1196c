"""Two APIs that share nothing but services: `agent` for tray agents, `technician` for people's scripts."""
