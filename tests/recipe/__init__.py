"""The new part that CONTRIBUTING's recipe adds: row, chapter, solution and task."""
