"""Bytecode interpreter: a stack machine that runs a small program.

An assembler with labels, then a fetch-decode-execute loop of comparisons.
"""

# checksum: [303, 377409] 249321

import sys
import time

SIZE = 2000
REPETITIONS = 24

PUSH, LOAD, STORE, ADD, SUBTRACT, MULTIPLY, REMAINDER, LESS, EQUAL = range(9)
JUMP, JUMP_IF_FALSE, CALL, RETURN, PRINT, HALT = range(9, 15)

NAMES = {
    "push": PUSH,
    "load": LOAD,
    "store": STORE,
    "add": ADD,
    "subtract": SUBTRACT,
    "multiply": MULTIPLY,
    "remainder": REMAINDER,
    "less": LESS,
    "equal": EQUAL,
    "jump": JUMP,
    "jump_if_false": JUMP_IF_FALSE,
    "call": CALL,
    "return": RETURN,
    "print": PRINT,
    "halt": HALT,
}

# Variables: 0 the limit, 1 the candidate, 2 the divisor, 3 how many primes, 4 their mix.
PRIMES = """
        push 2
        store 1
next:   load 1
        load 0
        less
        jump_if_false done
        push 2
        store 2
try:    load 1
        load 2
        load 2
        multiply
        less
        jump_if_false more
        jump found
more:   load 1
        load 2
        remainder
        push 0
        equal
        jump_if_false odd
        jump step
odd:    load 2
        push 1
        add
        store 2
        jump try
found:  load 3
        push 1
        add
        store 3
        call mix
step:   load 1
        push 1
        add
        store 1
        jump next
mix:    load 4
        push 31
        multiply
        load 1
        add
        push 1000003
        remainder
        store 4
        return
done:   load 3
        print
        load 4
        print
        halt
"""


def assemble(source):
    """Turn text into a flat list: each operation followed by its operand."""
    code = []
    labels = {}
    references = []
    for line in source.strip().splitlines():
        words = line.split()
        if words[0].endswith(":"):
            labels[words.pop(0)[:-1]] = len(code)
        code.append(NAMES[words[0]])
        if len(words) == 1:
            code.append(0)
        elif words[1].isdigit():
            code.append(int(words[1]))
        else:
            references.append((len(code), words[1]))
            code.append(0)
    for position, label in references:
        code[position] = labels[label]
    return code


class Machine:
    def __init__(self, code, variables):
        self.code = code
        self.variables = variables
        self.stack = []
        self.calls = []
        self.output = []
        self.steps = 0

    def execute(self):
        code = self.code
        stack = self.stack
        variables = self.variables
        position = 0
        while True:
            operation = code[position]
            operand = code[position + 1]
            position += 2
            self.steps += 1
            if operation == PUSH:
                stack.append(operand)
            elif operation == LOAD:
                stack.append(variables[operand])
            elif operation == STORE:
                variables[operand] = stack.pop()
            elif operation == ADD:
                right = stack.pop()
                stack.append(stack.pop() + right)
            elif operation == SUBTRACT:
                right = stack.pop()
                stack.append(stack.pop() - right)
            elif operation == MULTIPLY:
                right = stack.pop()
                stack.append(stack.pop() * right)
            elif operation == REMAINDER:
                right = stack.pop()
                stack.append(stack.pop() % right)
            elif operation == LESS:
                right = stack.pop()
                stack.append(stack.pop() < right)
            elif operation == EQUAL:
                right = stack.pop()
                stack.append(stack.pop() == right)
            elif operation == JUMP:
                position = operand
            elif operation == JUMP_IF_FALSE:
                if not stack.pop():
                    position = operand
            elif operation == CALL:
                self.calls.append(position)
                position = operand
            elif operation == RETURN:
                position = self.calls.pop()
            elif operation == PRINT:
                self.output.append(stack.pop())
            elif operation == HALT:
                return
            else:
                raise ValueError(f"unknown operation {operation}")


def run(size):
    machine = Machine(assemble(PRIMES), [size, 0, 0, 0, 0])
    machine.execute()
    return f"{machine.output} {machine.steps}"


def main(arguments):
    steady = arguments[:1] == ["steady"]
    for _ in range(int(arguments[1]) if steady else REPETITIONS):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        checksum = run(SIZE)
        if steady:
            print(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    print("checksum:", checksum)


if __name__ == "__main__":
    main(sys.argv[1:])
