"""Hand a run of nbgrader's over to the code that `python -m grader` runs, with all its settings."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.converters import NbGraderException
from traitlets.config import Config, Configurable
from traitlets.config.loader import DeferredConfig

from grader.batch.progress import Event, Failed, Finished, Summary, Tell, say_why
from grader.config import Settings, read_configuration, read_settings
from grader.errors import CourseError
from grader.paths import Classroom, Sources
from grader.terminal import stoppable

Work = Callable[[Classroom, Settings, Tell], Summary]
"""Does the run's work for a class, and tells of everything as it happens."""


def hand_over(converter: Any, kinds: tuple[type[Configurable], ...], work: Work) -> Summary:  # noqa: ANN401
    """Do the work of one of nbgrader's converters, and leave it nothing to do.

    Args:
        converter: ``Autograde`` or ``GenerateFeedback``, about to begin.
        kinds: What can be set for it, on the command line too.
        work: Does it.

    Raises:
        NbGraderException: If nothing can be done, or the configuration cannot be read.
        KeyboardInterrupt: If it was stopped.
    """
    root = Path(converter.coursedir.root)
    try:
        demand_readable(root)
        settings = read_settings(read_words(converter.config, kinds), Classroom(root))
        with stoppable():
            summary = work(Classroom(root), settings, lambda event: _log(converter.log, event))
    except CourseError as error:
        converter.log.error(str(error))  # noqa: TRY400  (a sentence, not a traceback)
        raise NbGraderException(str(error)) from error
    if summary.stopped:
        raise KeyboardInterrupt
    converter.assignments = {}
    return summary


def demand_readable(root: Path) -> None:
    """Refuse to go on without the configuration: nbgrader itself would, with its own settings.

    Args:
        root: The class's folder. As for nbgrader, that one counts, and the one of the process.

    Raises:
        CourseError: If a file is there and cannot be read.
    """
    for place in (Path.cwd(), root):
        if Sources(place).configuration.is_file():
            read_configuration(Sources(place))


def read_words(config: Config, kinds: tuple[type[Configurable], ...]) -> Config:
    """Return a configuration in which words of a command line are the values that they stand for.

    Args:
        config: A converter's.
        kinds: The classes whose settings are wanted.
    """
    read: Config = copy.deepcopy(config)
    for kind in kinds:
        traits = kind.class_traits()
        for name, value in config[kind.__name__].items():
            if isinstance(value, DeferredConfig):
                read[kind.__name__][name] = value.get_value(traits[name])
    return read


def _log(log: Any, event: Event) -> None:  # noqa: ANN401
    said = say_why(event)
    if said:
        log.info(said)
    if isinstance(event, Failed):
        log.error("%s: %s", event.student, event.reason)
    if isinstance(event, Finished):
        log.info("%s: done", event.student)
        for reason in event.look:
            log.warning("%s: %s", event.student, reason)
