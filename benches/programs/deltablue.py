"""DeltaBlue: an incremental solver of one-way constraints with strengths.

A deep class hierarchy, lists of objects, and many short polymorphic calls.
The algorithm is Freeman-Benson and Maloney's; the two tests are its usual ones.
"""

# checksum: 1691 8613780

import sys
import time

SIZE = 1500
REPETITIONS = 44


class Strength:
    def __init__(self, level, name):
        self.level = level
        self.name = name

    def stronger_than(self, other):
        return self.level < other.level

    def weaker_than(self, other):
        return self.level > other.level

    def next_weaker(self):
        return STRENGTHS[self.level + 1]


STRENGTHS = [
    Strength(level, name)
    for level, name in enumerate(
        ["required", "strong preferred", "preferred", "strong", "normal", "weak", "weakest"]
    )
]
REQUIRED = STRENGTHS[0]
STRONG_PREFERRED = STRENGTHS[1]
PREFERRED = STRENGTHS[2]
STRONG = STRENGTHS[3]
NORMAL = STRENGTHS[4]
WEAK = STRENGTHS[5]
WEAKEST = STRENGTHS[6]


def weakest_of(first, second):
    return first if first.weaker_than(second) else second


class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.mark = 0
        self.walk_strength = WEAKEST
        self.stay = True

    def remove_constraint(self, constraint):
        self.constraints.remove(constraint)
        if self.determined_by is constraint:
            self.determined_by = None


class Constraint:
    """Keeps a relation between variables by computing one of them: its output."""

    def __init__(self, strength):
        self.strength = strength

    def add_to(self, planner):
        self.attach()
        planner.add(self)

    def destroy(self, planner):
        if self.is_satisfied():
            planner.remove(self)
        else:
            self.detach()

    def satisfy(self, mark, planner):
        """Enforce this constraint; return the weaker one it displaces, if any."""
        self.choose_method(mark)
        if not self.is_satisfied():
            if self.strength is REQUIRED:
                raise ValueError("cannot satisfy a required constraint")
            return None
        self.mark_inputs(mark)
        output = self.output()
        displaced = output.determined_by
        if displaced is not None:
            displaced.mark_unsatisfied()
        output.determined_by = self
        if not planner.propagate_from(self, mark):
            raise ValueError("found a cycle of constraints")
        output.mark = mark
        return displaced

    def is_input(self):
        return False


class UnaryConstraint(Constraint):
    def __init__(self, variable, strength, planner):
        super().__init__(strength)
        self.variable = variable
        self.satisfied = False
        self.add_to(planner)

    def attach(self):
        self.variable.constraints.append(self)
        self.satisfied = False

    def detach(self):
        self.variable.remove_constraint(self)
        self.satisfied = False

    def choose_method(self, mark):
        self.satisfied = self.variable.mark != mark and self.strength.stronger_than(
            self.variable.walk_strength
        )

    def is_satisfied(self):
        return self.satisfied

    def mark_unsatisfied(self):
        self.satisfied = False

    def mark_inputs(self, mark):
        pass

    def inputs_known(self, mark):
        return True

    def output(self):
        return self.variable

    def recalculate(self):
        self.variable.walk_strength = self.strength
        self.variable.stay = not self.is_input()
        if self.variable.stay:
            self.execute()


class StayConstraint(UnaryConstraint):
    def execute(self):
        pass


class EditConstraint(UnaryConstraint):
    def is_input(self):
        return True

    def execute(self):
        pass


class BinaryConstraint(Constraint):
    def __init__(self, left, right, strength, planner):
        super().__init__(strength)
        self.left = left
        self.right = right
        self.source = None
        self.target = None
        self.add_to(planner)

    def attach(self):
        self.left.constraints.append(self)
        self.right.constraints.append(self)
        self.mark_unsatisfied()

    def detach(self):
        self.left.remove_constraint(self)
        self.right.remove_constraint(self)
        self.mark_unsatisfied()

    def direct(self, source, target):
        self.source = source
        self.target = target

    def choose_method(self, mark):
        left, right = self.left, self.right
        self.mark_unsatisfied()
        if left.mark == mark:
            if right.mark != mark and self.strength.stronger_than(right.walk_strength):
                self.direct(left, right)
        elif right.mark == mark:
            if self.strength.stronger_than(left.walk_strength):
                self.direct(right, left)
        elif left.walk_strength.weaker_than(right.walk_strength):
            if self.strength.stronger_than(left.walk_strength):
                self.direct(right, left)
        elif self.strength.stronger_than(right.walk_strength):
            self.direct(left, right)

    def is_satisfied(self):
        return self.target is not None

    def mark_unsatisfied(self):
        self.source = self.target = None

    def mark_inputs(self, mark):
        self.source.mark = mark

    def inputs_known(self, mark):
        source = self.source
        return source.mark == mark or source.stay or source.determined_by is None

    def output(self):
        return self.target

    def recalculate(self):
        self.target.walk_strength = weakest_of(self.strength, self.source.walk_strength)
        self.target.stay = self.source.stay
        if self.target.stay:
            self.execute()


class EqualityConstraint(BinaryConstraint):
    def execute(self):
        self.target.value = self.source.value


class ScaleConstraint(BinaryConstraint):
    """right = left * scale + offset, computed in either direction."""

    def __init__(self, left, scale, offset, right, strength, planner):
        self.scale = scale
        self.offset = offset
        super().__init__(left, right, strength, planner)

    def attach(self):
        super().attach()
        self.scale.constraints.append(self)
        self.offset.constraints.append(self)

    def detach(self):
        super().detach()
        self.scale.remove_constraint(self)
        self.offset.remove_constraint(self)

    def mark_inputs(self, mark):
        super().mark_inputs(mark)
        self.scale.mark = self.offset.mark = mark

    def execute(self):
        if self.target is self.right:
            self.right.value = self.left.value * self.scale.value + self.offset.value
        else:
            self.left.value = (self.right.value - self.offset.value) // self.scale.value

    def recalculate(self):
        target = self.target
        target.walk_strength = weakest_of(self.strength, self.source.walk_strength)
        target.stay = self.source.stay and self.scale.stay and self.offset.stay
        if target.stay:
            self.execute()


class Planner:
    def __init__(self):
        self.mark = 0

    def new_mark(self):
        self.mark += 1
        return self.mark

    def add(self, constraint):
        mark = self.new_mark()
        displaced = constraint.satisfy(mark, self)
        while displaced is not None:
            displaced = displaced.satisfy(mark, self)

    def remove(self, constraint):
        output = constraint.output()
        constraint.mark_unsatisfied()
        constraint.detach()
        unsatisfied = self.forget_downstream_of(output)
        strength = REQUIRED
        while strength is not WEAKEST:
            for candidate in unsatisfied:
                if candidate.strength is strength:
                    self.add(candidate)
            strength = strength.next_weaker()

    def propagate_from(self, constraint, mark):
        """Recompute what depends on the constraint; false if it depends on itself."""
        todo = [constraint]
        while todo:
            current = todo.pop()
            if current.output().mark == mark:
                self.remove(constraint)
                return False
            current.recalculate()
            self.add_consumers_of(current.output(), todo)
        return True

    def forget_downstream_of(self, output):
        output.determined_by = None
        output.walk_strength = WEAKEST
        output.stay = True
        unsatisfied = []
        todo = [output]
        while todo:
            variable = todo.pop()
            for constraint in variable.constraints:
                if not constraint.is_satisfied():
                    unsatisfied.append(constraint)
            determining = variable.determined_by
            for constraint in variable.constraints:
                if constraint is not determining and constraint.is_satisfied():
                    constraint.recalculate()
                    todo.append(constraint.output())
        return unsatisfied

    def add_consumers_of(self, variable, collected):
        determining = variable.determined_by
        for constraint in variable.constraints:
            if constraint is not determining and constraint.is_satisfied():
                collected.append(constraint)

    def make_plan(self, sources):
        mark = self.new_mark()
        plan = []
        todo = list(sources)
        while todo:
            constraint = todo.pop()
            output = constraint.output()
            if output.mark != mark and constraint.inputs_known(mark):
                plan.append(constraint)
                output.mark = mark
                self.add_consumers_of(output, todo)
        return plan

    def plan_from(self, constraints):
        return self.make_plan(
            [each for each in constraints if each.is_input() and each.is_satisfied()]
        )


def change(planner, variable, value):
    edit = EditConstraint(variable, PREFERRED, planner)
    plan = planner.plan_from([edit])
    for _ in range(10):
        variable.value = value
        for constraint in plan:
            constraint.execute()
    edit.destroy(planner)


def chain_test(length):
    """A chain of equalities: a change at its head must reach its tail."""
    planner = Planner()
    chain = [Variable(f"v{index}") for index in range(length + 1)]
    for left, right in zip(chain, chain[1:]):
        EqualityConstraint(left, right, REQUIRED, planner)
    StayConstraint(chain[-1], STRONG, planner)
    edit = EditConstraint(chain[0], PREFERRED, planner)
    plan = planner.plan_from([edit])
    checksum = 0
    for value in range(20):
        chain[0].value = value
        for constraint in plan:
            constraint.execute()
        if chain[-1].value != value:
            raise ValueError("the chain did not carry its value")
        checksum += chain[-1].value
    edit.destroy(planner)
    return checksum + len(plan)


def projection_test(length):
    """Pairs joined by one scale and one offset, changed from every side."""
    planner = Planner()
    scale = Variable("scale", 10)
    offset = Variable("offset", 1000)
    sources = []
    targets = []
    for index in range(length):
        source = Variable(f"source{index}", index)
        target = Variable(f"target{index}", index)
        sources.append(source)
        targets.append(target)
        StayConstraint(source, NORMAL, planner)
        ScaleConstraint(source, scale, offset, target, REQUIRED, planner)
    change(planner, sources[-1], 17)
    if targets[-1].value != 1170:
        raise ValueError("projection 1 failed")
    change(planner, targets[-1], 1050)
    if sources[-1].value != 5:
        raise ValueError("projection 2 failed")
    change(planner, scale, 5)
    for source, target in zip(sources[:-1], targets[:-1]):
        if target.value != source.value * 5 + 1000:
            raise ValueError("projection 3 failed")
    change(planner, offset, 2000)
    for source, target in zip(sources[:-1], targets[:-1]):
        if target.value != source.value * 5 + 2000:
            raise ValueError("projection 4 failed")
    return sum(target.value for target in targets)


def run(size):
    return f"{chain_test(size)} {projection_test(size)}"


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
