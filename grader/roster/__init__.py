"""Keep who is in a class: its list, who comes and who leaves, and what is noted about learners.

`class_list` says who is in it, `class_table` enters a list from a spreadsheet, `enrolment` drops
and brings back. `learner_tables` reads what an instructor notes, such as extensions.
"""
