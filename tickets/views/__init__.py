"""Pages of tickets: each view asks a selector, calls one service and answers a page or a fragment."""
