"""The pages of clients, their devices, people and keys, joined with their tickets."""
