"""Offer a live page in the browser: choose, run, look, click a cell, compare two livers on one seed.

``choice`` turns what was chosen into scenarios, ``session`` runs them in the background, ``paint`` and ``charts``
make the pictures, ``reading`` says what a clicked cell senses; only ``page`` and ``serve`` know Solara.
"""
