#!/usr/bin/env bash
# Proposals handed over to a real mail server (aiosmtpd), and read there by Python: who it is from and to, confirmation of reading asked
# for, and the three exemplaires as they were archived.
#
#   .ci/judges/smtp.sh PARAPHE CAMPAIGN CONTRACT     CAMPAIGN is a copy, CONTRACT was made in it and has a mailbox
set -euo pipefail
paraphe=$(realpath "$1") campaign=$2 contract=$3
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/judges
venv=$cache/smtp-venv
if [ ! -e "$venv/ready" ]; then
    command -v python3 >/dev/null || { apt-get update -q >&2 && apt-get install -qy --no-install-recommends python3 python3-venv >&2; }
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q "aiosmtpd==1.4.6"
    touch "$venv/ready"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"; kill $server 2>/dev/null || true' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$venv/bin/python" -m aiosmtpd -n -l "127.0.0.1:$port" -c aiosmtpd.handlers.Mailbox "$work/mail" &
server=$!
python3 - "$port" <<'PY'
import socket, sys, time
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
        break
    except OSError:
        time.sleep(0.1)
PY
"$paraphe" send "$campaign" --smtp "smtp://127.0.0.1:$port" --only "$contract"
# Asked again, it sends nothing.
! "$paraphe" send "$campaign" --smtp "smtp://127.0.0.1:$port" --only "$contract" >"$work/again" 2>&1
python3 - "$work/mail" "$campaign" "$contract" <<'PY'
import email, email.policy, hashlib, pathlib, sys
mail, campaign, contract = sys.argv[1:]
files = [path for path in pathlib.Path(mail, "new").iterdir()]
assert len(files) == 1, f"{len(files)} messages"
message = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
assert message["Disposition-Notification-To"] and "X-Unsent" not in message, message.items()
assert contract in message["Message-ID"] and contract in message["Subject"]
text = message.get_body(("plain",)).get_content()
attached = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
assert len(attached) == 3, list(attached)
for name, data in attached.items():
    kept = next(pathlib.Path(campaign, "archive").rglob(name)).read_bytes()
    assert data == kept and hashlib.sha256(data).hexdigest() in text, name
print(f"one message from {message['From']} to {message['To']}, with {', '.join(sorted(attached))}")
PY
