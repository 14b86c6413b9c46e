"""Follows one argument from function to function through the source; nothing is run.

A value is followed as itself, as a part of itself (an attribute, an element, what a loop or an unpacking gives), inside what
holds it (a tuple, an object that is made of it), and out of a function that returns it.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.support.definitions import Definitions, Function, Kind

# Built-in functions and methods that give back what they are given, or parts of it.
_THROUGH = {"dict", "enumerate", "iter", "list", "next", "replace", "reversed", "set", "sorted", "tuple", "zip"}
_PARTS = {"get", "items", "keys", "pop", "popleft", "values"}


@dataclass(frozen=True)
class Value:
    """An expression: whether it is followed, and its type as far as it is known."""

    followed: bool = False
    kind: Kind | None = None


class Follower:
    """A walk of one argument."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._calls: list[Function] = []
        self._done: dict[tuple[Function, frozenset[str]], Value] = {}

    def follow(self, function: Function, argument: str) -> list[Function]:
        """The functions that the argument comes into, from the first on, in the order of the code."""
        self._calls, self._done = [], {}
        self.call(function, {argument})
        return self._calls

    def call(self, function: Function, followed: set[str]) -> Value:
        """The chain comes into a function by these parameters; what it returns."""
        self._calls.append(function)
        key = function, frozenset(followed)
        if key not in self._done:
            self._done[key] = Value()  # what it returns to itself
            self._done[key] = _Body(self, function, followed).walk()
        return self._done[key]


class _Body:
    """One function on the way: its names, and the calls in it in the order of the code."""

    def __init__(self, follower: Follower, function: Function, followed: set[str]) -> None:
        self._follower, self._known, self._module = follower, follower.definitions, function.module
        self._function, self._returned = function, Value(kind=self._kind(function.node.returns))
        owner = function.name.rpartition(".")[0]
        given = function.node.args
        self._names = {
            one.arg: Value(one.arg in followed, self._kind(one.annotation))
            for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)
        }
        if owner and "self" in self._names:
            self._names["self"] = Value("self" in followed, Kind(function.module, owner))

    def walk(self) -> Value:
        self._statements(self._function.node.body)
        return self._returned

    def _kind(self, annotation: ast.expr | None) -> Kind | None:
        return self._known.kind(self._module, annotation)

    def _statements(self, statements: list[ast.stmt]) -> None:
        for one in statements:
            self._statement(one)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._statements(node.body)  # a function in a function: walked where it stands
            case ast.Return(value=ast.expr() as value):
                self._give(self._value(value))
            case ast.Assign(targets=targets, value=value):
                pairs = [(targets[0], value)] if len(targets) == 1 else [(one, value) for one in targets]
                match targets[0], value:
                    case ast.Tuple(elts=left), ast.Tuple(elts=right) if len(left) == len(right):
                        pairs = list(zip(left, right, strict=True))
                for target, part in pairs:
                    self._assign(target, self._value(part))
            case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
                made = self._value(value)
                self._assign(target, Value(made.followed, self._kind(annotation) or made.kind))
            case ast.AugAssign(target=target, value=value):
                made = self._value(value)
                if made.followed:
                    self._assign(target, made)
            case ast.For() | ast.AsyncFor():
                self._assign(node.target, _element(self._value(node.iter)))
                self._statements(node.body + node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    made = self._value(item.context_expr)
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, made)
                self._statements(node.body)
            case _:
                for part in ast.iter_child_nodes(node):
                    self._part(part)

    def _part(self, node: ast.AST) -> None:
        """A piece of a statement that is of no kind of its own: an if, a try, a match."""
        if isinstance(node, ast.stmt):
            self._statement(node)
        elif isinstance(node, ast.expr):
            self._value(node)
        else:
            for part in ast.iter_child_nodes(node):
                self._part(part)

    def _give(self, value: Value) -> None:
        self._returned = Value(self._returned.followed or value.followed, self._returned.kind or value.kind)

    def _assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self._names[name] = value
            case ast.Starred(value=inner):
                self._assign(inner, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._assign(part, Value(value.followed))
            case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
                old = self._names.get(name, Value())
                self._names[name] = Value(old.followed or value.followed, old.kind)

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(id=name):
                return self._names.get(name, Value())
            case ast.Attribute(value=inner, attr=name):
                whole = self._value(inner)
                return Value(whole.followed, self._known.attribute(whole.kind, name) if whole.kind else None)
            case ast.Subscript(value=inner, slice=at):
                self._value(at)
                return _element(self._value(inner))
            case ast.Call():
                return self._call(node)
            case ast.Await(value=inner) | ast.Starred(value=inner):
                return self._value(inner)
            case ast.YieldFrom(value=inner):
                self._give(self._value(inner))
                return Value()
            case ast.Yield(value=ast.expr() as inner):
                self._give(Value(self._value(inner).followed))
                return Value()
            case ast.NamedExpr(target=target, value=inner):
                value = self._value(inner)
                self._assign(target, value)
                return value
            case ast.IfExp(test=test, body=body, orelse=other):
                self._value(test)
                return _either(self._value(body), self._value(other))
            case ast.BoolOp(values=parts):
                return _either(*[self._value(part) for part in parts])
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                for part in _inside(node):
                    self._value(part)
                return Value()
            case ast.Lambda(body=body):
                return Value(self._value(body).followed)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for loop in node.generators:
                    self._assign(loop.target, _element(self._value(loop.iter)))
                    for test in loop.ifs:
                        self._value(test)
                made = [
                    self._value(part) for part in ([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
                ]
                return Value(any(one.followed for one in made), Kind(of=made[-1].kind))
        inside = [self._value(part) for part in _inside(node)]  # all of them, for the calls in them
        return Value(any(one.followed for one in inside))

    def _call(self, node: ast.Call) -> Value:
        receiver = self._value(node.func.value) if isinstance(node.func, ast.Attribute) else Value()
        given = [self._value(one) for one in node.args]
        named = {one.arg: self._value(one.value) for one in node.keywords}
        passed = [*given, *named.values()]
        followed = receiver.followed or any(one.followed for one in passed)
        made = self._known.made(self._module, node.func)
        callee = self._callee(node.func, receiver)
        if callee is None or not followed:
            last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            a_class = made is not None and isinstance(
                (self._known.lookup(self._module, node.func) or ("", None))[1], ast.ClassDef
            )
            if a_class or last in _THROUGH:
                kind = made or next((one.kind for one in passed if one.kind), None)
                return Value(followed, kind)
            if callee is not None:
                return Value(kind=self._known.kind(callee.module, callee.node.returns))
            return Value(receiver.followed and last in _PARTS, made)
        return self._enter(callee, receiver, given, named, made)

    def _callee(self, called: ast.expr, receiver: Value) -> Function | None:
        if isinstance(called, ast.Attribute) and receiver.kind and receiver.kind.name:
            return self._known.method(receiver.kind, called.attr)
        match self._known.lookup(self._module, called):
            case (where, (ast.FunctionDef() | ast.AsyncFunctionDef()) as node):
                return Function(where, node.name, node)
            case (where, ast.ClassDef(name=name)):
                return self._known.method(Kind(where, name), "__init__")
        return None

    def _enter(
        self, callee: Function, receiver: Value, given: list[Value], named: Mapping[str | None, Value], made: Kind | None
    ) -> Value:
        parameters = callee.parameters
        into = {name for name, one in named.items() if one.followed and name is not None}
        if callee.name.endswith(".__init__"):
            parameters = parameters[1:]
        elif parameters[:1] in (["self"], ["cls"]):
            into |= {parameters[0]} if receiver.followed else set()
            parameters = parameters[1:]
        into |= {name for name, one in zip(parameters, given, strict=False) if one.followed}
        returned = self._follower.call(callee, into)
        if callee.name.endswith(".__init__"):
            return Value(True, made)
        return returned


def _element(value: Value) -> Value:
    return Value(value.followed, value.kind.of if value.kind else None)


def _either(*values: Value) -> Value:
    return Value(any(one.followed for one in values), next((one.kind for one in values if one.kind), None))


def _inside(node: ast.AST) -> Iterator[ast.expr]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            yield part
        else:
            yield from _inside(part)
