"""The Windows of the tests: Wine, a Windows CPython and a prepared Wine prefix, kept in a cache folder.

``windows/setup.sh`` makes all of it from nothing; ``python -m windows`` makes what is still missing.
"""
