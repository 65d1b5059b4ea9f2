# problem: add
# verdict: syntax_error | missing_entry_point
# why: Mark-up instead of a program.
<script>alert("passed")</script>
