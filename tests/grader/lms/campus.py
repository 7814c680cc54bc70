"""A platform that nobody has, as the recipe in CONTRIBUTING adds one."""

from grader.lms.accounts import Account
from grader.lms.platforms.platform import Column, Item, read_number


class Campus:
    """Campus, whose archives have ``hand-ins/LOGIN/FILE`` and whose table has a column of marks."""

    name = "Campus"
    table = "list of marks"
    several = False

    def find_items(self, entries, read, zone):
        found = [(entry, entry.split("/")) for entry in entries]
        return [
            Item(entry, parts[1], parts[2], f"{parts[1]}--", (parts[1],))
            for entry, parts in found
            if parts[0] == "hand-ins" and len(parts) == 3
        ]

    def read_accounts(self, sheet, zone):
        logins = [(row, sheet.text(row, 0)) for row in range(1, len(sheet.rows))]
        return [Account(login, (login,), row=row) for row, login in logins]

    def find_column(self, sheet, assignment, named):
        return Column(sheet.find_column(named or "mark"), read_number("4"))
