"""Web Push: keys, devices, which services, what is said, and the line over which it goes."""
