"""What happens to service requests. Each deed locks the request, notes what has become true, and acts."""
