"""Step 1: choose what the model is for."""

from ftcore.ui.frame import next_step, page_header

page_header("project")
next_step("data")
