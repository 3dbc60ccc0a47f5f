"""HTTP plumbing shared by every app."""
