"""The shared kernel: nothing here knows of projects, services or improvements."""
