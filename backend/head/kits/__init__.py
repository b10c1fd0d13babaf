"""Head models as others publish them, read into this project's form."""
