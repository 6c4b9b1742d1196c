"""Room on the disk: the reserve that the database needs to live on is never given to mail."""

import os

from django.conf import settings

LEAST_MB = 1  # below that even a small mail may fail, whatever the reserve is


def reserve_mb() -> int:
    return max(int(settings.MAIL_RESERVE_MB), LEAST_MB)


def has_room() -> bool:
    """Is more than the reserve free where the data is?"""
    disk = os.statvfs(settings.DATA_DIR)
    return bool(disk.f_bavail * disk.f_frsize >= reserve_mb() * 2**20)
