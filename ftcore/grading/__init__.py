"""Grading: metrics, ratings and votes become the grade of a rubric."""
