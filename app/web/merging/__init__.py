"""Pages on which two records of one person become one, and come apart again."""
