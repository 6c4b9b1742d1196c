"""What all monitors show now, as the person sees it."""

import io
import sys
from typing import TYPE_CHECKING

from tray_agent.trace import log

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 18_000_000
"""The desk takes no file above 20 MB. Three large screens full of photographs have more."""


def sendable(image: "Image.Image") -> bytes:
    """As PNG: every pixel as it is, or all of it a little smaller where the desk would refuse it for good."""
    while True:
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)  # lossless at any level; a person waits for this one
        if buffer.tell() <= MOST_BYTES:
            return buffer.getvalue()
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))


class PillowScreen:
    """ports.Screen by PIL.ImageGrab, which is imported at the first use: Pillow is large."""

    def grab(self) -> bytes | None:
        from PIL import ImageGrab

        try:
            image = ImageGrab.grab(all_screens=True) if sys.platform == "win32" else ImageGrab.grab()
            return sendable(image)
        except Exception as error:  # noqa: BLE001 (locked, no display, no memory: the form opens all the same)
            log.info("no screenshot: %s: %s", type(error).__name__, error)
            return None
