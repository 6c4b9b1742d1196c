"""The service queue: session codes, waiting customers, attended and unattended support sessions."""
