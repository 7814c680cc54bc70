"""Archives as Blackboard and Gradescope write them, by their help pages."""

from course.demo.platforms import write_zip


def name_blackboard(one, file, when="2026-11-29-17-42-00", word="attempt"):
    """Return the name of a file, or with "" that of the text about an attempt."""
    return f"Exercise 1_{one.login}_{word}_{when}{f'_{file}' if file else '.txt'}"


def about_blackboard(one, when="Sunday, November 29, 2026 5:42:00 PM CET"):
    """Return the text that Blackboard puts beside an attempt."""
    return (
        f"Name: {one.first} {one.last} ({one.login})\nAssignment: Exercise 1\n"
        f"Date Submitted: {when}\nCurrent Grade: Needs Grading\n\nSubmission Field:\n\n"
    )


def write_gradescope(path, people, file, data):
    """Write an export of submissions: a folder for each, and what they are in YAML."""
    lines, files = [], []
    for one in people:
        folder = f"submission_{one.number}"
        lines += [
            f"{folder}:",
            "  :submitters:",
            f"  - :name: {one.first} {one.last}",
            f"    :sid: '{one.number}'",
            f"    :email: {one.email}",
            "  :created_at: 2026-11-29 17:42:00.000000000 Z",
            "  :score: ",
        ]
        files.append((f"assignment_9_export/{folder}/{file}", data))
    text = "---\n" + "\n".join(lines) + "\n"
    return write_zip(path, [*files, ("assignment_9_export/submission_metadata.yml", text)])
