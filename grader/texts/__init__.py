"""Grade the answers in text question by question: out as a table, back as grades by hand.

`answers` reads everybody's text, equal ones once. `rubric` finds what a person gives points for,
`table` and `write` write it down, `read_table` reads what was filled in, and `enter` compares it
with the gradebook and enters it.
"""
