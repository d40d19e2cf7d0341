# SPDX-License-Identifier: EUPL-1.2
"""The process that runs one script: started alone, without the product's code, its files or its environment.

The interpreter looks at its own limits, but not inside every built-in function: turning round a list with holes takes
it years. So the system ends this process for good when it has used up its time.
"""

import resource
import sys

_SECONDS = 1.0
_SECONDS_AT_MOST = 2
_MEMORY = 32 * 1024 * 1024
_MEMORY_OF_PROCESS = 512 * 1024 * 1024
_STACK = 512 * 1024
_LONGEST_RESULT = 1_000_000


def main() -> None:
    """Reads a program from the standard input and writes what it gave, or in two words why not."""
    sys.path.append(sys.argv[1])
    import _quickjs  # Only here: nothing else loads the interpreter, and its folder is known only now.

    program = sys.stdin.buffer.read().decode("utf-8")
    confine()
    context = _quickjs.Context()
    context.set_memory_limit(_MEMORY)
    context.set_max_stack_size(_STACK)
    context.set_time_limit(_SECONDS)
    try:
        result = context.eval(program)
    except _quickjs.StackOverflow:
        answer = "too deep"
    except _quickjs.JSException as failed:
        answer = "too long" if "interrupted" in str(failed) else "too large"
    else:
        answer = result if len(result) <= _LONGEST_RESULT else "too much"
    sys.stdout.buffer.write(answer.encode())


def confine() -> None:
    """Takes everything from this process that a script has no use for."""
    for kind, limit in (
        (resource.RLIMIT_CPU, _SECONDS_AT_MOST),
        (resource.RLIMIT_AS, _MEMORY_OF_PROCESS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main()
