"""Write what the instructor reads: the report on a class, its statistics, the grades as CSV.

`results` reads what everybody earned. `class_report` and `class_page` say how a class does,
`class_statistics` and `equal_answers` are parts of them, `item_analysis` has the arithmetic;
`export` writes CSV.
"""
