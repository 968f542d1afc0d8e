"""Makes one call of each type with a client library: send.py LIBRARY URL WRITE_KEY CALLS_JSON."""

import json
import sys


def library(name, url, write_key):
    """The module of a library, pointed at the server."""
    if name == "segment":
        import segment.analytics as analytics

        analytics.host = url
    elif name == "segment-gzip":
        import segment.analytics as analytics

        analytics.host = url
        analytics.gzip = True
    elif name == "rudder":
        import rudderstack.analytics as analytics

        analytics.dataPlaneUrl = url
    elif name == "customerio":
        import customerio.analytics as analytics

        analytics.host = url
    else:
        raise SystemExit(f"no library {name}")
    analytics.write_key = write_key
    analytics.on_error = lambda error, items: sys.exit(f"{name}: {error}")
    return analytics


def main():
    name, url, write_key, text = sys.argv[1:]
    calls = json.loads(text)
    analytics = library(name, url, write_key)
    user = calls["userId"]
    analytics.identify(user, calls["traits"])
    analytics.track(user, calls["track"]["event"], calls["track"]["properties"])
    page, screen = calls["page"], calls["screen"]
    analytics.page(user, None, page["name"], page["properties"])
    analytics.screen(user, None, screen["name"], screen["properties"])
    analytics.group(user, calls["groupId"], calls["group"])
    analytics.alias(calls["previousId"], user)
    analytics.flush()
    analytics.shutdown()


main()
