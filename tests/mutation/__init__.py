"""Does the bank notice when a criterion changes? Each mutant changes one thing in one place.

    python -m tests.mutation            the whole run, with a report
    python -m tests.mutation --sample 8 every eighth mutant, as in the test suite

What is mutated: everything that decides a verdict, in ``circuits/behaviours`` and
``circuits/judging``. What is not: sentences, tables, advice and diagnoses, which have tests
of their own. A mutant is killed if the bank's answers are judged otherwise than the bank says.
Survivors that were looked at and found harmless are listed in ``accepted.txt``, each with the
reason; any other survivor fails the run.
"""
