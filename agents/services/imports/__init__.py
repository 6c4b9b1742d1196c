"""CSV imports of clients, people and devices: looked at first, carried out, taken back."""
