"""Windows: DPAPI, RegisterHotKey, the registry. Only imported there, and never `platform`, which asks WMI."""
