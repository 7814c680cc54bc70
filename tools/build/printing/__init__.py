"""Print the book: the pages of the built site as one PDF and as one EPUB.

The site is the source, so nothing runs again and all three say the same. ``chapters`` reads its
pages in the order of the table of contents, ``paper`` changes them into those of a book,
``formulas`` and ``drawings`` make mathematics and figures fit for paper, ``pdf`` and ``epub`` write
the files, and ``offer`` links them from the site.
"""
