"""Pure rules of the agents app. Nothing here imports Django."""
