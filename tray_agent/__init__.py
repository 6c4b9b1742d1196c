"""The tray agent: Ctrl+F12, a picture, three questions, and a ticket that cannot get lost.

Knows nothing of the server but its API. `python -m tray_agent --help` tells the commands.
"""

__version__ = "0.1.0"
