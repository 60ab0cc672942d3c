"""Registers the user app with a Synapse that matrix.sh started, makes a room and prints TOKEN and ROOM: matrix.py URL

By the shared secret of its configuration: https://element-hq.github.io/synapse/latest/admin_api/register_api.html
"""

import hashlib
import hmac
import json
import sys
import urllib.request

BASE, USER, PASSWORD, SECRET = sys.argv[1], "app", "app-secret", b"groundswell-dev"


def call(method, path, body=None, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": "Bearer " + token} if token else {})
    request = urllib.request.Request(BASE + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def register():
    nonce = call("GET", "/_synapse/admin/v1/register")["nonce"]
    mac = hmac.new(SECRET, "\0".join([nonce, USER, PASSWORD, "notadmin"]).encode(), hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": USER, "password": PASSWORD, "admin": False, "mac": mac}
    return call("POST", "/_synapse/admin/v1/register", body)["access_token"]


token = register()
room = call("POST", "/_matrix/client/v3/createRoom", {"preset": "private_chat", "name": "Alerts"}, token)["room_id"]
print(f"TOKEN={token}")
print(f"ROOM='{room}'")
