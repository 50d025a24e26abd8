"""Reads paths from stdin, one a line, and prints for each one JSON line: what Python's own parser finds in the file."""
import ast
import json
import sys
import warnings

LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def points(node):
    """What one node adds to the complexity of the function around it."""
    if isinstance(node, (ast.If, ast.IfExp, ast.ExceptHandler) + LOOPS):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    if isinstance(node, ast.match_case):
        pattern = node.pattern
        is_default = isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None
        return 0 if is_default and node.guard is None else 1
    return 0


def complexity(function):
    total = 1
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTIONS + (ast.Lambda,)):
            continue
        total += points(node)
        waiting.extend(ast.iter_child_nodes(node))
    return total


def parameters(function):
    given = function.args
    named = given.posonlyargs + given.args + ([given.vararg] if given.vararg else []) + given.kwonlyargs
    return [each.arg for each in named + ([given.kwarg] if given.kwarg else [])]


def describe(function, owner):
    return {
        "name": function.name,
        "owner": owner,
        "startLine": function.lineno,
        "endLine": function.end_lineno,
        "complexity": complexity(function),
        "parameters": parameters(function),
        "isAsync": isinstance(function, ast.AsyncFunctionDef),
        "docstring": ast.get_docstring(function),
        "decorators": len(function.decorator_list),
    }


def analyze(tree):
    found = {"functions": [], "classes": [], "imports": []}
    methods = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found["classes"].append(
                {
                    "name": node.name,
                    "startLine": node.lineno,
                    "endLine": node.end_lineno,
                    "docstring": ast.get_docstring(node),
                    "baseClasses": len(node.bases),
                }
            )
            for child in node.body:
                if isinstance(child, FUNCTIONS):
                    methods[child] = "%s:%d" % (node.name, node.lineno)
        elif isinstance(node, ast.Import):
            found["imports"] += [{"module": each.name, "symbols": [], "line": node.lineno} for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found["imports"].append({"module": module, "symbols": [each.name for each in node.names], "line": node.lineno})
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            found["functions"].append(describe(node, methods.get(node)))
    return found


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            with open(path, "rb") as file:
                source = file.read()
            source.decode("utf-8")
            print(json.dumps(analyze(ast.parse(source))))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            print(json.dumps({"error": str(error)}))


main()
