"""What all monitors show now, as the person sees it."""

import io
import sys

from tray_agent.trace import log


class PillowScreen:
    """ports.Screen by PIL.ImageGrab, which is imported at the first use: Pillow is large."""

    def grab(self) -> bytes | None:
        from PIL import ImageGrab

        try:
            image = ImageGrab.grab(all_screens=True) if sys.platform == "win32" else ImageGrab.grab()
        except OSError as error:  # locked, no display, or the X server forbids it
            log.info("no screenshot: %s", error)
            return None
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)  # lossless at any level; a person waits for this one
        return buffer.getvalue()
