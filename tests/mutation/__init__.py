"""Does the bank notice when a criterion changes? Each mutant changes one thing in one place.

    python -m tests.mutation            the whole run, with a report
    python -m tests.mutation --sample 8 one mutant in eight that is not accepted, always the same
    python -m tests.mutation circuits.tasks.heads.rotary
                                        the mutants of some modules

What is mutated: everything that decides a verdict, in ``circuits/behaviours``, ``circuits/tasks``
and ``circuits/judging``, and how sequences and cases are drawn for it. What is not: sentences,
tables, advice and diagnoses, which have tests of their own. A mutant is killed if an answer of the
bank is judged otherwise than the bank says, or a test of the criteria (``probes.TEST_MODULES``)
fails.
Survivors that were looked at and loosen nothing are listed in ``accepted.txt``, each with the
reason; any other survivor fails the run, and so does a reason that is no longer needed.

All answers and tests are run once, in modules that work out beside each expression what its mutants
would make of it (``watching``, ``tracing``). So a mutant is tried where it makes a difference and
nowhere else, first on what has killed others of its function, then on what is quickest.
"""
