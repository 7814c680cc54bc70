"""Does the bank notice when a criterion changes? Each mutant changes one thing in one place.

    python -m tests.mutation            the whole run, with a report
    python -m tests.mutation --sample 8 every eighth mutant that is not accepted
    python -m tests.mutation circuits.tasks.rotary
                                        the mutants of some modules
    python -m tests.mutation --beyond   those of the criteria of chapters 4 to 6

What is mutated: everything that decides a verdict, in ``circuits/behaviours``, ``circuits/tasks``
and ``circuits/judging``, and how sequences are drawn for it. What is not: sentences, tables, advice
and diagnoses, which have tests of their own. A mutant is killed if an answer of the bank is judged
otherwise than the bank says, or a test of the criteria (``probes.TEST_MODULES``) fails.
Survivors that were looked at and loosen nothing are listed in ``accepted.txt``, each with the
reason; any other survivor fails the run, and so does a reason that is no longer needed. Of those
of chapters 4 to 6 only every eighth was looked at, and all of the mixtures; so they have a run of
their own, and none in the suite.
"""
