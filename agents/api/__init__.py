"""The door for tray agents: /api/agent/v1/. `AgentView` is the base of every view behind it."""
