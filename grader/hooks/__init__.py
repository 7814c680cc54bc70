"""Plug the grader into nbgrader's own commands, as `nbgrader_config.json` names it.

A module is named after the command that it is plugged into: `autograde`, `collect`, `export`,
`feedback`, `generate` and `release_feedback`, and `formgrader` for its pages. `hand_over` hands a
run over to ours; `late_rules` are the penalties, where nbgrader asks for them.
"""
