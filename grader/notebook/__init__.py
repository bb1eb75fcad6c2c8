"""Notebooks: one a chapter made from the course, and the code of one that was handed in."""

from grader.notebook.read import CodeCell, code_cells, encodable

__all__ = ["CodeCell", "code_cells", "encodable"]
