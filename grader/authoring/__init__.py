"""What an author has: a tool that says what is missing in a course, and one that begins it."""
