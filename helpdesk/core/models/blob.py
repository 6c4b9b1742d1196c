from django.db import models


class Blob(models.Model):
    """The content of a file, kept once however often it is attached; the bytes are in DATA_DIR/files."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]
