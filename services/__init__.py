"""The service office: continuous work, and whatever happens to a service."""
