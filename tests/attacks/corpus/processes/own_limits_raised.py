# problem: add
# verdict: wrong_answer | timed_out | out_of_memory
# why: Lifts every limit of its own, then computes for ever.
# unsafe: true
# limits: tight
import resource


def add(a, b):
    for name in dir(resource):
        if name.startswith("RLIMIT_"):
            try:
                resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (OSError, ValueError):
                pass
    while True:
        pass
