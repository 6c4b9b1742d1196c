"""The agent speaks English in its tests, whatever this machine speaks."""

import os

os.environ["DESKBELL_LANGUAGE"] = "en"  # before tray_agent.texts is imported
