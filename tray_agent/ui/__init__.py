"""The windows, with tkinter and Pillow alone. Everything here belongs to the main thread."""
