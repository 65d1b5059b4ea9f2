# problem: add
# verdict: missing_entry_point
# why: Nothing at all but a comment.
# nothing
