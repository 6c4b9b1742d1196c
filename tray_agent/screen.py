"""What all monitors show now, as the person sees it."""

import io
import sys

from tray_agent.trace import log


class PillowScreen:
    """ports.Screen by PIL.ImageGrab, which is imported at the first use: Pillow is large."""

    def grab(self) -> bytes | None:
        from PIL import ImageGrab

        buffer = io.BytesIO()
        try:
            image = ImageGrab.grab(all_screens=True) if sys.platform == "win32" else ImageGrab.grab()
            image.save(buffer, "PNG", compress_level=1)  # lossless at any level; a person waits for this one
        except Exception as error:  # noqa: BLE001 (locked, no display, no memory: the form opens all the same)
            log.info("no screenshot: %s: %s", type(error).__name__, error)
            return None
        return buffer.getvalue()
