"""The notes' models: a runnable script each."""
