
use builtin;
use str;

set edit:completion:arg-completer[rtcscope] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'rtcscope'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'rtcscope'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand probe 'Probe STUN and TURN servers: reachability, credentials, certificate, relay data path'
            cand explain 'Explain findings: what they mean, why they happen, what to change'
            cand completions 'Print the completion script for a shell'
            cand man 'Write the man pages into a directory'
        }
        &'rtcscope;probe'= {
            cand --ice-servers 'Read an iceServers array, an RTCConfiguration or a provider''s reply from a file, or - for standard input'
            cand --turnserver-conf 'Read a coturn configuration from a file, or - for standard input: say what is wrong with it, and take the credentials from it, and the targets if none are named'
            cand -u 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]'
            cand --username 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]'
            cand -w 'Password [env: RTCSCOPE_PASSWORD]'
            cand --password 'Password [env: RTCSCOPE_PASSWORD]'
            cand --password-file 'Read the password from a file; its last line end is not part of it'
            cand --secret 'Shared secret of a TURN REST server (coturn''s static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]'
            cand --ttl 'Lifetime of minted credentials'
            cand --separator 'What stands between time and user in a TURN REST user name'
            cand --key 'HA1 key in hex, as `turnadmin -k` prints it, instead of a password'
            cand --cafile 'Trust the certificates of this PEM file instead of the system''s'
            cand --servername 'Hold certificates against this name instead of the target''s host'
            cand --count 'Packets sent over each relay path, 1 to 1000000'
            cand --rate 'Packets a second on each relay path, 1 to 10000'
            cand --size 'Bytes of each packet, 14 to 1400'
            cand --duration 'Send for so long instead of a number of packets'
            cand --relay-family 'Ask for a relay of this address family; browsers name none, which means IPv4'
            cand --timeout 'How long each step may take'
            cand --deadline 'How long the run may take [default: 30s beyond the time that sending takes]'
            cand --max 'Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated'
            cand --require 'Fail unless these transports work'
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand --embedded 'Start a server inside this process and probe that'
            cand --lint-only 'Say what is wrong with the configuration, and send nothing'
            cand --clock 'Find the server''s clock, with --secret: eight more allocations a host, each released at once'
            cand --insecure 'Report a bad certificate without failing for it'
            cand --relay-only 'Show relay candidates alone (iceTransportPolicy "relay")'
            cand --no-capabilities 'Do not ask what the server can do beyond the necessary, which takes up to eight short allocations'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand cred 'Mint TURN credentials, or say what a pair looks like, without any network'
        }
        &'rtcscope;probe;cred'= {
            cand -u 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]'
            cand --username 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]'
            cand -w 'Password to inspect [env: RTCSCOPE_PASSWORD]'
            cand --password 'Password to inspect [env: RTCSCOPE_PASSWORD]'
            cand --password-file 'Read the password from a file, as it is: its last line end is part of it here'
            cand --secret 'Shared secret of a TURN REST server (coturn''s static-auth-secret) [env: RTCSCOPE_SECRET]'
            cand --secret-file 'Read the secret from a file; its last line end is not part of it'
            cand --secret-user 'The user part of a minted name'
            cand --ttl 'Lifetime of a minted credential'
            cand --separator 'What stands between time and user in a TURN REST user name'
            cand --realm 'Print the HA1 keys of the pair in this realm'
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rtcscope;explain'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rtcscope;completions'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rtcscope;man'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
