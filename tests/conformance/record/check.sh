#!/bin/sh
# Checks a published record with OpenSSL and the tools of every system, and nothing of Motion.
#
#   sh check.sh signature CHECKPOINT LOG.VKEY     the log's key signed this checkpoint
#   sh check.sh leaf ENTRY [TILE POSITION]        hash of an entry; compared with its place in a level-0 tile
#   sh check.sh object FILE NAME                  the object is the one that NAME commits to
#   sh check.sh pair CHECKPOINT LEFT RIGHT        the root of a log of two entries is that of the checkpoint
#
# Exits 0 when it holds; otherwise says what does not, and exits 1.
set -eu
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "$1" >&2; exit 1; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

case $1 in
signature)
	origin=$(head -n 1 "$2")
	# The text is all before the last empty line; our checkpoints have no other.
	sed '/^$/,$d' "$2" > "$work/text"
	# A line is "— origin base64"; the first 4 of its bytes are the id of the key.
	grep -F "$(printf '\342\200\224') $origin " "$2" | head -n 1 | cut -d' ' -f3 | base64 -d > "$work/line" \
		|| fail "no signature of the log"
	head -c 4 "$work/line" > "$work/id"
	tail -c +5 "$work/line" > "$work/sig"
	[ "$(cut -d+ -f1 "$3")" = "$origin" ] || fail "key of another log"
	[ "$(cut -d+ -f2 "$3")" = "$(hex < "$work/id")" ] || fail "signed by another key"
	# A public key as OpenSSL reads it: twelve fixed bytes (RFC 8410), then the 32 of the key.
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cut -d+ -f3- "$3" | base64 -d | tail -c 32; } \
		| openssl pkey -pubin -inform DER -out "$work/pub.pem"
	openssl pkeyutl -verify -pubin -inkey "$work/pub.pem" -rawin -in "$work/text" -sigfile "$work/sig" \
		|| fail "not signed as it stands"
	;;
leaf)
	found=$({ printf '\000'; cat "$2"; } | openssl dgst -sha256 -r | cut -d' ' -f1)
	if [ $# -eq 4 ]; then
		expected=$(tail -c +$((32 * $4 + 1)) "$3" | head -c 32 | hex)
		[ "$found" = "$expected" ] || fail "another entry: $found, and the tile has $expected"
	fi
	echo "$found"
	;;
object)
	found=$(tail -c +33 "$2" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(head -c 32 "$2" | hex)" \
		| sed 's/.* //')
	[ "$found" = "$3" ] || fail "altered object: its name would be $found"
	;;
pair)
	leaf() { { printf '\000'; cat "$1"; } | openssl dgst -sha256 -binary; }
	root=$({ printf '\001'; leaf "$3"; leaf "$4"; } | openssl dgst -sha256 -binary | base64)
	[ "$(sed -n 3p "$2")" = "$root" ] || fail "another tree: $root"
	;;
*)
	fail "unknown check: $1"
	;;
esac
