"""Plug the grader into nbgrader's own commands, as `nbgrader_config.json` names it."""
