"""Asks a Prometheus every query of a dashboard and every rule it has loaded: ask.py URL DASHBOARD.json"""
import json
import re
import sys
import urllib.parse
import urllib.request

base, dashboard = sys.argv[1:]


def get(path, **query):
    with urllib.request.urlopen(f"{base}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
        return json.load(answer)["data"]


def panels(node):
    for panel in node.get("panels", []):
        yield panel
        yield from panels(panel)


queries = []
with open(dashboard, encoding="utf-8") as f:
    board = json.load(f)
for panel in panels(board):
    for target in panel.get("targets", []):
        queries.append((f"panel {panel['title']!r}", target["expr"]))
for variable in board.get("templating", {}).get("list", []):
    if match := re.match(r"label_values\((.+),", str(variable.get("definition", ""))):
        queries.append((f"variable {variable['name']!r}", match[1]))
rules = [rule for group in get("rules")["groups"] for rule in group["rules"]]
queries += [(f"rule {rule['name']!r}", rule["query"]) for rule in rules]
recorded = {rule["name"] for rule in rules if rule["type"] == "recording"}

known = set(get("label/__name__/values")) | recorded
wrong = 0
for where, expr in queries:
    asked = re.sub(r"\$__(rate_)?interval", "5m", expr)
    asked = re.sub(r"\$\{?\w+(:\w+)?\}?", ".*", asked)
    try:
        get("query", query=asked)
    except urllib.error.HTTPError as err:
        print(f"{where}: {expr}: {json.load(err).get('error')}")
        wrong += 1
        continue
    words = re.sub(r'"[^"]*"|\{[^}]*\}|\bby *\([^)]*\)', "", expr)
    for name in re.findall(r"\b(?:groundswell|process|go)[_:][a-z0-9_:]+", words):
        if name not in known:
            print(f"{where}: no metric {name}")
            wrong += 1
if not queries or wrong:
    sys.exit(f"{wrong} of {len(queries)} queries are wrong")
print(f"prometheus: {len(queries)} queries of panels and rules are answered, and every metric exists")
