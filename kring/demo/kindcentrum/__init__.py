"""Kindcentrum De Kring: a school of eight groups and its after-school care, for the demo only.

``names`` and ``families`` make up who is in it, ``staff`` who works there, ``written_*`` what they
wrote; ``population`` and ``posts`` put it into the database. Nobody in it exists.
"""
