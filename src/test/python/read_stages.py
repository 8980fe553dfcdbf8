"""Prints what a module for PySpark says of its stages, without PySpark: it is parsed, not imported.

One line for each parameter: the class, the Java class, the parameter, its converter and its
default, apart by tabs; and one for each setter that has no parameter.
"""

import ast
import sys


def value_of(node):
    return ast.literal_eval(node)


with open(sys.argv[1], encoding="utf-8") as source:
    tree = ast.parse(source.read())
for stage in (node for node in tree.body if isinstance(node, ast.ClassDef)):
    java_class, params, setters, defaults = None, {}, set(), {}
    for node in stage.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "_java_class":
            java_class = value_of(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            converter = node.value.keywords[0].value.attr
            params[value_of(node.value.args[1])] = (node.targets[0].id, converter)
        elif isinstance(node, ast.FunctionDef):
            if node.name.startswith("set"):
                setters.add(node.name[3].lower() + node.name[4:])
            for call in (found for found in ast.walk(node) if isinstance(found, ast.Call)):
                if getattr(call.func, "attr", "") == "_setDefault":
                    defaults = {word.arg: value_of(word.value) for word in call.keywords}
    if java_class is None:
        continue
    for name, (attribute, converter) in params.items():
        assert name == attribute, f"{stage.name}.{attribute} is called {name}"
        print(stage.name, java_class, name, converter, repr(defaults.get(name)), sep="\t")
    assert setters == set(params), f"{stage.name}: {setters ^ set(params)}"
