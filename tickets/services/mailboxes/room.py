"""Room on the disk: the reserve that the database needs to live on is never given to mail."""

import os

from django.conf import settings


def has_room() -> bool:
    """Is more than MAIL_RESERVE_MB free where the data is?"""
    disk = os.statvfs(settings.DATA_DIR)
    return bool(disk.f_bavail * disk.f_frsize >= settings.MAIL_RESERVE_MB * 2**20)
