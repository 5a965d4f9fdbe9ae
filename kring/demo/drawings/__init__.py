"""Drawings as children make them, drawn by code: nobody made them and nobody is in them.

A ``Hand`` has a seed and an age; with it a scene is drawn on a ``Sheet``, whose crayons, felt pens,
pencils and paint ``texture`` puts on paper. ``python -m kring.demo.drawings FOLDER`` draws all.
"""
