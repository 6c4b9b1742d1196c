"""What is true of a service request, in plain Python: the clock is an argument, nothing asks a database."""
