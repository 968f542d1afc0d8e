"""A mail server for tests: tells every e-mail on stdout as a line of JSON, and does what stdin says.

take   takes e-mails (the beginning)
hold   reads an e-mail, tells it, and never answers
busy   asks to come again later
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller


def tell(**what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


class Handler:
    mode = "take"

    async def handle_DATA(self, server, session, envelope):
        if self.mode == "busy":
            return "451 come again"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        tell(
            to=envelope.rcpt_tos,
            message_id=str(message["message-id"]),
            subject=str(message["subject"]),
            text=message.get_content(),
        )
        if self.mode == "hold":
            await asyncio.Event().wait()
        return "250 taken"


handler = Handler()
controller = Controller(handler, hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
tell(ready=controller.port)
for line in sys.stdin:
    handler.mode = line.strip()
    tell(mode=handler.mode)
controller.stop()
