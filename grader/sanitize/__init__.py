"""Make what a learner wrote harmless in the browser of somebody else.

What is stored for a person to read is the cleaned form, and whatever shows it cleans it once more.
What was handed in stays in ``submitted/`` as it was. `clean` cleans HTML, Markdown and outputs,
`pictures` finds what must not be shown, `renderer` renders Markdown as formgrader does.
"""
