"""The functions, classes and types of a checkout, found in its source by names and annotations alone; nothing is imported."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_OF_MANY = {"Sequence", "Iterable", "Iterator", "list", "tuple", "set", "frozenset", "Collection", "AsyncIterator", "Generator"}
_MAPS = {"dict", "Mapping", "MutableMapping"}


@dataclass(frozen=True)
class Kind:
    """What is known of a value's type: a class, or many of a kind."""

    module: str = ""
    name: str = ""
    of: "Kind | None" = None


@dataclass(frozen=True)
class Function:
    """A function or method."""

    module: str
    name: str  # `Class.method` of a method
    node: ast.FunctionDef | ast.AsyncFunctionDef = field(compare=False, repr=False)

    @property
    def parameters(self) -> list[str]:
        given = self.node.args
        return [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


class Definitions:
    """What the modules of a checkout define."""

    def __init__(self, root: Path, files: Mapping[str, Path]) -> None:
        self.root = root
        self._trees = {name: ast.parse(path.read_text()) for name, path in files.items()}
        self._names = {name: dict(_defined(tree)) for name, tree in self._trees.items()}

    def functions(self, name: str) -> list[Function]:
        """Those of a name, nested ones too; a dotted name holds its module."""
        module, _, last = name.rpartition(".")
        return [
            Function(where, last, node)
            for where, tree in self._trees.items()
            if not module or module == where
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == last
        ]

    def find(self, module: str, name: str) -> ast.AST | tuple[str, str] | None:
        """What a name means in a module: a definition, or ("module", its name)."""
        for _ in range(8):  # through as many re-exports
            meant = self._names.get(module, {}).get(name)
            if not isinstance(meant, str):
                return (module, meant) if meant is not None else None  # type: ignore[return-value]
            if meant in self._trees:
                return ("module", meant)
            module, _, name = meant.rpartition(".")
        return None

    def kind(self, module: str, annotation: ast.expr | None) -> Kind | None:
        """The class that an annotation names; the first that the project has of several."""
        match annotation:
            case ast.Constant(value=str(text)):
                return self.kind(module, ast.parse(text, mode="eval").body)
            case ast.BinOp(left=left, right=right):
                return self.kind(module, left) or self.kind(module, right)
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                if name in _OF_MANY | _MAPS:
                    return Kind(of=self.kind(module, parts[-1 if name in _MAPS else 0]))
                return self.kind(module, annotation.value)
            case ast.Name() | ast.Attribute():
                found = self.lookup(module, annotation)
                return Kind(found[0], found[1].name) if found and isinstance(found[1], ast.ClassDef) else None
        return None

    def lookup(self, module: str, node: ast.expr) -> tuple[str, ast.AST] | None:
        """The module and definition that a plain or dotted name stands for."""
        found: object = None
        if isinstance(node, ast.Name):
            found = self.find(module, node.id)
        elif isinstance(node, ast.Attribute):
            match node.value:
                case ast.Name(id=name):
                    match self.find(module, name):
                        case ("module", str(inside)):
                            found = self.find(inside, node.attr)
        return found if isinstance(found, tuple) and isinstance(found[1], ast.AST) else None

    def class_of(self, kind: Kind) -> ast.ClassDef | None:
        found = self.find(kind.module, kind.name)
        return found[1] if isinstance(found, tuple) and isinstance(found[1], ast.ClassDef) else None

    def method(self, kind: Kind, name: str) -> Function | None:
        """A method of a class or of what it derives from; none of a protocol, which is whatever class is given."""
        node = self.class_of(kind)
        if node is None or any("Protocol" in ast.dump(base) for base in node.bases):
            return None
        for part in node.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name == name:
                return Function(kind.module, f"{kind.name}.{name}", part)
        for base in node.bases:
            above = self.kind(kind.module, base)
            if above and (found := self.method(above, name)):
                return found
        return None

    def attribute(self, kind: Kind, name: str) -> Kind | None:
        """The type of a field or property of a class."""
        node = self.class_of(kind)
        for part in node.body if node else ():
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id == name:
                return self.kind(kind.module, part.annotation)
            if isinstance(part, ast.FunctionDef) and part.name == name:
                return self.kind(kind.module, part.returns)
        if node and (init := self.method(kind, "__init__")):
            annotations = {one.arg: one.annotation for one in init.node.args.args + init.node.args.kwonlyargs}
            for target, value in _put_down(init.node):
                if target == name:
                    if isinstance(value, ast.Name):
                        return self.kind(init.module, annotations.get(value.id))
                    if isinstance(value, ast.Call):
                        return self.made(init.module, value.func)
        return None

    def made(self, module: str, called: ast.expr) -> Kind | None:
        """What a call of a class or function gives."""
        match self.lookup(module, called):
            case (where, ast.ClassDef(name=name)):
                return Kind(where, name)
            case (where, (ast.FunctionDef() | ast.AsyncFunctionDef()) as node):
                return self.kind(where, node.returns)
        return None


def _defined(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """The names of a module: definitions, and what imports stand for as dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, alias.name
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node


def _put_down(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """`self.name = value` of a method, tuples side by side taken apart."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assign):
            for target in part.targets:
                pairs: Sequence[tuple[ast.expr, ast.expr]] = [(target, part.value)]
                if isinstance(target, ast.Tuple) and isinstance(part.value, ast.Tuple):
                    pairs = list(zip(target.elts, part.value.elts, strict=False))
                for to, value in pairs:
                    if isinstance(to, ast.Attribute):
                        yield to.attr, value
